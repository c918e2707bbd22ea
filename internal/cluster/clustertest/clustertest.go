// Package clustertest is the conformance suite of cluster backends: what package
// cluster promises, and what a run needs of any Kubernetes, shown on a real one.
package clustertest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/joblab/joblab/internal/cluster"
)

// limit bounds waiting; what is waited for comes much sooner.
const limit = 5 * time.Minute

// Run tests the backend whose clusters start starts. It starts one, which need
// not be ready, waits for it, works on it in a namespace of its own, and closes
// it.
func Run(t *testing.T, start func(testing.TB) cluster.Cluster) {
	c := start(t)
	t.Cleanup(func() { closeCluster(t, c) })
	status := waitReady(t, c)
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}

	t.Run("a cluster that is ready says what it is", func(t *testing.T) {
		if status.Generation < 1 || status.Step != "" || status.Err != nil || status.Since.IsZero() {
			t.Errorf("status %+v", status)
		}
		version, err := client.Discovery().ServerVersion()
		if err != nil {
			t.Fatal(err)
		}
		if info := c.Info(); info.Version != version.GitVersion || info.Backend == "" {
			t.Errorf("Info says %+v, the API server %s", info, version.GitVersion)
		}
	})
	t.Run("the configuration is a copy, without limits, and stays the same", func(t *testing.T) {
		config := c.Config()
		if config.QPS >= 0 {
			t.Errorf("QPS %v, want -1", config.QPS)
		}
		host := config.Host
		config.Host = "https://changed.invalid"
		if got := c.Config().Host; got != host {
			t.Errorf("host is %s after a caller changed its copy, want %s", got, host)
		}
	})
	t.Run("the kubeconfig has the same rights, and refers to no file", func(t *testing.T) { testKubeconfig(t, c) })
	t.Run("reading the status does not change it", func(t *testing.T) {
		_, changed := c.Status()
		var reading sync.WaitGroup
		for range 4 {
			reading.Go(func() {
				c.Status()
				c.Info()
				c.Config()
				_, _ = c.Kubeconfig()
			})
		}
		reading.Wait()
		select {
		case <-changed:
			status, _ := c.Status()
			t.Errorf("the status has become %+v", status)
		default:
		}
	})
	t.Run("a Job runs in a namespace, which goes with all in it", func(t *testing.T) { testJob(t, client) })
	t.Run("closing ends it for its users, and again is harmless", func(t *testing.T) {
		_, changed := c.Status()
		for range 2 {
			closeCluster(t, c)
		}
		select {
		case <-changed:
		default:
			t.Error("those who wait for the status are not told")
		}
		if status, _ := c.Status(); status.State != cluster.Closed {
			t.Errorf("the state is %s, want %s", status.State, cluster.Closed)
		}
		if _, err := cluster.WaitReady(t.Context(), c); !errors.Is(err, cluster.ErrClosed) {
			t.Errorf("WaitReady: %v, want %v", err, cluster.ErrClosed)
		}
	})
}

func waitReady(t *testing.T, c cluster.Cluster) cluster.Status {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	status, err := cluster.WaitReady(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func closeCluster(t *testing.T, c cluster.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

func testKubeconfig(t *testing.T, c cluster.Cluster) {
	file, err := c.Kubeconfig()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := clientcmd.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, user := range parsed.AuthInfos {
		if user.ClientCertificate != "" || user.ClientKey != "" || user.TokenFile != "" {
			t.Errorf("user %s refers to files", name)
		}
	}
	for name, where := range parsed.Clusters {
		if where.CertificateAuthority != "" {
			t.Errorf("cluster %s refers to a file", name)
		}
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := version.GitVersion, c.Info().Version; got != want {
		t.Errorf("it leads to %s, want %s", got, want)
	}
	removeNamespace(t, client, createNamespace(t, client))
}
