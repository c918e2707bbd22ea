package node_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// settings makes a ConfigMap and a Secret of this name.
func settings(t *testing.T, ns string) {
	t.Helper()
	meta := metav1.ObjectMeta{Name: "settings"}
	_, err := client.CoreV1().ConfigMaps(ns).Create(t.Context(),
		&corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"greeting": "hello", "deep": "down"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CoreV1().Secrets(ns).Create(t.Context(),
		&corev1.Secret{ObjectMeta: meta, StringData: map[string]string{"password": "s3cret"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// outcomeOf creates a pod, waits for its end, and returns the log of the
// container that is named c, and the pod.
func outcomeOf(t *testing.T, ns string, change func(*corev1.PodSpec), containers ...corev1.Container) (string, *corev1.Pod) {
	t.Helper()
	createPod(t, ns, change, containers...)
	pod := untilPod(t, ns, "pod", ended)
	return logs(t, ns, "pod", &corev1.PodLogOptions{Container: "c"}), pod
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	settings(t, ns)
	optional := true
	local := corev1.LocalObjectReference{Name: "settings"}
	field := func(path string) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
	}
	resource := func(name string) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "c", Resource: name}}
	}
	rows := []struct {
		env  corev1.EnvVar
		want string
	}{
		{corev1.EnvVar{Name: "PLAIN", Value: "a b"}, "a b"},
		{corev1.EnvVar{Name: "EXPANDED", Value: "<$(PLAIN)> $$(PLAIN) $(NONE)"}, "<a b> $(PLAIN) $(NONE)"},
		{corev1.EnvVar{Name: "POD", ValueFrom: field("metadata.name")}, "pod"},
		{corev1.EnvVar{Name: "NS", ValueFrom: field("metadata.namespace")}, ns},
		{corev1.EnvVar{Name: "NODE", ValueFrom: field("spec.nodeName")}, "joblab"},
		{corev1.EnvVar{Name: "ACCOUNT", ValueFrom: field("spec.serviceAccountName")}, "default"},
		{corev1.EnvVar{Name: "CPU", ValueFrom: resource("limits.cpu")}, "2"},
		{corev1.EnvVar{Name: "MEMORY", ValueFrom: resource("requests.memory")}, "33554432"},
		{corev1.EnvVar{Name: "CONFIG", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: local, Key: "greeting"}}}, "hello"},
		{corev1.EnvVar{Name: "SECRET", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: local, Key: "password"}}}, "s3cret"},
		{corev1.EnvVar{Name: "ABSENT", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: local, Key: "none", Optional: &optional}}}, "unset"},
	}
	c := corev1.Container{Name: "c", Image: "busybox", WorkingDir: "/work/dir"}
	c.Resources.Limits = corev1.ResourceList{corev1.ResourceCPU: mustParse(t, "2"), corev1.ResourceMemory: mustParse(t, "64Mi")}
	c.Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: mustParse(t, "10m"), corev1.ResourceMemory: mustParse(t, "32Mi")}
	c.EnvFrom = []corev1.EnvFromSource{
		{Prefix: "MAP_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: local}},
		{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: local}},
	}
	script, want := "", ""
	for _, row := range rows {
		c.Env = append(c.Env, row.env)
		script += "echo " + row.env.Name + "=${" + row.env.Name + "-unset}\n"
		want += row.env.Name + "=" + row.want + "\n"
	}
	script += "echo $MAP_greeting $MAP_deep $password; pwd; [ $POD_IP = $(hostname -i) ] && echo address; echo $HOSTNAME $(hostname) $(hostname -f); env | grep -c ^KUBERNETES_SERVICE_HOST="
	want += "hello down s3cret\n/work/dir\naddress\nbox box box.net." + ns + ".svc.cluster.local\n1\n"
	c.Env = append(c.Env, corev1.EnvVar{Name: "POD_IP", ValueFrom: field("status.podIP")})
	c.Command = []string{"sh", "-c", script}
	got, _ := outcomeOf(t, ns, func(spec *corev1.PodSpec) { spec.Hostname, spec.Subdomain = "box", "net" }, c)
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("log (-got +want):\n%s", diff)
	}
}

func TestUser(t *testing.T) {
	t.Parallel()
	user, group, files := int64(1234), int64(99), int64(5678)
	t.Run("a pod's user and groups", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		c := corev1.Container{Name: "c", Image: "busybox", Command: []string{"sh", "-c",
			`id -u; id -g; id -G; echo $HOME; touch /tmp/f /data/f; stat -c '%u:%g' /tmp/f /data/f /etc/passwd; whoami 2>&1`}}
		c.VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
		got, pod := outcomeOf(t, ns, func(spec *corev1.PodSpec) {
			spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: &user, RunAsGroup: &group, FSGroup: &files}
			spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
		}, c)
		// What is made in the volume belongs to the volume's group only where
		// the kubelet may give the volume to it.
		lines := strings.Split(got, "\n")
		if len(lines) < 8 {
			t.Fatalf("got log %q", got)
		}
		if volume := lines[5]; volume != "1234:5678" && volume != "1234:99" {
			t.Errorf("got owner %q in the volume", volume)
		}
		lines[5] = ""
		want := []string{"1234", "99", "99 5678", "/", "1234:99", "", "0:0", "whoami: cannot find name for user ID 1234"}
		if diff := cmp.Diff(lines[:8], want); diff != "" {
			t.Errorf("log (-got +want):\n%s", diff)
		}
		if linux := container(pod, "c").User; linux == nil || linux.Linux == nil || linux.Linux.UID != user || linux.Linux.GID != group {
			t.Errorf("got user %+v in the status", linux)
		}
	})
	t.Run("runAsNonRoot refuses an image whose user is root", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		yes := true
		c := bash("c", "id -u")
		c.SecurityContext = &corev1.SecurityContext{RunAsNonRoot: &yes}
		createPod(t, ns, nil, c)
		pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool {
			return container(pod, "c").State.Waiting != nil && container(pod, "c").State.Waiting.Reason == "CreateContainerConfigError"
		})
		if got, want := container(pod, "c").State.Waiting.Message, "container has runAsNonRoot and image will run as root"; !strings.HasPrefix(got, want) {
			t.Errorf("got message %q, want %q", got, want)
		}
	})
}

func TestTerminationMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, script, path string
		policy             corev1.TerminationMessagePolicy
		want               string
	}{
		{"the default file", "echo done > /dev/termination-log", "", "", "done\n"},
		{"another file", "mkdir -p /x; echo there > /dev/my-log", "/dev/my-log", "", "there\n"},
		{"the log after an error", "echo first; echo last; exit 1", "", corev1.TerminationMessageFallbackToLogsOnError, "first\nlast\n"},
		{"no log after success", "echo first", "", corev1.TerminationMessageFallbackToLogsOnError, ""},
		{"the file before the log", "echo log; echo file > /dev/termination-log; exit 1", "", corev1.TerminationMessageFallbackToLogsOnError, "file\n"},
		{"no log with the other policy", "echo log; exit 1", "", corev1.TerminationMessageReadFile, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := bash("c", test.script)
			c.TerminationMessagePath, c.TerminationMessagePolicy = test.path, test.policy
			_, pod := outcomeOf(t, namespace(t), nil, c)
			if got := container(pod, "c").State.Terminated.Message; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
