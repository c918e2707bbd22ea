//go:build !linux

package sandbox

import (
	"errors"
	"syscall"
)

// watchProcess returns a function that waits until the process has ended.
func watchProcess(pid int) (func() error, error) {
	return func() error {
		for syscall.Kill(pid, 0) == nil {
		}
		return nil
	}, errors.Join()
}
