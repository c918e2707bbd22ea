package commands

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
)

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
		code = max(code, c.move(ctx, source, dest(source), f))
	}
	return code
}

func (c *Call) move(ctx context.Context, from, to string, f *flags) int {
	info, err := c.FS.Lstat(from)
	if err != nil {
		return c.fail("cannot stat '%s': %s", from, Reason(err))
	}
	there, err := c.FS.Lstat(to)
	exists := err == nil
	switch {
	case exists && f.has('n'):
		return 0
	case exists && os.SameFile(info, there):
		return c.fail("'%s' and '%s' are the same file", from, to)
	case info.IsDir() && c.inside(to, from):
		return c.fail("cannot move '%s' to a subdirectory of itself, '%s'", from, to)
	case exists && info.IsDir() && !there.IsDir():
		return c.fail("cannot overwrite non-directory '%s' with directory '%s'", to, from)
	case exists && !info.IsDir() && there.IsDir():
		return c.fail("cannot overwrite directory '%s' with non-directory", to)
	case !info.IsDir() && strings.HasSuffix(to, "/"):
		return c.fail("cannot move '%s' to '%s': %s", from, to, Reason(syscall.ENOTDIR))
	}
	err = c.FS.Rename(from, to)
	if errors.Is(err, syscall.EXDEV) {
		return c.moveAcross(ctx, from, to, exists, f)
	}
	if err != nil {
		return c.fail("cannot move '%s' to '%s': %s", from, to, Reason(err))
	}
	if f.has('v') {
		c.printf("renamed '%s' -> '%s'\n", from, to)
	}
	return 0
}

// moveAcross moves between mounts: what is in the way is removed, so that
// nothing is written through a link there and no directories are merged.
func (c *Call) moveAcross(ctx context.Context, from, to string, exists bool, f *flags) int {
	if exists {
		if err := c.FS.Remove(to); err != nil {
			return c.fail("inter-device move failed: '%s' to '%s'; unable to remove target: %s", from, to, Reason(err))
		}
	}
	if code := c.copy(ctx, from, to, true, &flags{set: map[byte]bool{'a': true}}); code != 0 {
		return code
	}
	if err := c.removeAll(from); err != nil {
		return c.fail("cannot remove '%s': %s", from, Reason(err))
	}
	if f.has('v') {
		c.printf("copied '%s' -> '%s'\n", from, to)
	}
	return 0
}
