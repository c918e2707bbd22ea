package filetree

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
)

func TestOwners(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("owners are written down on Linux only")
	}
	root := t.TempDir()
	if err := os.WriteFile(root+"/image", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(root+"/volume", 0o777|os.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	tree, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	admin := View{Tree: tree, Dir: "/"}
	if err := admin.Chown("volume", Owner{0, 5678}); errors.Is(err, syscall.ENOTSUP) {
		t.Skip("the file system has no extended attributes")
	} else if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root+"/volume", 0o777|os.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	tree.SetUser(User{UID: 1000, GID: 2000})
	v := View{Tree: tree, Dir: "/"}
	for _, name := range []string{"made", "volume/made"} {
		f, err := v.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if err := v.Mkdir("dir", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Owner{
		"image": {}, "made": {1000, 2000}, "dir": {1000, 2000}, "volume": {0, 5678}, "volume/made": {1000, 5678}, "/dev/null": {},
	} {
		if got := v.Owner(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if err := v.Chown("made", Owner{}); !errors.Is(err, syscall.EPERM) {
		t.Errorf("chown by another than root: got %v, want EPERM", err)
	}
}
