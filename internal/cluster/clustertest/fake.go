package clustertest

import (
	"context"
	"sync"

	"github.com/joblab/joblab/internal/cluster"
)

// Fake is what is alike in tests' fakes of [cluster.Cluster], which embed it: its
// status is as the test sets it. All methods may be called at the same time.
type Fake struct {
	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{} // nil as long as nobody has asked
}

// Status implements [cluster.Cluster].
func (f *Fake) Status() (cluster.Status, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	return f.status, f.changed
}

// Set changes the status, and tells those who wait for that.
func (f *Fake) Set(s cluster.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = s
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// Kubeconfig implements [cluster.Cluster]; it is empty.
func (f *Fake) Kubeconfig() ([]byte, error) { return nil, nil }

// Close implements [cluster.Cluster]; it does nothing.
func (f *Fake) Close(context.Context) error { return nil }
