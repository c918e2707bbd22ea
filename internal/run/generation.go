package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/watch"
)

// hub is what a run needs of [watch.Hub].
type hub interface {
	Run(ctx context.Context) error
	Established() <-chan struct{}
	Route(namespace string, s watch.Sink) (unroute func())
	Barrier(ctx context.Context, namespace string) ([]corev1.Pod, []batchv1.Job, error)
}

// generation is one cluster behind the configuration, with its watches.
type generation struct {
	client kubernetes.Interface
	hub    hub
}

// Run follows the cluster: while it is ready and its watches are established,
// runs can start; when it is lost, those that are going on are interrupted. It
// returns after Close, or with ctx's error when that ends first, which interrupts
// all runs as well. It is called once.
func (m *Manager) Run(ctx context.Context) error {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return nil
	}
	m.running.Add(1)
	m.mu.Unlock()
	defer m.running.Done()
	for {
		status, changed := m.cfg.Cluster.Status()
		var again <-chan time.Time
		if status.State == cluster.Ready {
			var wait time.Duration
			if err := m.runGeneration(ctx, status.Generation); err != nil {
				m.cfg.Logger.Error("cluster cannot be watched", "generation", status.Generation, "err", err)
				wait = retryAfter
			}
			again = time.After(wait)
		}
		select {
		case <-changed:
		case <-again:
		case <-m.closing:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// runGeneration watches one generation until it is lost, the manager is closed,
// or ctx ends. An error means that it could not be watched though it is there.
func (m *Manager) runGeneration(ctx context.Context, number int) error {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	gen, err := m.connect()
	if err != nil {
		return err
	}
	var failed error
	over := make(chan struct{})
	watching.Go(func() {
		defer close(over)
		failed = gen.hub.Run(ctx)
	})
	established := gen.hub.Established()
	for {
		status, changed := m.cfg.Cluster.Status()
		if status.State != cluster.Ready || status.Generation != number {
			m.lose(lost(status))
			return nil
		}
		select {
		case <-established:
			established = nil
			m.serve(gen)
			watching.Go(func() { m.sweep(ctx, gen.client) })
			m.cfg.Logger.Info("cluster watched", "generation", number)
		case <-changed:
		case <-over:
			if ctx.Err() != nil {
				m.lose(shutDown)
				return nil
			}
			m.lose(reason(fmt.Sprintf("The cluster is not watched any more: %v.", failed)))
			return failed
		case <-m.closing:
			return nil
		case <-ctx.Done():
			m.lose(shutDown)
			return nil
		}
	}
}

// connect returns the clients of a generation. Its watches are not running yet.
func (m *Manager) connect() (*generation, error) {
	cfg := m.cfg.Cluster.Config()
	cfg.UserAgent = fieldManager
	cfg.Timeout = 0 // would end the logs that are followed
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	hub, err := m.newHub(cfg, m.cfg.Logger)
	if err != nil {
		return nil, err
	}
	return &generation{client: client, hub: hub}, nil
}

// serve lets runs start.
func (m *Manager) serve(gen *generation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gen = gen
	m.signalLocked()
}

// lose lets no run start and interrupts those that are going on.
func (m *Manager) lose(why error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gen = nil
	m.signalLocked()
	for _, r := range m.all {
		r.end(why)
	}
}

// lost says why the runs of a generation cannot go on.
func lost(status cluster.Status) reason {
	if status.Err != nil {
		return reason(fmt.Sprintf("The cluster was lost: %v.", status.Err))
	}
	return reason(fmt.Sprintf("The cluster was lost: it is %s.", status.State))
}

// ready returns the generation in which a run can start now.
func (m *Manager) ready() (*generation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return nil, ErrClosed
	case m.gen == nil:
		return nil, ErrNotReady
	}
	return m.gen, m.placeLocked()
}

// Ready reports whether a run can start now, but for a place.
func (m *Manager) Ready() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.closed && m.gen != nil
}

// WaitReady waits until a run can start. It fails with [ErrClosed], with why the
// cluster failed, or when ctx ends. Run must have been called.
func (m *Manager) WaitReady(ctx context.Context) error {
	for {
		m.mu.Lock()
		closed, ready, changed := m.closed, m.gen != nil, m.changed
		m.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case ready:
			return nil
		}
		status, clusterChanged := m.cfg.Cluster.Status()
		if status.State == cluster.Failed {
			return fmt.Errorf("start cluster: %w", status.Err)
		}
		select {
		case <-changed:
		case <-clusterChanged:
		case <-ctx.Done():
			return fmt.Errorf("wait for the cluster: %w", ctx.Err())
		}
	}
}

// signalLocked wakes those who wait for the manager to be ready.
func (m *Manager) signalLocked() {
	close(m.changed)
	m.changed = make(chan struct{})
}
