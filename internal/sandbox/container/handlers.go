package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// view is the file tree as the shell sees it now.
func (s *shell) view(hc interp.HandlerContext) filetree.View {
	v := filetree.View{Tree: s.m.tree, Dir: hc.Dir, Stdin: hc.Stdin, Stdout: hc.Stdout, Stderr: hc.Stderr}
	return v
}

// onOpen opens the files of redirections.
func (s *shell) onOpen(ctx context.Context, name string, flag int, perm os.FileMode) (io.ReadWriteCloser, error) {
	hc := interp.HandlerCtx(ctx)
	if text, ok := s.sourced.LoadAndDelete(name); ok {
		return readOnly{strings.NewReader(text.(string))}, nil
	}
	if name == stdoutName {
		return shared{s.call.FS.Stdout}, nil
	}
	if host, port, ok := devTCP(s.dialect, name); ok {
		return s.connect(hc, name, host, port)
	}
	f, err := s.view(hc).OpenFile(name, flag, perm)
	if err != nil {
		var pe *fs.PathError
		errors.As(err, &pe)
		return nil, &fs.PathError{Op: strings.TrimSuffix(s.prefix(s.lastLine()), " "), Path: name, Err: errors.New(redirectReason(s.dialect, flag, pe.Err))}
	}
	return f, nil
}

func redirectReason(d dialect, flag int, err error) string {
	text := commands.Reason(err)
	if d == bash {
		return text
	}
	verb := "open"
	if flag&os.O_CREATE != 0 {
		verb = "create"
	}
	if errors.Is(err, syscall.ENOENT) {
		if verb == "create" {
			text = "nonexistent directory"
		} else {
			text = "no such file"
		}
	}
	return fmt.Sprintf("can't %s: %s", verb, text)
}

// readOnly is the lowered text of a sourced script.
type readOnly struct{ io.Reader }

func (readOnly) Write([]byte) (int, error) { return 0, syscall.EBADF }
func (readOnly) Close() error              { return nil }

// shared is an output that stays open.
type shared struct{ io.Writer }

func (shared) Read([]byte) (int, error) { return 0, syscall.EBADF }
func (shared) Close() error             { return nil }

func (s *shell) onReadDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	return s.view(interp.HandlerCtx(ctx)).ReadDir(name)
}

func (s *shell) onStat(ctx context.Context, name string, follow bool) (fs.FileInfo, error) {
	v := s.view(interp.HandlerCtx(ctx))
	if follow {
		return v.Stat(name)
	}
	return v.Lstat(name)
}

func (s *shell) onAccess(ctx context.Context, name string, mode interp.AccessMode) error {
	v := s.view(interp.HandlerCtx(ctx))
	info, err := v.Stat(name)
	if err != nil {
		return err
	}
	if mode&interp.AccessWrite != 0 && !v.Writable(name) {
		return syscall.EROFS
	}
	if mode&interp.AccessExec != 0 && !info.IsDir() && info.Mode()&0o111 == 0 {
		return syscall.EACCES
	}
	return nil
}

