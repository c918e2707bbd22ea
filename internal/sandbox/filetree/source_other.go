//go:build !linux

package filetree

import (
	"os"
	"path/filepath"
)

// source is what a mount shows, by the name that it had without links when it
// was mounted. Temporary directories lie behind a link on some systems.
type source struct {
	path string
	dir  bool
}

func openSource(name string) (*source, error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(real)
	if err != nil {
		return nil, err
	}
	return &source{path: real, dir: info.IsDir()}, nil
}

func (*source) close() error { return nil }

// openRoot opens the source as a root. If it is a file, that is the directory
// that has it, and its name there.
func (s *source) openRoot() (root *os.Root, file string, err error) {
	dir := s.path
	if !s.dir {
		dir, file = filepath.Split(s.path)
	}
	root, err = os.OpenRoot(dir)
	return root, file, err
}
