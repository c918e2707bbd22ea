package container

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// builtinFunc is a builtin of the shell; args[0] is its name.
type builtinFunc func(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error

// builtin finds a builtin that takes the place of one of the interpreter's,
// which know neither signals nor jobs, look at files of the host, or write past
// a closed pipe.
func builtin(name string) builtinFunc {
	switch name {
	case "echo":
		return builtinEcho
	case "printf":
		return builtinPrintf
	case "pwd":
		return builtinPwd
	case "cd":
		return builtinCd
	case "exit":
		return builtinExit
	case "exec":
		return builtinExec
	case "command":
		return builtinCommand
	case "builtin":
		return builtinBuiltin
	case "type":
		return builtinType
	case "test", "[":
		return builtinTest
	case "trap":
		return builtinTrap
	case "kill":
		return builtinKill
	case "wait":
		return builtinWait
	case "jobs":
		return builtinJobs
	case "umask":
		return builtinUmask
	}
	return nil
}

// errorf prints a message of the shell.
func (s *shell) errorf(hc interp.HandlerContext, format string, args ...any) {
	fmt.Fprint(hc.Stderr, s.prefix(hc.Pos.Line())+fmt.Sprintf(format, args...)+"\n")
}

// write writes what a builtin prints. When nobody reads the pipe that it goes
// to, the subshell on the pipe's writing side ends.
func (s *shell) write(ctx context.Context, hc interp.HandlerContext, name, text string) error {
	_, err := hc.Stdout.Write([]byte(text))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPIPE) && hc.Stdout != s.call.FS.Stdout:
		return leave(ctx, hc, commands.ExitPipe)
	}
	s.errorf(hc, "%s: write error: %s", name, commands.Reason(err))
	return interp.ExitStatus(1)
}

func builtinEcho(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	text, _ := commands.Echo(args[1:], s.dialect == dash)
	return s.write(ctx, hc, "echo", text)
}

func builtinPrintf(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	name, rest := "", args[1:]
	if len(rest) > 1 && rest[0] == "-v" {
		name, rest = rest[1], rest[2:]
	}
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		s.errorf(hc, "printf: usage: printf [-v var] format [arguments]")
		return interp.ExitStatus(2)
	}
	text, problems := commands.Format(rest[0], rest[1:])
	for _, problem := range problems {
		s.errorf(hc, "printf: %s", problem)
	}
	var err error
	if name != "" {
		err = hc.Builtin(ctx, []string{"eval", name + "=" + quote([]string{text})})
	} else {
		err = s.write(ctx, hc, "printf", text)
	}
	if err == nil && len(problems) > 0 {
		err = interp.ExitStatus(1)
	}
	return err
}

func builtinPwd(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	dir := hc.Dir
	for _, arg := range args[1:] {
		switch arg {
		case "-L":
			dir = hc.Dir
		case "-P":
			if real, err := s.view(hc).EvalSymlinks(hc.Dir); err == nil {
				dir = real
			}
		default:
			s.errorf(hc, "pwd: %s: invalid option", arg)
			return interp.ExitStatus(2)
		}
	}
	return s.write(ctx, hc, "pwd", dir+"\n")
}

// builtinCd checks the directory, so that the messages are a shell's, and
// leaves the change to the interpreter.
func builtinCd(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	rest := args[1:]
	physical := false
	for len(rest) > 0 && (rest[0] == "-L" || rest[0] == "-P" || rest[0] == "--") {
		physical = rest[0] == "-P"
		end := rest[0] == "--"
		rest = rest[1:]
		if end {
			break
		}
	}
	if len(rest) > 1 {
		s.errorf(hc, "cd: too many arguments")
		return interp.ExitStatus(1)
	}
	var dir string
	switch {
	case len(rest) == 0:
		if dir = hc.Env.Get("HOME").String(); dir == "" {
			s.errorf(hc, "cd: HOME not set")
			return interp.ExitStatus(1)
		}
	case rest[0] == "-":
		if dir = hc.Env.Get("OLDPWD").String(); dir == "" {
			s.errorf(hc, "cd: OLDPWD not set")
			return interp.ExitStatus(1)
		}
		return hc.Builtin(ctx, []string{"cd", "-"})
	case rest[0] == "":
		return nil
	default:
		dir = rest[0]
	}
	v := s.view(hc)
	info, err := v.Stat(dir)
	if err == nil && !info.IsDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		if s.dialect == bash {
			s.errorf(hc, "cd: %s: %s", dir, commands.Reason(err))
			return interp.ExitStatus(1)
		}
		s.errorf(hc, "cd: can't cd to %s", dir)
		return interp.ExitStatus(2)
	}
	if physical {
		if dir, err = v.EvalSymlinks(dir); err != nil {
			return err
		}
	}
	return hc.Builtin(ctx, []string{"cd", v.Abs(dir)})
}

