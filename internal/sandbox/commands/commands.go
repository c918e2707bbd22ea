// Package commands has the programs of a container: small implementations of
// the usual utilities, written against the container's file tree and the
// streams that they are given.
//
// Guarantees:
//   - A command touches files only through Call.FS, and nothing else of the
//     host. It reaches other pods only through Host.Network.
//   - Output is written when it is produced, a line at the latest.
//   - A command returns when its context ends.
//   - An option that is not implemented is refused in the words of the real
//     command, with its exit code, never ignored.
package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/filetree"
	"github.com/joblab/joblab/internal/sandbox/network"
)

// Call is one invocation of a command.
type Call struct {
	Args     []string // Args[0] is the name that it was invoked by
	Env      []string // KEY=value
	FS       filetree.View
	Hostname string
	Host     Host
}

// Host is what the container does for its commands.
type Host interface {
	// Run runs another command of the container, found through PATH in
	// call.Env, and returns its exit code: 127 when it is not found.
	Run(ctx context.Context, call *Call) int
	// Find is the file that Run would execute.
	Find(call *Call, name string) (string, error)
	// Kill sends a signal within the container. pid may be negative, as in
	// kill(2).
	Kill(pid int, sig syscall.Signal) error
	// Network is the container's way to other pods. It is nil, and works as
	// one without network, if there is none.
	Network() *network.Client
	// Processes are the processes of the container that the calling process can
	// see, in no order, without the command itself if it is not a process of
	// its own.
	Processes() []Process
	// Self is the calling process, or the number that it would get.
	Self() Process
	// Catch handles signals that the calling process gets from now on. next
	// returns the first of them, or false if ctx ends before.
	Catch(sigs ...syscall.Signal) (next func(ctx context.Context) (syscall.Signal, bool))
}

// Func is a command. It returns its exit code.
type Func func(ctx context.Context, c *Call) int

// Lookup finds a command by the name of its program.
func Lookup(name string) (Func, bool) {
	f, ok := table[name]
	return f, ok
}

// Names lists all commands, sorted.
func Names() []string { return slices.Sorted(maps.Keys(table)) }

// ExitPipe is the exit code of a command that SIGPIPE ends.
const ExitPipe = 128 + int(syscall.SIGPIPE)

func (c *Call) name() string { return path.Base(c.Args[0]) }

// getenv is a variable of the call's environment, empty if it is not set. The
// last of several wins.
func (c *Call) getenv(key string) string {
	for _, kv := range slices.Backward(c.Env) {
		if v, ok := strings.CutPrefix(kv, key+"="); ok {
			return v
		}
	}
	return ""
}

// fail prints a message and returns exit code 1.
func (c *Call) fail(format string, args ...any) int {
	fmt.Fprintf(c.FS.Stderr, c.name()+": "+format+"\n", args...)
	return 1
}

// write writes to standard output; the code is only of interest when it is not
// 0: the command must end with it.
func (c *Call) write(p []byte) int {
	if _, err := c.FS.Stdout.Write(p); err != nil {
		return c.writeError(err)
	}
	return 0
}

func (c *Call) printf(format string, args ...any) int {
	return c.write(fmt.Appendf(nil, format, args...))
}

func (c *Call) writeError(err error) int {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return ExitPipe
	}
	return c.fail("write error: %s", Reason(err))
}

// Reason is the text of the errno in err, as strerror(3) has it.
func Reason(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	text := errno.Error()
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
