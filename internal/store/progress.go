package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/joblab/joblab/internal/run"
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
	rows, err := s.db.read.QueryContext(ctx, `SELECT lab, best, runs, last_run, last_at FROM progress WHERE learner = ?`, learner)
	if err != nil {
		return nil, fmt.Errorf("read progress: %w", err)
	}
	defer rows.Close()
	all := map[string]Progress{}
	for rows.Next() {
		var (
			slug string
			p    Progress
			last sql.NullString
			at   int64
		)
		if err := rows.Scan(&slug, &p.Best, &p.Runs, &last, &at); err != nil {
			return nil, fmt.Errorf("read progress: %w", err)
		}
		p.LastRun, p.LastAt = last.String, timeOf(at)
		all[slug] = p
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read progress: %w", err)
	}
	return all, nil
}

// improve notes the outcome of a run, if it is the learner's best.
func improve(ctx context.Context, tx *sql.Tx, info run.Info) error {
	var best timeline.State
	err := tx.QueryRowContext(ctx, `SELECT best FROM progress WHERE learner = ? AND lab = ?`, info.Learner, info.Lab).Scan(&best)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // the learner has been forgotten meanwhile
	}
	if err != nil {
		return fmt.Errorf("read progress: %w", err)
	}
	if !info.Verdict.Outcome.Better(best) {
		return nil
	}
	_, err = tx.ExecContext(ctx, `UPDATE progress SET best = ? WHERE learner = ? AND lab = ?`, info.Verdict.Outcome, info.Learner, info.Lab)
	if err != nil {
		return fmt.Errorf("write progress: %w", err)
	}
	return nil
}
