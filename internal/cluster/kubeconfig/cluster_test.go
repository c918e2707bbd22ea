//go:build kind

package kubeconfig_test

import (
	"os"
	"testing"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
	"github.com/joblab/joblab/internal/cluster/kubeconfig"
)

// TestConformance shows what package cluster promises, on the cluster of the
// kubeconfig file JOBLAB_TEST_KUBECONFIG.
func TestConformance(t *testing.T) {
	file := os.Getenv("JOBLAB_TEST_KUBECONFIG")
	clustertest.Run(t, func(t testing.TB) cluster.Cluster {
		c, err := kubeconfig.Start(t.Context(), kubeconfig.Config{File: file})
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
}
