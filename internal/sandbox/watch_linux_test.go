package sandbox

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// watchProcess returns a function that waits until the process, which need not
// be a child, has ended.
func watchProcess(pid int) (func() error, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "pidfd")
	return func() error {
		defer f.Close()
		const patience = 20_000 // ms
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			n, err := unix.Poll(fds, patience)
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if err == nil && n == 0 {
				err = errors.New("it outlives its parent")
				unix.Kill(pid, unix.SIGKILL)
			}
			return err
		}
	}, nil
}
