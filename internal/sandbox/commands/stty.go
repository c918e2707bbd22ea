package commands

import (
	"context"
	"syscall"

	"golang.org/x/sys/unix"
)

// stty prints the size of the terminal; it changes nothing.
func stty(_ context.Context, c *Call) int {
	f, ok := c.FS.Stdin.(syscall.Conn)
	if !ok || !c.terminal() {
		return c.fail("'standard input': Inappropriate ioctl for device")
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return c.fail("'standard input': %s", Reason(err))
	}
	var size *unix.Winsize
	if cerr := conn.Control(func(fd uintptr) { size, err = unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ) }); err == nil {
		err = cerr
	}
	switch {
	case err != nil:
		return c.fail("'standard input': %s", Reason(err))
	case len(c.Args) == 2 && c.Args[1] == "size":
		return c.printf("%d %d\n", size.Row, size.Col)
	case len(c.Args) == 1 || c.Args[1] == "-a":
		return c.printf("speed 38400 baud; rows %d; columns %d; line = 0;\n", size.Row, size.Col)
	}
	return c.fail("'%s' is not supported in the sandbox", c.Args[1])
}
