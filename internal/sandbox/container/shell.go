package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// past is a deadline that has gone by.
var past = time.Unix(1, 0)

// dialect is which shell is imitated, as far as they differ in messages and in
// echo.
type dialect int

const (
	bash dialect = iota
	dash
	ash
)

func (d dialect) lang() syntax.LangVariant {
	if d == dash {
		return syntax.LangPOSIX
	}
	return syntax.LangBash
}

// shell is one running shell.
type shell struct {
	m           *machine
	p           *process // the shell itself; subshells in the background have their own
	dialect     dialect
	name        string // $0, with which messages begin
	inline      bool   // the script came by -c
	interactive bool
	call        *commands.Call
	environ     *environ
	funcs       sync.Map      // names of functions that the script defines
	sourced     sync.Map      // lowered text of sourced scripts, by the name they are opened by
	line        atomic.Uint64 // of the last simple command
}

// shell runs a shell as process p.
func (m *machine) shell(p *process, d dialect, c *commands.Call) int {
	s := &shell{m: m, p: p, dialect: d, name: c.Args[0], call: c}
	opts, err := parseShellArgs(c.Args[1:])
	if err != nil {
		fmt.Fprintf(c.FS.Stderr, "%s: %v\n", c.Args[0], err)
		return 2
	}
	if opts.version {
		fmt.Fprintln(c.FS.Stdout, "GNU bash, version 5.2.15(1)-release (joblab sandbox)")
		return 0
	}
	params := opts.args
	var script io.Reader
	switch {
	case opts.inline:
		s.inline = true
		if len(params) > 0 {
			s.name, params = params[0], params[1:]
		}
		script = strings.NewReader(opts.script)
	case len(params) > 0 && !opts.stdin:
		s.name, params = params[0], params[1:]
		data, err := c.FS.ReadFile(s.name)
		if err != nil {
			code := 127
			if !errors.Is(err, os.ErrNotExist) {
				code = 126
			}
			fmt.Fprintf(c.FS.Stderr, "%s: %s: %s\n", base(c.Args[0]), s.name, commands.Reason(err))
			return code
		}
		script = bytes.NewReader(data)
	}
	r, err := s.runner(opts.set, params)
	if err != nil {
		fmt.Fprintf(c.FS.Stderr, "%s: %v\n", c.Args[0], err)
		return 2
	}
	if script == nil {
		if in, ok := s.terminal(); ok {
			return s.runInteractive(r, in)
		}
		return s.runStdin(r)
	}
	return s.runScript(r, script)
}

// runner makes the interpreter.
func (s *shell) runner(set, params []string) (*interp.Runner, error) {
	c := s.call
	dir := c.FS.Dir
	stdin, _ := c.FS.Stdin.(*os.File)
	if u, ok := c.FS.Stdin.(interface{ Unwrap() *os.File }); ok {
		stdin = u.Unwrap()
	}
	var in io.Reader
	if stdin != nil {
		in = stdin
	}
	args := append(slices.Clone(set), "--")
	r, err := interp.New(
		// The interpreter makes FIFOs of the host in $TMPDIR and opens files
		// there without asking its handlers. No file can be below a device.
		interp.Env(expand.ListEnviron("TMPDIR=/dev/null/none")),
		func(r *interp.Runner) error { r.Dir = dir; return nil },
		interp.StdIO(in, c.FS.Stdout, traceFilter{c.FS.Stderr}),
		interp.Params(append(args, params...)...),
		interp.CallHandler(s.onCall),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return s.onExec }),
		interp.OpenHandler(s.onOpen),
		interp.ReadDirHandler2(s.onReadDir),
		interp.StatHandler(s.onStat),
		interp.AccessHandler(s.onAccess),
	)
	if err != nil {
		return nil, err
	}
	r.Reset()
	s.environ = newEnviron(s)
	if err := interp.Env(s.environ)(r); err != nil {
		return nil, err
	}
	r.Reset()
	return r, nil
}

