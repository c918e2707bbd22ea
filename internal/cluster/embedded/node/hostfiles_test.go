package node

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/kubernetes/pkg/volume/util/subpath"
)

// A container can put links into its volumes; what it names as subPath must not lead out.
func TestSubpathsStayInTheVolume(t *testing.T) {
	t.Parallel()
	outside, volume := t.TempDir(), t.TempDir()
	for _, err := range []error{
		os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600),
		os.MkdirAll(filepath.Join(volume, "a", "b"), 0o700),
		os.Symlink("a/b", filepath.Join(volume, "inside")),
		os.Symlink(outside, filepath.Join(volume, "outside")),
		os.Symlink(volume+"-other", filepath.Join(volume, "beside")),
		os.Mkdir(volume+"-other", 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Remove(volume + "-other") })

	for path, want := range map[string]string{
		"a":              "a",
		"inside":         "a/b",
		"outside":        "",
		"outside/secret": "",
		"beside":         "",
		"nowhere":        "",
	} {
		got, _, err := subpaths{}.PrepareSafeSubpath(subpath.Subpath{Path: filepath.Join(volume, path), VolumePath: volume})
		if want == "" {
			if err == nil {
				t.Errorf("prepare %s: got %s, want an error", path, got)
			}
			continue
		}
		if err != nil || got != filepath.Join(volume, want) {
			t.Errorf("prepare %s: got %s, %v, want %s", path, got, err, want)
		}
	}

	for path, allowed := range map[string]bool{"new/dir": true, "inside/new": true, "outside/new": false, "../new": false} {
		err := subpaths{}.SafeMakeDir(path, volume, 0o750)
		if (err == nil) != allowed {
			t.Errorf("make %s: got error %v, want one: %v", path, err, !allowed)
		}
	}
	if made, err := filepath.Glob(filepath.Join(outside, "new*")); len(made) > 0 || err != nil {
		t.Errorf("made %v outside, %v", made, err)
	}
	if info, err := os.Stat(filepath.Join(volume, "a/b/new")); err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("got %v, %v, want a directory with mode 0750", info, err)
	}
}

func TestSubpathHasTheModeOfItsVolume(t *testing.T) {
	t.Parallel()
	volume := t.TempDir()
	for _, perm := range []os.FileMode{os.ModeSetgid | 0o777, 0o700} { // the second time it is there
		if err := (subpaths{}).SafeMakeDir("made/below", volume, os.ModeDir|perm); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(volume, "made/below"))
		if want := os.ModeDir | os.ModeSetgid | 0o777; err != nil || info.Mode() != want {
			t.Errorf("after making it with %v: got %v, %v, want %v", perm, info.Mode(), err, want)
		}
	}
}

// Package sandbox refuses mounts with a link in their path; the directory that the
// node is given may lie behind one.
func TestDirectoriesHaveNoLinks(t *testing.T) {
	t.Parallel()
	behind, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(behind, link); err != nil {
		t.Fatal(err)
	}
	dirs, err := makeDirectories(filepath.Join(link, "node"))
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{dirs.root, dirs.podLogs, dirs.logLinks, dirs.containers, dirs.resolvConf} {
		if want := filepath.Join(behind, "node", filepath.Base(got)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestLogLinksAreInTheNodesDirectory(t *testing.T) {
	t.Parallel()
	s := system{logLinks: t.TempDir()}
	if err := s.Symlink("/target", "/var/log/containers/pod_ns_c-1.log"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Glob("/var/log/containers/*.log")
	if want := filepath.Join(s.logLinks, "pod_ns_c-1.log"); err != nil || len(got) != 1 || got[0] != want {
		t.Fatalf("got %v, %v, want %s", got, err, want)
	}
	if err := s.Remove(got[0]); err != nil {
		t.Error(err)
	}
	if got := s.path("/var/log/containers-of-others/x"); got != "/var/log/containers-of-others/x" {
		t.Errorf("another directory became %s", got)
	}
}
