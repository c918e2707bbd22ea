package child

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// inherited is what the supervisor hands to its child.
type inherited struct {
	report   *os.File
	listener net.Listener
}

// inherit takes over the inherited files and keeps them from the processes that
// this one starts: a container must hold neither the API server's socket nor the
// directory's lock.
func inherit() (inherited, error) {
	for _, fd := range []int{protocol.ReportFD, protocol.ListenFD, protocol.LockFD} {
		var stat syscall.Stat_t
		if err := syscall.Fstat(fd, &stat); err != nil {
			return inherited{}, fmt.Errorf("this command is for joblab itself, which gives it open files: file %d: %w", fd, err)
		}
		syscall.CloseOnExec(fd)
	}
	socket := os.NewFile(protocol.ListenFD, "listener")
	listener, err := net.FileListener(socket)
	if err != nil {
		return inherited{}, fmt.Errorf("inherit the API server's listener: %w", err)
	}
	if err := socket.Close(); err != nil {
		return inherited{}, fmt.Errorf("close the duplicate of the listener: %w", err)
	}
	// The lock's file stays open, under no name, until the process ends.
	return inherited{report: os.NewFile(protocol.ReportFD, "report"), listener: listener}, nil
}
