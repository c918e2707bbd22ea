package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// Judge notes how a lab went for a learner whose manifest was refused, so that there
// is no run of it.
func (s *Store) Judge(ctx context.Context, learner, slug string, verdict timeline.Verdict) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		now := nanos(time.Now())
		if _, err := tx.ExecContext(ctx, `INSERT INTO learners (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, learner, now); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO progress (learner, lab, best, runs, last_at) VALUES (?, ?, '', 0, ?) ON CONFLICT DO NOTHING`, learner, slug, now); err != nil {
			return err
		}
		return improve(ctx, tx, run.Info{Learner: learner, Lab: slug, Verdict: &verdict})
	})
	if err != nil {
		return fmt.Errorf("keep how lab %s went: %w", slug, means(err))
	}
	return nil
}

// Forget forgets a learner and all progress. The learner's runs stay, as nobody's.
func (s *Store) Forget(ctx context.Context, learner string) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		for _, change := range []string{
			`DELETE FROM progress WHERE learner = ?`,
			`UPDATE runs SET learner = NULL WHERE learner = ?`,
			`DELETE FROM learners WHERE id = ?`,
		} {
			if _, err := tx.ExecContext(ctx, change, learner); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget a learner: %w", means(err))
	}
	return nil
}
