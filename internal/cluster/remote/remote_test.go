package remote_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
	"github.com/joblab/joblab/internal/cluster/remote"
)

// limit bounds waiting in tests; what is waited for comes much sooner.
const limit = time.Minute

// TestMain lets an API server that hangs be noticed soon. client-go keeps its
// transports, so this must come before the first of them.
func TestMain(m *testing.M) {
	os.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "1")
	os.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "1")
	os.Exit(m.Run())
}

// start follows an API server until the test ends.
func start(t *testing.T, a *api) *remote.Cluster {
	t.Helper()
	c := remote.Start(t.Context(), remote.Config{
		Info: cluster.Info{Backend: "test", Shared: true},
		Open: func(context.Context, func(string)) (remote.Access, error) {
			return remote.Access{Config: a.config(), Kubeconfig: []byte("kubeconfig")}, nil
		},
	})
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestReady(t *testing.T) {
	a := newAPI(t)
	c := start(t, a)
	status := clustertest.WaitFor(t, c, cluster.Ready)
	if status.Generation != 1 || status.Err != nil || status.Step != "" || status.Since.IsZero() {
		t.Errorf("status %+v", status)
	}
	if got, want := c.Info(), (cluster.Info{Backend: "test", Version: "v1.37.2", Shared: true}); got != want {
		t.Errorf("Info: got %+v, want %+v", got, want)
	}
	if got := c.Config(); got.Host != "https://"+a.address || got.QPS != -1 {
		t.Errorf("Config: host %s, QPS %v", got.Host, got.QPS)
	}
	if got, err := c.Kubeconfig(); string(got) != "kubeconfig" || err != nil {
		t.Errorf("Kubeconfig: %q, %v", got, err)
	}
}

// TestOutage takes the API server away in each way, and brings the same cluster
// or another back.
func TestOutage(t *testing.T) {
	restart := func(t *testing.T, a *api) { a.start(t) }
	for _, test := range []struct {
		name       string
		out, back  func(*testing.T, *api)
		why        error
		generation int
	}{
		{"it ends and starts again", func(_ *testing.T, a *api) { a.stop() }, restart, remote.ErrNoAnswer, 1},
		{"it hangs and goes on",
			func(_ *testing.T, a *api) { a.listener.freeze() },
			func(_ *testing.T, a *api) { a.listener.thaw() }, remote.ErrNoAnswer, 1},
		{"another cluster comes in its place",
			func(_ *testing.T, a *api) { a.stop(); a.set(func(a *api) { a.uid = "two" }) }, restart, remote.ErrNoAnswer, 2},
		{"the credentials expire and are renewed",
			func(_ *testing.T, a *api) { a.set(func(a *api) { a.status = 401 }); a.server.CloseClientConnections() },
			func(_ *testing.T, a *api) { a.set(func(a *api) { a.status = 0 }) }, remote.ErrUnauthorized, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t)
			c := start(t, a)
			clustertest.WaitFor(t, c, cluster.Ready)
			<-a.watched
			test.out(t, a)
			status := clustertest.WaitFor(t, c, cluster.Unreachable)
			if !errors.Is(status.Err, test.why) || status.Generation != 1 {
				t.Errorf("unreachable: generation %d, %v, want 1, %v", status.Generation, status.Err, test.why)
			}
			test.back(t, a)
			status = clustertest.WaitFor(t, c, cluster.Ready)
			if status.Generation != test.generation || status.Restarts != test.generation-1 {
				t.Errorf("ready again: %+v, want generation %d", status, test.generation)
			}
			if test.generation == 1 && status.Err != nil {
				t.Errorf("the same cluster is ready with %v", status.Err)
			}
		})
	}
}

// TestWatchThatEnds ends the watch as an API server does from time to time: that
// is no outage.
func TestWatchThatEnds(t *testing.T) {
	a := newAPI(t)
	c := start(t, a)
	clustertest.WaitFor(t, c, cluster.Ready)
	_, changed := c.Status()
	<-a.watched
	a.server.CloseClientConnections()
	select {
	case <-a.watched:
	case <-time.After(limit):
		t.Fatal("it is not watched again")
	}
	select {
	case <-changed:
		status, _ := c.Status()
		t.Errorf("the status changed to %+v", status)
	default:
	}
}

// TestWithoutTheRightToWatch notices an outage all the same.
func TestWithoutTheRightToWatch(t *testing.T) {
	a := newAPI(t)
	a.unwatched = true
	c := start(t, a)
	clustertest.WaitFor(t, c, cluster.Ready)
	<-a.watched
	a.stop()
	clustertest.WaitFor(t, c, cluster.Unreachable)
	a.start(t)
	if status := clustertest.WaitFor(t, c, cluster.Ready); status.Generation != 1 {
		t.Errorf("generation %d, want 1", status.Generation)
	}
}

func TestClose(t *testing.T) {
	a := newAPI(t)
	c := start(t, a)
	clustertest.WaitFor(t, c, cluster.Ready)
	for range 2 {
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if status, _ := c.Status(); status.State != cluster.Closed {
		t.Errorf("a closed cluster is %s", status.State)
	}
	if _, err := cluster.WaitReady(t.Context(), c); !errors.Is(err, cluster.ErrClosed) {
		t.Errorf("WaitReady: %v", err)
	}
}

// TestOpenThatFails stays failed until it is closed, and has no configuration.
func TestOpenThatFails(t *testing.T) {
	broken := errors.New("broken")
	c := remote.Start(t.Context(), remote.Config{
		Open: func(_ context.Context, step func(string)) (remote.Access, error) {
			step("break")
			return remote.Access{}, broken
		},
	})
	if status := clustertest.WaitFor(t, c, cluster.Failed); !errors.Is(status.Err, broken) || status.Generation != 0 || status.Step != "" {
		t.Errorf("status %+v", status)
	}
	if c.Config() != nil {
		t.Error("it has a configuration")
	}
	if file, err := c.Kubeconfig(); err == nil {
		t.Errorf("it has the kubeconfig %q", file)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCloseWhileOpening gives up waiting with the context's error, and later
// waits to the end.
func TestCloseWhileOpening(t *testing.T) {
	release, told := make(chan struct{}), make(chan struct{})
	c := remote.Start(t.Context(), remote.Config{
		Open: func(ctx context.Context, _ func(string)) (remote.Access, error) {
			<-ctx.Done()
			close(told)
			<-release
			return remote.Access{}, ctx.Err()
		},
	})
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Close(short); !errors.Is(err, context.Canceled) {
		t.Errorf("Close: %v", err)
	}
	<-told
	close(release)
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if status, _ := c.Status(); status.State != cluster.Closed || status.Err != nil {
		t.Errorf("status %+v", status)
	}
}
