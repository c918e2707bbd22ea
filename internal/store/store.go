// Package store keeps runs where they outlive the server.
package store

import (
	"context"
	"fmt"
	"io"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// Store is a history of runs.
type Store struct{}

// Run is a run that has ended, as it was kept. All methods may be called from any
// goroutine.
type Run struct {
	info run.Info
	log  *timeline.Log
	why  *explain.Live
}

// Info says how the run ended.
func (r *Run) Info() run.Info { return r.info }

// Log is the run's timeline.
func (r *Run) Log() *timeline.Log { return r.log }

// Why explains the run's timeline.
func (r *Run) Why() *explain.Live { return r.why }

// Stop does nothing: the run has ended.
func (r *Run) Stop(context.Context) error { return nil }

// Step is refused, since the run has ended.
func (r *Run) Step(context.Context, string) error {
	return fmt.Errorf("%w: the run has ended", run.ErrNotNow)
}

// Get returns a run that has ended, or [run.ErrNotFound].
func (s *Store) Get(id string) (*Run, error) {
	return nil, fmt.Errorf("run %q %w", id, run.ErrNotFound)
}

// Latest returns the latest runs of a learner, of a lab unless the slug is empty,
// the latest first, without their manifests.
func (s *Store) Latest(ctx context.Context, learner, slug string, limit int) ([]run.Info, error) {
	return nil, nil
}

// PodLog reads what was kept of a container's log, as [run.Run.PodLog] does.
func (r *Run) PodLog(ctx context.Context, pod, container string, previous, follow bool) (io.ReadCloser, error) {
	return nil, fmt.Errorf("pod %q %w", pod, run.ErrNotFound)
}
