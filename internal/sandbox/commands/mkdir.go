package commands

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
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
