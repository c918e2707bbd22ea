package sandbox

import (
	"os"
	"runtime"
	"syscall"
)

// starter starts processes from one thread that lives as long as the program:
// the kernel sends a process its parent-death signal when the *thread* that
// started it ends.
type starter struct{ requests chan startRequest }

type startRequest struct {
	program string
	attr    *os.ProcAttr
	answer  chan startAnswer
}

type startAnswer struct {
	proc *os.Process
	err  error
}

// newStarter returns a starter whose thread ends with the program.
func newStarter() *starter {
	s := &starter{requests: make(chan startRequest)}
	go func() {
		runtime.LockOSThread()
		for req := range s.requests {
			proc, err := os.StartProcess(req.program, []string{"joblab-sandbox"}, req.attr)
			req.answer <- startAnswer{proc, err}
		}
	}()
	return s
}

func (s *starter) start(program string, attr *os.ProcAttr) (*os.Process, error) {
	req := startRequest{program, attr, make(chan startAnswer, 1)}
	s.requests <- req
	a := <-req.answer
	return a.proc, a.err
}

// processAttributes makes a process that leads a process group of its own, so
// that Ctrl-C does not reach it, and dies with the program. Its session is the
// program's: on kernels that share processors out by session first, containers
// in sessions of their own would each count as much as the whole server,
// whatever their priority. With tty it leads a session all the same, whose
// terminal is its standard input.
func processAttributes(tty bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: !tty, Setsid: tty, Setctty: tty, Pdeathsig: syscall.SIGKILL}
}
