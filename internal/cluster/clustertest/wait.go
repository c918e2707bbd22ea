package clustertest

import (
	"testing"
	"time"

	"github.com/joblab/joblab/internal/cluster"
)

// WaitFor follows a cluster until it is in a state, and returns its status. One that
// has failed comes to no other.
func WaitFor(t testing.TB, c cluster.Cluster, state cluster.State) cluster.Status {
	t.Helper()
	return WaitUntil(t, c, func(s cluster.Status) bool {
		if s.State == cluster.Failed && state != cluster.Failed {
			t.Fatalf("the cluster has failed: %v", s.Err)
		}
		return s.State == state
	})
}

// WaitUntil follows a cluster until done accepts its status, and returns it.
func WaitUntil(t testing.TB, c cluster.Cluster, done func(cluster.Status) bool) cluster.Status {
	t.Helper()
	limit := time.NewTimer(limit)
	defer limit.Stop()
	for {
		status, changed := c.Status()
		if done(status) {
			return status
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("the status is still %+v", status)
		}
	}
}
