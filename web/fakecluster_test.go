package web

import (
	"cmp"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
)

// fakeCluster is in the state that the test sets.
type fakeCluster struct {
	clustertest.Fake
	version string // v1.37.2 if empty
	config  *rest.Config
}

func (c *fakeCluster) Info() cluster.Info {
	return cluster.Info{Backend: "embedded", Version: cmp.Or(c.version, "v1.37.2")}
}

func (c *fakeCluster) Config() *rest.Config { return c.config }
