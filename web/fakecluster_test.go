package web

import (
	"cmp"
	"context"
	"sync"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
)

// fakeCluster is in the state that the test sets.
type fakeCluster struct {
	version string // v1.37.2 if empty
	config  *rest.Config

	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{}
}

func (c *fakeCluster) Info() cluster.Info {
	return cluster.Info{Backend: "embedded", Version: cmp.Or(c.version, "v1.37.2")}
}

func (c *fakeCluster) Config() *rest.Config { return c.config }

func (c *fakeCluster) Kubeconfig() ([]byte, error) { return nil, nil }

func (c *fakeCluster) Close(context.Context) error { return nil }

func (c *fakeCluster) Status() (cluster.Status, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.changed
}

func (c *fakeCluster) set(s cluster.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = s
	close(c.changed)
	c.changed = make(chan struct{})
}
