// Package run takes a lab's manifest from Run to a verdict: it checks it, gives
// it a namespace of its own, applies it, records what happens there, and knows
// when nothing more can happen.
//
// Guarantees:
//   - A manifest that is refused leaves nothing behind: it is checked by the
//     rules of a run and by the API server (a strict dry run) before anything is
//     created. All problems are told at once, with path and line.
//   - Applying begins only after the watches are established and the namespace
//     is routed, so the timeline has every object from its first version on.
//   - A run ends once, with a sealed log whose last entry is the verdict: when it
//     has settled, when its condition holds, at its limit, when it is stopped, or
//     when the cluster is lost. Settled means that every Job is Complete or
//     Failed and every pod has ended, in what was seen and in what the API server
//     lists, and that all of that list has been seen.
//   - A run depends on nobody who looks at it: the context of the request that
//     started it does not end it.
//   - Every container's log is followed from its start; the last 256 KiB are kept
//     as long as the run is, whatever becomes of the pod.
//   - Namespaces of runs do not stay: they are deleted when a run has been kept,
//     at Close, or by whichever server comes next. Nothing is deleted in or with a
//     namespace that this program did not make, whatever its name.
//   - While the API server does not answer ([cluster.Unreachable]) runs go on, and
//     see what they have missed when it does again. Neither their limit nor a time
//     bound of their contract runs out unseen in that time.
//   - On a shared cluster ([cluster.Info]) only the namespaces of runs are watched.
//
// Runs are kept in memory, the latest [History] of those that have ended; others only
// if they are written down somewhere else, see Config.Store.
package run

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/watch"
)

const (
	// History is how many ended runs are remembered: as many as go on at once by
	// default, so that those of a class that begin and end together stay with their
	// namespaces.
	History = 30
	// maxUnstored is how many are, while they cannot be written down.
	maxUnstored = 200
	// EditedLimit is the least time that a run of a changed manifest has, and the
	// limit of a lab that sets none.
	EditedLimit = 5 * time.Minute

	// checkTimeout bounds the API server's check of a manifest.
	checkTimeout = 5 * time.Second
	// apiTimeout bounds a step of the clean-up.
	apiTimeout = 10 * time.Second
	// deleteAgain is how long to wait after a namespace could not be deleted.
	deleteAgain = time.Minute
	// expirySlack is added to the time for which a namespace may be needed.
	expirySlack = 5 * time.Minute
	// maxOutage is for how long in all the API server may not answer before a run
	// does not wait for it any more.
	maxOutage = 5 * time.Minute
)

// Config says how a Manager works. What is zero has the default given.
type Config struct {
	Cluster cluster.Cluster
	Logger  *slog.Logger     // slog.Default()
	MaxPods int              // at once in one run: 20
	Keep    time.Duration    // of a namespace after the run has ended: 30 minutes
	MaxRuns int              // at once: 30
	Now     func() time.Time // time.Now
	// Store, if there is one, is called with each run that begins, and writes it
	// down while it goes on. It must not block, and calls stored when all is
	// written, after the run is over (see [Run.Over]).
	Store func(r *Run, stored func())
	// Instance names the server among those that share a cluster, as the value of
	// a label. Namespaces that a server of this name has left behind are deleted
	// at once, those of others when they have expired. The default is random.
	Instance string
}

// Manager starts runs and keeps them.
type Manager struct {
	cfg    Config
	newHub func(cfg *rest.Config, namespace string, log *slog.Logger) (hub, error)
	runs   sync.WaitGroup // the runs' goroutines
	// checking holds a token for each manifest that Check is checking.
	checking chan struct{}

	mu     sync.Mutex
	closed bool
	// closing is closed by Close, so that Run returns.
	closing chan struct{}
	running sync.WaitGroup // Run
	gen     *generation    // nil while the cluster is not ready
	changed chan struct{}  // closed and replaced when gen or closed changes
	byID    map[string]*Run
	all     []*Run // in the order of their start
}

