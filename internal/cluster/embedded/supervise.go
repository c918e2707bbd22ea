package embedded

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/joblab/joblab/internal/cluster"
)

const (
	firstBackoff = 100 * time.Millisecond // before the first restart in a row
	maxBackoff   = 5 * time.Second        // doubled at each restart up to this
	steadyAfter  = time.Minute            // a child that was ready so long restarts the count
	maxFailures  = 5                      // children in a row that never were ready
	startLimit   = 2 * time.Minute        // for a child to become ready
	stopLimit    = 5 * time.Second        // for a child to end when it is told to
)

// supervise runs one child after the other until Close is called or the cluster
// failed, then cleans up.
//
// It stays on one operating system thread, which ends with it: on Linux a child
// is killed when the thread that started it ends.
func (c *Cluster) supervise() {
	runtime.LockOSThread()
	defer close(c.done)
	failures, backoff := 0, firstBackoff
	for generation := 1; c.stopping.Err() == nil; generation++ {
		c.status.starting(generation)
		c.logger.Info("cluster starts", "generation", generation)
		ready, err := c.runGeneration()
		if c.stopping.Err() != nil {
			break
		}
		c.logger.Error("cluster ended", "generation", generation, "err", err)
		if ready == 0 {
			failures++
		} else {
			failures = 0
		}
		if ready > steadyAfter {
			backoff = firstBackoff
		}
		if failures == maxFailures {
			c.fail(fmt.Errorf("the cluster could not be started %d times in a row: %w", failures, err))
			break
		}
		c.status.lost(err)
		select {
		case <-time.After(backoff):
		case <-c.stopping.Done():
		}
		backoff = min(2*backoff, maxBackoff)
	}
	<-c.stopping.Done()
	c.status.set(func(s *cluster.Status) { s.State, s.Step = cluster.Closed, "" })
	if err := c.release(); err != nil {
		c.logger.Error("cluster directory is not clean", "err", err)
	}
}

// fail ends the attempts to have a cluster. The socket is closed, so that
// clients are refused and do not wait.
func (c *Cluster) fail(err error) {
	c.logger.Error("cluster failed", "err", err)
	if err := c.socket.Close(); err != nil {
		c.logger.Warn("close the API server's socket", "err", err)
	}
	c.status.set(func(s *cluster.Status) {
		s.State, s.Step, s.Err = cluster.Failed, "", err
		s.Restarts++
	})
}

// runGeneration runs one child to its end. It returns how long it was ready (0:
// never), and why it ended.
func (c *Cluster) runGeneration() (ready time.Duration, err error) {
	if err := c.prepareRun(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, removeTree(c.dir.Run())) }()
	process, err := c.startProcess()
	if err != nil {
		return 0, err
	}
	return process.supervise(c)
}

// prepareRun makes the directory of a generation, empty.
func (c *Cluster) prepareRun() error {
	if err := removeTree(c.dir.Run()); err != nil {
		return fmt.Errorf("remove what an earlier cluster left: %w", err)
	}
	return privateDir(c.dir.Run())
}

// release gives the directory back.
func (c *Cluster) release() error {
	var errs []error
	for _, path := range []string{c.dir.Kubeconfig(), c.dir.Status()} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if err := c.socket.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		errs = append(errs, err)
	}
	errs = append(errs, c.log.Close(), c.lock.Close())
	return errors.Join(errs...)
}
