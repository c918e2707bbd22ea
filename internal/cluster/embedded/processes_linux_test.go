package embedded_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// onlyChild returns the process id of the cluster that process pid supervises.
func onlyChild(t testing.TB, pid int) int {
	t.Helper()
	children := childrenOf(t, pid)
	if len(children) != 1 {
		t.Fatalf("process %d has the children %v, want one", pid, children)
	}
	return children[0]
}

// childrenOf returns the processes that process pid started and that run.
func childrenOf(t testing.TB, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue // a thread that has ended
		}
		for _, field := range strings.Fields(string(data)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}

// processes are descriptors of processes, which stay theirs when they end.
type processes []int

func watchProcesses(t *testing.T, pids []int) processes {
	t.Helper()
	var all processes
	for _, pid := range pids {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			t.Fatalf("watch process %d: %v", pid, err)
		}
		t.Cleanup(func() { _ = unix.Close(fd) })
		all = append(all, fd)
	}
	return all
}

// waitForEnd waits until all have ended.
func (p processes) waitForEnd(t *testing.T) {
	t.Helper()
	for _, fd := range p {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			n, err := unix.Poll(fds, int(limit.Milliseconds()))
			if err == unix.EINTR {
				continue
			}
			if err != nil || n == 0 {
				t.Fatalf("a process does not end: %v", err)
			}
			break
		}
	}
}
