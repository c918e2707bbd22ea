//go:build !linux

package network

import (
	"errors"
	"os"
)

// Pair fails with [errors.ErrUnsupported]: containers have no network there.
func Pair() (own, other *os.File, err error) { return nil, nil, errors.ErrUnsupported }

func connection() (a, b *os.File, err error) { return nil, nil, errors.ErrUnsupported }

func backlog() (a, b *os.File, err error) { return nil, nil, errors.ErrUnsupported }

func send(*os.File, []byte, *os.File, bool) error { return errors.ErrUnsupported }

func receive(*os.File, []byte) ([]byte, *os.File, error) { return nil, nil, errors.ErrUnsupported }

func hungUp(*os.File) bool { return true }

func closeWrite(*os.File) error { return errors.ErrUnsupported }

func hangUp(*os.File) error { return errors.ErrUnsupported }
