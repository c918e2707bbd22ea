package container

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mappedData is the address space for data that the process has, in bytes. It
// must be called before the walls stand.
func mappedData() (int64, error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var pages, skip int64
	if _, err := fmt.Sscan(string(statm), &skip, &skip, &skip, &skip, &skip, &pages); err != nil {
		return 0, fmt.Errorf("read /proc/self/statm: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// limitData has the kernel refuse memory beyond what a container within its
// limit can need: the runtime takes address space in large pieces and never
// gives any back. mapped is what it had at the start.
func limitData(mapped, memory int64) error {
	const pieces = 128 << 20
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_DATA, &limit); err != nil {
		return os.NewSyscallError("getrlimit", err)
	}
	limit.Cur = min(limit.Max, uint64(mapped+(2*memory+pieces)*shadow))
	return os.NewSyscallError("setrlimit", unix.Setrlimit(unix.RLIMIT_DATA, &limit))
}
