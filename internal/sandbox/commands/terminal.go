package commands

import (
	"syscall"

	"golang.org/x/term"
)

// terminal reports whether standard input is a terminal.
func (c *Call) terminal() bool { return IsTerminal(c.FS.Stdin) }

// IsTerminal reports whether a stream is a file that is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(syscall.Conn)
	if !ok {
		return false
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	is := false
	// Not Fd: it would make the file blocking.
	err = conn.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	return err == nil && is
}
