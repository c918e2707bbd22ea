package commands

import (
	"context"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// find walks directories. It knows -name, -iname, -path, -type, -maxdepth,
// -mindepth, -empty, -newer, -mmin, -mtime, -print, -print0, -delete, -exec and
// !; all tests must hold.
func find(ctx context.Context, c *Call) int {
	args := c.Args[1:]
	w := &walker{Call: c, ctx: ctx, maxDepth: -1}
	var roots []string
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "!" {
		roots = append(roots, args[0])
		args = args[1:]
	}
	if code := w.parse(args); code != 0 {
		return code
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	if !w.acts {
		w.tests = append(w.tests, w.print("\n"))
	}
	for _, root := range roots {
		info, err := c.FS.Lstat(root)
		if err != nil {
			w.code = c.fail("'%s': %s", root, Reason(err))
			continue
		}
		w.visit(root, info, 0)
	}
	return w.code
}

// test decides about a file; an action is a test too.
type test func(name string, info fs.FileInfo) bool

type walker struct {
	*Call
	ctx                context.Context
	tests              []test
	minDepth, maxDepth int
	acts, depthFirst   bool
	code               int
}

// parse reads the expression.
func (w *walker) parse(args []string) int {
	negate := false
	add := func(t test) {
		if negate {
			inner := t
			t = func(name string, info fs.FileInfo) bool { return !inner(name, info) }
			negate = false
		}
		w.tests = append(w.tests, t)
	}
	for len(args) > 0 {
		op := args[0]
		args = args[1:]
		val := ""
		switch op {
		case "-name", "-iname", "-path", "-type", "-maxdepth", "-mindepth", "-newer", "-mmin", "-mtime", "-size":
			if len(args) == 0 {
				return w.fail("missing argument to `%s'", op)
			}
			val, args = args[0], args[1:]
		}
		switch op {
		case "!", "-not":
			negate = !negate
		case "-a", "-and":
		case "-name":
			add(func(name string, _ fs.FileInfo) bool { return glob(val, path.Base(name)) })
		case "-iname":
			add(func(name string, _ fs.FileInfo) bool {
				return glob(strings.ToLower(val), strings.ToLower(path.Base(name)))
			})
		case "-path":
			add(func(name string, _ fs.FileInfo) bool { return globPath(val, name) })
		case "-type":
			t, ok := typeTest(val)
			if !ok {
				return w.fail("Unknown argument to -type: %s", val)
			}
			add(t)
		case "-maxdepth", "-mindepth":
			n, err := strconv.Atoi(val)
			if err != nil || n < 0 {
				return w.fail("Expected a positive decimal integer argument to %s, but got '%s'", op, val)
			}
			if op == "-maxdepth" {
				w.maxDepth = n
			} else {
				w.minDepth = n
			}
		case "-empty":
			add(w.empty)
		case "-newer":
			ref, err := w.FS.Stat(val)
			if err != nil {
				return w.fail("'%s': %s", val, Reason(err))
			}
			add(func(_ string, info fs.FileInfo) bool { return info.ModTime().After(ref.ModTime()) })
		case "-mmin", "-mtime":
			unit := time.Minute
			if op == "-mtime" {
				unit = 24 * time.Hour
			}
			t, ok := ageTest(val, unit)
			if !ok {
				return w.fail("invalid argument `%s' to `%s'", val, op)
			}
			add(t)
		case "-print":
			w.acts = true
			add(w.print("\n"))
		case "-print0":
			w.acts = true
			add(w.print("\x00"))
		case "-depth":
			w.depthFirst = true
		case "-delete":
			w.acts, w.depthFirst = true, true
			add(w.remove)
		case "-exec":
			rest, t, code := w.exec(args)
			if code != 0 {
				return code
			}
			args = rest
			w.acts = true
			add(t)
		default:
			if strings.HasPrefix(op, "-") {
				return w.fail("unknown predicate `%s'", op)
			}
			return w.fail("paths must precede expression: `%s'", op)
		}
	}
	return 0
}

func (w *walker) visit(name string, info fs.FileInfo, depth int) {
	if w.ctx.Err() != nil {
		return
	}
	decide := func() {
		if depth < w.minDepth {
			return
		}
		for _, t := range w.tests {
			if !t(name, info) {
				return
			}
		}
	}
	if !w.depthFirst {
		decide()
	}
	if info.IsDir() && (w.maxDepth < 0 || depth < w.maxDepth) {
		entries, err := w.FS.ReadDir(name)
		if err != nil {
			w.code = w.fail("'%s': %s", name, Reason(err))
		}
		for _, e := range entries {
			sub := strings.TrimRight(name, "/") + "/" + e.Name()
			if subinfo, err := w.FS.Lstat(sub); err == nil {
				w.visit(sub, subinfo, depth+1)
			}
		}
	}
	if w.depthFirst {
		decide()
	}
}

func (w *walker) print(end string) test {
	return func(name string, _ fs.FileInfo) bool {
		if code := w.write([]byte(name + end)); code != 0 {
			w.code = code
		}
		return true
	}
}

func (w *walker) remove(name string, _ fs.FileInfo) bool {
	if name == "." {
		return true
	}
	if err := w.FS.Remove(name); err != nil {
		w.code = w.fail("cannot delete '%s': %s", name, Reason(err))
		return false
	}
	return true
}

func (w *walker) empty(name string, info fs.FileInfo) bool {
	if !info.IsDir() {
		return info.Mode().IsRegular() && info.Size() == 0
	}
	entries, err := w.FS.ReadDir(name)
	return err == nil && len(entries) == 0
}

// exec parses the command of -exec up to ";" or "+". With "+" it also runs once
// a file: the result differs only in how often the command starts.
func (w *walker) exec(args []string) (rest []string, t test, code int) {
	for i, arg := range args {
		if arg != ";" && arg != "+" {
			continue
		}
		command := args[:i]
		if len(command) == 0 {
			break
		}
		return args[i+1:], func(name string, _ fs.FileInfo) bool {
			call := *w.Call
			call.Args = make([]string, len(command))
			for i, a := range command {
				call.Args[i] = strings.ReplaceAll(a, "{}", name)
			}
			code := w.Host.Run(w.ctx, &call)
			if code == 127 {
				w.code = w.fail("'%s': No such file or directory", command[0])
			}
			return code == 0
		}, 0
	}
	return nil, nil, w.fail("missing argument to `-exec'")
}

func typeTest(kind string) (test, bool) {
	types := map[string]fs.FileMode{"f": 0, "d": fs.ModeDir, "l": fs.ModeSymlink, "p": fs.ModeNamedPipe, "s": fs.ModeSocket,
		"c": fs.ModeDevice | fs.ModeCharDevice}
	want, ok := types[kind]
	return func(_ string, info fs.FileInfo) bool { return info.Mode().Type() == want }, ok
}

// ageTest compares a file's age in whole units with +N, -N or N.
func ageTest(val string, unit time.Duration) (test, bool) {
	n, err := strconv.Atoi(strings.TrimLeft(val, "+-"))
	if err != nil {
		return nil, false
	}
	return func(_ string, info fs.FileInfo) bool {
		age := int(time.Since(info.ModTime()) / unit)
		switch val[0] {
		case '+':
			return age > n
		case '-':
			return age < n
		}
		return age == n
	}, true
}

// glob matches a shell pattern.
func glob(pattern, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "[!", "[^"), name)
	return err == nil && ok
}

// globPath matches a pattern whose * matches slashes too.
func globPath(pattern, name string) bool {
	return glob(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(name, "/", "\x01"))
}
