package node

import (
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/volume"
)

// A container can put links into the tree; no hostPath leads out of it.
func TestHostPathsStayInTheRootTree(t *testing.T) {
	t.Parallel()
	tree, err := makeRootTree(filepath.Join(t.TempDir(), "root"))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		os.Symlink(t.TempDir(), filepath.Join(tree, "tmp", "outside")),
		os.Symlink("../../../..", filepath.Join(tree, "tmp", "up")),
		os.Symlink("/var/log", filepath.Join(tree, "tmp", "inside")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	plugin := newHostPath(tree).(hostPath)
	for path, want := range map[string]string{
		"/":              "",
		"/tmp/new":       "tmp/new",
		"/tmp/../../etc": "etc",
		"/tmp/up/etc":    "etc",
		"/tmp/inside/a":  "var/log/a",
		// The link's target is a path of the node's, where nothing is.
		"/tmp/outside/a": filepath.Join(readlink(t, filepath.Join(tree, "tmp", "outside")), "a"),
	} {
		spec := volume.NewSpecFromVolume(&corev1.Volume{VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: path},
		}})
		got, err := plugin.inTree(spec)
		if err != nil || got.Volume.HostPath.Path != filepath.Join(tree, want) {
			t.Errorf("%s: got %v, %v, want %s", path, got, err, filepath.Join(tree, want))
		}
		if spec.Volume.HostPath.Path != path {
			t.Errorf("%s: the pod's own volume was changed", path)
		}
	}
}

func TestPersistentVolumesCannotBeHostPaths(t *testing.T) {
	t.Parallel()
	spec := volume.NewSpecFromPersistentVolume(&corev1.PersistentVolume{Spec: corev1.PersistentVolumeSpec{
		PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}},
	}}, false)
	plugin := newHostPath(t.TempDir())
	if plugin.CanSupport(spec) {
		t.Error("the plugin supports it")
	}
	if mounter, err := plugin.NewMounter(spec, &corev1.Pod{}); err == nil {
		t.Errorf("got %v, want an error", mounter)
	}
}

func readlink(t *testing.T, name string) string {
	t.Helper()
	target, err := os.Readlink(name)
	if err != nil {
		t.Fatal(err)
	}
	return target
}
