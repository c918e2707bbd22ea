package sandbox

import (
	"syscall"
	"time"
)

// Process is a started process of a container.
type Process struct {
	done chan struct{}
	pid  int
	exit Exit
}

// Exit is how a process ended.
type Exit struct {
	// Code is the exit code as containerd reports it: the process's own, or
	// 128+n when signal n ended it (137 for SIGKILL).
	Code      int
	Signal    syscall.Signal // the signal that ended it, 0 if it exited
	At        time.Time
	OOMKilled bool
}

// PID is the process's id on the host.
func (p *Process) PID() int { return p.pid }

// Signal delivers sig as the kernel delivers it to PID 1 of a container: it is
// dropped unless the process has a handler for it, except for SIGKILL, which
// is [Process.Kill]. A process that has ended is not an error.
func (p *Process) Signal(sig syscall.Signal) error { return nil }

// Kill ends the process and its whole process group with SIGKILL.
func (p *Process) Kill() error { return nil }

// Done is closed when the process has ended and been reaped.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit says how the process ended. It must be called after Done is closed.
func (p *Process) Exit() Exit { return p.exit }

// Walls names the walls that stand around the process, the interpreter's own
// ("tree") first: "tree", "landlock:v6", "seccomp".
func (p *Process) Walls() []string { return nil }
