package run

import (
	"sync"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
)

// fakeCluster is a cluster whose status the test sets.
type fakeCluster struct {
	cluster.Cluster
	api    *fakeAPI
	shared bool

	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{}
}

func newFakeCluster(api *fakeAPI) *fakeCluster {
	return &fakeCluster{api: api, changed: make(chan struct{})}
}

func (f *fakeCluster) Info() cluster.Info {
	return cluster.Info{Backend: "embedded", Version: "v1.37.2", Shared: f.shared}
}

func (f *fakeCluster) Config() *rest.Config { return f.api.config() }

func (f *fakeCluster) Status() (cluster.Status, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status, f.changed
}

func (f *fakeCluster) set(s cluster.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = s
	close(f.changed)
	f.changed = make(chan struct{})
}
