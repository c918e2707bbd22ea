package store

import (
	"context"
	"fmt"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// Run is a run that has ended, as it was kept. All methods may be called from any
// goroutine.
type Run struct {
	info    run.Info
	log     *timeline.Log
	why     *explain.Live
	objects []run.Object
	store   *Store
}

// Info says how the run ended.
func (r *Run) Info() run.Info { return r.info }

// Log is the run's timeline.
func (r *Run) Log() *timeline.Log { return r.log }

// Why explains the run's timeline, by the manifest that the lab had at that time.
func (r *Run) Why() *explain.Live { return r.why }

// Stop does nothing: the run has ended.
func (r *Run) Stop(context.Context) error { return nil }

// Step is refused, since the run has ended.
func (r *Run) Step(context.Context, string) error {
	return fmt.Errorf("%w: the run has ended", run.ErrNotNow)
}
