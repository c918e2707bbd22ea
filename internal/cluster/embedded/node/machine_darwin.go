package node

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func (m *machine) readHost() error {
	memory, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return fmt.Errorf("sysctl hw.memsize: %w", err)
	}
	m.memory = memory
	for name, value := range map[string]*string{
		"kern.osrelease":        &m.kernel,
		"kern.bootsessionuuid":  &m.boot,
		"kern.uuid":             &m.id,
		"kern.osproductversion": &m.osImage,
	} {
		if got, err := unix.Sysctl(name); err == nil {
			*value = got
		}
	}
	m.osImage = "macOS " + m.osImage
	return nil
}

// usedMemory is not known without privileges.
func (m *machine) usedMemory() (uint64, error) { return 0, nil }
