package embedded

import (
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/joblab/joblab/internal/cluster"
)

// board shows the status of a cluster to this process and, in a file, to others.
type board struct {
	path string

	mu      sync.Mutex
	current cluster.Status
	changed chan struct{}
	vers    string
	ended   error // why the last generation did
}

func newBoard(path string) *board {
	b := &board{path: path, changed: make(chan struct{})}
	b.set(func(s *cluster.Status) { s.State = cluster.Starting })
	return b
}

func (b *board) read() (cluster.Status, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current, b.changed
}

func (b *board) version() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.vers
}

func (b *board) starting(generation int) {
	b.set(func(s *cluster.Status) {
		s.Generation, s.Step = generation, "start the cluster's process"
	})
}

func (b *board) ready(version string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.vers = version
	b.setLocked(func(s *cluster.Status) { s.State, s.Step = cluster.Ready, "" })
}

// answering says whether the API server of a cluster that was ready answered.
func (b *board) answering(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err != nil && b.current.State == cluster.Ready:
		b.setLocked(func(s *cluster.Status) { s.State, s.Err = cluster.Unreachable, err })
	case err == nil && b.current.State == cluster.Unreachable:
		b.setLocked(func(s *cluster.Status) { s.State, s.Err = cluster.Ready, b.ended })
	}
}

func (b *board) lost(err error) {
	b.set(func(s *cluster.Status) {
		b.ended = err
		s.State, s.Step, s.Err = cluster.Restarting, "wait before a restart", err
		s.Restarts++
	})
}

// set changes the status and tells everyone.
func (b *board) set(change func(*cluster.Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setLocked(change)
}

func (b *board) setLocked(change func(*cluster.Status)) {
	before := b.current.State
	change(&b.current)
	if b.current.State != before {
		b.current.Since = time.Now()
	}
	close(b.changed)
	b.changed = make(chan struct{})
	b.publishLocked()
}

// published is the status file's content.
type published struct {
	PID        int           `json:"pid"` // of the supervisor
	Version    string        `json:"version,omitempty"`
	State      cluster.State `json:"state"`
	Generation int           `json:"generation"`
	Step       string        `json:"step,omitempty"`
	Err        string        `json:"error,omitempty"`
	Since      time.Time     `json:"since"`
	Restarts   int           `json:"restarts"`
}

// publishLocked writes the status file. Other processes can do without it for a
// while: an error is not worth ending the cluster for.
func (b *board) publishLocked() {
	s := b.current
	p := published{
		PID: os.Getpid(), Version: b.vers, State: s.State, Generation: s.Generation,
		Step: s.Step, Since: s.Since, Restarts: s.Restarts,
	}
	if s.Err != nil {
		p.Err = s.Err.Error()
	}
	if data, err := json.Marshal(p); err == nil {
		_ = writeFile(b.path, data)
	}
}

func (p published) status() cluster.Status {
	s := cluster.Status{
		State: p.State, Generation: p.Generation, Step: p.Step, Since: p.Since, Restarts: p.Restarts,
	}
	if p.Err != "" {
		s.Err = errors.New(p.Err)
	}
	return s
}
