// Package filetree is the file tree of a container: a private root directory,
// mounts over it, and synthetic /dev and /proc entries. It is the only way in
// which the shell and the commands of a container touch files.
//
// Guarantees:
//   - Path names resolve as after chroot(2): absolute links start at the
//     container's root and ".." at the root stays there. Links are followed by
//     this package, one component at a time, in the container's own name space.
//   - Each operation then goes through an [os.Root] of the private root or of
//     one mount, so that a link which changes during resolution cannot lead
//     out either.
//   - Nothing is written through a read-only mount; a mount point can be
//     neither removed nor renamed.
//   - No device, process or descriptor of the host can be named.
package filetree

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Mount makes a directory or file of the host visible at Target.
type Mount struct {
	Source   string // absolute path on the host
	Target   string // absolute path in the tree
	ReadOnly bool
}

// Tree is a file tree. It is safe for concurrent use, but for Mount.
type Tree struct {
	root    *os.Root
	mounts  []mount // the longest target first
	devices []*os.File

	mu    sync.RWMutex
	nodes map[string]*node // guarded by mu
	pipes int              // guarded by mu; how many AddPipe made
}

type mount struct {
	Mount
	root *os.Root
	file string // name within root if the mount is a single file, else empty
}

// Open opens the tree whose root is a directory of the host.
func Open(root string) (*Tree, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	return &Tree{root: r, nodes: make(map[string]*node)}, nil
}

// Close releases the directories that the tree holds open.
func (t *Tree) Close() error {
	errs := []error{t.root.Close()}
	for _, m := range t.mounts {
		errs = append(errs, m.root.Close())
	}
	for _, d := range t.devices {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
}

// Mount adds a mount. Links in its Target are followed, as container runtimes
// do, and the mount point is made if it is not there.
func (t *Tree) Mount(m Mount) error {
	info, err := os.Stat(m.Source)
	if err != nil {
		return fmt.Errorf("mount %s: %w", m.Target, err)
	}
	target, err := t.mountPoint(m.Target, info.IsDir())
	if err != nil {
		return fmt.Errorf("mount %s: %w", m.Target, err)
	}
	m.Target = target
	mt := mount{Mount: m}
	dir := m.Source
	if !info.IsDir() {
		if dir, err = filepath.EvalSymlinks(m.Source); err != nil {
			return fmt.Errorf("mount %s: %w", m.Target, err)
		}
		dir, mt.file = filepath.Split(dir)
	}
	if mt.root, err = os.OpenRoot(dir); err != nil {
		return fmt.Errorf("mount %s: %w", m.Target, err)
	}
	t.mounts = append(t.mounts, mt)
	slices.SortStableFunc(t.mounts, func(a, b mount) int { return len(b.Target) - len(a.Target) })
	return nil
}

// mountPoint makes target if necessary and returns its name without links.
func (t *Tree) mountPoint(target string, dir bool) (string, error) {
	v := View{Tree: t, Dir: "/"}
	at, err := t.resolve(target, true)
	if err == nil {
		if _, err := at.lstat(); err == nil {
			return at.name, nil
		}
	}
	if err := v.MkdirAll(path.Dir(path.Clean(target)), 0o755); err != nil {
		return "", err
	}
	if at, err = t.resolve(target, true); err != nil {
		return "", err
	}
	if dir {
		err = v.Mkdir(at.name, 0o755)
	} else {
		var f File
		if f, err = v.OpenFile(at.name, os.O_WRONLY|os.O_CREATE, 0o644); err == nil {
			err = f.Close()
		}
	}
	if errors.Is(err, syscall.EROFS) {
		err = nil // the mount point lies in a read-only mount; it works all the same
	}
	return at.name, err
}

// place is where a resolved name lies.
type place struct {
	tree     *Tree
	name     string // absolute, clean, without links but perhaps the last component
	root     *os.Root
	rel      string // name within root; "." for root itself
	readOnly bool
	point    bool  // name is a mount point or the root of the tree
	file     bool  // the mount is a single file
	node     *node // set if the place is synthetic
}

// at says where an absolute clean name without links lies.
func (t *Tree) at(name string) place {
	t.mu.RLock()
	p := place{tree: t, name: name, node: t.nodes[name]}
	t.mu.RUnlock()
	for i := range t.mounts {
		m := &t.mounts[i]
		rel, ok := within(m.Target, name)
		if !ok || m.file != "" && rel != "." {
			continue
		}
		p.root, p.rel, p.readOnly, p.point = m.root, rel, m.ReadOnly, rel == "."
		if m.file != "" {
			p.rel, p.file = m.file, true
		}
		p.node = nil
		return p
	}
	p.root, p.rel, p.point = t.root, strings.TrimPrefix(name, "/"), name == "/"
	if p.rel == "" {
		p.rel = "."
	}
	return p
}

// within returns name relative to dir if it is dir or lies below it.
func within(dir, name string) (string, bool) {
	if name == dir {
		return ".", true
	}
	if dir == "/" {
		return strings.TrimPrefix(name, "/"), true
	}
	if rest, ok := strings.CutPrefix(name, dir); ok && rest[0] == '/' {
		return rest[1:], true
	}
	return "", false
}

// maxLinks is how many links a name may lead through, as in Linux.
const maxLinks = 40

// resolve follows the links in name, an absolute path, as the kernel does in a
// chroot; the last component's link only if follow is set. The last component
// need not exist.
func (t *Tree) resolve(name string, follow bool) (place, error) {
	if name == "" {
		return place{}, syscall.ENOENT
	}
	if strings.IndexByte(name, 0) >= 0 {
		return place{}, syscall.EINVAL
	}
	if strings.HasSuffix(name, "/") {
		follow = true
	}
	rest := strings.Split(name, "/")
	cur := t.at("/")
	links := 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			cur = t.at(path.Dir(cur.name))
			continue
		}
		if len(part) > 255 {
			return place{}, syscall.ENAMETOOLONG
		}
		last := !slices.ContainsFunc(rest, func(s string) bool { return s != "" })
		next := t.at(path.Join(cur.name, part))
		if last && !follow {
			cur = next
			continue
		}
		if next.point {
			if !last && next.file {
				return place{}, syscall.ENOTDIR
			}
			cur = next
			continue
		}
		info, err := next.lstat()
		switch {
		case err != nil && last && errors.Is(err, syscall.ENOENT):
			cur = next
		case err != nil:
			return place{}, err
		case info.Mode()&os.ModeSymlink != 0:
			if links++; links > maxLinks {
				return place{}, syscall.ELOOP
			}
			to, err := next.readlink()
			if err != nil {
				return place{}, err
			}
			if strings.HasPrefix(to, "/") {
				cur = t.at("/")
			}
			rest = append(strings.Split(to, "/"), rest...)
		case !last && !info.IsDir():
			return place{}, syscall.ENOTDIR
		default:
			cur = next
		}
	}
	return cur, nil
}

func (p place) lstat() (os.FileInfo, error) {
	if p.node != nil {
		return p.node, nil
	}
	info, err := p.root.Lstat(p.rel)
	return info, bare(err)
}

func (p place) readlink() (string, error) {
	if p.node != nil {
		return p.node.link, nil
	}
	to, err := p.root.Readlink(p.rel)
	return to, bare(err)
}

// bare is the errno in err, without paths of the host.
func bare(err error) error {
	if err == nil {
		return nil
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	if errors.Is(err, os.ErrClosed) {
		return os.ErrClosed
	}
	return syscall.EPERM
}
