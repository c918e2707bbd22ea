//go:build !linux

package container

// closeInherited does nothing: the parent's descriptors are close-on-exec.
func closeInherited(int) error { return nil }
