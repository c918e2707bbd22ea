package residency

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Release drops the program's code and constants from this process's resident
// memory. They are pages of its file that nothing changed: the kernel maps those
// that are used again from its page cache, so it is safe at any time, and costs
// some page faults after it. What was written to is not touched. Some of that can
// only be read by now: the dynamic linker protects the addresses that it has filled
// in (RELRO), and without them the next call of a function of libc would be one of
// address 0.
func Release() error {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	maps, err := mappings()
	if err != nil {
		return err
	}
	for _, m := range maps {
		if m.file != exe || m.perms != "r-xp" && m.perms != "r--p" || m.written {
			continue
		}
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, m.start, m.end-m.start, unix.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("release %x-%x %s: %w", m.start, m.end, m.perms, errno)
		}
	}
	return nil
}

// mapping is a part of this process's address space.
type mapping struct {
	start, end  uintptr
	perms, file string
	written     bool // it has pages that differ from the file's
}

// mappings reads /proc/self/smaps: for each mapping a line "start-end perms offset
// device inode path" and lines of figures such as "Anonymous: 4 kB", see
// proc_pid_smaps(5).
func mappings() ([]mapping, error) {
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil, fmt.Errorf("read this process's mappings: %w", err)
	}
	defer smaps.Close()
	var all []mapping
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 5 && strings.Contains(fields[0], "-"):
			m := mapping{perms: fields[1], file: strings.Join(fields[5:], " ")}
			if _, err := fmt.Sscanf(fields[0], "%x-%x", &m.start, &m.end); err != nil {
				return nil, fmt.Errorf("mapping %q: %w", lines.Text(), err)
			}
			all = append(all, m)
		case len(fields) >= 2 && fields[0] == "Anonymous:" && len(all) > 0:
			all[len(all)-1].written = fields[1] != "0"
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read this process's mappings: %w", err)
	}
	return all, nil
}
