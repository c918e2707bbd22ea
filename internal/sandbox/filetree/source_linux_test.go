package filetree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// volumes makes a directory of the host with
//
//	volume/{dir/deep/file, file, link → dir, file-link → file, out → ../secret}
//	secret/file
func volumes(t *testing.T) string {
	t.Helper()
	host := t.TempDir()
	for _, err := range []error{
		os.MkdirAll(filepath.Join(host, "root"), 0o755),
		os.MkdirAll(filepath.Join(host, "volume/dir/deep"), 0o755),
		os.MkdirAll(filepath.Join(host, "secret"), 0o755),
		os.WriteFile(filepath.Join(host, "volume/dir/deep/file"), []byte("deep"), 0o644),
		os.WriteFile(filepath.Join(host, "volume/file"), []byte("file"), 0o644),
		os.WriteFile(filepath.Join(host, "secret/file"), []byte("secret"), 0o644),
		os.Symlink("dir", filepath.Join(host, "volume/link")),
		os.Symlink("file", filepath.Join(host, "volume/file-link")),
		os.Symlink("../secret", filepath.Join(host, "volume/out")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return host
}

func TestMountRefusesLinks(t *testing.T) {
	host := volumes(t)
	tree, err := Open(filepath.Join(host, "root"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for source, allowed := range map[string]bool{
		"volume":                true,
		"volume/":               true,
		"volume/file":           true,
		"volume/dir/deep":       true,
		"volume/dir/deep/file":  true,
		"volume/dir//./deep":    true,
		"volume/link":           false,
		"volume/link/":          false,
		"volume/link/deep":      false,
		"volume/link/deep/file": false,
		"volume/file-link":      false,
		"volume/out":            false,
		"volume/out/file":       false,
	} {
		source = host + "/" + source
		err := tree.Mount(Mount{Source: source, Target: "/mnt"})
		if allowed && err != nil || !allowed && !errors.Is(err, errLink) {
			t.Errorf("%s: got %v, want allowed: %v", source, err, allowed)
		}
		if err != nil && (!strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), "symbolic link")) {
			t.Errorf("%s: the error does not say so: %v", source, err)
		}
		// What kernels without openat2 get.
		fd, err := walkNoLinks(source)
		if allowed && err != nil || !allowed && !errors.Is(err, errLink) {
			t.Errorf("%s, component by component: got %v, want allowed: %v", source, err, allowed)
		}
		if err == nil {
			sameFile(t, fd, source)
		}
	}
	for _, open := range []func(string) (int, error){openNoLinks, walkNoLinks} {
		if _, err := open(filepath.Join(host, "volume/none")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a source that is not there: %v", err)
		}
		if _, err := open(filepath.Join(host, "volume/file/below")); !errors.Is(err, unix.ENOTDIR) {
			t.Errorf("a source below a file: %v", err)
		}
	}
	if err := tree.Mount(Mount{Source: "volume", Target: "/mnt"}); err == nil {
		t.Error("a relative source is mounted")
	}
}

// sameFile checks that fd is the file of that name, and closes it.
func sameFile(t *testing.T, fd int, name string) {
	t.Helper()
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	got, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.Stat(name)
	if err != nil || !os.SameFile(got, want) {
		t.Errorf("%s: another file was opened, %v", name, err)
	}
}

// TestMountStays puts links to a secret in the place of what was mounted.
func TestMountStays(t *testing.T) {
	host := volumes(t)
	tree, err := Open(filepath.Join(host, "root"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for _, m := range []Mount{
		{Source: filepath.Join(host, "volume/dir/deep"), Target: "/a"},
		{Source: filepath.Join(host, "volume/dir/deep/file"), Target: "/file", ReadOnly: true},
	} {
		if err := tree.Mount(m); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		os.Rename(filepath.Join(host, "volume/dir/deep"), filepath.Join(host, "volume/moved")),
		os.Symlink("../../secret", filepath.Join(host, "volume/dir/deep")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	v := View{Tree: tree, Dir: "/"}
	for _, name := range []string{"/a/file", "/file"} {
		if data, err := v.ReadFile(name); string(data) != "deep" || err != nil {
			t.Errorf("%s: got %q, %v, want what was mounted", name, data, err)
		}
	}
	for _, m := range tree.Opened() {
		name := m.Source
		if !m.ReadOnly {
			name += "/file"
		}
		if data, err := os.ReadFile(name); string(data) != "deep" || err != nil {
			t.Errorf("%s for %s: got %q, %v, want what was mounted", name, m.Target, data, err)
		}
	}
}