// current is the process on whose behalf a handler is called.
func (s *shell) current(hc interp.HandlerContext) *process {
	v := hc.Env.Get(varJob)
	if !v.IsSet() {
		return s.p
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if p := s.m.procs[atoi(v.String())]; p != nil {
		return p
	}
	return s.p
}

func atoi(s string) int {
	n := 0
	for _, b := range s {
		if b < '0' || b > '9' {
			return -1
		}
		n = n*10 + int(b-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// onCall sees every simple command before the interpreter decides whether it
// is a function, one of its builtins or a program.
func (s *shell) onCall(ctx context.Context, args []string) ([]string, error) {
	hc := interp.HandlerCtx(ctx)
	if line := hc.Pos.Line(); line > 0 {
		s.line.Store(uint64(line))
	}
	if args[0] == internal {
		return args, nil
	}
	p := s.current(hc)
	if p.dying() {
		return []string{internal, "die"}, nil
	}
	if p.nextPending() != 0 && !inMarked(hc) && !(args[0] == "exec" && len(args) == 1) {
		return append([]string{internal, "trap-then"}, args...), nil
	}
	if _, ok := s.funcs.Load(args[0]); ok {
		return args, nil
	}
	for len(args) > 1 && args[0] == "builtin" && interp.IsBuiltin(args[1]) {
		args = args[1:]
	}
	switch args[0] {
	case "eval":
		return s.rewriteEval(hc, args), nil
	case "source", ".":
		return s.rewriteSource(hc, args), nil
	}
	if builtin(args[0]) != nil {
		if args[0] == "exec" && len(args) == 1 {
			return args, nil
		}
		return append([]string{internal, "builtin"}, args...), nil
	}
	return args, nil
}

// onExec runs what is neither function nor builtin of the interpreter.
func (s *shell) onExec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	p := s.current(hc)
	if args[0] == internal {
		return s.internalCommand(ctx, hc, p, args[1:])
	}
	status := s.program(ctx, hc, p, args)
	return s.after(ctx, hc, p, status)
}

// after ends a foreground command: the shell dies of a signal that it got
// meanwhile, or runs the traps that are due.
func (s *shell) after(ctx context.Context, hc interp.HandlerContext, p *process, status int) error {
	if p.dying() {
		return s.die(ctx, hc, p)
	}
	if !inMarked(hc) {
		if err := s.runTraps(ctx, hc, p, status); err != nil {
			return err
		}
	}
	return exitStatus(status)
}

// inMarked reports whether a handler is called in a subshell, which leaves
// traps to the shell that waits for it.
func inMarked(hc interp.HandlerContext) bool { return hc.Env.Get(varSub).String() != "" }

func exitStatus(status int) error {
	if status == 0 {
		return nil
	}
	return interp.ExitStatus(status)
}

// die ends the current (sub)shell after a signal.
func (s *shell) die(ctx context.Context, hc interp.HandlerContext, p *process) error {
	sig := p.killedBy()
	p.settle()
	return leave(ctx, hc, 128+int(sig))
}

// runTraps runs the actions that are due, in the shell itself, with $? being
// status. The error is not nil if one of them ends the shell.
func (s *shell) runTraps(ctx context.Context, hc interp.HandlerContext, p *process, status int) error {
	for _, action := range p.takePending() {
		text, err := s.lowerText(action)
		if err != nil {
			s.syntaxError(hc.Stderr, err)
			continue
		}
		if status != hc.LastExitStatus {
			// In a list with && a failure does not trigger set -e.
			text = fmt.Sprintf("%s status %d && %s status 0\n%s", internal, status, internal, text)
		}
		p.setTrapDone(false)
		err = hc.Builtin(ctx, []string{"eval", text + "\n" + internal + " trap-done"})
		if !p.isTrapDone() {
			return err // the action ended the shell or left a function
		}
	}
	return nil
}

// program runs a program as a command of process p.
func (s *shell) program(ctx context.Context, hc interp.HandlerContext, p *process, args []string) int {
	c := &commands.Call{Args: args, Env: exported(hc.Env), FS: s.view(hc), Hostname: s.call.Hostname}
	if f, ok := c.FS.Stdin.(*os.File); ok && f != nil {
		c.FS.Stdin = contextReader{p.context(), f}
	}
	prog, err := s.m.find(c, args[0])
	if err != nil {
		text, code := errorText(args[0], err)
		if s.dialect != bash && code == 127 {
			text = "not found"
		}
		fmt.Fprintf(hc.Stderr, "%s%s: %s\n", s.prefix(hc.Pos.Line()), args[0], text)
		return code
	}
	if _, isShell := dialects[shellName(prog.builtin)]; isShell || prog.builtin == "" {
		if p.simple {
			return s.m.exec(p.context(), p, prog, c)
		}
		child := s.m.spawn(p, "")
		child.args = c.Args
		code := s.m.exec(child.context(), child, prog, c)
		child.exit(code)
		return code
	}
	return s.m.exec(p.context(), p, prog, c)
}

// lowerText lowers the text of a script.
func (s *shell) lowerText(text string) (string, error) {
	file, err := syntax.NewParser(syntax.Variant(s.dialect.lang())).Parse(strings.NewReader(text), s.name)
	if err != nil {
		return "", err
	}
	s.lower(file)
	var b strings.Builder
	err = syntax.NewPrinter().Print(&b, file)
	return b.String(), err
}
