package embedded_test

import (
	"testing"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
	"github.com/joblab/joblab/internal/cluster/embedded"
)

// TestConformance shows what package cluster promises.
func TestConformance(t *testing.T) {
	clustertest.Run(t, func(t testing.TB) cluster.Cluster {
		c, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
}
