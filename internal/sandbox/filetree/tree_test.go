package filetree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// world is a tree on a directory of the host that has a secret beside it.
//
//	host/secret
//	host/root/{dir/file, etc/passwd, abs → /etc/passwd, up → ../../secret,
//	           here → dir, loop → loop, chain → here/../abs, var/run → /run}
//	host/volume/{..data → ..1, ..1/key, key → ..data/key, out → HOST/secret}
func world(t testing.TB) (host string, v View) {
	t.Helper()
	host = t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(host, name)
		must(os.MkdirAll(filepath.Dir(name), 0o755))
		must(os.WriteFile(name, []byte(text), 0o644))
	}
	link := func(to, name string) {
		t.Helper()
		name = filepath.Join(host, name)
		must(os.MkdirAll(filepath.Dir(name), 0o755))
		must(os.Symlink(to, name))
	}
	write("secret", "secret")
	write("root/dir/file", "file")
	write("root/etc/passwd", "passwd")
	must(os.Mkdir(filepath.Join(host, "root/run"), 0o755))
	link("/etc/passwd", "root/abs")
	link("../../secret", "root/up")
	link("dir", "root/here")
	link("loop", "root/loop")
	link("here/../abs", "root/chain")
	link("/run", "root/var/run")
	write("volume/..1/key", "value")
	link("..1", "volume/..data")
	link("..data/key", "volume/key")
	link(filepath.Join(host, "secret"), "volume/out")
	write("single", "single")
	tree, err := Open(filepath.Join(host, "root"))
	must(err)
	t.Cleanup(func() { tree.Close() })
	must(tree.Mount(Mount{Source: filepath.Join(host, "volume"), Target: "/volume", ReadOnly: true}))
	must(tree.Mount(Mount{Source: filepath.Join(host, "volume"), Target: "/var/run/secrets", ReadOnly: true}))
	must(tree.Mount(Mount{Source: filepath.Join(host, "single"), Target: "/dev/termination-log"}))
	must(tree.AddDevices())
	tree.AddProc("1", []string{"sh", "-c", "true"}, []string{"A=b"})
	return host, View{Tree: tree, Dir: "/dir"}
}

func TestReadFile(t *testing.T) {
	host, v := world(t)
	for name, want := range map[string]string{
		"file":                           "file",
		"./../dir//file":                 "file",
		"/dir/file":                      "file",
		"../../../dir/file":              "file",
		"/abs":                           "passwd",
		"/here/file":                     "file",
		"/here/../etc/passwd":            "passwd",
		"/chain":                         "passwd",
		"/volume/key":                    "value",
		"/volume/..data/../..data/key":   "value",
		"/var/run/secrets/key":           "value",
		"/run/secrets/key":               "value",
		"/dev/termination-log":           "single",
		"/dev/null":                      "",
		"/proc/self/environ":             "A=b\x00",
		"/proc/self/cmdline":             "sh\x00-c\x00true\x00",
		"/proc/1/comm":                   "sh\n",
		"/volume/../dir/file":            "file",
		"/proc/self/../../dir/file":      "file",
		"/dev/termination-log/../../abs": "ENOTDIR",
		"/up":                            "ENOENT",
		"/loop":                          "ELOOP",
		"/loop/x":                        "ELOOP",
		"/volume/out":                    "ENOENT",
		host + "/secret":                 "ENOENT",
		"/none":                          "ENOENT",
		"/none/../dir/file":              "ENOENT",
		"/dir/file/x":                    "ENOTDIR",
		"/dir/file/":                     "ENOTDIR",
		"/dir/file/..":                   "ENOTDIR",
		"":                               "ENOENT",
		"a\x00b":                         "EINVAL",
		"/proc/2/environ":                "ENOENT",
		"/proc/self/root/etc/passwd":     "ENOENT",
		"/dev/mem":                       "ENOENT",
		"/" + strings.Repeat("x", 300):   "ENAMETOOLONG",
	} {
		data, err := v.ReadFile(name)
		got := string(data)
		if err != nil {
			got = errorName(err)
		}
		if got != want {
			t.Errorf("%q: got %q (%v), want %q", name, got, err, want)
		}
		if err != nil && name != "" && strings.Contains(err.Error(), host) && !strings.Contains(name, host) {
			t.Errorf("%q: the error shows the host: %v", name, err)
		}
	}
}

func errorName(err error) string {
	for name, errno := range map[string]syscall.Errno{
		"ENOENT": syscall.ENOENT, "ENOTDIR": syscall.ENOTDIR, "ELOOP": syscall.ELOOP, "EINVAL": syscall.EINVAL,
		"ENAMETOOLONG": syscall.ENAMETOOLONG, "EROFS": syscall.EROFS, "EBUSY": syscall.EBUSY, "EPERM": syscall.EPERM,
		"EXDEV": syscall.EXDEV, "EEXIST": syscall.EEXIST, "EACCES": syscall.EACCES,
	} {
		if errors.Is(err, errno) && (name != "EPERM" || !errors.Is(err, syscall.EACCES)) {
			return name
		}
	}
	return "other"
}

