package filetree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// source is what a mount shows. The descriptor is opened once, by a path of
// which no component is a link, and everything else is done by way of it: no
// name is looked up a second time, so there is no moment at which another
// container that writes to the same volume could put a link in between.
type source struct {
	path string
	file *os.File // O_PATH: it neither reads nor writes, and opening it never blocks
	info fs.FileInfo
}

func openSource(name string) (*source, error) {
	fd, err := openNoLinks(name)
	if err != nil {
		return nil, err
	}
	s := &source{path: name, file: os.NewFile(uintptr(fd), name)}
	if s.info, err = s.file.Stat(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *source) close() error { return s.file.Close() }

// name leads to what was opened, wherever it is now and whatever has come in
// its place.
func (s *source) name() string {
	return "/proc/self/fd/" + strconv.Itoa(int(s.file.Fd()))
}

// openRoot opens the source as a root. If it is a file, that is the directory
// that has it, and its name there.
func (s *source) openRoot() (root *os.Root, file string, err error) {
	if s.info.IsDir() {
		root, err = os.OpenRoot(s.name())
		return root, "", err
	}
	dir, file := filepath.Split(filepath.Clean(s.path))
	parent, err := openSource(dir)
	if err != nil {
		return nil, "", err
	}
	defer parent.close()
	if root, err = os.OpenRoot(parent.name()); err != nil {
		return nil, "", err
	}
	// The directory was looked up after the file.
	info, err := root.Lstat(file)
	if err == nil && !os.SameFile(info, s.info) {
		err = fmt.Errorf("%s was replaced while it was mounted", s.path)
	}
	if err != nil {
		return nil, "", errors.Join(err, root.Close())
	}
	return root, file, nil
}

// errLink is why a source is refused.
var errLink = errors.New("has a symbolic link in its path")

// openNoLinks opens name, an absolute path, following no link in it.
func openNoLinks(name string) (int, error) {
	if !filepath.IsAbs(name) {
		return -1, &fs.PathError{Op: "open", Path: name, Err: errors.New("is not an absolute path")}
	}
	var fd int
	err := retry(func() (err error) {
		fd, err = unix.Openat2(unix.AT_FDCWD, name, &unix.OpenHow{
			Flags:   unix.O_PATH | unix.O_CLOEXEC,
			Resolve: unix.RESOLVE_NO_SYMLINKS,
		})
		return err
	})
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
		// Before Linux 5.6, and below filters of system calls that are older.
		return walkNoLinks(name)
	}
	if errors.Is(err, unix.ELOOP) {
		err = errLink
	}
	if err != nil {
		return -1, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return fd, nil
}

// walkNoLinks is openNoLinks one component at a time, each looked up in the
// directory that was opened for the one before.
func walkNoLinks(name string) (int, error) {
	const flags = unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := open(unix.AT_FDCWD, "/", flags)
	for part := range strings.SplitSeq(filepath.Clean(name), "/") {
		if err != nil {
			break
		}
		if part == "" {
			continue
		}
		dir := fd
		fd, err = open(dir, part, flags)
		unix.Close(dir)
		if err != nil {
			break
		}
		// O_PATH with O_NOFOLLOW opens a link itself.
		var stat unix.Stat_t
		if err = unix.Fstat(fd, &stat); err == nil && stat.Mode&unix.S_IFMT == unix.S_IFLNK {
			err = errLink
		}
		if err != nil {
			unix.Close(fd)
		}
	}
	if err != nil {
		return -1, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return fd, nil
}

func open(dir int, name string, flags int) (fd int, err error) {
	err = retry(func() (err error) {
		fd, err = unix.Openat(dir, name, flags, 0)
		return err
	})
	return fd, err
}

// retry repeats a system call that a signal interrupts.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// Opened returns the mounts with a Source that leads to what was opened for
// them, for as long as the tree is open. Whoever needs a path for a mount's
// files on the host must use it: what a Mount's own Source leads to may change.
func (t *Tree) Opened() []Mount {
	all := make([]Mount, len(t.mounts))
	for i, m := range t.mounts {
		all[i] = Mount{Source: m.source.name(), Target: m.Target, ReadOnly: m.ReadOnly, Memory: m.Memory}
	}
	return all
}
