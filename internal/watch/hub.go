// Package watch lists and watches the pods, Jobs, CronJobs and Events of a
// cluster, with one watch per resource however many runs there are, and hands
// each change to the sink of its namespace. On a cluster that has other users a
// [Hub] can be one for a single namespace, with the same guarantees: then nothing
// of any other namespace is asked for.
//
// Guarantees:
//   - Changes of one resource arrive in the API server's order, each once. The
//     resources' watches are independent: a Job may be seen Failed before its
//     last pod is seen ended.
//   - A watch that breaks resumes at the resource version at which it broke, and
//     nothing is lost or doubled. If the API server cannot resume there (410 Gone),
//     as after its restart, the resource is listed at each version since, and still
//     nothing is lost. If it does not have them any more, or they are too many, the
//     resource is listed once: each sink first gets a note ([timeline.NoteGap]),
//     then what can be found by comparing, in the order deletions by name, then
//     additions and modifications by resource version.
//   - Calls of one sink never overlap, though they come from several goroutines.
//     Sinks of different namespaces are called concurrently. A sink that blocks
//     delays every namespace.
//   - Events expire by themselves; their deletion is not delivered.
package watch

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/timeline"
)

// A Sink takes the changes of one namespace; a [timeline.Recorder] is one. A
// deletion that was found by listing again has only the object's name, namespace
// and uid, and an empty Row. A Sink must not keep or change the objects, nor
// call the Hub.
type Sink interface {
	Pod(timeline.Type, timeline.Row, *corev1.Pod)
	Job(timeline.Type, *batchv1.Job)
	CronJob(timeline.Type, *batchv1.CronJob)
	Event(timeline.Type, *corev1.Event)
	Note(timeline.Note)
}

// A Hub watches one cluster, or one namespace of it.
type Hub struct {
	client    kubernetes.Interface
	log       *slog.Logger
	resources []*resource

	established chan struct{}         // closed when all watches are
	refusal     atomic.Pointer[error] // what Refusal returns

	mu     sync.RWMutex
	routes map[string]*route // by namespace
}

// New returns a Hub for one namespace of a cluster, which need not be there yet,
// or for all of them if namespace is empty. It opens no connection.
func New(cfg *rest.Config, namespace string, log *slog.Logger) (*Hub, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.QPS = -1    // five requests, then streams
	cfg.Timeout = 0 // would end the streams
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("watch client: %w", err)
	}
	pods, err := pods(cfg, namespace)
	if err != nil {
		return nil, fmt.Errorf("watch client for pods: %w", err)
	}
	return &Hub{
		client: client,
		log:    log,
		resources: []*resource{
			pods,
			jobs(client, namespace),
			cronJobs(client, namespace),
			events(client, namespace),
		},
		established: make(chan struct{}),
		routes:      map[string]*route{},
	}, nil
}

// Run watches until ctx ends, and returns once all its goroutines have. It is
// called once. While the API server cannot be reached it keeps trying.
func (h *Hub) Run(ctx context.Context) error {
	var running, establishing sync.WaitGroup
	establishing.Add(len(h.resources))
	for _, r := range h.resources {
		var once sync.Once
		running.Go(func() {
			// After ctx has ended nobody waits for watches any more.
			h.follow(ctx, r, func() { once.Do(establishing.Done) })
			once.Do(establishing.Done)
		})
	}
	establishing.Wait()
	if ctx.Err() == nil {
		close(h.established)
	}
	running.Wait()
	return ctx.Err()
}

// Established is closed when every resource's watch is first established: what
// is applied afterwards is seen from its first version on.
func (h *Hub) Established() <-chan struct{} { return h.established }

// Refusal is the last error that a list or the start of a watch met, nil if
// there was none: why a Hub is not established, if it is not.
func (h *Hub) Refusal() error {
	if err := h.refusal.Load(); err != nil {
		return *err
	}
	return nil
}

// refused keeps an error for Refusal.
func (h *Hub) refused(what string, res *resource, err error) {
	err = fmt.Errorf("%s %s: %w", what, res.name, err)
	h.refusal.Store(&err)
}

// Route sends the changes of a namespace to s, from now on; what is already in
// the namespace is not sent, so a namespace is routed before it is created. It
// has at most one sink: a later Route replaces it. After unroute has returned s
// is not called any more.
func (h *Hub) Route(namespace string, s Sink) (unroute func()) {
	r := &route{sink: s, seen: map[*resource]*seen{}}
	for _, res := range h.resources {
		r.seen[res] = &seen{live: map[string]ref{}, deleted: map[string]bool{}}
	}
	h.mu.Lock()
	old := h.routes[namespace]
	h.routes[namespace] = r
	h.mu.Unlock()
	if old != nil {
		old.close()
	}
	return func() {
		h.mu.Lock()
		if h.routes[namespace] == r {
			delete(h.routes, namespace)
		}
		h.mu.Unlock()
		r.close()
	}
}

// route returns the route of a namespace, or nil.
func (h *Hub) route(namespace string) *route {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.routes[namespace]
}
