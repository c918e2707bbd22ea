package node_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestExecProbes(t *testing.T) {
	t.Parallel()
	exists := func(file string) *corev1.Probe {
		return &corev1.Probe{
			ProbeHandler:     corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"cat", file}}},
			PeriodSeconds:    1,
			FailureThreshold: 1,
		}
	}
	t.Run("a container is ready once its readiness probe succeeds", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		c := bash("c", "while :; do sleep 1; done")
		c.ReadinessProbe = exists("/tmp/ready")
		createPod(t, ns, nil, c)
		pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
		if got := container(pod, "c"); got.Ready || got.Started == nil || !*got.Started {
			t.Errorf("before: got ready %v, started %v, want not ready, but started", got.Ready, got.Started)
		}
		until(t, "events", ns, "", func(event *corev1.Event) bool {
			return event.Reason == "Unhealthy" && strings.HasPrefix(event.Message, "Readiness probe failed: cat: ")
		})
		if _, _, code, err := execute(t, ns, "pod", nil, "touch", "/tmp/ready"); code != 0 || err != nil {
			t.Fatalf("got code %d, error %v", code, err)
		}
		untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").Ready })
	})
	t.Run("a container whose liveness probe fails is restarted", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		c := bash("c", "echo alive; while :; do sleep 1; done")
		c.LivenessProbe = exists("/nowhere")
		grace := int64(1)
		createPod(t, ns, func(spec *corev1.PodSpec) {
			spec.RestartPolicy = corev1.RestartPolicyAlways
			spec.TerminationGracePeriodSeconds = &grace
		}, c)
		pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").RestartCount == 1 })
		last := container(pod, "c").LastTerminationState.Terminated
		if last == nil || last.ExitCode != 137 || last.Reason != "Error" {
			t.Errorf("got last state %+v, want exit code 137, reason Error", last)
		}
		if got := logs(t, ns, "pod", &corev1.PodLogOptions{Previous: true}); got != "alive\n" {
			t.Errorf("got previous log %q", got)
		}
	})
}

func TestVolumes(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	meta := metav1.ObjectMeta{Name: "settings"}
	_, err := client.CoreV1().ConfigMaps(ns).Create(t.Context(),
		&corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"greeting": "hello\n", "deep": "down\n"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CoreV1().Secrets(ns).Create(t.Context(),
		&corev1.Secret{ObjectMeta: meta, StringData: map[string]string{"password": "s3cret\n"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	reader := bash("reader", `
		cat /config/greeting /config/link/deep /single /secret/password /names/pod
		until [ -e /shared/from-writer ]; do sleep 0.01; done
		cat /shared/from-writer
		echo x 2>/dev/null >/config/greeting || echo read-only
		wc -c < /memory/x
		[ -s /var/run/secrets/kubernetes.io/serviceaccount/token ] && echo token
		cat /var/run/secrets/kubernetes.io/serviceaccount/namespace
		echo done > /dev/termination-log`)
	reader.VolumeMounts = []corev1.VolumeMount{
		{Name: "config", MountPath: "/config"},
		{Name: "config", MountPath: "/config/link"},
		{Name: "config", MountPath: "/single", SubPath: "greeting"},
		{Name: "secret", MountPath: "/secret"},
		{Name: "names", MountPath: "/names"},
		{Name: "shared", MountPath: "/shared"},
		{Name: "memory", MountPath: "/memory"},
	}
	writer := bash("writer", `printf 123 > /memory/x; echo from the writer > /shared/.new; mv /shared/.new /shared/from-writer`)
	writer.VolumeMounts = []corev1.VolumeMount{
		{Name: "shared", MountPath: "/shared"},
		{Name: "memory", MountPath: "/memory"},
	}
	createPod(t, ns, func(spec *corev1.PodSpec) {
		from := func(name string, source corev1.VolumeSource) {
			spec.Volumes = append(spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
		}
		from("config", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}})
		from("secret", corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "settings"}})
		from("names", corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: []corev1.DownwardAPIVolumeFile{
			{Path: "pod", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}},
		}}})
		from("shared", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})
		from("memory", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}})
	}, reader, writer)
	pod := untilPod(t, ns, "pod", ended)
	want := "hello\ndown\nhello\ns3cret\npod" + "from the writer\nread-only\n3\ntoken\n" + ns
	if diff := cmp.Diff(logs(t, ns, "pod", &corev1.PodLogOptions{Container: "reader"}), want); diff != "" {
		t.Errorf("log (-got +want):\n%s", diff)
	}
	if got := container(pod, "reader").State.Terminated; got == nil || got.Message != "done\n" {
		t.Errorf("got state %+v, want termination message done", got)
	}
}

