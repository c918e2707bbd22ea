package filetree

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// View is a Tree as one command sees it: with a working directory, and with
// the streams that /dev/stdin, /dev/stdout and /dev/stderr stand for. Paths
// that its methods take are absolute or relative to Dir; errors are
// [*fs.PathError] or [*os.LinkError] with the path as given and a
// [syscall.Errno].
type View struct {
	*Tree
	Dir    string // absolute
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// File is an open file.
type File interface {
	fs.File
	io.Writer
}

// Abs is name as an absolute, clean path; links are not followed.
func (v View) Abs(name string) string { return path.Clean(v.join(name)) }

func (v View) join(name string) string {
	if name == "" || strings.HasPrefix(name, "/") {
		return name
	}
	// Not path.Join: "link/.." is the parent of where link leads.
	return v.Dir + "/" + name
}

func (v View) resolve(op, name string, follow bool) (place, error) {
	p, err := v.Tree.resolve(v.join(name), follow)
	if err != nil {
		return place{}, pathError(op, name, err)
	}
	return p, nil
}

func pathError(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: bare(err)}
}

const writing = os.O_WRONLY | os.O_RDWR | os.O_CREATE | os.O_TRUNC | os.O_APPEND

// OpenFile is [os.OpenFile].
func (v View) OpenFile(name string, flag int, perm fs.FileMode) (File, error) {
	p, err := v.resolve("open", name, true)
	if err != nil {
		return nil, err
	}
	if p.node != nil {
		f, err := v.openNode(p.node, flag)
		return f, pathError("open", name, err)
	}
	if flag&writing != 0 && p.readOnly {
		return nil, pathError("open", name, syscall.EROFS)
	}
	if flag&os.O_CREATE != 0 && strings.HasSuffix(name, "/") {
		if _, err := p.lstat(); err != nil {
			return nil, pathError("open", name, syscall.EISDIR) // as Linux has it
		}
	}
	if flag&writing != 0 {
		if p, err = p.copyUp(); err != nil {
			return nil, pathError("open", name, err)
		}
	}
	if flag&os.O_CREATE != 0 {
		if err := v.take(inode); err != nil {
			return nil, pathError("open", name, err)
		}
	}
	f, err := p.create(flag, perm)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	if strings.HasSuffix(name, "/") {
		if info, err := f.Stat(); err == nil && !info.IsDir() {
			f.Close()
			return nil, pathError("open", name, syscall.ENOTDIR)
		}
	}
	if flag&writing != 0 {
		return counted{f, v.Tree}, nil
	}
	return f, nil
}

// create opens a file, and notes its owner if that makes it.
func (p place) create(flag int, perm fs.FileMode) (*os.File, error) {
	if flag&os.O_CREATE != 0 {
		f, err := p.root.OpenFile(p.rel, flag|os.O_EXCL, perm.Perm())
		if err == nil {
			p.made()
		}
		if err == nil || flag&os.O_EXCL != 0 || !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return p.root.OpenFile(p.rel, flag, perm.Perm())
}

// Open opens a file for reading.
func (v View) Open(name string) (File, error) { return v.OpenFile(name, os.O_RDONLY, 0) }

// ReadFile is [os.ReadFile].
func (v View) ReadFile(name string) ([]byte, error) {
	f, err := v.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return data, pathError("read", name, err)
}

// Stat is [os.Stat].
func (v View) Stat(name string) (fs.FileInfo, error) { return v.stat("stat", name, true) }

// Lstat is [os.Lstat].
func (v View) Lstat(name string) (fs.FileInfo, error) { return v.stat("lstat", name, false) }

func (v View) stat(op, name string, follow bool) (fs.FileInfo, error) {
	p, err := v.resolve(op, name, follow)
	if err != nil {
		return nil, err
	}
	info, err := p.lstat()
	if err != nil {
		return nil, pathError(op, name, err)
	}
	if strings.HasSuffix(name, "/") && !info.IsDir() {
		return nil, pathError(op, name, syscall.ENOTDIR)
	}
	return info, nil
}

// ReadDir is [os.ReadDir]. Mount points are listed as the files they hide.
func (v View) ReadDir(name string) ([]fs.DirEntry, error) {
	p, err := v.resolve("open", name, true)
	if err != nil {
		return nil, err
	}
	var entries []fs.DirEntry
	if p.node == nil {
		f, err := p.root.Open(p.rel)
		if err != nil {
			return nil, pathError("open", name, err)
		}
		defer f.Close()
		if entries, err = f.ReadDir(-1); err != nil {
			return nil, pathError("readdir", name, err)
		}
		for i, e := range entries {
			entries[i] = unmarked{e}
		}
	} else if !p.node.IsDir() {
		return nil, pathError("readdir", name, syscall.ENOTDIR)
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	for full, n := range v.nodes {
		if path.Dir(full) != p.name || full == "/" {
			continue
		}
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == n.name })
		entries = append(entries, fs.FileInfoToDirEntry(n))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Readlink is [os.Readlink].
func (v View) Readlink(name string) (string, error) {
	p, err := v.resolve("readlink", name, false)
	if err != nil {
		return "", err
	}
	info, err := p.lstat()
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return "", pathError("readlink", name, syscall.EINVAL)
	}
	to, err := p.readlink()
	return to, pathError("readlink", name, err)
}

// EvalSymlinks returns the absolute name of an existing file with all links
// followed.
func (v View) EvalSymlinks(name string) (string, error) {
	p, err := v.resolve("lstat", name, true)
	if err != nil {
		return "", err
	}
	_, err = p.lstat()
	return p.name, pathError("lstat", name, err)
}

// change resolves a name whose directory entry an operation changes.
func (v View) change(op, name string) (place, error) {
	trimmed := strings.TrimRight(name, "/")
	if trimmed == "" && name != "" {
		trimmed = "/"
	}
	p, err := v.resolve(op, trimmed, false)
	switch {
	case err != nil:
	case p.node != nil:
		err = pathError(op, name, syscall.EPERM)
	case p.readOnly:
		err = pathError(op, name, syscall.EROFS)
	case p.point:
		err = pathError(op, name, syscall.EBUSY)
	default:
		p, err = p.copyUp()
		err = pathError(op, name, err)
	}
	return p, err
}

// Mkdir is [os.Mkdir].
func (v View) Mkdir(name string, perm fs.FileMode) error {
	p, err := v.change("mkdir", name)
	if errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EPERM) {
		return pathError("mkdir", name, syscall.EEXIST)
	}
	if err != nil {
		return err
	}
	if err := v.take(inode); err != nil {
		return pathError("mkdir", name, err)
	}
	if err := p.root.Mkdir(p.rel, perm.Perm()); err != nil {
		return pathError("mkdir", name, err)
	}
	p.made()
	return nil
}

