package node_test

import (
	"bufio"
	"path/filepath"
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// limited is a container that runs a script under a limit.
func limited(t *testing.T, name string, resource corev1.ResourceName, quantity, script string) corev1.Container {
	c := bash(name, script)
	c.Resources.Limits = corev1.ResourceList{resource: mustParse(t, quantity)}
	return c
}

func TestOutOfMemory(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, func(spec *corev1.PodSpec) { spec.RestartPolicy = corev1.RestartPolicyOnFailure },
		limited(t, "hog", corev1.ResourceMemory, "16Mi", `echo doubling; s=x; while :; do s="$s$s"; done`),
		limited(t, "small", corev1.ResourceMemory, "6Mi", `while :; do sleep 1; done`))
	pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool {
		waiting := container(pod, "hog").State.Waiting
		return waiting != nil && waiting.Reason == "CrashLoopBackOff"
	})
	last := container(pod, "hog").LastTerminationState.Terminated
	if last == nil || last.Reason != "OOMKilled" || last.ExitCode != 137 {
		t.Errorf("got last state %+v, want OOMKilled, 137", last)
	}
	if got := logs(t, ns, "pod", &corev1.PodLogOptions{Container: "hog"}); got != "doubling\n" {
		t.Errorf("got log %q", got)
	}
	if small := container(pod, "small"); small.State.Running == nil || small.RestartCount != 0 {
		t.Errorf("the other container is in state %+v after %d restarts", small.State, small.RestartCount)
	}
}

// The kubelet looks every ten seconds, and measures what a container wrote by
// what this runtime says of it.
func TestEphemeralStorage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	t.Parallel()
	for name, c := range map[string]struct {
		containers []corev1.Container
		want       string
	}{
		"files": {
			[]corev1.Container{limited(t, "c", corev1.ResourceEphemeralStorage, "1Mi", "head -c 3M /dev/zero >/tmp/big; while :; do sleep 1; done")},
			"Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ",
		},
		"log": {
			[]corev1.Container{limited(t, "c", corev1.ResourceEphemeralStorage, "1Mi", "seq 100000; while :; do sleep 1; done")},
			"Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ",
		},
		"one of two containers": {
			[]corev1.Container{
				limited(t, "c", corev1.ResourceEphemeralStorage, "1Mi", "head -c 3M /dev/zero >/tmp/big; while :; do sleep 1; done"),
				limited(t, "d", corev1.ResourceEphemeralStorage, "10Mi", "while :; do sleep 1; done"),
			},
			`Container c exceeded its local ephemeral storage limit "1Mi". `,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ns := namespace(t)
			createPod(t, ns, nil, c.containers...)
			pod := untilPod(t, ns, "pod", ended)
			if pod.Status.Reason != "Evicted" || pod.Status.Message != c.want {
				t.Errorf("got reason %q, message %q, want Evicted, %q", pod.Status.Reason, pod.Status.Message, c.want)
			}
		})
	}
}

// TestFlood follows a log that the kubelet rotates: it looks every ten seconds.
func TestFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, nil, bash("c", "seq 1000000000"))
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	stream, err := client.CoreV1().Pods(ns).GetLogs("pod", &corev1.PodLogOptions{Follow: true}).Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	rotated := func() bool {
		names, err := filepath.Glob(filepath.Join(nodeDir, "pod-logs", ns+"_pod_*", "c", "0.log.*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(names) > 0
	}
	lines := bufio.NewScanner(stream)
	last := 0 // line that was there when the log had been rotated
	for n := 1; last == 0 || n < last+100_000; n++ {
		if !lines.Scan() {
			t.Fatalf("the log ended before line %d, rotated after line %d: %v", n, last, lines.Err())
		}
		if got := lines.Text(); got != strconv.Itoa(n) {
			t.Fatalf("got line %q, want %d; rotated after line %d", got, n, last)
		}
		if last == 0 && n%10_000 == 0 && rotated() {
			last = n
		}
	}
}
