package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// ErrInUse is why Start refuses a directory that another process holds. The
// error around it says which process.
var ErrInUse = errors.New("directory is in use by another joblab")

const (
	orphanLimit    = 5 * time.Second // for a child to end after its supervisor
	orphanInterval = 10 * time.Millisecond
)

// acquire locks the directory for as long as the file it returns is open, here
// and in the child. If the process that held it is gone, its child is about to
// go, and acquire waits for that.
func acquire(ctx context.Context, dir protocol.Dir) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, orphanLimit)
	defer cancel()
	file, err := os.OpenFile(dir.Lock(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the cluster directory: %w", err)
	}
	tick := time.NewTicker(orphanInterval)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", dir.Lock(), err), file.Close())
		}
		holder := holderOf(dir)
		if alive(holder) || ctx.Err() != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w (process %d)", dir, ErrInUse, holder), file.Close())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	if err := recordHolder(file); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir.Lock(), err), file.Close())
	}
	return file, nil
}

func recordHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// holderOf returns the process that locked the directory last, 0 if unknown.
func holderOf(dir protocol.Dir) int {
	data, err := os.ReadFile(dir.Lock())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0
	}
	return pid
}

// alive reports whether there is a process pid.
func alive(pid int) bool {
	if pid <= 0 {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// held reports whether a living supervisor holds the directory.
func held(dir protocol.Dir) (bool, error) {
	file, err := os.Open(dir.Lock())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the lock: %w", err)
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	switch {
	case err == nil:
		return false, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return alive(holderOf(dir)), nil
	default:
		return false, fmt.Errorf("look at the lock %s: %w", dir.Lock(), err)
	}
}