// leave ends the current (sub)shell. An ERR trap is not for that.
func leave(ctx context.Context, hc interp.HandlerContext, code int) error {
	if err := hc.Builtin(ctx, []string{"trap", "-", "ERR"}); err != nil {
		return err
	}
	return hc.Builtin(ctx, []string{"exit", strconv.Itoa(code)})
}

func builtinExit(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	code := hc.LastExitStatus
	if len(args) > 1 {
		var err error
		if code, err = strconv.Atoi(args[1]); err != nil {
			s.errorf(hc, "exit: %s: numeric argument required", args[1])
			return leave(ctx, hc, 2)
		}
	}
	if len(args) > 2 {
		s.errorf(hc, "exit: too many arguments")
		return interp.ExitStatus(1)
	}
	return leave(ctx, hc, code&0xff)
}

// rewriteEval lowers the text that eval is about to run.
func (s *shell) rewriteEval(hc interp.HandlerContext, args []string) []string {
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	text, err := s.lowerText(strings.Join(rest, " "))
	if err != nil {
		s.syntaxError(hc.Stderr, err)
		return []string{internal, "status", "1"}
	}
	return []string{"eval", text}
}

// sources numbers sourced scripts.
var sources atomic.Int64

// rewriteSource reads and lowers the script that source is about to run, and
// has the interpreter open it by a name of its own.
func (s *shell) rewriteSource(hc interp.HandlerContext, args []string) []string {
	if len(args) < 2 {
		s.errorf(hc, "%s: filename argument required", args[0])
		return []string{internal, "status", "2"}
	}
	v := s.view(hc)
	name := args[1]
	if !strings.Contains(name, "/") {
		for _, dir := range searchPath([]string{"PATH=" + hc.Env.Get("PATH").String()}) {
			if info, err := v.Stat(dir + "/" + name); err == nil && info.Mode().IsRegular() {
				name = dir + "/" + name
				break
			}
		}
	}
	data, err := v.ReadFile(name)
	if err != nil {
		s.errorf(hc, "%s: %s", args[1], commands.Reason(err))
		return []string{internal, "status", "1"}
	}
	text, err := s.lowerText(string(data))
	if err != nil {
		s.syntaxError(hc.Stderr, err)
		return []string{internal, "status", "2"}
	}
	// A name below a device: no file of the host can have it.
	as := "/dev/null/source/" + strconv.FormatInt(sources.Add(1), 10)
	s.sourced.Store(as, text)
	return append([]string{"source", as}, args[2:]...)
}

func builtinExec(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	rest := args[1:]
	zero := ""
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		switch {
		case rest[0] == "--":
		case rest[0] == "-a" && len(rest) > 1:
			zero = rest[1]
			rest = rest[1:]
		default:
			s.errorf(hc, "exec: %s: invalid option", rest[0])
			return interp.ExitStatus(2)
		}
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return nil
	}
	c := &commands.Call{Args: rest, Env: exported(hc.Env), FS: s.view(hc), Hostname: s.call.Hostname}
	prog, err := s.m.find(c, rest[0])
	if err != nil {
		text, code := errorText(rest[0], err)
		if errors.Is(err, errNotFound) {
			text = "not found"
		}
		s.errorf(hc, "exec: %s: %s", rest[0], text)
		return leave(ctx, hc, code)
	}
	if zero != "" {
		c.Args = append([]string{zero}, rest[1:]...)
	}
	p.resetTraps()
	if err := hc.Builtin(ctx, []string{"trap", "-", "EXIT"}); err != nil {
		return err
	}
	code := s.m.exec(p.context(), p, prog, c)
	return leave(ctx, hc, code)
}

