// Package controlplane is the control plane of the embedded cluster: etcd,
// kube-apiserver, the controllers of kube-controller-manager and kube-scheduler,
// all of Kubernetes' own code, in one process.
//
// It uses process-wide state of those components (feature gates, metrics, the
// version): a process can have one control plane, once.
//
//   - The API server listens on the listener it is given and nowhere else, with
//     TLS, and refuses anonymous requests. etcd listens on unix sockets in the
//     working directory, which must be private.
//   - Everything else is a client of the API server. Components are members of
//     system:masters: the roles that give them less are there only a second or
//     two after the API server.
package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster/embedded/pki"
)

// pollInterval is how often it is looked whether something has started that
// cannot be watched yet.
const pollInterval = 10 * time.Millisecond

// Config says what a control plane is started with.
type Config struct {
	EtcdDir     string       // made by Start
	Keys        pki.Keys     // of the whole cluster
	Listener    net.Listener // the API server's, on 127.0.0.1; closed in the end
	KubeletPort int          // on 127.0.0.1, where the API server calls the kubelet
	Privileged  bool         // pods may ask for privileged containers
}

// ControlPlane is etcd and the API server, running.
type ControlPlane struct {
	keys   pki.Keys
	etcd   *embed.Etcd
	api    *apiServer
	config *rest.Config // of the components
	stop   context.CancelCauseFunc
	done   chan struct{} // closed when the API server has ended
	err    error         // why; written before done is closed
}

// Start starts etcd and the API server. It returns when the API server answers
// requests; its /readyz may still say no. The caller must call Stop.
func Start(ctx context.Context, cfg Config) (*ControlPlane, error) {
	config, err := ClientConfig(cfg.Keys, cfg.Keys.Component(), cfg.Listener.Addr(), "joblab-controlplane")
	if err != nil {
		return nil, err
	}
	type etcdResult struct {
		etcd *embed.Etcd
		err  error
	}
	etcdStarted := make(chan etcdResult, 1)
	go func() {
		etcd, err := startEtcd(ctx, cfg.EtcdDir)
		etcdStarted <- etcdResult{etcd, err}
	}()
	// The API server outlives ctx: components say goodbye to it when ctx ends.
	serving, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	api, apiErr := newAPIServer(serving, cfg)
	started := <-etcdStarted
	if err := errors.Join(apiErr, started.err); err != nil {
		stop(err)
		if started.etcd != nil {
			started.etcd.Close()
		}
		return nil, err
	}
	c := &ControlPlane{
		keys:   cfg.Keys,
		etcd:   started.etcd,
		api:    api,
		config: config,
		stop:   stop,
		done:   make(chan struct{}),
	}
	go func() {
		defer close(c.done)
		c.err = api.run(serving)
	}()
	if err := c.waitFor(ctx, "/api/v1/nodes"); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// Wait waits until the API server has ended by itself, and returns why, or until
// ctx ends.
func (c *ControlPlane) Wait(ctx context.Context) error {
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return nil
	}
}

// Stop stops the API server, then etcd, and returns the error with which the API
// server ended, if any. Goroutines of both remain; the process should end soon.
func (c *ControlPlane) Stop() error {
	c.stop(errors.New("control plane was stopped"))
	<-c.done
	c.etcd.Close()
	return c.err
}

// WaitReady waits until the API server says that it is ready.
func (c *ControlPlane) WaitReady(ctx context.Context) error { return c.waitFor(ctx, "/readyz") }

// RunControllers runs the controllers until ctx ends. It calls synced when they
// know what is in the cluster.
func (c *ControlPlane) RunControllers(ctx context.Context, synced func()) error {
	material, err := c.keys.Read(c.keys.Component())
	if err != nil {
		return err
	}
	return runControllers(ctx, c.config, material.CA, synced)
}

// RunScheduler runs the scheduler until ctx ends. It calls synced when it knows
// what is in the cluster.
func (c *ControlPlane) RunScheduler(ctx context.Context, synced func()) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return fmt.Errorf("client of the scheduler: %w", err)
	}
	return runScheduler(ctx, client, synced)
}

// Bootstrap creates what every cluster has: first the priority classes, which
// takes some milliseconds, then it calls created, then the roles, which takes a
// second or two. If ctx ends meanwhile it returns, and the rest fails once the
// API server has stopped: Kubernetes' code for it knows no context.
func (c *ControlPlane) Bootstrap(ctx context.Context, created func()) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return fmt.Errorf("client of the bootstrap: %w", err)
	}
	if err := createPriorityClasses(ctx, client); err != nil {
		return err
	}
	created()
	ensured := make(chan error, 1)
	go func() { ensured <- c.api.ensureRoles(ctx) }()
	select {
	case err := <-ensured:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// WaitSchedulable waits until a pod could run on the node called name.
func (c *ControlPlane) WaitSchedulable(ctx context.Context, name string) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return fmt.Errorf("client that waits for the node: %w", err)
	}
	return wait.PollUntilContextCancel(ctx, pollInterval, true, func(ctx context.Context) (bool, error) {
		return schedulable(ctx, client, name)
	})
}

// waitFor waits until a GET of path answers 200. Other answers, and none, are
// normal while the API server starts.
func (c *ControlPlane) waitFor(ctx context.Context, path string) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return fmt.Errorf("client that waits for %s: %w", path, err)
	}
	return wait.PollUntilContextCancel(ctx, pollInterval, true, func(ctx context.Context) (bool, error) {
		select {
		case <-c.done:
			return false, fmt.Errorf("the API server ended before %s: %w", path, c.err)
		default:
		}
		var status int
		client.RESTClient().Get().AbsPath(path).Do(ctx).StatusCode(&status)
		return status == http.StatusOK, nil
	})
}
