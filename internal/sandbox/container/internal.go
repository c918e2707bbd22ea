package container

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// internalCommand is what lowered scripts and onCall ask for.
func (s *shell) internalCommand(ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	switch op, args := args[0], args[1:]; op {
	case "start", "start-simple":
		job := s.m.spawn(p, args[0])
		job.simple = op == "start-simple"
		p.adopt(job)
		return hc.Builtin(ctx, []string{"eval", varLast + "=" + strconv.Itoa(job.pid)})
	case "end":
		p.exit(atoi(args[0]))
		return nil
	case "pipe":
		name, err := s.m.tree.AddPipe(strconv.Itoa(s.m.cfg.PID))
		if err != nil {
			return err
		}
		return hc.Builtin(ctx, []string{"eval", varPipe + "=" + name})
	case "pipe-name":
		fmt.Fprint(hc.Stdout, hc.Env.Get(varPipe).String())
		return nil
	case "subshell":
		if err := hc.Builtin(ctx, []string{"eval", varSub + "=1"}); err != nil {
			return err
		}
		return exitStatus(atoi(args[0]))
	case "status":
		return exitStatus(atoi(args[0]))
	case "die":
		return s.die(ctx, hc, p)
	case "trap-done":
		p.setTrapDone(true)
		return nil
	case "trap-then":
		if err := s.runTraps(ctx, hc, p, hc.LastExitStatus); err != nil {
			return err
		}
		return hc.Builtin(ctx, []string{"eval", quote(args)})
	case "builtin":
		return builtin(args[0])(s, ctx, hc, p, args)
	default:
		return fmt.Errorf("unknown internal command %q", op)
	}
}

// quote writes args so that a shell reads them back.
func quote(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		q, err := syntax.Quote(arg, syntax.LangBash)
		if err != nil {
			q = "''" // only NUL bytes cannot be quoted, and no argument has one
		}
		quoted[i] = q
	}
	return strings.Join(quoted, " ")
}

// run runs a command that is not to be looked up among functions.
func (s *shell) run(ctx context.Context, hc interp.HandlerContext, p *process, args []string) error {
	switch args[0] {
	case "eval":
		args = s.rewriteEval(hc, args)
	case "source", ".":
		args = s.rewriteSource(hc, args)
	}
	if args[0] == internal {
		return s.internalCommand(ctx, hc, p, args[1:])
	}
	if fn := builtin(args[0]); fn != nil {
		return fn(s, ctx, hc, p, args)
	}
	if interp.IsBuiltin(args[0]) {
		return hc.Builtin(ctx, args)
	}
	return s.after(ctx, hc, p, s.program(ctx, hc, p, args))
}