func TestResizeInPlace(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	cpu := func(quantity string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: mustParse(t, quantity), corev1.ResourceMemory: mustParse(t, "32Mi")}
	}
	c := bash("c", "while :; do sleep 1; done")
	c.Resources = corev1.ResourceRequirements{Requests: cpu("10m"), Limits: cpu("100m")}
	createPod(t, ns, nil, c)
	pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	pod.Spec.Containers[0].Resources.Limits = cpu("200m")
	if _, err := client.CoreV1().Pods(ns).UpdateResize(t.Context(), "pod", pod, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod = untilPod(t, ns, "pod", func(pod *corev1.Pod) bool {
		resources := container(pod, "c").Resources
		return resources != nil && resources.Limits.Cpu().String() == "200m"
	})
	if got := container(pod, "c"); got.RestartCount != 0 || got.Resources.Limits.Memory().String() != "32Mi" {
		t.Errorf("got %d restarts, resources %v, want none, and memory as before", got.RestartCount, got.Resources)
	}
}

// The kubelet measures volumes once a minute.
func TestEmptyDirSizeLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	t.Parallel()
	ns := namespace(t)
	c := bash("c", "seq 100000 > /scratch/numbers; while :; do sleep 1; done")
	c.VolumeMounts = []corev1.VolumeMount{{Name: "scratch", MountPath: "/scratch"}}
	createPod(t, ns, func(spec *corev1.PodSpec) {
		size := mustParse(t, "100Ki")
		spec.Volumes = []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: &size}}}}
	}, c)
	pod := untilPod(t, ns, "pod", ended)
	const want = `Usage of EmptyDir volume "scratch" exceeds the limit "100Ki". `
	if pod.Status.Reason != "Evicted" || pod.Status.Message != want {
		t.Errorf("got reason %q, message %q, want Evicted, %q", pod.Status.Reason, pod.Status.Message, want)
	}
}

// A Job's deadline stops its pod; bash as PID 1 ignores SIGTERM and ends by
// itself within its grace period. Who follows the log sees all of it.
func TestDeadline(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createJob(t, ns, []byte(`
apiVersion: batch/v1
kind: Job
metadata: {name: job}
spec:
  activeDeadlineSeconds: 5
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: c
        image: centos:7
        command: [bash, -c, "echo hello; sleep 8; echo bye"]
`))
	pod := untilPod(t, ns, "", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	if got, want := logs(t, ns, pod.Name, &corev1.PodLogOptions{Follow: true}), "hello\nbye\n"; got != want {
		t.Errorf("got log %q, want %q", got, want)
	}
	stopping := until(t, "events", ns, "", func(event *corev1.Event) bool { return event.Reason == "Killing" })
	if want := "Stopping container c"; stopping.Message != want {
		t.Errorf("got event %q, want %q", stopping.Message, want)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, nil, bash("c", "echo one; echo two >&2; echo three; exit 3"))
	pod := untilPod(t, ns, "pod", ended)
	if got := container(pod, "c").State.Terminated; got == nil || got.ExitCode != 3 || got.Reason != "Error" {
		t.Errorf("got state %+v, want exit code 3, reason Error", got)
	}
	if got := logs(t, ns, "pod", &corev1.PodLogOptions{}); !sameLines(got, "one\ntwo\nthree\n") {
		t.Errorf("got log %q", got)
	}
	tail := int64(1)
	if got := logs(t, ns, "pod", &corev1.PodLogOptions{TailLines: &tail}); got != "three\n" && got != "two\n" {
		t.Errorf("got last line %q", got)
	}
	for line := range strings.Lines(logs(t, ns, "pod", &corev1.PodLogOptions{Timestamps: true})) {
		if at, _, _ := strings.Cut(line, " "); !isTime(at) {
			t.Errorf("got line %q, want a time first", line)
		}
	}
}
