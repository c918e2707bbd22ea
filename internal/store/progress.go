package store

import (
	"context"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// Progress is what a learner has done in one lab. It outlives the runs, of which
// the oldest are forgotten.
type Progress struct {
	// Best is the best outcome of a run: met, else diverged, else undecided; empty
	// if none has ended.
	Best timeline.State
	// Runs is how many were started.
	Runs int
	// LastRun is the id of the latest run; empty if that was forgotten. LastAt is
	// when it was started.
	LastRun string
	LastAt  time.Time
}

// Progress is what a learner has done, by the slugs of labs.
func (s *Store) Progress(ctx context.Context, learner string) (map[string]Progress, error) {
	return map[string]Progress{}, nil
}
