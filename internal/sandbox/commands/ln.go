package commands

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
)

func ln(_ context.Context, c *Call) int {
	f, code := c.parse("sfnv", map[string]byte{"symbolic": 's', "force": 'f', "no-dereference": 'n', "verbose": 'v'})
	if code != 0 {
		return code
	}
	targets, dest, code := c.operands(f, !f.has('n'))
	if code != 0 {
		return code
	}
	for _, target := range targets {
		name := dest(target)
		if f.has('f') {
			if err := c.FS.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				code = c.fail("cannot remove '%s': %s", name, Reason(err))
				continue
			}
		}
		var err error
		kind := ""
		if f.has('s') {
			kind = "symbolic "
			err = c.FS.Symlink(target, name)
		} else {
			kind = "hard "
			err = c.FS.Link(target, name)
		}
		if err != nil {
			code = c.fail("failed to create %slink '%s': %s", kind, name, Reason(err))
		}
	}
	return code
}

func readlink(_ context.Context, c *Call) int {
	f, code := c.parse("femnqs", map[string]byte{"canonicalize": 'f', "canonicalize-existing": 'e', "no-newline": 'n'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing operand")
	}
	end := "\n"
	if f.has('n') {
		end = ""
	}
	for _, name := range f.args {
		var to string
		var err error
		if c.name() == "realpath" || f.has('f') || f.has('e') || f.has('m') {
			to, err = c.FS.EvalSymlinks(name)
			if errors.Is(err, fs.ErrNotExist) && !f.has('e') {
				to, err = c.missing(name, f.has('m'))
			}
		} else {
			to, err = c.FS.Readlink(name)
		}
		if err != nil {
			code = 1
			if c.name() == "realpath" {
				c.fail("%s: %s", name, Reason(err))
			}
			continue
		}
		c.printf("%s%s", to, end)
	}
	return code
}

// missing is the name of a file that is not there, with links in its directory
// followed. Unless anywhere is set, the directory must be there.
func (c *Call) missing(name string, anywhere bool) (string, error) {
	dir, base := path.Split(c.FS.Abs(name))
	to, err := c.FS.EvalSymlinks(dir)
	if anywhere && errors.Is(err, fs.ErrNotExist) {
		to, err = c.missing(strings.TrimRight(dir, "/"), true)
	}
	return path.Join(to, base), err
}
