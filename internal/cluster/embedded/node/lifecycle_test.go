package node_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shared is a directory /shared that all containers of a pod have.
func shared(spec *corev1.PodSpec) {
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "shared", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
	for _, list := range [][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			list[i].VolumeMounts = append(list[i].VolumeMounts, corev1.VolumeMount{Name: "shared", MountPath: "/shared"})
		}
	}
}

func command(args ...string) *corev1.ExecAction { return &corev1.ExecAction{Command: args} }

func TestInitContainers(t *testing.T) {
	t.Parallel()
	t.Run("run in order, each to its end, before the others", func(t *testing.T) {
		t.Parallel()
		got, _ := outcomeOf(t, namespace(t), func(spec *corev1.PodSpec) {
			spec.InitContainers = []corev1.Container{
				bash("first", "echo first > /shared/order"),
				bash("second", "echo second >> /shared/order"),
			}
			shared(spec)
		}, bash("c", "cat /shared/order"))
		if want := "first\nsecond\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("one that fails ends the pod", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		createPod(t, ns, func(spec *corev1.PodSpec) {
			spec.InitContainers = []corev1.Container{bash("fails", "exit 3"), bash("never", "true")}
		}, bash("c", "true"))
		pod := untilPod(t, ns, "pod", ended)
		statuses := pod.Status.InitContainerStatuses
		if pod.Status.Phase != corev1.PodFailed || statuses[0].State.Terminated.ExitCode != 3 || statuses[1].State.Waiting == nil {
			t.Errorf("got phase %s, init containers %+v", pod.Status.Phase, statuses)
		}
		if got := container(pod, "c").State.Waiting; got == nil || got.Reason != "PodInitializing" {
			t.Errorf("got state %+v of the container", got)
		}
	})
}

func TestSidecar(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	always := corev1.ContainerRestartPolicyAlways
	sidecar := bash("sidecar", `trap 'echo stopped after $(cat /shared/main); exit 0' TERM; : > /shared/up; while :; do sleep 0.01; done`)
	sidecar.RestartPolicy = &always
	sidecar.StartupProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: command("cat", "/shared/up")}, PeriodSeconds: 1}
	got, pod := outcomeOf(t, ns, func(spec *corev1.PodSpec) {
		grace := int64(30)
		spec.TerminationGracePeriodSeconds = &grace
		spec.InitContainers = []corev1.Container{sidecar}
		shared(spec)
	}, bash("c", "[ -e /shared/up ] && echo sidecar first; echo main > /shared/main"))
	if want := "sidecar first\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := logs(t, ns, "pod", &corev1.PodLogOptions{Container: "sidecar"}), "stopped after main\n"; got != want {
		t.Errorf("sidecar: got log %q, want %q", got, want)
	}
	if state := pod.Status.InitContainerStatuses[0].State.Terminated; pod.Status.Phase != corev1.PodSucceeded || state == nil || state.ExitCode != 0 {
		t.Errorf("got phase %s, sidecar %+v", pod.Status.Phase, state)
	}
}

func TestHooks(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	c := bash("c", `trap 'cat /hooks; echo told to stop; exit 0' TERM; until [ -e /hooks ]; do sleep 0.01; done; echo ready; while :; do sleep 0.01; done`)
	c.Lifecycle = &corev1.Lifecycle{
		PostStart: &corev1.LifecycleHandler{Exec: command("bash", "-c", "echo started > /hooks")},
		PreStop:   &corev1.LifecycleHandler{Exec: command("bash", "-c", "echo stopping >> /hooks")},
	}
	createPod(t, ns, func(spec *corev1.PodSpec) {
		grace := int64(30)
		spec.TerminationGracePeriodSeconds = &grace
	}, c)
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	output := make(chan string)
	go func() { output <- logs(t, ns, "pod", &corev1.PodLogOptions{Follow: true}) }()
	if err := client.CoreV1().Pods(ns).Delete(t.Context(), "pod", metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
	if got, want := <-output, "ready\nstarted\nstopping\ntold to stop\n"; got != want {
		t.Errorf("got log %q, want %q", got, want)
	}
}

func TestStartupProbe(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	c := bash("c", "while :; do sleep 0.01; done")
	c.StartupProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: command("cat", "/started")}, PeriodSeconds: 1, FailureThreshold: 100}
	c.LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: command("cat", "/alive")}, PeriodSeconds: 1, FailureThreshold: 1}
	createPod(t, ns, func(spec *corev1.PodSpec) { spec.RestartPolicy = corev1.RestartPolicyAlways }, c)
	until(t, "events", ns, "", func(event *corev1.Event) bool {
		return event.Reason == "Unhealthy" && strings.HasPrefix(event.Message, "Startup probe failed: ")
	})
	if _, _, code, err := execute(t, ns, "pod", nil, "bash", "-c", ": > /alive; : > /started"); code != 0 || err != nil {
		t.Fatalf("got code %d, error %v", code, err)
	}
	pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").Started != nil && *container(pod, "c").Started })
	if got := container(pod, "c").RestartCount; got != 0 {
		t.Errorf("got %d restarts before the startup probe succeeded, want none", got)
	}
	if _, _, code, err := execute(t, ns, "pod", nil, "rm", "/alive"); code != 0 || err != nil {
		t.Fatalf("got code %d, error %v", code, err)
	}
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").RestartCount > 0 })
}

func TestLogOptions(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	// The second container goes on: when it ends the kubelet removes the first, and
	// its log.
	createPod(t, ns, func(spec *corev1.PodSpec) {
		spec.RestartPolicy = corev1.RestartPolicyOnFailure
		shared(spec)
	}, bash("c", `[ -e /shared/second ] && sleep 3600; touch /shared/second; echo one; echo two; echo three; exit 1`))
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool {
		return container(pod, "c").RestartCount == 1 && container(pod, "c").LastTerminationState.Terminated != nil
	})
	two, bytes, future := int64(2), int64(4), metav1.NewTime(time.Now().Add(time.Hour))
	for _, test := range []struct {
		name    string
		options corev1.PodLogOptions
		want    string
	}{
		{"previous", corev1.PodLogOptions{Previous: true}, "one\ntwo\nthree\n"},
		{"tail", corev1.PodLogOptions{Previous: true, TailLines: &two}, "two\nthree\n"},
		{"limit", corev1.PodLogOptions{Previous: true, LimitBytes: &bytes}, "one\n"},
		{"since a time to come", corev1.PodLogOptions{Previous: true, SinceTime: &future}, ""},
	} {
		if diff := cmp.Diff(logs(t, ns, "pod", &test.options), test.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", test.name, diff)
		}
	}
}
