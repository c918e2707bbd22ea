package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/network"
)

// dialects are the shells, by the name of their program.
var dialects = map[string]dialect{"bash": bash, "dash": dash, "ash": ash}

// Tests are the names of the programs that are the shell's test builtin.
var Tests = []string{"test", "["}

// builtin says whether a program is built in.
func (m *machine) builtin(name string) (commands.Func, bool) {
	if fn, ok := m.extra[name]; ok {
		return fn, true
	}
	if d, ok := dialects[shellName(name)]; ok {
		return func(ctx context.Context, c *commands.Call) int {
			return m.shell(c.Host.(host).p, d, c)
		}, true
	}
	if slices.Contains(Tests, name) {
		return func(ctx context.Context, c *commands.Call) int {
			c.Args = append([]string{name, "-c", name + ` "$@"`, name}, c.Args[1:]...)
			return m.shell(c.Host.(host).p, bash, c)
		}, true
	}
	return commands.Lookup(name)
}

// shellName maps the names by which busybox is called as a shell.
func shellName(name string) string {
	if name == "sh" {
		return "ash"
	}
	return name
}

// exec runs a program as process p, to its end.
func (m *machine) exec(ctx context.Context, p *process, prog *program, c *commands.Call) int {
	if prog.builtin != "" {
		fn, ok := m.builtin(prog.builtin)
		if !ok {
			fmt.Fprintf(c.FS.Stderr, "%s: not built into the sandbox\n", c.Args[0])
			return 126
		}
		c.Host = host{m: m, p: p}
		return fn(ctx, c)
	}
	if prog.interp == "" {
		c.Args = append([]string{"sh", prog.path}, c.Args[1:]...)
		c.Host = host{m: m, p: p}
		return m.shell(p, bash, c)
	}
	interp, err := m.load(&commands.Call{Args: []string{prog.interp}, FS: c.FS}, prog.interp)
	if err == nil && interp.builtin == "" {
		err = syscall.ENOEXEC
	}
	if err != nil {
		text, code := errorText(prog.interp, err)
		fmt.Fprintf(c.FS.Stderr, "%s: %s: bad interpreter: %s\n", c.Args[0], prog.interp, text)
		return code
	}
	args := []string{prog.interp}
	if prog.arg != "" {
		args = append(args, prog.arg)
	}
	c.Args = append(append(args, prog.path), c.Args[1:]...)
	return m.exec(ctx, p, interp, c)
}

// host is what process p of the container does for its commands.
type host struct {
	m *machine
	p *process
}

// Run implements [commands.Host].
func (h host) Run(ctx context.Context, c *commands.Call) int {
	prog, err := h.m.find(c, c.Args[0])
	if err != nil {
		return 127
	}
	child := h.m.spawn(h.p, "")
	child.args = c.Args
	// A shell goes by its process, not by ctx.
	stop := context.AfterFunc(ctx, func() { child.deliver(syscall.SIGTERM) })
	defer stop()
	code := h.m.exec(ctx, child, prog, c)
	child.exit(code)
	return code
}

// Find implements [commands.Host].
func (h host) Find(c *commands.Call, name string) (string, error) {
	prog, err := h.m.find(c, name)
	if err != nil {
		return "", err
	}
	return prog.path, nil
}

// Kill implements [commands.Host].
func (h host) Kill(pid int, sig syscall.Signal) error { return h.m.kill(pid, sig) }

// Network implements [commands.Host].
func (h host) Network() *network.Client { return h.m.network }

// Processes implements [commands.Host].
func (h host) Processes() []commands.Process {
	var list []commands.Process
	for _, p := range h.m.all() {
		list = append(list, p.describe())
	}
	if h.m.cfg.Exec {
		list = append(list, commands.Process{PID: 1, Args: h.m.cfg.Init, Started: h.m.main.started})
	}
	return list
}

// Self implements [commands.Host].
func (h host) Self() commands.Process {
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	return commands.Process{PID: h.m.nextPID, PPID: h.p.pid}
}

// Catch implements [commands.Host].
func (h host) Catch(sigs ...syscall.Signal) func(context.Context) (syscall.Signal, bool) {
	trap := "catch"
	for _, sig := range sigs {
		h.p.setTrap(sig, &trap)
	}
	return func(ctx context.Context) (syscall.Signal, bool) {
		select {
		case <-h.p.arrived:
			return h.p.nextPending(), true
		case <-ctx.Done():
			return 0, false
		}
	}
}

// errorText is how a shell words why a command cannot be executed, and the
// exit code.
func errorText(name string, err error) (string, int) {
	switch {
	case errors.Is(err, errNotFound):
		return "command not found", 127
	case errors.Is(err, errNoInterpreter):
		return "cannot execute: required file not found", 127
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		return commands.Reason(err), 127
	case errors.Is(err, syscall.EISDIR):
		return "Is a directory", 126
	case errors.Is(err, syscall.ENOEXEC):
		return "cannot execute binary file: Exec format error", 126
	}
	return commands.Reason(err), 126
}

// contextReader stops waiting for input when the context ends, if the input is
// a pipe.
type contextReader struct {
	ctx context.Context
	*os.File
}

// Unwrap is the file itself.
func (r contextReader) Unwrap() *os.File { return r.File }

func (r contextReader) Read(p []byte) (int, error) {
	stop := context.AfterFunc(r.ctx, func() { r.File.SetReadDeadline(past) })
	defer stop()
	n, err := r.File.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF
	}
	return n, err
}

func base(name string) string { return path.Base(name) }
