//go:build kind

package kind_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
	"github.com/joblab/joblab/internal/cluster/kind"
)

// ownName is the cluster that a test makes, breaks and deletes.
const ownName = "joblab-test"

// TestMain lets an API server that hangs be noticed soon.
func TestMain(m *testing.M) {
	os.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "1")
	os.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "1")
	os.Exit(m.Run())
}

// realKind says how make test-kind, which runs these tests, creates clusters.
func realKind(t *testing.T) kind.Config {
	t.Helper()
	return kind.Config{
		Dir:       t.TempDir(),
		NodeImage: os.Getenv("KIND_NODE_IMAGE"), File: os.Getenv("KIND_CONFIG"),
		Images: []string{clustertest.Image},
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// TestConformance shows what package cluster promises, on the cluster that the
// program uses.
func TestConformance(t *testing.T) {
	config := realKind(t)
	clustertest.Run(t, func(t testing.TB) cluster.Cluster {
		c, err := kind.Start(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
	if c, err := kind.Find(t.Context(), config); err != nil {
		t.Errorf("a closed cluster is gone: %v", err)
	} else {
		c.Close(t.Context())
	}
}

// TestLife takes a cluster of its own through creation, outages, a restart of the
// program and deletion, beside the cluster that the program uses.
func TestLife(t *testing.T) {
	config := realKind(t)
	config.Name = ownName
	t.Cleanup(func() {
		if err := kind.Delete(context.Background(), config); err != nil && !errors.Is(err, kind.ErrNotThere) {
			t.Error(err)
		}
	})
	before := clusters(t)
	if slices.Contains(before, ownName) {
		t.Fatalf("there is a cluster %s already", ownName)
	}
	if _, err := kind.Find(t.Context(), config); !errors.Is(err, kind.ErrNotThere) {
		t.Errorf("before it is created: %v, want %v", err, kind.ErrNotThere)
	}
	c := startKind(t, config)

	for _, outage := range []struct{ out, back, why string }{
		{"pause", "unpause", "is paused"},
		{"stop", "start", "is stopped"},
	} {
		docker(t, outage.out)
		waitUnreachable(t, c, outage.why)
		docker(t, outage.back)
		if status := clustertest.WaitFor(t, c, cluster.Ready); status.Generation != 1 || status.Err != nil {
			t.Errorf("after docker %s: %+v, want generation 1", outage.back, status)
		}
	}
	closeKind(t, c)

	docker(t, "stop")
	if _, err := kind.Find(t.Context(), config); err == nil || !strings.Contains(err.Error(), "is stopped") {
		t.Errorf("find a stopped cluster: %v", err)
	}
	c = startKind(t, config)

	if err := kind.Delete(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	waitUnreachable(t, c, "was deleted")
	closeKind(t, c)
	if err := kind.Delete(t.Context(), config); !errors.Is(err, kind.ErrNotThere) {
		t.Errorf("delete it again: %v, want %v", err, kind.ErrNotThere)
	}
	if left := clusters(t); slices.Contains(left, ownName) || slices.Contains(before, kind.DefaultName) != slices.Contains(left, kind.DefaultName) {
		t.Errorf("the clusters are %v, want those before without %s: %v", left, ownName, before)
	}
}

// TestCloseWhileCreating leaves nothing.
func TestCloseWhileCreating(t *testing.T) {
	config := realKind(t)
	config.Name = ownName
	c, err := kind.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	clustertest.WaitUntil(t, c, func(s cluster.Status) bool { return s.Step == "starting control-plane" || s.State != cluster.Starting })
	closeKind(t, c)
	if slices.Contains(clusters(t), ownName) {
		t.Error("the cluster is there")
	}
}

// waitUnreachable waits until the API server does not answer for the reason given.
// A container that is being stopped or deleted first goes through other states.
func waitUnreachable(t *testing.T, c cluster.Cluster, why string) {
	t.Helper()
	clustertest.WaitUntil(t, c, func(s cluster.Status) bool {
		return s.State == cluster.Unreachable && strings.Contains(s.Err.Error(), why)
	})
}

func startKind(t *testing.T, config kind.Config) cluster.Cluster {
	t.Helper()
	c, err := kind.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeKind(t, c) })
	clustertest.WaitFor(t, c, cluster.Ready)
	return c
}

func closeKind(t *testing.T, c cluster.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}

// docker does something to the only node.
func docker(t *testing.T, verb string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "docker", verb, ownName+"-control-plane").CombinedOutput(); err != nil {
		t.Fatalf("docker %s: %v\n%s", verb, err, out)
	}
}

// clusters are those that kind knows, of everyone.
func clusters(t *testing.T) []string {
	t.Helper()
	names, err := kindcluster.NewProvider(kindcluster.ProviderWithDocker()).List()
	if err != nil {
		t.Fatal(err)
	}
	return names
}