func builtinBuiltin(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	if len(args) < 2 {
		return nil
	}
	if !interp.IsBuiltin(args[1]) {
		s.errorf(hc, "builtin: %s: not a shell builtin", args[1])
		return interp.ExitStatus(1)
	}
	return s.run(ctx, hc, p, args[1:])
}

func builtinCommand(s *shell, ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	rest := args[1:]
	describe := ""
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") && len(rest[0]) > 1 {
		arg := rest[0]
		rest = rest[1:]
		if arg == "--" {
			break
		}
		switch arg {
		case "-v", "-V":
			describe = arg
		case "-p":
		default:
			s.errorf(hc, "command: %s: invalid option", arg)
			return interp.ExitStatus(2)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	if describe == "" {
		return s.run(ctx, hc, p, rest)
	}
	var err error
	for _, name := range rest {
		kind, where := s.lookup(hc, name)
		switch {
		case kind == "":
			if describe == "-V" {
				s.errorf(hc, "command: %s: not found", name)
			}
			err = interp.ExitStatus(1)
		case describe == "-V":
			fmt.Fprintln(hc.Stdout, describeName(name, kind, where))
		case where != "":
			fmt.Fprintln(hc.Stdout, where)
		default:
			fmt.Fprintln(hc.Stdout, name)
		}
	}
	return err
}

// lookup says what a name stands for: keyword, function, builtin or file. The
// kind is empty if it stands for nothing.
func (s *shell) lookup(hc interp.HandlerContext, name string) (kind, where string) {
	if syntax.IsKeyword(name) {
		return "keyword", ""
	}
	if _, ok := s.funcs.Load(name); ok {
		return "function", ""
	}
	if interp.IsBuiltin(name) {
		return "builtin", ""
	}
	prog, err := s.m.find(&commands.Call{Args: []string{name}, Env: exported(hc.Env), FS: s.view(hc)}, name)
	if err != nil {
		return "", ""
	}
	return "file", prog.path
}

func describeName(name, kind, where string) string {
	switch kind {
	case "keyword":
		return name + " is a shell keyword"
	case "function":
		return name + " is a function"
	case "builtin":
		return name + " is a shell builtin"
	}
	return name + " is " + where
}

func builtinType(s *shell, _ context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	rest := args[1:]
	mode := ""
	if len(rest) > 0 && slices.Contains([]string{"-t", "-p", "-P"}, rest[0]) {
		mode, rest = rest[0], rest[1:]
	}
	var err error
	for _, name := range rest {
		kind, where := s.lookup(hc, name)
		switch {
		case kind == "":
			if mode == "" {
				s.errorf(hc, "type: %s: not found", name)
			}
			err = interp.ExitStatus(1)
		case mode == "-t":
			fmt.Fprintln(hc.Stdout, kind)
		case mode != "":
			if where != "" {
				fmt.Fprintln(hc.Stdout, where)
			}
		default:
			fmt.Fprintln(hc.Stdout, describeName(name, kind, where))
		}
	}
	return err
}

// builtinTest keeps tests of a file's owner from the host's user database.
func builtinTest(_ *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	args = slices.Clone(args)
	for i := 1; i+1 < len(args); i++ {
		if args[i] == "-O" || args[i] == "-G" {
			args[i] = "-e"
		}
	}
	return hc.Builtin(ctx, args)
}

func builtinUmask(s *shell, ctx context.Context, hc interp.HandlerContext, _ *process, args []string) error {
	if len(args) == 1 {
		return s.write(ctx, hc, "umask", "0022\n")
	}
	if args[1] == "022" || args[1] == "0022" {
		return nil
	}
	s.errorf(hc, "umask: %s: not supported in the sandbox", args[1])
	return interp.ExitStatus(1)
}
