package commands

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// du prints how much space files take.
func du(_ context.Context, c *Call) int {
	f, code := c.parse("ashkmbcd:x", map[string]byte{
		"all": 'a', "summarize": 's', "human-readable": 'h', "bytes": 'b', "total": 'c', "max-depth": 'd', "apparent-size": 'A',
	})
	if code != 0 {
		return code
	}
	depth := -1
	if d := f.value('d', ""); d != "" {
		var ok bool
		if depth, ok = atLeast(d); !ok {
			return c.fail("invalid maximum depth '%s'", d)
		}
	}
	if f.has('s') {
		depth = 0
	}
	print := func(size int64, name string) { c.printf("%s\t%s\n", duSize(size, f), name) }
	var walk func(name string, level int) int64
	walk = func(name string, level int) int64 {
		info, err := c.FS.Lstat(name)
		if err != nil {
			code = c.fail("cannot access '%s': %s", name, Reason(err))
			return 0
		}
		size := (info.Size() + 4095) / 4096 * 4096
		if f.has('b') {
			size = info.Size()
		}
		if info.IsDir() {
			size = max(size, 4096)
			entries, err := c.FS.ReadDir(name)
			if err != nil {
				code = c.fail("cannot read directory '%s': %s", name, Reason(err))
			}
			for _, e := range entries {
				size += walk(strings.TrimRight(name, "/")+"/"+e.Name(), level+1)
			}
		}
		if level == 0 || (info.IsDir() || f.has('a')) && (depth < 0 || level <= depth) {
			print(size, name)
		}
		return size
	}
	names := f.args
	if len(names) == 0 {
		names = []string{"."}
	}
	var total int64
	for _, name := range names {
		total += walk(name, 0)
	}
	if f.has('c') {
		print(total, "total")
	}
	return code
}

func duSize(size int64, f *flags) string {
	switch {
	case f.has('h'):
		return shortSize(float64(size))
	case f.has('b'):
		return strconv.FormatInt(size, 10)
	case f.has('m'):
		return strconv.FormatInt((size+1<<20-1)>>20, 10)
	}
	return strconv.FormatInt((size+1023)/1024, 10)
}

// shortSize is a size as -h prints it.
func shortSize(n float64) string {
	i := 0
	for n >= 1024 && i < 5 {
		n /= 1024
		i++
	}
	switch {
	case i == 0:
		return fmt.Sprintf("%.0f", n)
	case n < 10:
		return fmt.Sprintf("%.1f%c", n, " KMGTP"[i])
	}
	return fmt.Sprintf("%.0f%c", n, " KMGTP"[i])
}

// df prints the space of the container's own files and of its mounts, which is
// that of the host's file system that they are on.
func df(_ context.Context, c *Call) int {
	f, code := c.parse("hkmTPai", map[string]byte{"human-readable": 'h', "portability": 'P', "print-type": 'T', "all": 'a'})
	if code != 0 {
		return code
	}
	if f.has('i') {
		return c.fail("-i is not supported in the sandbox")
	}
	unit := func(n uint64) string {
		switch {
		case f.has('h'):
			return shortSize(float64(n))
		case f.has('m'):
			return strconv.FormatUint(n>>20, 10)
		}
		return strconv.FormatUint(n>>10, 10)
	}
	head := map[bool]string{true: "Size", false: "1K-blocks"}[f.has('h')]
	if f.has('m') {
		head = "1M-blocks"
	}
	c.printf("%-20s %10s %10s %10s Use%% Mounted on\n", "Filesystem", head, "Used", "Available")
	places := f.args
	if len(places) == 0 {
		places = []string{"/"}
		for _, m := range c.FS.Mounts() {
			if info, err := c.FS.Stat(m.Target); err == nil && info.IsDir() {
				places = append(places, m.Target)
			}
		}
	}
	for _, name := range places {
		total, free, err := c.FS.Space(name)
		if err != nil {
			code = c.fail("%s: %s", name, Reason(err))
			continue
		}
		used := total - free
		percent := uint64(0)
		if total > 0 {
			percent = (used*100 + total - 1) / total
		}
		device, point := c.mountOf(name)
		c.printf("%-20s %10s %10s %10s %3d%% %s\n", device, unit(total), unit(used), unit(free), percent, point)
	}
	return code
}

