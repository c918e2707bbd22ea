//go:build !linux

package container

import (
	"os"
	"syscall"
)

// throttle does nothing: other systems have no timer of processor time that
// sends a signal of its own.
type throttle struct{}

func (*throttle) set(int64) error { return nil }

// setNice makes the process stand back behind others.
func setNice(n int) error {
	if n == 0 {
		return nil
	}
	return os.NewSyscallError("setpriority", syscall.Setpriority(syscall.PRIO_PGRP, 0, n))
}

func mappedData() (int64, error) { return 0, nil }

func limitData(_, _ int64) error { return nil }
