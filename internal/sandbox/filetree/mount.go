package filetree

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"syscall"
)

// Mount makes a directory or file of the host visible at Target.
type Mount struct {
	// Source is an absolute path on the host. On Linux none of its components
	// may be a link: parts of it can lie in a volume that another container
	// writes to.
	Source   string
	Target   string // absolute path in the tree
	ReadOnly bool
	Memory   bool // shown as a file system in memory
}

type mount struct {
	Mount
	source *source
	root   *os.Root // the source, or the directory that it is in if it is a file
	file   string   // name within root if the mount is a single file, else empty
}

func (m *mount) close() error { return errors.Join(m.root.Close(), m.source.close()) }

// Mount adds a mount. Links in its Target are followed, as container runtimes
// do, and the mount point is made if it is not there. A link in its Source is
// an error where Source says so.
func (t *Tree) Mount(m Mount) error {
	if err := t.mount(m); err != nil {
		return fmt.Errorf("mount %s: %w", m.Target, err)
	}
	return nil
}

func (t *Tree) mount(m Mount) error {
	src, err := openSource(m.Source)
	if err != nil {
		return err
	}
	root, file, err := src.openRoot()
	if err != nil {
		return errors.Join(err, src.close())
	}
	mt := mount{Mount: m, source: src, root: root, file: file}
	if mt.Target, err = t.mountPoint(m.Target, file == ""); err != nil {
		return errors.Join(err, mt.close())
	}
	t.mounts = append(t.mounts, mt)
	slices.SortStableFunc(t.mounts, func(a, b mount) int { return len(b.Target) - len(a.Target) })
	return nil
}

// MountPoint makes an empty file or directory, and directories above it, for a
// mount to be put over. One that is there is left alone.
func (t *Tree) MountPoint(target string, dir bool) error {
	if _, err := t.mountPoint(target, dir); err != nil {
		return fmt.Errorf("mount point %s: %w", target, err)
	}
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
