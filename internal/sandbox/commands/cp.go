package commands

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// operands splits the arguments of cp, mv and ln into sources and a function
// from a source to its destination. follow says whether a link to a directory
// is one.
func (c *Call) operands(f *flags, follow bool) (sources []string, dest func(string) string, code int) {
	switch {
	case len(f.args) == 0:
		return nil, nil, c.usage(1, "missing file operand")
	case len(f.args) == 1 && c.name() == "ln":
		f.args = append(f.args, ".")
	case len(f.args) == 1:
		return nil, nil, c.usage(1, "missing destination file operand after '%s'", f.args[0])
	}
	sources, to := f.args[:len(f.args)-1], f.args[len(f.args)-1]
	info, err := c.FS.Stat(to)
	if !follow {
		info, err = c.FS.Lstat(to)
	}
	isDir := err == nil && info.IsDir()
	if len(sources) > 1 && !isDir {
		return nil, nil, c.fail("target '%s': Not a directory", to)
	}
	return sources, func(source string) string {
		if isDir {
			return strings.TrimRight(to, "/") + "/" + path.Base(source)
		}
		return to
	}, 0
}

func cp(ctx context.Context, c *Call) int {
	f, code := c.parse("rRafpvnPL", map[string]byte{"recursive": 'r', "archive": 'a', "force": 'f', "verbose": 'v', "no-clobber": 'n'})
	if code != 0 {
		return code
	}
	sources, dest, code := c.operands(f, true)
	if code != 0 {
		return code
	}
	recursive := f.has('r') || f.has('R') || f.has('a')
	for _, source := range sources {
		code = max(code, c.copy(ctx, source, dest(source), recursive, f))
	}
	return code
}

func (c *Call) copy(ctx context.Context, from, to string, recursive bool, f *flags) int {
	if ctx.Err() != nil {
		return 1
	}
	keepLinks := f.has('P') || recursive && !f.has('L')
	info, err := c.FS.Stat(from)
	if keepLinks {
		info, err = c.FS.Lstat(from)
	}
	if err != nil {
		return c.fail("cannot stat '%s': %s", from, Reason(err))
	}
	if info.IsDir() && c.inside(to, from) {
		return c.fail("cannot copy a directory, '%s', into itself, '%s'", from, to)
	}
	if there, err := c.FS.Stat(to); err == nil {
		if c.sameFile(from, to) {
			return c.fail("'%s' and '%s' are the same file", from, to)
		}
		if f.has('n') && !info.IsDir() {
			return 0
		}
		switch {
		case info.IsDir() && !there.IsDir():
			return c.fail("cannot overwrite non-directory '%s' with directory '%s'", to, from)
		case !info.IsDir() && there.IsDir():
			return c.fail("cannot overwrite directory '%s' with non-directory", to)
		}
	}
	switch {
	case info.IsDir():
		return c.copyDir(ctx, from, to, recursive, f)
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := c.FS.Readlink(from)
		if err == nil {
			if err = c.FS.Symlink(target, to); errors.Is(err, fs.ErrExist) {
				if err = c.FS.Remove(to); err == nil {
					err = c.FS.Symlink(target, to)
				}
			}
		}
		if err != nil {
			return c.fail("cannot create symbolic link '%s': %s", to, Reason(err))
		}
		return 0
	}
	return c.copyFile(from, to, info, f)
}

func (c *Call) copyDir(ctx context.Context, from, to string, recursive bool, f *flags) int {
	if !recursive {
		return c.fail("-r not specified; omitting directory '%s'", from)
	}
	entries, err := c.FS.ReadDir(from)
	if err != nil {
		return c.fail("cannot access '%s': %s", from, Reason(err))
	}
	if err := c.FS.Mkdir(to, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return c.fail("cannot create directory '%s': %s", to, Reason(err))
	}
	code := 0
	for _, e := range entries {
		code = max(code, c.copy(ctx, from+"/"+e.Name(), to+"/"+e.Name(), true, f))
	}
	return code
}

func (c *Call) copyFile(from, to string, info fs.FileInfo, f *flags) int {
	if c.isLink(to) {
		if _, err := c.FS.Stat(to); err != nil {
			return c.fail("not writing through dangling symlink '%s'", to)
		}
	}
	in, err := c.FS.Open(from)
	if err != nil {
		return c.fail("cannot open '%s' for reading: %s", from, Reason(err))
	}
	defer in.Close()
	out, err := c.FS.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil && f.has('f') && c.FS.Remove(to) == nil {
		out, err = c.FS.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	}
	if err != nil {
		return c.fail("cannot create regular file '%s': %s", to, Reason(err))
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return c.fail("error writing '%s': %s", to, Reason(err))
	}
	if f.has('p') || f.has('a') {
		c.FS.Chtimes(to, info.ModTime(), info.ModTime())
	}
	if f.has('v') {
		c.printf("'%s' -> '%s'\n", from, to)
	}
	return 0
}

// sameFile reports whether two names lead to one file.
func (c *Call) sameFile(a, b string) bool {
	x, errX := c.FS.EvalSymlinks(a)
	y, errY := c.FS.EvalSymlinks(b)
	if errX != nil || errY != nil {
		return false
	}
	if x == y {
		return true
	}
	infoX, errX := c.FS.Stat(x)
	infoY, errY := c.FS.Stat(y)
	return errX == nil && errY == nil && os.SameFile(infoX, infoY)
}

// inside reports whether name, which need not exist, is dir or lies below it.
func (c *Call) inside(name, dir string) bool {
	top, err := c.FS.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	real, err := c.FS.EvalSymlinks(name)
	if err != nil {
		trimmed := strings.TrimRight(name, "/")
		if real, err = c.FS.EvalSymlinks(path.Dir(trimmed)); err != nil {
			return false
		}
		real = path.Join(real, path.Base(trimmed))
	}
	return real == top || strings.HasPrefix(real, strings.TrimRight(top, "/")+"/")
}
