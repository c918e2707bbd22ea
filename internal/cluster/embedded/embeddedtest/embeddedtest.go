// Package embeddedtest gives other packages' tests an embedded cluster. A test
// binary that uses it must call Main from its TestMain: it is the executable of
// its own clusters' child processes.
package embeddedtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/child"
	"github.com/joblab/joblab/internal/sandbox"
)

// limit bounds how long a cluster may take to start or to stop in a test.
const limit = 2 * time.Minute

// Main runs the tests, or what the process was started for if that is something
// else. It does not return.
func Main(m *testing.M) {
	if sandbox.IsChild() {
		sandbox.Main()
	}
	if child.IsChild(os.Args) {
		if err := child.Main(context.Background(), os.Args[3:], os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Start starts a cluster of the test's own, waits until it is ready, and closes
// it when the test ends.
func Start(t testing.TB) cluster.Cluster {
	t.Helper()
	return StartIn(t, t.TempDir())
}

// StartIn is Start in a directory of the caller's.
func StartIn(t testing.TB, dir string) *embedded.Cluster {
	t.Helper()
	c, err := embedded.Start(t.Context(), embedded.Config{
		Dir:    dir,
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(t, c) })
	WaitReady(t, c)
	return c
}

// WaitReady waits until c is ready and returns its status then. If c does not
// become ready, the test fails with the end of its log.
func WaitReady(t testing.TB, c cluster.Cluster) cluster.Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	status, err := cluster.WaitReady(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// Close closes c. It is an error if that takes too long.
func Close(t testing.TB, c cluster.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}
