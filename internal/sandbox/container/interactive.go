package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// A shell whose standard input is a terminal prompts for commands. The
// terminal edits lines; ^C ends the command that runs, or the line that is
// being typed, and ^D ends the shell.

// errInterrupted is why a line is not read to its end.
var errInterrupted = errors.New("interrupted")

// openTerminal opens the standard streams anew if they are a terminal, so that
// whoever reads from it can be interrupted.
func openTerminal() error {
	if !commands.IsTerminal(os.Stdin) {
		return nil
	}
	if err := syscall.SetNonblock(0, true); err != nil {
		return err
	}
	for fd, stream := range []**os.File{&os.Stdin, &os.Stdout, &os.Stderr} {
		if !commands.IsTerminal(*stream) {
			continue
		}
		again, err := syscall.Dup(fd)
		if err != nil {
			return err
		}
		syscall.CloseOnExec(again)
		*stream = os.NewFile(uintptr(again), (*stream).Name())
	}
	return nil
}

// setForeground lets SIGINT reach a shell instead of ending the process. The
// previous one gets it again when done is called.
func (m *machine) setForeground(p *process) (done func()) {
	m.mu.Lock()
	before := m.foreground
	m.foreground = p
	m.mu.Unlock()
	signal.Notify(m.signals, syscall.SIGINT)
	// As in every interactive shell; there is no job control to stop anything.
	signal.Ignore(syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGQUIT)
	return func() {
		m.mu.Lock()
		m.foreground = before
		m.mu.Unlock()
	}
}

// interrupt ends what the process does in the foreground.
func (p *process) interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupted = true
	p.cancel()
}

// begin makes a new context for the next line of an interactive shell. Jobs
// in the background keep that of the shell itself.
func (p *process) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed != 0 {
		return
	}
	if p.base == nil {
		p.base = p.ctx
	}
	p.interrupted = false
	p.ctx, p.cancel = context.WithCancel(p.base)
}

func (p *process) wasInterrupted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.interrupted
}

// runInteractive reads and runs commands until the terminal or the user ends it.
func (s *shell) runInteractive(r *interp.Runner, in *os.File) int {
	s.interactive = true
	defer s.m.setForeground(s.p)()
	code := 0
	for {
		parser := syntax.NewParser(syntax.Variant(s.dialect.lang()))
		var readErr error
		s.p.begin()
		s.prompt(r, "PS1")
		for stmts, err := range parser.InteractiveSeq(promptReader{s.p, in}) {
			if err != nil {
				readErr = err
				break
			}
			if parser.Incomplete() {
				s.prompt(r, "PS2")
				continue
			}
			for _, stmt := range stmts {
				s.lower(stmt)
				code = s.status(r.Run(s.p.context(), stmt))
				if s.p.wasInterrupted() {
					s.newline(in)
					code = 128 + int(syscall.SIGINT)
					s.p.begin()
					r.Run(s.p.context(), statement(stmt.Position, words(stmt.Position, lit(internal), lit("status"), lit("130"))))
					break
				}
				if r.Exited() || s.p.dying() {
					return code
				}
			}
			s.p.begin()
			s.prompt(r, "PS1")
		}
		switch {
		case errors.Is(readErr, errInterrupted):
			s.newline(in)
			continue
		case readErr != nil:
			s.syntaxError(s.call.FS.Stderr, readErr)
			code = 2
			continue
		}
		if s.dialect == bash {
			fmt.Fprintln(s.call.FS.Stderr, "exit")
		}
		s.p.begin()
		if status := s.status(r.Run(s.p.context(), &syntax.File{Name: s.name})); status != 0 {
			code = status
		}
		return code
	}
}

// newline ends the line that ^C was typed in. Linux sends the signal first and
// throws away what is on its way through the terminal second; whoever asks for
// the terminal's state waits for that, so that the line and the prompt after it
// are not among it.
func (s *shell) newline(in *os.File) {
	commands.IsTerminal(in)
	fmt.Fprintln(s.call.FS.Stderr)
}

// promptReader reads a line for an interactive shell; ^C is errInterrupted.
type promptReader struct {
	p *process
	f *os.File
}

func (r promptReader) Read(buf []byte) (int, error) {
	for {
		r.f.SetReadDeadline(time.Time{})
		stop := context.AfterFunc(r.p.context(), func() { r.f.SetReadDeadline(past) })
		n, err := r.f.Read(buf)
		stop()
		switch {
		case err == nil:
			return n, nil
		case r.p.wasInterrupted():
			return 0, errInterrupted
		case r.p.dying():
			return 0, io.EOF
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, io.EOF // also when the terminal has gone away
		}
	}
}

// prompt prints a prompt: the variable's value with its escapes replaced, or
// what the shell has without one.
func (s *shell) prompt(r *interp.Runner, name string) {
	get := func(name string) string {
		if v, ok := r.Vars[name]; ok {
			return v.String()
		}
		return s.environ.Get(name).String()
	}
	text := get(name)
	if text == "" {
		text = s.defaultPrompt(name)
	}
	dir := r.Dir
	if home := get("HOME"); home != "/" && (dir == home || strings.HasPrefix(dir, home+"/")) {
		dir = "~" + strings.TrimPrefix(dir, home)
	}
	user, mark := "root", "#"
	if uid := s.m.cfg.User.UID; uid != 0 {
		user, mark = "I have no name!", "$"
	}
	host, _, _ := strings.Cut(s.call.Hostname, ".")
	fmt.Fprint(s.call.FS.Stderr, strings.NewReplacer(
		`\u`, user, `\h`, host, `\H`, s.call.Hostname, `\w`, dir, `\W`, base(dir), `\$`, mark, `\s`, base(s.name), `\n`, "\n",
		`\[`, "", `\]`, "", `\e`, "\x1b", `\033`, "\x1b", `\\`, `\`,
	).Replace(text))
}

func (s *shell) defaultPrompt(name string) string {
	switch {
	case name == "PS2":
		return "> "
	case s.dialect == ash:
		return `\w \$ `
	case s.dialect == dash:
		return `\$ `
	}
	if _, err := s.call.FS.Stat("/etc/redhat-release"); err == nil {
		return `[\u@\h \W]\$ `
	}
	return `\u@\h:\w\$ `
}

// terminal is the shell's standard input if that is a terminal.
func (s *shell) terminal() (*os.File, bool) {
	f, ok := s.call.FS.Stdin.(*os.File)
	if u, wrapped := s.call.FS.Stdin.(interface{ Unwrap() *os.File }); wrapped {
		f, ok = u.Unwrap(), true
	}
	return f, ok && f != nil && commands.IsTerminal(f)
}
