package filetree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
)

// A tree can be an overlay: what is in a lower tree, which any number of trees
// share and nobody writes to, shows through its private root.
//
// A directory is whole in one of the two. While it is in the lower tree, the
// private root has a placeholder for it, or one for a directory above; before
// the first change in it, it is copied up, with placeholders for the directories
// in it. So a deleted file needs no mark, and looking a name up no merging.
//
// A placeholder is told by its sticky bit, which nobody in a tree can set:
// processes that have the same private root open see at once what one of them
// has copied up.
const placeholder = fs.ModeDir | fs.ModeSticky

// MakeOverlay makes an empty directory a private root for SetLower. One that has
// something in it is taken to be one already.
func MakeOverlay(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) > 0 {
		return err
	}
	return os.Chmod(root, 0o755|fs.ModeSticky)
}

// SetLower makes a directory of the host the lower tree. It has directories,
// files and links.
func (t *Tree) SetLower(dir string) error {
	lower, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("lower tree: %w", err)
	}
	t.lower = lower
	return nil
}

// relative is an absolute clean name relative to the root.
func relative(name string) string {
	if name == "/" {
		return "."
	}
	return name[1:]
}

// placeholder returns the placeholder that an absolute clean name without links
// is at or below, or nothing.
func (t *Tree) placeholder(name string) string {
	if t.lower == nil {
		return ""
	}
	for i := 1; ; i++ {
		if i == len(name) || i == 1 || name[i] == '/' {
			dir := name[:i]
			is, private := t.isPlaceholder(dir)
			if is {
				return dir
			}
			if !private || i == len(name) {
				return ""
			}
		}
	}
}

// isPlaceholder reports whether an existing directory is a placeholder or
// private; it is neither if it is no directory.
func (t *Tree) isPlaceholder(dir string) (is, private bool) {
	t.mu.RLock()
	private = t.private[dir]
	t.mu.RUnlock()
	if private {
		return false, true
	}
	info, err := t.root.Lstat(relative(dir))
	if err != nil || !info.IsDir() {
		return false, false
	}
	if info.Mode()&placeholder == placeholder {
		return true, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.private[dir] = true // for ever: placeholders are made only in placeholders
	return false, true
}

// copyUp copies what p is in, and p itself if it is a directory, to the private
// root, and says where p is then.
func (p place) copyUp() (place, error) {
	for p.above != "" {
		if err := p.tree.copyDir(p.above); err != nil {
			return place{}, err
		}
		p = p.tree.at(p.name)
	}
	return p, nil
}

// copyUpAll copies up all that is below p, a directory that is about to be
// moved: a placeholder in it would stand for another directory.
func (t *Tree) copyUpAll(p place) error {
	if t.lower == nil || p.root != t.root {
		return nil
	}
	if info, err := p.lstat(); err != nil || !info.IsDir() {
		return err
	}
	entries, err := fs.ReadDir(t.root.FS(), p.rel)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		below, err := t.at(path.Join(p.name, e.Name())).copyUp()
		if err != nil {
			return err
		}
		if err := t.copyUpAll(below); err != nil {
			return err
		}
	}
	return nil
}

// copyDir fills a placeholder and makes it an ordinary directory. Until that
// last step nobody sees what is in it, so that a copy which breaks off can be
// made again.
func (t *Tree) copyDir(dir string) error {
	name := relative(dir)
	lock, err := t.root.Open(name)
	if err != nil {
		return err
	}
	defer lock.Close() // which unlocks it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if is, _ := t.isPlaceholder(dir); !is {
		return nil // somebody else was faster
	}
	from, err := t.lower.OpenRoot(name)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := t.root.OpenRoot(name)
	if err != nil {
		return err
	}
	defer to.Close()
	info, err := from.Stat(".")
	if err != nil {
		return err
	}
	if err := copyEntries(from, to); err != nil {
		return err
	}
	return t.root.Chmod(name, info.Mode().Perm())
}

// copyEntries copies files and links; directories become placeholders.
func copyEntries(from, to *os.Root) error {
	entries, err := fs.ReadDir(from.FS(), ".")
	if err != nil {
		return err
	}
	var copied []fs.FileInfo // files that may have more names
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name := entry.Name()
		same := slices.IndexFunc(copied, func(f fs.FileInfo) bool { return os.SameFile(f, info) })
		switch {
		case info.IsDir():
			if err = to.Mkdir(name, 0o755); err == nil || errors.Is(err, fs.ErrExist) {
				err = to.Chmod(name, info.Mode().Perm()|fs.ModeSticky)
			}
		case info.Mode()&fs.ModeSymlink != 0:
			var target string
			if target, err = from.Readlink(name); err == nil {
				err = to.Symlink(target, name)
			}
		case same >= 0:
			err = to.Link(copied[same].Name(), name)
		default:
			var data []byte
			if data, err = from.ReadFile(name); err == nil {
				err = to.WriteFile(name, data, info.Mode().Perm())
			}
			if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Nlink > 1 {
				copied = append(copied, info)
			}
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// unmarked is an entry of a directory that does not show the mark of a
// placeholder.
type unmarked struct{ fs.DirEntry }

func (e unmarked) Info() (fs.FileInfo, error) {
	info, err := e.DirEntry.Info()
	if err != nil || info.Mode()&fs.ModeSticky == 0 {
		return info, err
	}
	return unmarkedInfo{info}, nil
}

type unmarkedInfo struct{ fs.FileInfo }

func (i unmarkedInfo) Mode() fs.FileMode { return i.FileInfo.Mode() &^ fs.ModeSticky }