// mountOf is the mount that a file is on: what is mounted, and where.
func (c *Call) mountOf(name string) (device, point string) {
	real, err := c.FS.EvalSymlinks(name)
	if err != nil {
		real = c.FS.Abs(name)
	}
	device, point = "overlay", "/"
	for _, m := range c.FS.Mounts() {
		if m.Target == real || strings.HasPrefix(real, m.Target+"/") {
			if device = "volume"; m.Memory {
				device = "tmpfs"
			}
			return device, m.Target
		}
	}
	return device, point
}

// mount lists the mounts; it makes none.
func mount(_ context.Context, c *Call) int {
	if len(c.Args) > 1 {
		return c.fail("permission denied (are you root?)")
	}
	c.printf("overlay on / type overlay (rw,relatime)\nproc on /proc type proc (ro)\n")
	for _, m := range c.FS.Mounts() {
		device, kind, mode := "volume", "bind", "rw"
		if m.Memory {
			device, kind = "tmpfs", "tmpfs"
		}
		if m.ReadOnly {
			mode = "ro"
		}
		c.printf("%s on %s type %s (%s,relatime)\n", device, m.Target, kind, mode)
	}
	return 0
}

// install copies files and sets their mode, or with -d makes directories.
func install(ctx context.Context, c *Call) int {
	f, code := c.parse("dm:Dvo:g:", map[string]byte{"directory": 'd', "mode": 'm', "verbose": 'v'})
	if code != 0 {
		return code
	}
	mode, err := strconv.ParseUint(f.value('m', "755"), 8, 12)
	if err != nil {
		return c.fail("invalid mode '%s'", f.value('m', ""))
	}
	perm := fs.FileMode(mode)
	if f.has('d') {
		for _, name := range f.args {
			if err := c.FS.MkdirAll(name, perm); err != nil {
				code = c.fail("cannot create directory '%s': %s", name, Reason(err))
			}
		}
		return code
	}
	if len(f.args) < 2 {
		return c.usage(1, "missing file operand")
	}
	to := f.args[len(f.args)-1]
	if i := strings.LastIndexByte(to, '/'); f.has('D') && i > 0 {
		if err := c.FS.MkdirAll(to[:i], 0o755); err != nil {
			return c.fail("cannot create directory '%s': %s", to[:i], Reason(err))
		}
	}
	call := *c
	call.Args = append([]string{"cp"}, f.args...)
	if code = cp(ctx, &call); code != 0 {
		return code
	}
	info, err := c.FS.Stat(to)
	for _, from := range f.args[:len(f.args)-1] {
		name := to
		if err == nil && info.IsDir() {
			name = to + "/" + from[strings.LastIndexByte(from, '/')+1:]
		}
		if err := c.FS.Chmod(name, perm); err != nil {
			code = c.fail("cannot change permissions of '%s': %s", name, Reason(err))
		}
	}
	return code
}

// unlink removes one file.
func unlink(_ context.Context, c *Call) int {
	if len(c.Args) != 2 {
		return c.usage(1, "missing operand")
	}
	name := c.Args[1]
	if info, err := c.FS.Lstat(name); err == nil && info.IsDir() {
		return c.fail("cannot unlink '%s': Is a directory", name)
	}
	if err := c.FS.Remove(name); err != nil {
		return c.fail("cannot unlink '%s': %s", name, Reason(err))
	}
	return 0
}

// tty says that standard input is no terminal, or which it is.
func tty(_ context.Context, c *Call) int {
	if c.terminal() {
		return c.printf("/dev/pts/0\n")
	}
	c.printf("not a tty\n")
	return 1
}
