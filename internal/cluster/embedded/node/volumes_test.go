package node_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Each row is a volume at /v, and what a script prints about it.
func TestVolumeKinds(t *testing.T) {
	t.Parallel()
	optional, mode := true, int32(0o400)
	local := corev1.LocalObjectReference{Name: "settings"}
	name := []corev1.DownwardAPIVolumeFile{
		{Path: "name", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}},
		{Path: "memory", ResourceFieldRef: &corev1.ResourceFieldSelector{ContainerName: "c", Resource: "limits.memory"}},
	}
	for _, test := range []struct {
		name   string
		source corev1.VolumeSource
		script string
		want   string
	}{
		{"emptyDir", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}},
			"stat -c %A /v; echo x > /v/f; cat /v/f", "drwxrwxrwx\nx\n"},
		{"emptyDir in memory", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: corev1.StorageMediumMemory}},
			"/agnhost mounttest --fs_type=/v --new_file_0660=/v/f --file_perm=/v/f",
			"mount type of \"/v\": tmpfs\ncontent of file \"/v/f\": mount-tester new file\n\nperms of file \"/v/f\": -rw-rw----\n"},
		{"configMap with items and a mode", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: local, DefaultMode: &mode, Items: []corev1.KeyToPath{{Key: "greeting", Path: "a/b"}},
		}}, "ls /v; cat /v/a/b; echo; stat -Lc %a /v/a/b", "a\nhello\n400\n"},
		{"configMap that is optional", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "none"}, Optional: &optional,
		}}, "ls /v | wc -l", "0\n"},
		{"secret", corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "settings", DefaultMode: &mode}},
			"cat /v/password; echo; /agnhost mounttest --file_mode=/v/password; echo x > /v/new || echo read-only",
			"s3cret\nmode of file \"/v/password\": -r--------\nread-only\n"},
		{"downwardAPI", corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: name}},
			"cat /v/name; echo; cat /v/memory; echo", "pod\n67108864\n"},
		{"projected", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: local}},
			{Secret: &corev1.SecretProjection{LocalObjectReference: local}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: name[:1]}},
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", Audience: "somebody"}},
		}}}, "cat /v/greeting /v/password /v/name; echo; cut -d. -f2 /v/token | tr _- /+ | base64 -d 2>/dev/null | grep -c somebody", "hellos3cretpod\n1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ns := namespace(t)
			settings(t, ns)
			c := corev1.Container{Name: "c", Image: "registry.k8s.io/e2e-test-images/agnhost:2.63.0", Command: []string{"sh", "-c", "(" + test.script + ") 2>/dev/null"}}
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: mustParse(t, "64Mi")}
			c.VolumeMounts = []corev1.VolumeMount{{Name: "v", MountPath: "/v"}}
			got, _ := outcomeOf(t, ns, func(spec *corev1.PodSpec) {
				spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: test.source}}
			}, c)
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("log (-got +want):\n%s", diff)
			}
		})
	}
}

func TestSubPath(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	c := bash("c", "echo x > /a/f; cat /all/sub/dir/f; ls /b-$POD")
	c.Env = []corev1.EnvVar{{Name: "POD", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}}}
	c.VolumeMounts = []corev1.VolumeMount{
		{Name: "v", MountPath: "/all"},
		{Name: "v", MountPath: "/a", SubPath: "sub/dir"},
		{Name: "v", MountPath: "/b-pod", SubPathExpr: "sub"},
	}
	got, _ := outcomeOf(t, ns, func(spec *corev1.PodSpec) {
		spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	}, c)
	if want := "x\ndir\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The kubelet looks after a mounted ConfigMap once a minute, or sooner.
func TestConfigMapUpdateIsSeen(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	t.Parallel()
	ns := namespace(t)
	settings(t, ns)
	c := bash("c", "cat /v/greeting; echo; until [ $(cat /v/greeting) = changed ]; do sleep 0.1; done; cat /v/greeting")
	c.VolumeMounts = []corev1.VolumeMount{{Name: "v", MountPath: "/v"}}
	createPod(t, ns, func(spec *corev1.PodSpec) {
		spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: "settings"},
		}}}}
	}, c)
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	config, err := client.CoreV1().ConfigMaps(ns).Get(t.Context(), "settings", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config.Data["greeting"] = "changed"
	if _, err := client.CoreV1().ConfigMaps(ns).Update(t.Context(), config, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	untilPod(t, ns, "pod", ended)
	if got, want := logs(t, ns, "pod", &corev1.PodLogOptions{}), "hello\nchanged"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
