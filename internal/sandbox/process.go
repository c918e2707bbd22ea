package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/sandbox/container"
)

// Process is a started process of a container.
type Process struct {
	runner  *Runner
	root    string
	isExec  bool
	tenant  *tenant // the container that it is of, once it has entered
	proc    *os.Process
	control *os.File // closing it ends the process
	link    *link
	walls   []string
	done    chan struct{}
	exit    Exit // set when done is closed

	outOfMemory atomic.Bool
}

// Exit is how a process ended.
type Exit struct {
	// Code is the exit code as containerd reports it: the process's own, or
	// 128+n when signal n ended it (137 for SIGKILL).
	Code      int
	Signal    syscall.Signal // the signal that ended it, 0 if it exited
	At        time.Time
	OOMKilled bool // it exceeded its limit of memory
	// Crash is what the interpreter said when it broke, which should not happen.
	Crash string
}

// PID is the process's id on the host.
func (p *Process) PID() int { return p.proc.Pid }

// Signal delivers sig as the kernel delivers it to PID 1 of a container: it is
// dropped unless the process has a handler for it, except for SIGKILL, which
// is [Process.Kill]. A process that has ended is not an error.
func (p *Process) Signal(sig syscall.Signal) error {
	if sig == syscall.SIGKILL {
		return p.Kill()
	}
	return ended(p.proc.Signal(sig))
}

// Kill ends the process and its whole process group with SIGKILL. A process
// that has ended is not an error.
func (p *Process) Kill() error {
	select {
	case <-p.done:
		return nil // its number may be another process's by now
	default:
	}
	return ended(p.proc.Kill())
}

// SetLimits changes what the process may use. A process that has ended is not an
// error.
func (p *Process) SetLimits(l Limits) error {
	err := json.NewEncoder(p.control).Encode(container.Limits(l))
	if errors.Is(err, os.ErrClosed) || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// readCrash reads what the process's Go runtime says when it gives up.
func (p *Process) readCrash(dec *json.Decoder, report io.Reader) {
	text, _ := io.ReadAll(io.LimitReader(io.MultiReader(dec.Buffered(), report), maxCrash))
	p.exit.Crash = strings.TrimSpace(string(text))
	_, _ = io.Copy(io.Discard, report) // so that it can write the rest
}

// maxCrash is how much of a crash's text is kept, in bytes.
const maxCrash = 4 << 10

func ended(err error) error {
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// wait reaps the process.
func (p *Process) wait() {
	state, err := p.proc.Wait()
	p.exit.At = time.Now()
	switch {
	case err != nil:
		p.exit.Code = 255
	default:
		status, _ := state.Sys().(syscall.WaitStatus)
		p.exit.Code = status.ExitStatus()
		if status.Signaled() {
			p.exit.Signal = status.Signal()
			p.exit.Code = 128 + int(p.exit.Signal)
		}
	}
	p.exit.explain(p.outOfMemory.Load())
	p.control.Close()
	p.link.close()
	p.runner.leave(p)
	close(p.done)
}

// explain turns what was no end of the container's own into what it would have
// been on a node: the kernel kills what takes too much memory, and a shell that
// calls itself without end exceeds its stack.
func (e *Exit) explain(outOfMemory bool) {
	crashed := e.Signal == 0 && strings.Contains(e.Crash, "fatal error: ")
	switch {
	case outOfMemory && e.Signal == syscall.SIGKILL,
		crashed && (strings.Contains(e.Crash, "out of memory") || strings.Contains(e.Crash, "cannot allocate memory")):
		*e = Exit{Code: 128 + int(syscall.SIGKILL), Signal: syscall.SIGKILL, At: e.At, OOMKilled: true}
	case crashed && strings.Contains(e.Crash, "stack overflow"):
		*e = Exit{Code: 128 + int(syscall.SIGSEGV), Signal: syscall.SIGSEGV, At: e.At}
	}
}

// Done is closed when the process has ended and been reaped.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit says how the process ended. It must be called after Done is closed.
func (p *Process) Exit() Exit { return p.exit }

// Walls names the walls that stand around the process, the file tree's own
// first: "tree", "landlock:v6", "seccomp".
func (p *Process) Walls() []string { return p.walls }
