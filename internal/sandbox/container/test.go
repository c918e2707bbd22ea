package container

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// builtinTest is test and [. Up to four arguments mean what POSIX says that so
// many mean, so that operands which look like operators do no harm; more are an
// expression with -a, -o, ! and parentheses.
func builtinTest(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	t := &testExpr{shell: s, ctx: ctx, hc: hc, args: args[1:]}
	holds, err := false, error(nil)
	if args[0] == "[" {
		last := len(t.args) - 1
		if last < 0 || t.args[last] != "]" {
			err = errors.New("missing `]'")
		} else {
			t.args = t.args[:last]
		}
	}
	if err == nil {
		holds, err = t.posix(t.args)
	}
	switch {
	case err != nil:
		s.errorf(hc, "%s: %v", args[0], err)
		return interp.ExitStatus(2)
	case !holds:
		return interp.ExitStatus(1)
	}
	return nil
}

// testExpr is a test that is evaluated; args is what of an expression is left.
type testExpr struct {
	*shell
	ctx  context.Context
	hc   interp.HandlerContext
	args []string
}

// posix decides by the number of arguments.
func (t *testExpr) posix(args []string) (bool, error) {
	switch n := len(args); {
	case n == 0:
		return false, nil
	case n == 1:
		return args[0] != "", nil
	case n == 2 && args[0] == "!":
		return args[1] == "", nil
	case n == 2 && isUnary(args[0]):
		return t.unary(args[0], args[1])
	case n == 2:
		return false, fmt.Errorf("%s: unary operator expected", args[0])
	case n == 3 && slices.Contains(binaries, args[1]):
		return t.binary(args[0], args[1], args[2])
	case n == 3 && args[1] == "-a":
		return args[0] != "" && args[2] != "", nil
	case n == 3 && args[1] == "-o":
		return args[0] != "" || args[2] != "", nil
	case n <= 4 && args[0] == "!":
		holds, err := t.posix(args[1:])
		return !holds, err
	case n <= 4 && args[0] == "(" && args[n-1] == ")":
		return t.posix(args[1 : n-1])
	case n == 3:
		return false, fmt.Errorf("%s: binary operator expected", args[1])
	}
	t.args = args
	holds, err := t.or()
	if err == nil && len(t.args) > 0 {
		err = errors.New("too many arguments")
	}
	return holds, err
}

// take drops the next argument if it is op.
func (t *testExpr) take(op string) bool {
	if len(t.args) == 0 || t.args[0] != op {
		return false
	}
	t.args = t.args[1:]
	return true
}

func (t *testExpr) or() (bool, error) {
	holds, err := t.and()
	for err == nil && t.take("-o") {
		var other bool
		other, err = t.and()
		holds = holds || other
	}
	return holds, err
}

func (t *testExpr) and() (bool, error) {
	holds, err := t.term()
	for err == nil && t.take("-a") {
		var other bool
		other, err = t.term()
		holds = holds && other
	}
	return holds, err
}

func (t *testExpr) term() (bool, error) {
	switch {
	case len(t.args) == 0:
		return false, errors.New("argument expected")
	case t.take("!"):
		holds, err := t.term()
		return !holds, err
	case t.take("("):
		holds, err := t.or()
		if err == nil && !t.take(")") {
			err = errors.New("`)' expected")
		}
		return holds, err
	}
	args := t.args
	switch {
	case len(args) > 2 && slices.Contains(binaries, args[1]):
		t.args = args[3:]
		return t.binary(args[0], args[1], args[2])
	case len(args) > 1 && isUnary(args[0]):
		t.args = args[2:]
		return t.unary(args[0], args[1])
	}
	t.args = args[1:]
	return args[0] != "", nil
}

// binaries are the operators between two operands.
var binaries = []string{
	"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef",
}

func (t *testExpr) binary(a, op, b string) (bool, error) {
	switch op {
	case "=", "==":
		return a == b, nil
	case "!=":
		return a != b, nil
	case "<":
		return a < b, nil
	case ">":
		return a > b, nil
	case "-nt":
		return t.newer(a, b), nil
	case "-ot":
		return t.newer(b, a), nil
	case "-ef":
		x, errX := t.view(t.hc).Stat(a)
		y, errY := t.view(t.hc).Stat(b)
		return errX == nil && errY == nil && (x == y || os.SameFile(x, y)), nil
	}
	x, err := t.integer(a)
	if err != nil {
		return false, err
	}
	y, err := t.integer(b)
	if err != nil {
		return false, err
	}
	switch op {
	case "-eq":
		return x == y, nil
	case "-ne":
		return x != y, nil
	case "-lt":
		return x < y, nil
	case "-le":
		return x <= y, nil
	case "-gt":
		return x > y, nil
	}
	return x >= y, nil
}

// newer reports whether a is there and newer than b, or b is not there.
func (t *testExpr) newer(a, b string) bool {
	x, err := t.view(t.hc).Stat(a)
	if err != nil {
		return false
	}
	y, err := t.view(t.hc).Stat(b)
	return err != nil || x.ModTime().After(y.ModTime())
}

// integer reads a decimal number, with blanks around it.
func (t *testExpr) integer(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	switch {
	case err == nil:
		return n, nil
	case t.dialect == dash:
		return 0, fmt.Errorf("Illegal number: %s", s)
	case t.dialect == ash:
		return 0, fmt.Errorf("%s: bad number", s)
	}
	return 0, fmt.Errorf("%s: integer expression expected", s)
}

// isUnary reports whether op is an operator before an operand.
func isUnary(op string) bool {
	return len(op) == 2 && op[0] == '-' && strings.IndexByte("abcdefghknoprstuvwxzGLNORS", op[1]) >= 0
}

func (t *testExpr) unary(op, arg string) (bool, error) {
	mode := func(want fs.FileMode) (bool, error) {
		info, err := t.view(t.hc).Stat(arg)
		return err == nil && info.Mode()&want != 0, nil
	}
	access := func(want interp.AccessMode) (bool, error) {
		return t.onAccess(t.ctx, arg, want) == nil, nil
	}
	switch op {
	case "-n":
		return arg != "", nil
	case "-z":
		return arg == "", nil
	case "-t":
		_, err := t.integer(arg)
		return false, err // no container here has a terminal
	case "-o", "-v", "-R":
		return t.hc.Builtin(t.ctx, []string{"test", op, arg}) == nil, nil
	case "-L", "-h":
		info, err := t.view(t.hc).Lstat(arg)
		return err == nil && info.Mode()&fs.ModeSymlink != 0, nil
	case "-r":
		return access(interp.AccessRead)
	case "-w":
		return access(interp.AccessWrite)
	case "-x":
		return access(interp.AccessExec)
	case "-d":
		return mode(fs.ModeDir)
	case "-c":
		return mode(fs.ModeCharDevice)
	case "-p":
		return mode(fs.ModeNamedPipe)
	case "-S":
		return mode(fs.ModeSocket)
	case "-u":
		return mode(fs.ModeSetuid)
	case "-g":
		return mode(fs.ModeSetgid)
	case "-k":
		return mode(fs.ModeSticky)
	}
	info, err := t.view(t.hc).Stat(arg)
	if err != nil {
		return false, nil
	}
	switch op {
	case "-f":
		return info.Mode().IsRegular(), nil
	case "-s":
		return info.Size() > 0, nil
	case "-b":
		return info.Mode()&(fs.ModeDevice|fs.ModeCharDevice) == fs.ModeDevice, nil
	case "-N":
		return false, nil // access times are not kept
	}
	return true, nil // -e, -a, and -O, -G: every file is the container's
}
