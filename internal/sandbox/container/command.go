package container

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

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
