package container

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"mvdan.cc/sh/v3/interp"

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
