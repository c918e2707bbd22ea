package node

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func (m *machine) readHost() error {
	memory, err := memoryInfo()
	if err != nil {
		return err
	}
	m.memory, m.swap = memory["MemTotal"], memory["SwapTotal"]
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return fmt.Errorf("uname: %w", err)
	}
	m.kernel = unix.ByteSliceToString(name.Release[:])
	m.id = firstLine("/etc/machine-id")
	m.boot = firstLine("/proc/sys/kernel/random/boot_id")
	m.osImage = osRelease("PRETTY_NAME")
	return nil
}

// usedMemory returns the bytes of memory that cannot be given to a new process.
func (m *machine) usedMemory() (uint64, error) {
	memory, err := memoryInfo()
	if err != nil {
		return 0, err
	}
	return memory["MemTotal"] - memory["MemAvailable"], nil
}

// memoryInfo reads /proc/meminfo, in bytes.
func memoryInfo() (map[string]uint64, error) {
	file, err := os.Open("/proc/meminfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info := make(map[string]uint64)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		kib, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err == nil {
			info[name] = kib << 10
		}
	}
	if info["MemTotal"] == 0 {
		return nil, fmt.Errorf("no MemTotal in %s: %v", file.Name(), lines.Err())
	}
	return info, nil
}

// osRelease returns a value of os-release(5), empty if there is none.
func osRelease(name string) string {
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(content)) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
				return strings.Trim(value, `"'`)
			}
		}
	}
	return ""
}

func firstLine(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return line
}
