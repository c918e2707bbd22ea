// Package access gives a run an identity of its own on the cluster: a
// ServiceAccount in the run's namespace that may do there what labs need, and
// nothing anywhere else. The page's console works as that identity, and so does
// the kubeconfig that a learner takes along.
//
// Guarantees:
//   - Nothing is created for a run before somebody asks for its identity. Those
//     who ask at once share one answer, and asking again is harmless.
//   - A token ends when the run's namespace expires, or ten minutes after it was
//     made if that is later, since the API server gives none for less. It is worth
//     nothing once the namespace is deleted, since its ServiceAccount is gone with
//     it.
//   - An identity that is returned works: the API server knows its rights.
//   - No credentials of the server's own are in an identity or a kubeconfig.
//   - Nothing is created outside the run's namespace. On a cluster on which the
//     server may not write roles, the identity gets the ClusterRole [RoleName],
//     which deploy/ brings; if that is missing too, the error is [ErrNotAllowed].
package access

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/rest"
)

// ErrNotAllowed is why there is no identity on a cluster that does not let the
// server make one.
var ErrNotAllowed = errors.New("the cluster does not let this server give a run an identity of its own")

const (
	// makeTimeout bounds the making of an identity.
	makeTimeout = 15 * time.Second
	// refreshBefore is how long before its end a token is replaced: time for a
	// command that goes on.
	refreshBefore = 10 * time.Minute
)

// Space is a run's namespace.
type Space struct {
	Name string
	// Expires is when nobody needs the namespace any more.
	Expires time.Time
}

// Identity is who a run's console and kubeconfig are on the cluster. It does not
// change.
type Identity struct {
	Namespace string
	Token     string
	// Expires is when the token does.
	Expires time.Time
}

// Config returns the configuration of a client with the identity's rights. Of the
// server's own it takes where the API server is and how to know it, and no more.
func (i Identity) Config(server *rest.Config) *rest.Config {
	cfg := rest.AnonymousClientConfig(server)
	cfg.ContentConfig = rest.ContentConfig{}
	cfg.BearerToken = i.Token
	cfg.QPS = -1
	cfg.RateLimiter = nil
	return cfg
}

// Identities makes identities and keeps them until they have expired.
type Identities struct {
	config func() *rest.Config
	shared func() bool
	now    func() time.Time

	mu     sync.Mutex
	spaces map[string]*slot // by namespace
}

// slot is where a namespace's identity is made, by one at a time.
type slot struct {
	turn    chan struct{} // holds a token while somebody makes it
	made    Identity      // guarded by turn
	expires time.Time     // of the namespace
}

// New returns identities on the cluster that config is of, whose client may make
// them. Shared says whether the cluster is somebody else's.
func New(config func() *rest.Config, shared func() bool) *Identities {
	return &Identities{config: config, shared: shared, now: time.Now, spaces: make(map[string]*slot)}
}

// Get returns the identity of a run's namespace, and makes it if it has none yet
// or its token ends soon. The error is [ErrNotAllowed], or the API server's: it is
// "not found" if the namespace is not there.
func (s *Identities) Get(ctx context.Context, space Space) (Identity, error) {
	slot := s.slot(space)
	select {
	case slot.turn <- struct{}{}:
	case <-ctx.Done():
		return Identity{}, ctx.Err()
	}
	defer func() { <-slot.turn }()
	if s.holds(slot.made, space) {
		return slot.made, nil
	}
	ctx, cancel := context.WithTimeout(ctx, makeTimeout)
	defer cancel()
	made, err := s.make(ctx, space)
	if err != nil {
		return Identity{}, fmt.Errorf("make an identity in namespace %s: %w", space.Name, err)
	}
	slot.made = made
	return made, nil
}

// slot returns where a namespace's identity is, and forgets those of namespaces
// that have expired.
func (s *Identities) slot(space Space) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for name, slot := range s.spaces {
		if slot.expires.Before(now) {
			delete(s.spaces, name)
		}
	}
	if s.spaces[space.Name] == nil {
		s.spaces[space.Name] = &slot{turn: make(chan struct{}, 1), expires: space.Expires}
	}
	return s.spaces[space.Name]
}

// holds reports whether an identity was made and lasts: a token may end soon if
// its namespace does.
func (s *Identities) holds(i Identity, space Space) bool {
	needed := s.now().Add(refreshBefore)
	if space.Expires.Before(needed) {
		needed = space.Expires.Add(-time.Minute)
	}
	return i.Token != "" && i.Expires.After(needed)
}
