package cri

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
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
	streams    *containerIO     // nil unless it runs or ran
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
		Mounts:   r.mounts(config),
		Argv:     argv(config, image),
		Env:      environment(config, image, p.config.GetHostname()),
		Dir:      config.GetWorkingDir(),
		Hostname: p.config.GetHostname(),
		Network:  p.host,
		User:     user(config.GetLinux().GetSecurityContext()),
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
	if r.closed || !p.ready {
		os.RemoveAll(r.containerDir(id))
		return "", status.Errorf(codes.FailedPrecondition, "pod sandbox %q was stopped", podID)
	}
	r.containers[id] = c
	return id, nil
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

// limits are what each process of the container may use now.
func (c *container) limits() sandbox.Limits {
	c.mu.Lock()
	defer c.mu.Unlock()
	return limits(c.resources.GetLinux())
}

func (c *container) currentState() runtimeapi.ContainerState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}
