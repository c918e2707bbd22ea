package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// What the program keeps in a cluster's directory that is not the cluster's: Beside,
// for clusters that are not embedded, and whatever has a name that begins with
// Program.
const (
	Beside  = "clusters"
	Program = "joblab."
)

// claim refuses a directory that holds somebody else's files: some of what is in
// a cluster's directory is removed at each start. One that was used before has a
// lock file.
func claim(dir protocol.Dir) error {
	entries, err := os.ReadDir(string(dir))
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool {
		return e.Name() == Beside || strings.HasPrefix(e.Name(), Program)
	})
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if info, err := os.Lstat(dir.Lock()); err == nil && info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("%s holds files that are not a cluster's: choose a directory that is new or empty", dir)
}

// privateDir makes dir and its parents if needed, and closes dir to others.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	perm := info.Mode().Perm()
	if perm&0o077 == 0 {
		return nil
	}
	return os.Chmod(dir, perm&^0o077)
}

// writeFile replaces the file at once, for its owner's eyes only.
func writeFile(path string, data []byte) error {
	draft := path + ".new"
	if err := os.WriteFile(draft, data, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, path)
}

// removeTree removes dir and all in it, also directories that a container has
// made unwritable.
func removeTree(dir string) error {
	err := os.RemoveAll(dir)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, _ error) error {
		if entry != nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
