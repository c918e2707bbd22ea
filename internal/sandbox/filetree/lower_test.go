package filetree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharing returns two trees, the first opened twice as by two processes, over
// the same lower tree: /usr/bin with the files a and b, which are one, and the
// link l; and /usr/share/doc, which is empty.
func sharing(t *testing.T) (lower string, one, again, other View) {
	t.Helper()
	lower = t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(lower, "usr/bin")
	must(os.MkdirAll(bin, 0o755))
	must(os.MkdirAll(filepath.Join(lower, "usr/share/doc"), 0o755))
	must(os.WriteFile(filepath.Join(bin, "a"), []byte("program"), 0o755))
	must(os.Link(filepath.Join(bin, "a"), filepath.Join(bin, "b")))
	must(os.Symlink("a", filepath.Join(bin, "l")))
	open := func(dir string) View {
		tree, err := Open(dir)
		must(err)
		t.Cleanup(func() { tree.Close() })
		must(tree.SetLower(lower))
		return View{Tree: tree, Dir: "/"}
	}
	first, second := t.TempDir(), t.TempDir()
	must(MakeOverlay(first))
	must(MakeOverlay(second))
	return lower, open(first), open(first), open(second)
}

// list is what a directory shows: names, modes and contents.
func list(t *testing.T, v View, dir string) string {
	t.Helper()
	entries, err := v.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		line := e.Name() + " " + info.Mode().String()
		if info.Mode().IsRegular() {
			data, err := v.ReadFile(dir + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			line += " " + string(data)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

const lowerList = "a -rwxr-xr-x program\nb -rwxr-xr-x program\nl Lrwxrwxrwx"

func TestLowerTreeIsSeen(t *testing.T) {
	_, v, _, _ := sharing(t)
	if diff := cmp.Diff(list(t, v, "/usr/bin"), lowerList); diff != "" {
		t.Errorf("the directory (-got +want):\n%s", diff)
	}
	const dirs = "bin drwxr-xr-x\nshare drwxr-xr-x"
	if diff := cmp.Diff(list(t, v, "/usr"), dirs); diff != "" {
		t.Errorf("the directory above (-got +want):\n%s", diff)
	}
	if err := write(v, "/usr/file", "x"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list(t, v, "/usr"), "bin drwxr-xr-x\nfile -rw-r--r-- x\nshare drwxr-xr-x"); diff != "" {
		t.Errorf("the directory above, copied up (-got +want):\n%s", diff)
	}
	if data, err := v.ReadFile("/usr/bin/l"); err != nil || string(data) != "program" {
		t.Errorf("through the link: %q, %v", data, err)
	}
}

// TestLowerTreeIsNotChanged changes a directory of the lower tree in every way and
// looks at it from the same tree in another process, from another tree, and on
// the host.
func TestLowerTreeIsNotChanged(t *testing.T) {
	const dirMode = fs.ModeDir | 0o755
	for name, c := range map[string]struct {
		do   func(View) error
		err  error
		want string // afterwards; empty: as before
	}{
		"write": {
			do:   func(v View) error { return write(v, "/usr/bin/a", "mine") },
			want: "a -rwxr-xr-x mine\nb -rwxr-xr-x mine\nl Lrwxrwxrwx",
		},
		"create": {
			do:   func(v View) error { return write(v, "/usr/bin/new", "new") },
			want: lowerList + "\nnew -rw-r--r-- new",
		},
		"remove": {
			do:   func(v View) error { return v.Remove("/usr/bin/b") },
			want: "a -rwxr-xr-x program\nl Lrwxrwxrwx",
		},
		"chmod": {
			do:   func(v View) error { return v.Chmod("/usr/bin/a", 0o644) },
			want: "a -rw-r--r-- program\nb -rw-r--r-- program\nl Lrwxrwxrwx",
		},
		"rename": {
			do:   func(v View) error { return v.Rename("/usr/bin/a", "/usr/bin/c") },
			want: "b -rwxr-xr-x program\nc -rwxr-xr-x program\nl Lrwxrwxrwx",
		},
		"link into": {
			do:   func(v View) error { return v.Link("/usr/bin/a", "/usr/bin/c") },
			want: "a -rwxr-xr-x program\nb -rwxr-xr-x program\nc -rwxr-xr-x program\nl Lrwxrwxrwx",
		},
		"link out": {
			do: func(v View) error {
				if err := v.Link("/usr/bin/a", "/c"); err != nil {
					return err
				}
				return write(v, "/c", "mine")
			},
			want: "a -rwxr-xr-x mine\nb -rwxr-xr-x mine\nl Lrwxrwxrwx",
		},
		"symbolic link": {
			do:   func(v View) error { return v.Symlink("a", "/usr/bin/c") },
			want: "a -rwxr-xr-x program\nb -rwxr-xr-x program\nc Lrwxrwxrwx\nl Lrwxrwxrwx",
		},
		"directory": {
			do:   func(v View) error { return v.Mkdir("/usr/bin/c", 0o755) },
			want: "a -rwxr-xr-x program\nb -rwxr-xr-x program\nc " + dirMode.String() + "\nl Lrwxrwxrwx",
		},
		"remove the directory": {
			do:  func(v View) error { return v.Remove("/usr/bin") },
			err: syscall.ENOTEMPTY,
		},
		"put an empty directory in its place": {
			do: func(v View) error {
				if err := v.Mkdir("/empty", 0o755); err != nil {
					return err
				}
				return v.Rename("/empty", "/usr/bin")
			},
			err: syscall.EEXIST, // ENOTEMPTY's other name for rename
		},
		"move the directory away and back": {
			do: func(v View) error {
				if err := v.Rename("/usr", "/moved"); err != nil {
					return err
				}
				if data, err := v.ReadFile("/moved/bin/a"); err != nil || string(data) != "program" {
					return errors.New("not where it was moved to")
				}
				if _, err := v.Stat("/usr/bin/a"); !errors.Is(err, fs.ErrNotExist) {
					return errors.New("still where it was")
				}
				return v.Rename("/moved", "/usr")
			},
		},
		"change something elsewhere": {
			do: func(v View) error { return write(v, "/usr/share/doc/new", "new") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			lower, v, again, other := sharing(t)
			err := c.do(v)
			if c.err == nil && err != nil || c.err != nil && !errors.Is(err, c.err) && !errors.Is(err, syscall.ENOTEMPTY) {
				t.Fatalf("got error %v, want %v", err, c.err)
			}
			want := c.want
			if want == "" {
				want = lowerList
			}
			for who, view := range map[string]View{"the tree": v, "another process": again} {
				if diff := cmp.Diff(list(t, view, "/usr/bin"), want); diff != "" {
					t.Errorf("%s (-got +want):\n%s", who, diff)
				}
			}
			if diff := cmp.Diff(list(t, other, "/usr/bin"), lowerList); diff != "" {
				t.Errorf("another tree (-got +want):\n%s", diff)
			}
			host, err := Open(lower)
			if err != nil {
				t.Fatal(err)
			}
			defer host.Close()
			if diff := cmp.Diff(list(t, View{Tree: host, Dir: "/"}, "/usr/bin"), lowerList); diff != "" {
				t.Errorf("the host (-got +want):\n%s", diff)
			}
		})
	}
}

// TestDirectoryOfLowerTreeIsRemoved removes all that is in it, then itself.
func TestDirectoryOfLowerTreeIsRemoved(t *testing.T) {
	_, v, again, _ := sharing(t)
	for _, name := range []string{"/usr/share/doc", "/usr/share", "/usr/bin/a", "/usr/bin/b", "/usr/bin/l", "/usr/bin"} {
		if err := v.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if got := list(t, again, "/usr"); got != "" {
		t.Errorf("another process sees %s", got)
	}
	if err := v.Mkdir("/usr/bin", 0o755); err != nil {
		t.Fatal(err)
	}
	if got := list(t, again, "/usr/bin"); got != "" {
		t.Errorf("a new directory of that name has %s", got)
	}
}

func write(v View, name, text string) error {
	f, err := v.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(text))
	return errors.Join(err, f.Close())
}
