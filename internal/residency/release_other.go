//go:build !linux

package residency

// Release does nothing here.
func Release() error { return nil }
