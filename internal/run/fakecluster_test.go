package run

import (
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
)

// fakeCluster is a cluster whose status the test sets.
type fakeCluster struct {
	clustertest.Fake
	api    *fakeAPI
	shared bool
}

func (f *fakeCluster) Info() cluster.Info {
	return cluster.Info{Backend: "embedded", Version: "v1.37.2", Shared: f.shared}
}

func (f *fakeCluster) Config() *rest.Config { return f.api.config() }
