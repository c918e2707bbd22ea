//go:build !linux

package sandbox

import (
	"os"
	"syscall"
)

// starter starts processes. Where there is no parent-death signal, the control
// pipe alone ties a process to the program.
type starter struct{}

func newStarter() *starter { return &starter{} }

func (*starter) start(program string, attr *os.ProcAttr) (*os.Process, error) {
	return os.StartProcess(program, []string{"joblab-sandbox"}, attr)
}

// processAttributes makes a process that leads a process group of its own, so
// that Ctrl-C does not reach it; with tty a session, whose terminal is its
// standard input.
func processAttributes(tty bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: !tty, Setsid: tty, Setctty: tty}
}
