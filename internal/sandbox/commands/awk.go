package commands

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/awk"
)

// awkCommand runs a program of package awk with the container's files and shell.
func awkCommand(ctx context.Context, c *Call) int {
	f, code := c.parseCode(2, "+F:v:f:", map[string]byte{"field-separator": 'F', "assign": 'v', "file": 'f'})
	if code != 0 {
		return code
	}
	args := f.args
	var source strings.Builder
	for _, name := range f.vals['f'] {
		r, err := c.input(name)
		if err != nil {
			c.fail("cannot open \"%s\" for reading: %s", name, Reason(err))
			return 2
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			c.fail("%s: %s", name, Reason(err))
			return 2
		}
		source.Write(data)
		source.WriteByte('\n')
	}
	if !f.has('f') {
		if len(args) == 0 {
			c.fail("usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]")
			return 2
		}
		source.WriteString(args[0])
		args = args[1:]
	}
	prog, err := awk.Parse(source.String())
	if err != nil {
		c.fail("%v", err)
		return 2
	}
	var vars []string
	if sep := f.value('F', ""); sep != "" {
		if sep == "t" {
			sep = "\t"
		}
		vars = append(vars, "FS="+sep)
	}
	stdin := c.FS.Stdin
	if stdin == nil {
		stdin = emptyReader{}
	}
	code, err = prog.Run(ctx, awk.Config{
		Stdin: stdin, Stdout: c.FS.Stdout,
		Args:     slices.Concat([]string{c.name()}, args),
		Vars:     append(vars, f.vals['v']...),
		Environ:  c.Env,
		Strftime: Strftime,
		Open:     func(name string) (io.ReadCloser, error) { return c.FS.Open(name) },
		Create:   func(name string, add bool) (io.WriteCloser, error) { return c.create(name, add) },
		Command:  c.shell,
	})
	switch {
	case err == nil:
		return code
	case errors.Is(err, syscall.EPIPE):
		return ExitPipe
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		text, _, _ := strings.Cut(err.Error(), ": ")
		c.fail("%s (%s)", text, Reason(err))
	} else {
		c.fail("%v", err)
	}
	return 2
}

// shell runs a command line with the container's shell. stdin and stdout may be
// nil: those of the call.
func (c *Call) shell(ctx context.Context, command string, stdin io.Reader, stdout io.Writer) int {
	call := *c
	call.Args = []string{"sh", "-c", command}
	if stdin != nil {
		call.FS.Stdin = stdin
	}
	if stdout != nil {
		call.FS.Stdout = stdout
	}
	return c.Host.Run(ctx, &call)
}
