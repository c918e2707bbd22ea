package cri

import (
	"bytes"
	"fmt"
	"os"
	"time"
)

// clockTick is the unit of CPU times in /proc; Linux fixes it at 100 a second for programs.
const clockTick = time.Second / 100

// processUsage returns the CPU time and the resident memory in bytes of a process.
func processUsage(pid int) (cpu time.Duration, rss uint64, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	// The second field is a name in parentheses that may hold spaces; see proc_pid_stat(5).
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const utime, stime, pages = 14 - 3, 15 - 3, 24 - 3
	if len(fields) <= pages {
		return 0, 0, false
	}
	var user, system, resident uint64
	for field, value := range map[int]*uint64{utime: &user, stime: &system, pages: &resident} {
		if _, err := fmt.Sscan(string(fields[field]), value); err != nil {
			return 0, 0, false
		}
	}
	return time.Duration(user+system) * clockTick, resident * uint64(os.Getpagesize()), true
}
