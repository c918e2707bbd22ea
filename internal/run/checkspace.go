package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
)

// checkKept is how long a namespace for checks is used. Then another takes its
// place, so that the time at which it expires need not be put off, which would
// take the right to change namespaces.
const checkKept = 12 * time.Hour

// errLost is why a generation ends whose cluster is not there any more.
var errLost = errors.New("the cluster was lost")

// checkSpace is the namespace in which the API server is asked whether it would
// create objects. It is made like that of a run, so that quota, limits and
// policies say there what they would say in a run, and nothing is ever created in
// it.
type checkSpace struct {
	client  kubernetes.Interface
	cluster cluster.Cluster
	log     *slog.Logger
	make    func() *namespace

	mu      sync.Mutex
	names   []string      // of those that are there or are being made
	name    string        // of the one to use; empty while there is none
	err     error         // why there is none, if making it failed
	changed chan struct{} // closed and replaced when one of these changes
	// missing holds a token when name was found not to be there.
	missing chan struct{}
}

// newCheckSpace returns the checkSpace of a generation; keep makes the namespace.
func (m *Manager) newCheckSpace(client kubernetes.Interface) *checkSpace {
	return &checkSpace{
		client:  client,
		cluster: m.cfg.Cluster,
		log:     m.cfg.Logger,
		make: func() *namespace {
			name := randomName(8)
			return &namespace{
				name:    "joblab-check-" + name,
				expires: m.cfg.Now().Add(2*checkKept + expirySlack),
				maxPods: m.cfg.MaxPods,
				labels:  map[string]string{labelManagedBy: fieldManager, labelCheck: name, labelInstance: m.cfg.Instance},
			}
		},
		changed: make(chan struct{}),
		missing: make(chan struct{}, 1),
	}
}

// keep sees to it that there is a namespace for checks, until ctx ends. Then it
// deletes it, unless the cluster was lost with it.
func (s *checkSpace) keep(ctx context.Context) {
	var current, old *namespace
	for {
		if !s.answering(ctx) {
			return // an API server that does not answer deletes nothing, either
		}
		next := s.make()
		s.set(func() { s.names = append(s.names, next.name) })
		wait := checkKept
		if err := s.create(ctx, next); err != nil {
			s.set(func() { s.err = err })
			s.remove(ctx, next)
			wait = retryAfter
		} else {
			current, old = next, current
			s.set(func() { s.name, s.err = next.name, nil })
		}
		select {
		case <-time.After(wait):
		case <-s.missing:
			s.set(func() { s.name = "" })
		case <-ctx.Done():
			s.remove(ctx, old, current)
			return
		}
		// Who checked in it when it was replaced has long ended.
		s.remove(ctx, old)
		old = nil
	}
}

// answering waits while the API server is known not to answer. It reports false
// when ctx ends first.
func (s *checkSpace) answering(ctx context.Context) bool {
	for {
		status, changed := s.cluster.Status()
		if status.State != cluster.Unreachable {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// remove deletes namespaces; nil stands for none.
func (s *checkSpace) remove(ctx context.Context, spaces ...*namespace) {
	if context.Cause(ctx) == errLost {
		return
	}
	for _, n := range spaces {
		if n == nil {
			continue
		}
		if err := deleteIfAnswering(ctx, s.cluster, s.client, n); err != nil {
			s.log.Warn("namespace not deleted", "namespace", n.name, "expires", n.expires, "err", err)
			continue
		}
		s.set(func() { s.names = slices.DeleteFunc(s.names, func(name string) bool { return name == n.name }) })
	}
}

func (s *checkSpace) create(ctx context.Context, space *namespace) error {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	if err := space.create(ctx, s.client); err != nil {
		return fmt.Errorf("make a namespace for checks: %w", err)
	}
	return nil
}

// use returns the name of the namespace when it is there. If ctx ends first, the
// error is why it could not be made: a cluster that has just started may not be
// able to for a moment.
func (s *checkSpace) use(ctx context.Context) (string, error) {
	for {
		s.mu.Lock()
		name, err, changed := s.name, s.err, s.changed
		s.mu.Unlock()
		if name != "" {
			return name, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return "", cmp.Or(err, fmt.Errorf("wait for the namespace for checks: %w", ctx.Err()))
		}
	}
}

// lost says that the namespace was not there, so that another is made.
func (s *checkSpace) lost() {
	select {
	case s.missing <- struct{}{}:
	default:
	}
}

// has reports whether a namespace is one of this server's for checks.
func (s *checkSpace) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.names, name)
}

func (s *checkSpace) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}
