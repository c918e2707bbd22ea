package residency

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Release drops the program's code and constants from this process's resident
// memory. They are pages of its file that nothing changes: the kernel maps those
// that are used again from its page cache, so it is safe at any time, and costs
// some page faults after it. What was written to is not touched.
func Release() error {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return fmt.Errorf("read this process's mappings: %w", err)
	}
	defer maps.Close()
	// A line is "start-end perms offset device inode path", see proc_pid_maps(5).
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		line := lines.Text()
		if !strings.HasSuffix(line, " "+exe) {
			continue
		}
		var start, end uintptr
		var perms string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &start, &end, &perms); err != nil {
			return fmt.Errorf("mapping %q: %w", line, err)
		}
		if perms != "r-xp" && perms != "r--p" {
			continue
		}
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("release %s %s: %w", perms, line[:strings.IndexByte(line, ' ')], errno)
		}
	}
	return nil
}
