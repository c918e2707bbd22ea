package cri

import (
	"context"
	"fmt"
	"maps"
	"os"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// StopContainer sends the container's stop signal (SIGTERM unless it has
// another), waits for timeout seconds, then kills it, and returns once it has
// exited. A timeout of 0 kills at once. A container that does not run is no
// error. If ctx ends first, its error is returned and the container may still run.
func (r *Runtime) StopContainer(ctx context.Context, id string, timeout int64) error {
	c, err := r.container(id)
	if err != nil {
		return nil
	}
	c.starting.Lock()
	state := c.currentState()
	c.starting.Unlock()
	if state != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return nil
	}
	if timeout > 0 {
		// An error means that it ends right now; the wait below sees that.
		c.process.Signal(stopSignal(c.config.GetStopSignal()))
		timer := time.NewTimer(time.Duration(timeout) * time.Second)
		defer timer.Stop()
		select {
		case <-c.exited:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("stop container %q: %w", id, ctx.Err())
		case <-timer.C:
		}
	}
	c.kill()
	select {
	case <-c.exited:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("kill container %q: %w", id, ctx.Err())
	}
}

// kill kills the container's process if it runs, and does not wait for it.
func (c *container) kill() {
	c.mu.Lock()
	process := c.process
	c.mu.Unlock()
	if process != nil {
		process.Kill() // an error means that it has ended
	}
}

// RemoveContainer kills the container if it runs and removes its file tree, but
// not its log, which is the kubelet's. An unknown container is no error.
func (r *Runtime) RemoveContainer(ctx context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return nil
	}
	c.starting.Lock()
	c.removed = true
	c.starting.Unlock()
	if err := r.StopContainer(ctx, id, 0); err != nil {
		return err
	}
	if err := os.RemoveAll(r.containerDir(id)); err != nil {
		return fmt.Errorf("remove container %q: %w", id, err)
	}
	status := c.status()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.containers, id)
	r.forgetLocked()
	r.removed[id] = removed{status, time.Now()}
	return nil
}

// removed is how a container was when it was removed.
type removed struct {
	status *runtimeapi.ContainerStatus
	at     time.Time
}

// rememberTime is how long a removed container still has a status. Who follows
// its log in the kubelet asks for that, to know that the log is at its end; an
// error instead would become the log's last line.
const rememberTime = time.Minute

// forgetLocked forgets the containers that were removed long ago.
func (r *Runtime) forgetLocked() {
	maps.DeleteFunc(r.removed, func(_ string, c removed) bool { return time.Since(c.at) > rememberTime })
}
