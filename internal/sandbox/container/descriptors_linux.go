package container

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// closeInherited closes the descriptors after last, which the parent did not
// mean to pass: those that it got itself from whoever started it, without
// close-on-exec.
func closeInherited(last int) error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= last {
			continue
		}
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(to, "anon_inode:") {
			continue // closed since, or the Go runtime's own
		}
		if err := syscall.Close(fd); err != nil {
			return err
		}
	}
	return nil
}
