package cri

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

// Reasons of an exited container, as containerd gives them.
const (
	reasonCompleted  = "Completed"
	reasonError      = "Error"
	reasonOOMKilled  = "OOMKilled"
	reasonStartError = "StartError"
)

// container is one container. The fields above mu never change.
type container struct {
	id        string
	pod       *pod
	config    *runtimeapi.ContainerConfig
	image     sandbox.Image
	spec      sandbox.Spec
	logPath   string
	createdAt time.Time
	exited    chan struct{} // closed once the container is in state exited

	starting sync.Mutex // held by StartContainer, so that a stop or a removal comes before it or after it
	removed  bool       // guarded by starting: must not be started any more

	mu         sync.Mutex
	state      runtimeapi.ContainerState
	resources  *runtimeapi.ContainerResources
	process    *sandbox.Process // nil unless it runs or ran
	log        *logFile         // nil unless it runs
	startedAt  time.Time        // zero unless it runs or ran
	finishedAt time.Time
	exitCode   int32
	reason     string
	message    string
}

// CreateContainer resolves the command as Kubernetes does (command replaces the
// image's entrypoint, and its arguments with it; args replaces the arguments)
// and fills the container's file tree.
func (r *Runtime) CreateContainer(_ context.Context, podID string, config *runtimeapi.ContainerConfig, _ *runtimeapi.PodSandboxConfig) (string, error) {
	r.mu.Lock()
	p, ok := r.pods[podID]
	ready := ok && p.ready
	r.mu.Unlock()
	if !ok {
		return "", notFound("pod sandbox", podID)
	}
	if !ready {
		return "", status.Errorf(codes.FailedPrecondition, "pod sandbox %q is not ready", podID)
	}
	image, ok := findImage(config.GetImage())
	if !ok {
		return "", notFound("image", config.GetImage().GetImage())
	}
	id := newID()
	c := &container{
		id: id, pod: p, config: config, image: image,
		logPath:   filepath.Join(p.config.GetLogDirectory(), config.GetLogPath()),
		createdAt: time.Now(),
		exited:    make(chan struct{}),
		state:     runtimeapi.ContainerState_CONTAINER_CREATED,
	}
	if linux := config.GetLinux().GetResources(); linux != nil {
		c.resources = &runtimeapi.ContainerResources{Linux: linux}
	}
	c.spec = sandbox.Spec{
		Image:    image,
		Root:     filepath.Join(r.containerDir(id), "rootfs"),
		Mounts:   mounts(config),
		Argv:     argv(config, image),
		Env:      environment(config, image, p.config.GetHostname()),
		Dir:      config.GetWorkingDir(),
		Hostname: p.config.GetHostname(),
	}
	if len(c.spec.Argv) == 0 {
		return "", fmt.Errorf("failed to generate container %q spec: failed to generate spec: no command specified", id)
	}
	if err := os.MkdirAll(r.containerDir(id), 0o700); err != nil {
		return "", fmt.Errorf("make the container's directory: %w", err)
	}
	err := r.writeResolvConf(c)
	if err == nil {
		err = r.sandbox.Prepare(&c.spec)
	}
	if err != nil {
		os.RemoveAll(r.containerDir(id))
		return "", fmt.Errorf("fill the container's file tree: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		os.RemoveAll(r.containerDir(id))
		return "", errClosed
	}
	r.containers[id] = c
	return id, nil
}

// StartContainer starts the container's process and opens its log file. A
// command that cannot be started leaves the container exited with code 128,
// reason StartError, and a start time of 1970, and is the returned error too.
func (r *Runtime) StartContainer(_ context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	c.starting.Lock()
	defer c.starting.Unlock()
	if c.removed {
		return notFound("container", id)
	}
	if got := c.currentState(); got != runtimeapi.ContainerState_CONTAINER_CREATED {
		return status.Errorf(codes.FailedPrecondition, "container %q is in state %s", id, got)
	}
	log, err := openLog(c.logPath)
	if err != nil {
		return c.failToStart(fmt.Errorf("open the container's log: %w", err))
	}
	spec := c.spec
	closeStdin := func() {}
	if c.config.GetStdin() {
		// Nobody can attach, so a container that asks for an open stdin waits for ever, as it does on a real node.
		var pw *io.PipeWriter
		spec.Stdin, pw = io.Pipe()
		closeStdin = func() { pw.Close() }
	}
	out, err := newOutput(log.stream("stdout"), log.stream("stderr"))
	if err != nil {
		log.close()
		return c.failToStart(fmt.Errorf("make the container's output pipes: %w", err))
	}
	spec.Stdout, spec.Stderr = out.stdout.w, out.stderr.w
	startedAt := time.Now()
	process, err := r.sandbox.Start(spec)
	out.started()
	if err != nil {
		closeStdin()
		out.wait()
		log.close()
		return c.failToStart(err)
	}
	c.mu.Lock()
	c.state = runtimeapi.ContainerState_CONTAINER_RUNNING
	c.process, c.log, c.startedAt = process, log, startedAt
	c.mu.Unlock()
	go func() {
		<-process.Done()
		closeStdin()
		out.wait()
		if err := log.close(); err != nil {
			r.log.Warn("Container output was lost", "container", c.config.GetMetadata().GetName(), "log", c.logPath, "err", err)
		}
		c.finish(process.Exit())
	}()
	return nil
}

// failToStart puts a container that never ran in its final state and returns err.
func (c *container) failToStart(err error) error {
	code := int32(128)
	if start, ok := errAsStart(err); ok {
		code = int32(start.Code)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = runtimeapi.ContainerState_CONTAINER_EXITED
	c.finishedAt = time.Now()
	c.exitCode, c.reason, c.message = code, reasonStartError, err.Error()
	close(c.exited)
	return err
}

// finish puts a container that ran in its final state.
func (c *container) finish(exit sandbox.Exit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = runtimeapi.ContainerState_CONTAINER_EXITED
	c.log = nil
	c.finishedAt = exit.At
	c.exitCode = int32(exit.Code)
	switch {
	case exit.OOMKilled:
		c.reason = reasonOOMKilled
	case exit.Code == 0:
		c.reason = reasonCompleted
	default:
		c.reason = reasonError
	}
	close(c.exited)
}

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
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.containers, id)
	return nil
}

// ReopenContainerLog lets a running container go on in a new log file, after
// the kubelet has moved the old one away.
func (r *Runtime) ReopenContainerLog(_ context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	c.mu.Lock()
	log := c.log
	c.mu.Unlock()
	if log == nil {
		return status.Errorf(codes.FailedPrecondition, "container %q is not running", id)
	}
	return log.reopen()
}

func (r *Runtime) container(id string) (*container, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.containers[id]
	if !ok {
		return nil, notFound("container", id)
	}
	return c, nil
}

func (c *container) currentState() runtimeapi.ContainerState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}
