// Package remote follows a cluster that other processes run: all that is known of
// it is its API server's address and who may come in. The backends kind and
// kubeconfig differ in how they come by these.
//
// Guarantees, besides those of package cluster:
//   - A cluster is Ready only if its API server has said who it is, and is of a
//     version that the program knows (from [MinVersion] on).
//   - An API server that ends, cannot be reached or hangs makes the cluster
//     Unreachable without being asked, and Ready again when it answers. Noticing
//     depends on a watch, not on asking again and again; an API server that is
//     there but hangs is noticed by the pings of HTTP/2, whose times client-go
//     takes from the environment (HTTP2_READ_IDLE_TIMEOUT_SECONDS and
//     HTTP2_PING_TIMEOUT_SECONDS).
//   - The same cluster keeps its generation through that. Clusters are told apart
//     by the UID of the namespace kube-system.
//   - Nothing is written to the cluster. It takes the rights to get and watch the
//     namespace kube-system; without the latter, it is asked every few seconds.
package remote

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
)

// errNotOpen is why there is no kubeconfig yet.
var errNotOpen = errors.New("the cluster is not ready yet")

// Access is a way into a cluster.
type Access struct {
	Config     *rest.Config
	Kubeconfig []byte // the same for kubectl; refers to no other file
}

// Config says which cluster is followed.
type Config struct {
	Info   cluster.Info // all but the version
	Logger *slog.Logger // default: none
	// Open finds the cluster, or makes it; step tells what it is doing. When the
	// cluster is closed its context ends.
	Open func(ctx context.Context, step func(string)) (Access, error)
	// Explain adds to the reason for which the API server does not answer what
	// the backend knows of it; nil: nothing.
	Explain func(ctx context.Context, err error) error
}

// Cluster is a cluster that is followed.
type Cluster struct {
	config Config
	stop   context.CancelFunc
	done   chan struct{} // closed when nothing of the following is left

	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{}
	info    cluster.Info
	access  Access
	uid     string // of the cluster that answered last
}

var _ cluster.Cluster = (*Cluster)(nil)

// Start opens the cluster in the background and follows it until Close. The
// values of ctx are kept, its end is not.
func Start(ctx context.Context, config Config) *Cluster {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Explain == nil {
		config.Explain = func(_ context.Context, err error) error { return err }
	}
	c := &Cluster{config: config, done: make(chan struct{}), changed: make(chan struct{}), info: config.Info}
	c.set(func(s *cluster.Status) { s.State = cluster.Starting })
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(c.done)
		if err := c.run(ctx); ctx.Err() == nil {
			c.set(func(s *cluster.Status) { s.State, s.Step, s.Err = cluster.Failed, "", err })
		}
		<-ctx.Done()
		c.set(func(s *cluster.Status) { s.State, s.Step = cluster.Closed, "" })
	}()
	return c
}

// run opens the cluster and follows it until ctx ends, or it cannot be opened.
func (c *Cluster) run(ctx context.Context) error {
	access, err := c.config.Open(ctx, c.step)
	if err != nil {
		return err
	}
	client, err := newClient(access.Config)
	if err != nil {
		return err
	}
	c.step("ask the API server who it is")
	first, cancel := context.WithTimeout(ctx, firstLimit)
	defer cancel()
	server, err := client.ask(first)
	if err != nil {
		return c.config.Explain(ctx, err)
	}
	c.open(access)
	c.ready(server)
	c.follow(ctx, client, server)
	return ctx.Err()
}

// Info says which backend it is, and the version that the API server said last.
func (c *Cluster) Info() cluster.Info {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info
}

// Config returns the configuration of a client, nil before the first Ready.
func (c *Cluster) Config() *rest.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.access.Config == nil {
		return nil
	}
	return rest.CopyConfig(c.access.Config)
}

// Kubeconfig returns the same as a file.
func (c *Cluster) Kubeconfig() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.access.Kubeconfig == nil {
		return nil, errNotOpen
	}
	return slices.Clone(c.access.Kubeconfig), nil
}

// Status returns the status now, and a channel that is closed when it changes.
func (c *Cluster) Status() (cluster.Status, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.changed
}

// Close lets go of the cluster, which stays as it is.
func (c *Cluster) Close(ctx context.Context) error {
	c.stop()
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("let go of the cluster: %w", ctx.Err())
	}
}

// open makes the way into the cluster known.
func (c *Cluster) open(access Access) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.access = Access{Config: rest.CopyConfig(access.Config), Kubeconfig: slices.Clone(access.Kubeconfig)}
	c.access.Config.QPS = -1
}

// step says what is being done while the cluster starts.
func (c *Cluster) step(what string) {
	c.config.Logger.Info("cluster starts", "backend", c.config.Info.Backend, "step", what)
	c.set(func(s *cluster.Status) { s.Step = what })
}

// set changes the status and tells everyone.
func (c *Cluster) set(change func(*cluster.Status)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.status.State
	change(&c.status)
	if c.status.State != before {
		c.status.Since = time.Now()
	}
	close(c.changed)
	c.changed = make(chan struct{})
}
