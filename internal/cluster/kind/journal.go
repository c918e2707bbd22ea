package kind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// lockInterval is how often it is tried to lock a journal that another holds:
// the kernel tells nobody when a lock becomes free.
const lockInterval = 100 * time.Millisecond

// creating is what a journal says from the beginning of a creation to its end.
const creating = "creating\n"

// journal remembers whether a creation has begun that nobody ended. It is a file
// of the user's, locked while it is open: whoever has it open is the only one to
// create, start or delete the cluster, and the kernel unlocks it when its holder
// dies.
type journal struct {
	file       *os.File
	unfinished bool
}

// openJournal waits until nobody else has the cluster's journal open.
func openJournal(ctx context.Context, name string, step func(string)) (*journal, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "joblab")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock kind cluster %s: %w", name, err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "kind-"+name+".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock kind cluster %s: %w", name, err)
	}
	tick := time.NewTicker(lockInterval)
	defer tick.Stop()
	for waiting := false; ; {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", file.Name(), err), file.Close())
		}
		if !waiting {
			waiting = true
			step("wait for another joblab, which is at work on kind cluster " + name)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("lock kind cluster %s: %w", name, ctx.Err()), file.Close())
		}
	}
	said, err := os.ReadFile(file.Name())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", file.Name(), err), file.Close())
	}
	return &journal{file: file, unfinished: strings.HasPrefix(string(said), creating)}, nil
}

// begin notes that a creation begins.
func (j *journal) begin() error {
	if _, err := j.file.WriteAt([]byte(creating), 0); err != nil {
		return fmt.Errorf("note the creation of a cluster: %w", err)
	}
	j.unfinished = true
	return nil
}

// end notes that nothing unfinished is left.
func (j *journal) end() error {
	if err := j.file.Truncate(0); err != nil {
		return fmt.Errorf("note the end of a creation: %w", err)
	}
	j.unfinished = false
	return nil
}

// close lets others at the cluster.
func (j *journal) close() { _ = j.file.Close() }
