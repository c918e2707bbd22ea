package filetree

import (
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// quota bounds what a tree's files take on the disk. What there is is measured
// only now and then: each time, some of what is left is granted, and writing
// uses that up.
type quota struct {
	mu      sync.Mutex
	limit   int64 // bytes; 0: none
	granted int64 // bytes
}

const (
	grant = 8 << 20 // bytes; how far several processes in a tree together may exceed its quota, each
	inode = 1 << 10 // bytes that a file counts for itself, whatever is in it
)

// SetQuota bounds how much the private root and the directories that can be
// written through mounts take together, in bytes. Who writes more gets
// [syscall.ENOSPC].
func (t *Tree) SetQuota(limit int64) {
	t.quota.mu.Lock()
	defer t.quota.mu.Unlock()
	t.quota.limit, t.quota.granted = limit, 0
}

// take takes n bytes out of what may still be written.
func (t *Tree) take(n int64) error {
	q := &t.quota
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.limit == 0 {
		return nil
	}
	if q.granted < n {
		q.granted = min(q.limit-t.used(), max(grant, n))
	}
	if q.granted < n {
		return syscall.ENOSPC
	}
	q.granted -= n
	return nil
}

// used is how much of the quota is used.
func (t *Tree) used() int64 {
	bytes, files := Usage(t.root.FS())
	for _, m := range t.mounts {
		if m.file == "" && !m.ReadOnly {
			b, f := Usage(m.root.FS())
			bytes, files = bytes+b, files+f
		}
	}
	return int64(bytes) + int64(files)*inode
}

// Usage adds up what the files of a directory take on the disk: bytes, and
// number. A file with several names counts once; what vanishes meanwhile does
// not count.
func Usage(dir fs.FS) (bytes, files uint64) {
	type id struct{ dev, ino uint64 }
	seen := make(map[id]bool)
	_ = fs.WalkDir(dir, ".", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it has vanished, or cannot be looked into
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		if file := (id{uint64(stat.Dev), stat.Ino}); stat.Nlink > 1 && !info.IsDir() {
			if seen[file] {
				return nil
			}
			seen[file] = true
		}
		files++
		bytes += uint64(stat.Blocks) * 512
		return nil
	})
	return bytes, files
}

// counted is a file opened for writing, in a tree with a quota.
type counted struct {
	*os.File
	tree *Tree
}

// Unwrap is the file itself, for a duplicate of its descriptor.
func (c counted) Unwrap() *os.File { return c.File }

func (c counted) Write(p []byte) (int, error) {
	if err := c.tree.take(int64(len(p))); err != nil {
		return 0, pathError("write", c.Name(), err)
	}
	return c.File.Write(p)
}

// WriteString and ReadFrom are Write, and not the file's own.
func (c counted) WriteString(s string) (int, error) { return c.Write([]byte(s)) }

func (c counted) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{c}, r)
}