// runScript parses a whole script and runs it.
func (s *shell) runScript(r *interp.Runner, script io.Reader) int {
	parser := syntax.NewParser(syntax.Variant(s.dialect.lang()))
	var stmts []*syntax.Stmt
	var parseErr error
	for stmt, err := range parser.StmtsSeq(script) {
		if err != nil {
			parseErr = err
			break
		}
		stmts = append(stmts, stmt)
	}
	if parseErr != nil {
		// A shell runs the lines before the one that it does not understand.
		bad := errorLine(parseErr)
		stmts = slices.DeleteFunc(stmts, func(st *syntax.Stmt) bool { return st.End().Line() >= bad })
	}
	file := &syntax.File{Name: s.name, Stmts: stmts}
	s.lower(file)
	code := s.status(r.Run(context.Background(), file))
	if parseErr != nil && !r.Exited() {
		s.syntaxError(s.call.FS.Stderr, parseErr)
		return 2
	}
	return code
}

// runStdin runs the statements on standard input, each as soon as it is there.
func (s *shell) runStdin(r *interp.Runner) int {
	parser := syntax.NewParser(syntax.Variant(s.dialect.lang()))
	code := 0
	var in io.Reader = strings.NewReader("")
	if s.call.FS.Stdin != nil {
		in = s.call.FS.Stdin
	}
	for stmts, err := range parser.InteractiveSeq(in) {
		if err != nil {
			s.syntaxError(s.call.FS.Stderr, err)
			return 2
		}
		if parser.Incomplete() {
			continue
		}
		for _, stmt := range stmts {
			s.lower(stmt)
			code = s.status(r.Run(context.Background(), stmt))
			if r.Exited() {
				return code
			}
		}
	}
	// The end of a file is an exit: the EXIT trap runs.
	end := &syntax.File{Name: s.name}
	if status := s.status(r.Run(context.Background(), end)); status != 0 {
		code = status
	}
	return code
}

// status is the exit code in an error from the interpreter.
func (s *shell) status(err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) && s.p.wasInterrupted() {
		return 128 + int(syscall.SIGINT)
	}
	var status interp.ExitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	fmt.Fprintf(s.call.FS.Stderr, "%s%v\n", s.prefix(s.lastLine()), err)
	return 1
}

func (s *shell) lastLine() uint { return uint(s.line.Load()) }

func errorLine(err error) uint {
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		return pe.Pos.Line()
	}
	var le syntax.LangError
	if errors.As(err, &le) {
		return le.Pos.Line()
	}
	return 0
}

func (s *shell) syntaxError(w io.Writer, err error) {
	var pe syntax.ParseError
	text := err.Error()
	if errors.As(err, &pe) {
		text = pe.Text
	}
	inline := ""
	if s.inline && s.dialect == bash {
		inline = "-c: "
	}
	switch s.dialect {
	case bash:
		fmt.Fprintf(w, "%s: %sline %d: syntax error: %s\n", s.name, inline, errorLine(err), text)
	default:
		fmt.Fprintf(w, "%s: %d: Syntax error: %s\n", s.name, errorLine(err), text)
	}
}

// prefix is what the shell's messages begin with.
func (s *shell) prefix(line uint) string {
	line = max(line, 1)
	switch s.dialect {
	case dash:
		return s.name + ": " + strconv.FormatUint(uint64(line), 10) + ": "
	case ash:
		if s.inline {
			return s.name + ": "
		}
		return s.name + ": line " + strconv.FormatUint(uint64(line), 10) + ": "
	}
	return s.name + ": line " + strconv.FormatUint(uint64(line), 10) + ": "
}

// traceFilter hides the shell's own commands in the output of set -x.
type traceFilter struct{ io.Writer }

func (f traceFilter) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("+ "+internal)) {
		return len(p), nil
	}
	return f.Writer.Write(p)
}

// Unwrap is the file that the output goes to, nil if it is none.
func (f traceFilter) Unwrap() *os.File {
	file, _ := f.Writer.(*os.File)
	return file
}