func TestChanges(t *testing.T) {
	host, v := world(t)
	create := func(name string) error {
		f, err := v.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o644)
		if err == nil {
			err = f.Close()
		}
		return err
	}
	for _, tt := range []struct {
		what string
		err  error
		want string
	}{
		{"create", create("/new"), ""},
		{"create in a read-only mount", create("/volume/new"), "EROFS"},
		{"create through a link into it", create("/var/run/secrets/new"), "EROFS"},
		{"write a file of it", create("/volume/key"), "EROFS"},
		{"write a mounted file", create("/dev/termination-log"), ""},
		{"write a generated file", create("/proc/self/environ"), "EACCES"},
		{"remove in a read-only mount", v.Remove("/volume/key"), "EROFS"},
		{"remove a mount point", v.Remove("/dev/termination-log"), "EBUSY"},
		{"remove a device", v.Remove("/dev/null"), "EPERM"},
		{"remove the root", v.Remove("/"), "EBUSY"},
		{"rename a mount point", v.Rename("/dev/termination-log", "/x"), "EBUSY"},
		{"rename between mounts", v.Rename("/new", "/dev/x"), ""},
		{"mkdir", v.MkdirAll("/a/b/c", 0o755), ""},
		{"mkdir over a file", v.MkdirAll("/dir/file/x", 0o755), "ENOTDIR"},
		{"mkdir of a mount point", v.Mkdir("/volume", 0o755), "EROFS"},
		{"symlink out", v.Symlink(host+"/secret", "/out"), ""},
		{"create through a link out", create("/out"), "ENOENT"},
		{"link a file", v.Link("/dir/file", "/hard"), ""},
		{"link a mounted file", v.Link("/dev/termination-log", "/hard2"), "EXDEV"},
		{"link between mounts", v.Link("/volume/..1/key", "/hard3"), "EXDEV"},
		{"chmod in a read-only mount", v.Chmod("/volume/key", 0o777), "EROFS"},
		{"chmod out", v.Chmod("/out", 0o777), "ENOENT"},
		{"times of a device", v.Chtimes("/dev/null", started, started), "EPERM"},
	} {
		got := ""
		if tt.err != nil {
			got = errorName(tt.err)
		}
		if got != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.what, got, tt.err, tt.want)
		}
	}
	data, err := os.ReadFile(filepath.Join(host, "secret"))
	if err != nil || string(data) != "secret" {
		t.Errorf("the secret is %q, %v", data, err)
	}
}

func TestReadDir(t *testing.T) {
	_, v := world(t)
	list := func(name string) []string {
		t.Helper()
		entries, err := v.ReadDir(name)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	for name, want := range map[string][]string{
		"/dir":         {"file"},
		"/proc":        {"1", "self"},
		"/proc/self":   {"cmdline", "comm", "environ", "fd"},
		"/dev":         {"full", "null", "random", "termination-log", "urandom", "zero"},
		"/run/secrets": {"..1", "..data", "key", "out"},
		"/run":         {"secrets"},
	} {
		if diff := cmp.Diff(list(name), want); diff != "" {
			t.Errorf("%s: -got +want:\n%s", name, diff)
		}
	}
}

func TestPipe(t *testing.T) {
	_, v := world(t)
	name, err := v.AddPipe("1")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Symlink("/proc/self/fd", "/dev/fd"); err != nil {
		t.Fatal(err)
	}
	w, err := v.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("through")); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if data, err := v.ReadFile(name); string(data) != "through" || err != nil {
		t.Errorf("read %q, %v", data, err)
	}
	if _, err := v.Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a used pipe: %v", err)
	}
}

// onHost is the directory that root was opened for.
func onHost(t *Tree, root *os.Root) string {
	for _, m := range t.mounts {
		switch {
		case m.root != root:
		case m.file != "":
			return filepath.Dir(m.Source)
		default:
			return m.Source
		}
	}
	return root.Name()
}

// FuzzResolve looks for a name, with a link in the tree to go through, that
// leads out of the tree. Whatever is reached must be a file of the tree.
func FuzzResolve(f *testing.F) {
	for _, s := range []string{"/x", "x/../../secret", "/up", "../..", "/fuzz/../../secret", "/proc/self/fd/0", "//", "/fuzz/fuzz", "..data/key"} {
		for _, link := range []string{"/", "..", "../../secret", "/fuzz", "/volume/../..", "/dev/../../..", "proc/self"} {
			f.Add(s, link)
		}
	}
	host, v := world(f)
	real, err := filepath.EvalSymlinks(host)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, link string) {
		v.Remove("/fuzz")
		if err := v.Symlink(link, "/fuzz"); err != nil {
			link = ""
		}
		for _, name := range []string{name, "/fuzz/" + name, "/fuzz"} {
			p, err := v.Tree.resolve(v.join(name), true)
			if err != nil {
				continue
			}
			if !path.IsAbs(p.name) || path.Clean(p.name) != p.name {
				t.Errorf("%q by %q resolves to %q", name, link, p.name)
			}
			if !filepath.IsLocal(p.rel) {
				t.Errorf("%q by %q leads to %q of a root", name, link, p.rel)
			}
			full := filepath.Join(onHost(v.Tree, p.root), p.rel)
			if at, err := filepath.EvalSymlinks(full); err == nil && p.node == nil {
				in := func(dir string) bool { _, ok := within(filepath.Join(real, dir), at); return ok }
				if !in("root") && !in("volume") && !in("single") {
					t.Errorf("%q by %q reaches %s", name, link, at)
				}
			}
			if data, err := v.ReadFile(name); err == nil && string(data) == "secret" {
				t.Errorf("%q by %q reads the secret", name, link)
			}
		}
	})
}
