//go:build !linux

package filetree

import "syscall"

// Type is not known on this system.
func (v View) Type(name string) (string, error) {
	return "", pathError("statfs", name, syscall.ENOTSUP)
}

// Space is not known on this system.
func (v View) Space(name string) (total, free uint64, err error) {
	return 0, 0, pathError("statfs", name, syscall.ENOTSUP)
}
