package container

import (
	"context"
	"syscall"

	"mvdan.cc/sh/v3/interp"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

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
