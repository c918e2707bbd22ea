package run

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/watch"
)

// hub is what a run needs of [watch.Hub].
type hub interface {
	Run(ctx context.Context) error
	Established() <-chan struct{}
	Refusal() error
	Route(namespace string, s watch.Sink) (unroute func())
	Barrier(ctx context.Context, namespace string) ([]corev1.Pod, []batchv1.Job, error)
}

// generation is one cluster behind the configuration, with its watches.
type generation struct {
	client kubernetes.Interface
	// all watches all namespaces of a cluster of our own. It is nil on a shared
	// cluster, where each run has a hub of its namespace, made by one.
	all    hub
	one    func(namespace string) (hub, error)
	checks *checkSpace
}

// watch routes the changes of a namespace to a sink, until stop is called. The
// watches may not be established yet when it returns.
//
// A hub of one namespace begins before the namespace is there. Its rights do not
// depend on the namespace, the list of one that is not there is empty, and so the
// watches are established while the namespace is prepared and cost the run no
// time of its own.
func (g *generation) watch(ctx context.Context, namespace string, s watch.Sink) (h hub, stop func(), err error) {
	if g.all != nil {
		return g.all, g.all.Route(namespace, s), nil
	}
	if h, err = g.one(namespace); err != nil {
		return nil, nil, err
	}
	unroute := h.Route(namespace, s)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var watching sync.WaitGroup
	watching.Go(func() { _ = h.Run(ctx) }) // returns the context's error
	return h, func() {
		unroute()
		cancel()
		watching.Wait()
	}, nil
}

// established waits until a hub is. If ctx ends first, the error says what stood
// in the way.
func established(ctx context.Context, h hub) error {
	select {
	case <-h.Established():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("watch the namespace: %w", cmp.Or(h.Refusal(), ctx.Err()))
	}
}

// Run follows the cluster: while it is ready and its watches are established,
// runs can start; while it is unreachable, none can, and those that are going on
// wait for it; when it is lost, they are interrupted. It returns after Close, or with ctx's error when that ends first, which interrupts
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
		select {
		case <-m.closing: // while a generation was watched
			return nil
		default:
		}
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
	ctx, cancel := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel(nil)
	gen, err := m.connect()
	if err != nil {
		return err
	}
	watching.Go(func() { gen.checks.keep(ctx) })
	var failed error
	over := make(chan struct{})
	watched := make(chan struct{})
	close(watched) // on a shared cluster there is nothing to wait for
	established := (<-chan struct{})(watched)
	if gen.all != nil {
		watching.Go(func() {
			defer close(over)
			failed = gen.all.Run(ctx)
		})
		established = gen.all.Established()
	}
	for {
		status, changed := m.cfg.Cluster.Status()
		if there := status.State == cluster.Ready || status.State == cluster.Unreachable; !there || status.Generation != number {
			m.lose(lost(status))
			cancel(errLost)
			return nil
		}
		select {
		case <-established:
			established = nil
			m.serve(gen)
			watching.Go(func() { m.sweep(ctx, gen) })
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
	gen := &generation{
		client: client,
		one:    func(namespace string) (hub, error) { return m.newHub(cfg, namespace, m.cfg.Logger) },
		checks: m.newCheckSpace(client),
	}
	if !m.cfg.Cluster.Info().Shared {
		if gen.all, err = gen.one(metav1.NamespaceAll); err != nil {
			return nil, err
		}
	}
	return gen, nil
}
