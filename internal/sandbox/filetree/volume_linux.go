package filetree

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Type is the type of the file system that a file is on: "tmpfs", or the number
// that statfs(2) has for it.
func (v View) Type(name string) (string, error) {
	p, err := v.resolve("statfs", name, true)
	if err != nil {
		return "", err
	}
	if p.memory {
		return "tmpfs", nil
	}
	s, err := p.statfs()
	if err != nil {
		return "", pathError("statfs", name, err)
	}
	if s.Type == unix.TMPFS_MAGIC {
		return "tmpfs", nil
	}
	return strconv.FormatInt(int64(s.Type), 10), nil
}

// Space is the size of the file system that a file is on and what is free of
// it, in bytes.
func (v View) Space(name string) (total, free uint64, err error) {
	p, err := v.resolve("statfs", name, true)
	if err != nil {
		return 0, 0, err
	}
	s, err := p.statfs()
	if err != nil {
		return 0, 0, pathError("statfs", name, err)
	}
	return s.Blocks * uint64(s.Bsize), s.Bavail * uint64(s.Bsize), nil
}

func (p place) statfs() (s unix.Statfs_t, err error) {
	err = p.open(func(f *os.File) error { return unix.Fstatfs(int(f.Fd()), &s) })
	return s, err
}
