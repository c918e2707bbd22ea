// Package cri is a container runtime behind the kubelet's own interface to one
// (k8s.io/cri-api): a container is a process of internal/sandbox, a pod is the
// bookkeeping that its containers share, and nothing is pulled, because the
// images are a catalogue that is part of the program.
//
// It decides what a container does and nothing else. Restart counts, back-offs,
// phases and grace periods are the kubelet's.
//
// Guarantees:
//
//   - A container is reported as exited only after all that it wrote is in its log file.
//   - Pods reach each other and the cluster's Services through package network of
//     internal/sandbox, and nothing else. The host is reached by no pod, and
//     reaches pods only through DialPod.
//   - A process that a caller runs in a container (ExecSync, Exec) ends with the container.
//   - Nothing survives Shutdown, and New removes what an earlier Runtime left in
//     the same directory.
//   - All methods may be called from several goroutines at once.
//
// The calls come from the same process, so errors are not sent over gRPC; they
// carry gRPC's status codes where the kubelet looks at those (not found).
package cri

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
	"github.com/joblab/joblab/internal/sandbox/network"
)

// runtimeName is what container IDs begin with in the API, as in "joblab://3f…".
const runtimeName = "joblab"

// runtimeVersion is the version of this runtime in the node's status.
const runtimeVersion = "1.0.0"

// Config is what a Runtime needs.
type Config struct {
	Dir     string          // containers' file trees are made in here; its content is removed by New and Shutdown
	Sandbox *sandbox.Runner // starts the containers' processes
	Logger  *slog.Logger    // for what no caller can be told, such as a log file that cannot be written
	Cluster network.Cluster // answers the pods' name lookups and says what is behind a Service
	// InMemory reports whether a path on the host is to be shown to containers as
	// a file system in memory; nil means that none is.
	InMemory func(path string) bool
}

// Runtime implements the kubelet's RuntimeService.
type Runtime struct {
	dir      string
	sandbox  *sandbox.Runner
	log      *slog.Logger
	streams  *streams
	fabric   *network.Fabric
	inMemory func(path string) bool

	mu         sync.Mutex
	closed     bool // Shutdown was called
	pods       map[string]*pod
	containers map[string]*container
	removed    map[string]removed // the last that were in containers
	addresses  addresses
}

var _ internalapi.RuntimeService = (*Runtime)(nil)

// New returns a runtime without pods that listens for exec streams on a free
// port of the loopback interface.
func New(cfg Config) (*Runtime, error) {
	if err := os.RemoveAll(cfg.Dir); err != nil {
		return nil, fmt.Errorf("remove left-over containers: %w", err)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the containers' directory: %w", err)
	}
	r := &Runtime{
		dir:        cfg.Dir,
		sandbox:    cfg.Sandbox,
		log:        cfg.Logger,
		fabric:     newFabric(cfg.Cluster),
		inMemory:   cfg.InMemory,
		pods:       make(map[string]*pod),
		containers: make(map[string]*container),
		removed:    make(map[string]removed),
		addresses:  newAddresses(),
	}
	s, err := newStreams(r)
	if err != nil {
		return nil, err
	}
	r.streams = s
	return r, nil
}

// errClosed is the answer to a kubelet that goes on after Shutdown.
var errClosed = status.Error(codes.Unavailable, "the container runtime was shut down")

// Shutdown kills every container, waits for their processes, closes the exec
// listener and removes the containers' file trees. No pod or container can be
// made or started afterwards. If ctx ends first, it returns the context's error
// with the rest undone.
func (r *Runtime) Shutdown(ctx context.Context) error {
	r.streams.close()
	r.mu.Lock()
	r.closed = true
	pods := slices.Collect(maps.Keys(r.pods))
	containers := slices.Collect(maps.Values(r.containers))
	r.mu.Unlock()
	for _, c := range containers {
		c.kill() // all at once; below each is waited for
	}
	for _, id := range pods {
		if err := r.RemovePodSandbox(ctx, id); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(r.dir); err != nil {
		return fmt.Errorf("remove the containers' directory: %w", err)
	}
	return nil
}

// Close does nothing: there is no connection to close. See Shutdown.
func (r *Runtime) Close(context.Context) error { return nil }

// Version names this runtime and the version of the interface that it speaks.
func (r *Runtime) Version(context.Context, string) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{
		Version:           "0.1.0", // of the kubelet's request, as every runtime answers
		RuntimeName:       runtimeName,
		RuntimeVersion:    runtimeVersion,
		RuntimeApiVersion: "v1",
	}, nil
}

// Status reports a runtime and a network that are ready, and one unnamed runtime handler.
func (r *Runtime) Status(context.Context, bool) (*runtimeapi.StatusResponse, error) {
	return &runtimeapi.StatusResponse{
		Status: &runtimeapi.RuntimeStatus{Conditions: []*runtimeapi.RuntimeCondition{
			{Type: runtimeapi.RuntimeReady, Status: true},
			{Type: runtimeapi.NetworkReady, Status: true},
		}},
		RuntimeHandlers: []*runtimeapi.RuntimeHandler{{Features: &runtimeapi.RuntimeHandlerFeatures{}}},
		Features:        &runtimeapi.RuntimeFeatures{},
	}, nil
}

// RuntimeConfig reports the cgroup driver that the kubelet assumes by default;
// containers have no cgroups of their own.
func (r *Runtime) RuntimeConfig(context.Context) (*runtimeapi.RuntimeConfigResponse, error) {
	return &runtimeapi.RuntimeConfigResponse{
		Linux: &runtimeapi.LinuxRuntimeConfiguration{CgroupDriver: runtimeapi.CgroupDriver_CGROUPFS},
	}, nil
}

// UpdateRuntimeConfig accepts the pod network's range and ignores it: addresses
// are from one range, whatever the Node object says.
func (r *Runtime) UpdateRuntimeConfig(context.Context, *runtimeapi.RuntimeConfig) error { return nil }

// newID returns an identifier as containerd makes them: 64 hexadecimal digits.
func newID() string {
	var b [32]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// containerDir is the directory of a container: its file tree, and files that are mounted into it.
func (r *Runtime) containerDir(id string) string { return filepath.Join(r.dir, id) }

func notFound(what, id string) error {
	return status.Errorf(codes.NotFound, "%s %q: not found", what, id)
}
