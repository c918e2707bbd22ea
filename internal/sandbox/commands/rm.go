package commands

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

func rmdir(_ context.Context, c *Call) int {
	f, code := c.parse("pv", map[string]byte{"parents": 'p', "verbose": 'v'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing operand")
	}
	for _, name := range f.args {
		for {
			info, err := c.FS.Lstat(name)
			if err == nil && !info.IsDir() {
				err = syscall.ENOTDIR
			}
			if err == nil {
				err = c.FS.Remove(name)
			}
			if err != nil {
				code = c.fail("failed to remove '%s': %s", name, Reason(err))
				break
			}
			if parent := path.Dir(name); f.has('p') && parent != "." && parent != "/" {
				name = parent
				continue
			}
			break
		}
	}
	return code
}

func rm(ctx context.Context, c *Call) int {
	f, code := c.parse("rRfvd", map[string]byte{"recursive": 'r', "force": 'f', "verbose": 'v', "dir": 'd'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		if f.has('f') {
			return 0
		}
		return c.usage(1, "missing operand")
	}
	recursive := f.has('r') || f.has('R')
	var remove func(name string) int
	remove = func(name string) int {
		info, err := c.FS.Lstat(name)
		if err != nil {
			if f.has('f') && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) {
				return 0
			}
			return c.fail("cannot remove '%s': %s", name, Reason(err))
		}
		code := 0
		if info.IsDir() {
			if !recursive && !f.has('d') {
				return c.fail("cannot remove '%s': Is a directory", name)
			}
			entries, err := c.FS.ReadDir(name)
			if err != nil {
				return c.fail("cannot remove '%s': %s", name, Reason(err))
			}
			for _, e := range entries {
				if !recursive || ctx.Err() != nil {
					break
				}
				code = max(code, remove(strings.TrimRight(name, "/")+"/"+e.Name()))
			}
		}
		if code != 0 {
			return code // the directory is not empty; why has been said
		}
		if real := strings.TrimRight(name, "/"); real != name && c.isLink(real) {
			// What it leads to has been emptied, as GNU rm does.
			if f.has('f') {
				return 0
			}
			err = syscall.ENOTDIR
		} else {
			err = c.FS.Remove(name)
		}
		if err != nil {
			return c.fail("cannot remove '%s': %s", name, Reason(err))
		}
		if f.has('v') {
			kind := ""
			if info.IsDir() {
				kind = "directory "
			}
			c.printf("removed %s'%s'\n", kind, name)
		}
		return 0
	}
	for _, name := range f.args {
		if base := path.Base(name); base == "." || base == ".." || base == "/" {
			if base == "/" {
				code = c.fail("it is dangerous to operate recursively on '/'")
			} else {
				code = c.fail("refusing to remove '.' or '..' directory: skipping '%s'", name)
			}
			continue
		}
		code = max(code, remove(name))
	}
	return code
}

func (c *Call) removeAll(name string) error {
	if info, err := c.FS.Lstat(name); err == nil && info.IsDir() {
		entries, err := c.FS.ReadDir(name)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := c.removeAll(name + "/" + e.Name()); err != nil {
				return err
			}
		}
	}
	return c.FS.Remove(name)
}

func (c *Call) isLink(name string) bool {
	info, err := c.FS.Lstat(name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}