// MkdirAll is [os.MkdirAll].
func (v View) MkdirAll(name string, perm fs.FileMode) error {
	if info, err := v.Stat(name); err == nil {
		if info.IsDir() {
			return nil
		}
		return pathError("mkdir", name, syscall.ENOTDIR)
	}
	if dir := path.Dir(strings.TrimRight(name, "/")); dir != "." && dir != "/" {
		if err := v.MkdirAll(dir, perm); err != nil {
			return err
		}
	}
	if err := v.Mkdir(name, perm); err != nil && !errors.Is(err, syscall.EEXIST) {
		return err
	}
	return nil
}

// Remove is [os.Remove].
func (v View) Remove(name string) error {
	p, err := v.change("remove", name)
	if err != nil {
		return err
	}
	return pathError("remove", name, p.root.Remove(p.rel))
}

// Rename is [os.Rename]. Between mounts it fails with EXDEV.
func (v View) Rename(from, to string) error {
	pf, err := v.change("rename", from)
	if err != nil {
		return err
	}
	pt, err := v.change("rename", to)
	if err != nil {
		return err
	}
	if pf.root != pt.root {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EXDEV}
	}
	err = v.copyUpAll(pf)
	if err == nil {
		err = pf.root.Rename(pf.rel, pt.rel)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: bare(err)}
	}
	return nil
}

// Symlink makes name a link that leads to target. Where target leads is
// decided, within the tree, when the link is followed.
func (v View) Symlink(target, name string) error {
	p, err := v.change("symlink", name)
	if errors.Is(err, syscall.EBUSY) {
		return pathError("symlink", name, syscall.EEXIST)
	}
	if err != nil {
		return err
	}
	if err := v.take(inode); err != nil {
		return pathError("symlink", name, err)
	}
	return pathError("symlink", name, p.root.Symlink(target, p.rel))
}

// Link makes name another name of the file target.
func (v View) Link(target, name string) error {
	pt, err := v.resolve("link", target, false)
	if err != nil {
		return err
	}
	if pt, err = pt.copyUp(); err != nil {
		return pathError("link", target, err)
	}
	p, err := v.change("link", name)
	if err != nil {
		return err
	}
	if pt.node != nil || pt.point || pt.root != p.root {
		return pathError("link", name, syscall.EXDEV)
	}
	return pathError("link", name, p.root.Link(pt.rel, p.rel))
}

// attribute resolves a name whose attributes an operation changes.
func (v View) attribute(op, name string) (place, error) {
	p, err := v.resolve(op, name, true)
	switch {
	case err != nil:
	case p.node != nil:
		err = pathError(op, name, syscall.EPERM)
	case p.readOnly:
		err = pathError(op, name, syscall.EROFS)
	default:
		p, err = p.copyUp()
		err = pathError(op, name, err)
	}
	return p, err
}

// Chmod changes the permission bits of a file.
func (v View) Chmod(name string, mode fs.FileMode) error {
	p, err := v.attribute("chmod", name)
	if err != nil {
		return err
	}
	return pathError("chmod", name, p.root.Chmod(p.rel, mode.Perm()))
}

// Chtimes is [os.Chtimes].
func (v View) Chtimes(name string, atime, mtime time.Time) error {
	p, err := v.attribute("chtimes", name)
	if err != nil {
		return err
	}
	return pathError("chtimes", name, p.root.Chtimes(p.rel, atime, mtime))
}

// Writable reports whether files may be changed where name lies.
func (v View) Writable(name string) bool {
	p, err := v.Tree.resolve(v.join(name), true)
	return err == nil && !p.readOnly
}
