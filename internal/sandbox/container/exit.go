package container

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

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
	if s.interactive && s.dialect == bash && !inMarked(hc) {
		fmt.Fprintln(hc.Stderr, "exit")
	}
	return leave(ctx, hc, code&0xff)
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
