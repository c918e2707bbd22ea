package commands

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// create opens a file for writing.
func (c *Call) create(name string, add bool) (filetree.File, error) {
	flag := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if add {
		flag = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	return c.FS.OpenFile(name, flag, 0o644)
}

func mkdir(_ context.Context, c *Call) int {
	f, code := c.parse("pvm:", map[string]byte{"parents": 'p', "verbose": 'v', "mode": 'm'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing operand")
	}
	perm := fs.FileMode(0o755)
	if m := f.value('m', ""); m != "" {
		n, err := strconv.ParseUint(m, 8, 12)
		if err != nil {
			return c.fail("invalid mode '%s'", m)
		}
		perm = fs.FileMode(n)
	}
	for _, name := range f.args {
		var err error
		if f.has('p') {
			err = c.FS.MkdirAll(name, perm)
		} else {
			err = c.FS.Mkdir(name, perm)
		}
		if err != nil {
			code = c.fail("cannot create directory '%s': %s", name, Reason(err))
		} else if f.has('v') {
			c.printf("%s: created directory '%s'\n", c.name(), name)
		}
	}
	return code
}

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
		if err := c.FS.Remove(name); err != nil {
			return c.fail("cannot remove '%s': %s", name, Reason(err))
		}
		if f.has('v') {
			c.printf("removed '%s'\n", name)
		}
		return code
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

func touch(_ context.Context, c *Call) int {
	f, code := c.parse("camd:t:r:", map[string]byte{"no-create": 'c', "date": 'd', "reference": 'r'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing file operand")
	}
	now := time.Now()
	if ref := f.value('r', ""); ref != "" {
		info, err := c.FS.Stat(ref)
		if err != nil {
			return c.fail("failed to get attributes of '%s': %s", ref, Reason(err))
		}
		now = info.ModTime()
	}
	if d := f.value('d', ""); d != "" {
		var ok bool
		if now, ok = parseDate(d, now); !ok {
			return c.fail("invalid date format '%s'", d)
		}
	}
	if f.has('t') {
		return c.fail("-t is not supported in the sandbox")
	}
	for _, name := range f.args {
		err := c.FS.Chtimes(name, now, now)
		if errors.Is(err, fs.ErrNotExist) {
			if f.has('c') {
				continue
			}
			var file filetree.File
			if file, err = c.create(name, true); err == nil {
				file.Close()
				if f.has('d') || f.has('r') {
					err = c.FS.Chtimes(name, now, now)
				}
			}
		}
		if err != nil {
			code = c.fail("cannot touch '%s': %s", name, Reason(err))
		}
	}
	return code
}

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
	if real, err := c.FS.EvalSymlinks(to); err == nil {
		if src, err := c.FS.EvalSymlinks(from); err == nil {
			if src == real {
				return c.fail("'%s' and '%s' are the same file", from, to)
			}
			if info.IsDir() && strings.HasPrefix(real+"/", src+"/") {
				return c.fail("cannot copy a directory, '%s', into itself, '%s'", from, to)
			}
		}
		if f.has('n') {
			return 0
		}
	}
	switch {
	case info.IsDir():
		return c.copyDir(ctx, from, to, recursive, f)
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := c.FS.Readlink(from)
		if err == nil {
			err = c.FS.Symlink(target, to)
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

func mv(ctx context.Context, c *Call) int {
	f, code := c.parse("fvn", map[string]byte{"force": 'f', "verbose": 'v', "no-clobber": 'n'})
	if code != 0 {
		return code
	}
	sources, dest, code := c.operands(f, true)
	if code != 0 {
		return code
	}
	for _, source := range sources {
		to := dest(source)
		if _, err := c.FS.Lstat(source); err != nil {
			code = c.fail("cannot stat '%s': %s", source, Reason(err))
			continue
		}
		if _, err := c.FS.Lstat(to); err == nil && f.has('n') {
			continue
		}
		err := c.FS.Rename(source, to)
		if errors.Is(err, syscall.EXDEV) {
			across := &flags{set: map[byte]bool{'a': true}}
			if n := c.copy(ctx, source, to, true, across); n != 0 {
				code = n
				continue
			}
			err = c.removeAll(source)
		}
		if err != nil {
			code = c.fail("cannot move '%s' to '%s': %s", source, to, Reason(err))
		} else if f.has('v') {
			c.printf("renamed '%s' -> '%s'\n", source, to)
		}
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

func chmod(_ context.Context, c *Call) int {
	args := c.Args[1:]
	recursive := false
	if len(args) > 0 && (args[0] == "-R" || args[0] == "--recursive") {
		recursive, args = true, args[1:]
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && strings.Trim(args[0], "-rwx") != "" {
		return c.badOption(args[0])
	}
	if len(args) == 0 {
		return c.usage(1, "missing operand")
	}
	if len(args) == 1 {
		return c.usage(1, "missing operand after '%s'", args[0])
	}
	code := 0
	var change func(name string)
	change = func(name string) {
		info, err := c.FS.Stat(name)
		if err != nil {
			code = c.fail("cannot access '%s': %s", name, Reason(err))
			return
		}
		mode, ok := applyMode(args[0], info.Mode())
		if !ok {
			code = c.usage(1, "invalid mode: '%s'", args[0])
			return
		}
		if err := c.FS.Chmod(name, mode); err != nil {
			code = c.fail("changing permissions of '%s': %s", name, Reason(err))
		}
		if recursive && info.IsDir() {
			entries, _ := c.FS.ReadDir(name)
			for _, e := range entries {
				if e.Type()&fs.ModeSymlink == 0 {
					change(name + "/" + e.Name())
				}
			}
		}
	}
	for _, name := range args[1:] {
		change(name)
	}
	return code
}

// applyMode reads a mode as chmod does: octal, or clauses as u+x,go-w.
func applyMode(spec string, old fs.FileMode) (fs.FileMode, bool) {
	if n, err := strconv.ParseUint(spec, 8, 12); err == nil {
		return fs.FileMode(n).Perm(), true
	}
	mode := old.Perm()
	for clause := range strings.SplitSeq(spec, ",") {
		i := strings.IndexAny(clause, "+-=")
		if i < 0 {
			return 0, false
		}
		var who fs.FileMode
		for _, b := range clause[:i] {
			switch b {
			case 'u':
				who |= 0o700
			case 'g':
				who |= 0o070
			case 'o':
				who |= 0o007
			case 'a':
				who |= 0o777
			default:
				return 0, false
			}
		}
		if who == 0 {
			who = 0o777
		}
		var bits fs.FileMode
		for _, b := range clause[i+1:] {
			switch b {
			case 'r':
				bits |= 0o444
			case 'w':
				bits |= 0o222
			case 'x':
				bits |= 0o111
			case 'X':
				if old.IsDir() || old&0o111 != 0 {
					bits |= 0o111
				}
			default:
				return 0, false
			}
		}
		switch clause[i] {
		case '+':
			mode |= bits & who
		case '-':
			mode &^= bits & who
		case '=':
			mode = mode&^who | bits&who
		}
	}
	return mode, true
}

func mktemp(_ context.Context, c *Call) int {
	f, code := c.parse("dqup:t", map[string]byte{"directory": 'd', "quiet": 'q', "dry-run": 'u', "tmpdir": 'p'})
	if code != 0 {
		return code
	}
	template := "tmp.XXXXXXXXXX"
	dir := f.value('p', "")
	if len(f.args) > 0 {
		template = f.args[0]
	} else if dir == "" {
		if dir = c.getenv("TMPDIR"); dir == "" {
			dir = "/tmp"
		}
	}
	stem := strings.TrimRight(template, "X")
	n := len(template) - len(stem)
	if n < 3 {
		return c.fail("too few X's in template '%s'", template)
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for range 100 {
		name := stem
		for range n {
			name += string(letters[rand.IntN(len(letters))])
		}
		if dir != "" {
			name = strings.TrimRight(dir, "/") + "/" + name
		}
		var err error
		if f.has('d') {
			err = c.FS.Mkdir(name, 0o700)
		} else {
			var file filetree.File
			if file, err = c.FS.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				file.Close()
			}
		}
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return c.fail("failed to create file via template '%s': %s", template, Reason(err))
		}
		return c.printf("%s\n", name)
	}
	return c.fail("failed to create file via template '%s': File exists", template)
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
				var dir string
				if dir, err = c.FS.EvalSymlinks(path.Dir(name)); err == nil {
					to = path.Join(dir, path.Base(name))
				}
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