// New returns a Manager, which does nothing before its Run is called.
func New(cfg Config) (*Manager, error) {
	if cfg.Cluster == nil {
		return nil, errors.New("runs need a cluster")
	}
	if cfg.MaxPods < 0 || cfg.MaxRuns < 0 || cfg.Keep < 0 {
		return nil, fmt.Errorf("negative bounds of runs: %d pods, %d runs, kept for %s", cfg.MaxPods, cfg.MaxRuns, cfg.Keep)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Logger = cmp.Or(cfg.Logger, slog.Default())
	cfg.MaxPods = cmp.Or(cfg.MaxPods, 20)
	cfg.MaxRuns = cmp.Or(cfg.MaxRuns, 30)
	cfg.Keep = cmp.Or(cfg.Keep, 30*time.Minute)
	cfg.Instance = cmp.Or(cfg.Instance, randomName(16))
	return &Manager{
		cfg: cfg,
		newHub: func(c *rest.Config, namespace string, log *slog.Logger) (hub, error) {
			return watch.New(c, namespace, log)
		},
		checking: make(chan struct{}, maxChecks),
		closing:  make(chan struct{}),
		changed:  make(chan struct{}),
		byID:     make(map[string]*Run),
	}, nil
}

// add registers a run and starts it, if there is a place for it.
func (m *Manager) add(r *Run) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return ErrClosed
	case m.gen != r.gen:
		return ErrNotReady
	}
	if err := m.placeLocked(); err != nil {
		return err
	}
	m.byID[r.info.ID] = r
	m.all = append(m.all, r)
	m.forgetLocked()
	if m.cfg.Store != nil {
		m.cfg.Store(r, func() { m.stored(r) })
	}
	m.runs.Go(r.start)
	m.cfg.Logger.Info("run started", "run", r.info.ID, "lab", r.info.Lab, "namespace", r.space.name)
	return nil
}

// placeLocked says whether another run may go on.
func (m *Manager) placeLocked() error {
	active := 0
	wait := time.Minute
	now := m.cfg.Now()
	for _, r := range m.all {
		if !r.ended() {
			active++
			wait = min(wait, r.info.StartedAt.Add(r.limit).Sub(now))
		}
	}
	if active < m.cfg.MaxRuns {
		return nil
	}
	return ErrFull{RetryAfter: max(wait, time.Second).Round(time.Second)}
}

// stored says that all of a run is written down.
func (m *Manager) stored(r *Run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.stored = true
	m.forgetLocked()
}

// forgetLocked drops the oldest ended runs beyond those that are remembered. One
// that is written down elsewhere goes when all of it is, which releasing it brings
// about.
func (m *Manager) forgetLocked() {
	ended := 0
	for _, r := range m.all {
		if r.ended() {
			ended++
		}
	}
	beyond := ended - History // those that stay until they are written down among them
	m.all = slices.DeleteFunc(m.all, func(r *Run) bool {
		if beyond <= 0 || !r.ended() {
			return false
		}
		beyond--
		r.release()
		if m.cfg.Store != nil && !r.stored && ended <= maxUnstored {
			return false
		}
		ended--
		delete(m.byID, r.info.ID)
		return true
	})
}

// Get returns a run, or [ErrNotFound].
func (m *Manager) Get(id string) (*Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.byID[id]
	if r == nil {
		return nil, fmt.Errorf("run %q %w", id, ErrNotFound)
	}
	return r, nil
}

// List returns the remembered runs of a lab, those of all labs for "", the
// latest first.
func (m *Manager) List(slug string) []*Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	var runs []*Run
	for _, r := range slices.Backward(m.all) {
		if slug == "" || r.info.Lab == slug {
			runs = append(runs, r)
		}
	}
	return runs
}

// Close refuses new runs, interrupts those that are going on, deletes the
// namespaces of all, makes Run return, and waits for everything. If ctx ends
// first, it returns the context's error, and the rest ends by itself. Closing
// again waits again.
func (m *Manager) Close(ctx context.Context) error {
	m.mu.Lock()
	if !m.closed {
		m.closed = true
		m.signalLocked()
		for _, r := range m.all {
			r.end(shutDown)
			r.release()
		}
	}
	m.mu.Unlock()
	over := make(chan struct{})
	go func() {
		defer close(over)
		m.runs.Wait()
		m.mu.Lock()
		select {
		case <-m.closing:
		default:
			close(m.closing)
		}
		m.mu.Unlock()
		m.running.Wait()
	}()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for runs: %w", ctx.Err())
	}
}

// randomName returns n characters that may stand in a name or a label.
func randomName(n int) string { return strings.ToLower(rand.Text())[:n] }
