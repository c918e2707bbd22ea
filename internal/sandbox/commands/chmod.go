package commands

import (
	"context"
	"io/fs"
	"strconv"
	"strings"
)

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
