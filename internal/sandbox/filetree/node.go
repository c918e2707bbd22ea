package filetree

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// node is a synthetic entry: a device, or a file or link under /proc. It is
// its own FileInfo.
type node struct {
	name   string
	mode   fs.FileMode
	size   int64
	link   string // where a symbolic link leads
	device *os.File
	stream int           // 1 + the standard stream that it stands for, else 0
	read   func() []byte // contents of a generated file
	pipe   *pipe
}

func (n *node) Name() string       { return n.name }
func (n *node) Size() int64        { return max(n.size, int64(len(n.link))) }
func (n *node) Mode() fs.FileMode  { return n.mode }
func (n *node) ModTime() time.Time { return started }
func (n *node) IsDir() bool        { return n.mode.IsDir() }
func (n *node) Sys() any           { return &syscall.Stat_t{Nlink: 1} }

// started is the time stamp of all synthetic files.
var started = time.Now()

func (t *Tree) addNode(name string, n node) {
	n.name = path.Base(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.nodes[name] = &n
}

// pipe has the ends of a pipe that have not been opened.
type pipe struct {
	tree *Tree
	name string
	mu   sync.Mutex
	r, w *os.File // guarded by mu
}

// open takes an end of the pipe: each can be opened once. The name is gone when
// both are taken.
func (p *pipe) open(write bool) (File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	end := &p.r
	if write {
		end = &p.w
	}
	f := *end
	if f == nil {
		return nil, syscall.ENXIO
	}
	*end = nil
	if p.r == nil && p.w == nil {
		p.tree.mu.Lock()
		defer p.tree.mu.Unlock()
		delete(p.tree.nodes, p.name)
	}
	return f, nil
}

// AddPipe makes a pipe among the descriptors of process pid, as a shell does
// for a process substitution, and returns its name.
func (t *Tree) AddPipe(pid string) (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	t.pipes++
	fd := strconv.Itoa(62 + t.pipes)
	t.mu.Unlock()
	name := "/proc/" + pid + "/fd/" + fd
	t.addNode(name, node{mode: fs.ModeNamedPipe | 0o600, pipe: &pipe{tree: t, name: name, r: r, w: w}})
	return "/dev/fd/" + fd, nil
}

// AddDevices makes /dev/null, zero, full, random and urandom. It must be
// called before the process loses its access to the host's devices.
func (t *Tree) AddDevices() error {
	const mode = fs.ModeDevice | fs.ModeCharDevice | 0o666
	for _, d := range []struct {
		host  string
		flag  int
		names []string
	}{
		{"/dev/null", os.O_RDWR, []string{"/dev/null"}},
		{"/dev/zero", os.O_RDWR, []string{"/dev/zero"}},
		{"/dev/full", os.O_RDWR, []string{"/dev/full"}},
		{"/dev/urandom", os.O_RDONLY, []string{"/dev/urandom", "/dev/random"}},
	} {
		f, err := os.OpenFile(d.host, d.flag, 0)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return err
		}
		t.devices = append(t.devices, f)
		for _, name := range d.names {
			t.addNode(name, node{mode: mode, device: f})
		}
	}
	return nil
}

// AddFile makes a synthetic file that can only be read.
func (t *Tree) AddFile(name, text string) {
	t.addNode(name, node{mode: 0o644, size: int64(len(text)), read: func() []byte { return []byte(text) }})
}

// AddProc makes the part of /proc that a process sees of itself: its command
// line, environment and standard streams. pid is the process's number in the
// container; PID 1's streams can only be reached by PID 1.
func (t *Tree) AddProc(pid string, argv, env []string) {
	const dirMode = fs.ModeDir | 0o555
	list := func(entries []string) func() []byte {
		return func() []byte {
			if len(entries) == 0 {
				return nil
			}
			return []byte(strings.Join(entries, "\x00") + "\x00")
		}
	}
	t.addNode("/proc", node{mode: dirMode})
	t.addNode("/proc/self", node{mode: fs.ModeSymlink | 0o777, link: pid})
	base := "/proc/" + pid
	t.addNode(base, node{mode: dirMode})
	t.addNode(base+"/cmdline", node{mode: 0o444, read: list(argv)})
	t.addNode(base+"/environ", node{mode: 0o400, read: list(env)})
	t.addNode(base+"/comm", node{mode: 0o444, read: func() []byte {
		return []byte(path.Base(argv[0]) + "\n")
	}})
	t.addNode(base+"/fd", node{mode: dirMode})
	for i, n := range []string{"0", "1", "2"} {
		t.addNode(base+"/fd/"+n, node{mode: fs.ModeNamedPipe | 0o600, stream: i + 1})
	}
}
