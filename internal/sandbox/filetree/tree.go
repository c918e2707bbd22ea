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
//   - A mount shows what its source was when it was mounted; on Linux a source
//     with a link in its path is refused.
//   - Nothing is written through a read-only mount; a mount point can be
//     neither removed nor renamed.
//   - Nothing is written into the lower tree, which many trees may have below
//     their private roots: what changes something gets a private copy first.
//   - No device, process or descriptor of the host can be named.
package filetree

import (
	"errors"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Tree is a file tree. It is safe for concurrent use, but for Mount
// and SetLower.
type Tree struct {
	root    *os.Root
	lower   *os.Root // what the private root is an overlay of; may be nil
	mounts  []mount  // the longest target first
	devices []*os.File
	quota   quota
	user    User

	mu      sync.RWMutex
	nodes   map[string]*node // guarded by mu
	pipes   int              // guarded by mu; how many AddPipe made
	private map[string]bool  // guarded by mu; directories known not to be placeholders
}

// Open opens the tree whose root is a directory of the host.
func Open(root string) (*Tree, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	return &Tree{root: r, nodes: make(map[string]*node), private: make(map[string]bool)}, nil
}

// Close releases the directories that the tree holds open.
func (t *Tree) Close() error {
	errs := []error{t.root.Close()}
	if t.lower != nil {
		errs = append(errs, t.lower.Close())
	}
	for _, m := range t.mounts {
		errs = append(errs, m.close())
	}
	for _, d := range t.devices {
		errs = append(errs, d.Close())
	}
	return errors.Join(errs...)
}

// place is where a resolved name lies.
type place struct {
	tree     *Tree
	name     string // absolute, clean, without links but perhaps the last component
	root     *os.Root
	rel      string // name within root; "." for root itself
	readOnly bool
	memory   bool
	point    bool   // name is a mount point or the root of the tree
	file     bool   // the mount is a single file
	node     *node  // set if the place is synthetic
	above    string // the placeholder that name is at or below, if it is in the lower tree
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
		p.root, p.rel, p.readOnly, p.memory, p.point = m.root, rel, m.ReadOnly, m.Memory, rel == "."
		if m.file != "" {
			p.rel, p.file = m.file, true
		}
		p.node = nil
		return p
	}
	p.root, p.rel, p.point = t.root, relative(name), name == "/"
	if p.above = t.placeholder(name); p.above != "" {
		p.root = t.lower
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
