package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// tidy makes room after something was written. That it cannot is no reason not to
// go on.
func (s *Store) tidy(ctx context.Context) {
	if err := s.makeRoom(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("oldest runs not forgotten", "err", err)
	}
}

// makeRoom forgets the runs that ended first until the history is as small as it
// must be, and gives their space back.
func (s *Store) makeRoom(ctx context.Context) error {
	forgotten := 0
	for {
		used, err := s.used(ctx)
		if err != nil {
			return fmt.Errorf("measure the history: %w", err)
		}
		if used <= s.max {
			break
		}
		var id string
		err = s.db.write.QueryRowContext(ctx, `SELECT id FROM runs WHERE finished_at IS NOT NULL ORDER BY finished_at LIMIT 1`).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			break // all go on
		}
		if err != nil {
			return fmt.Errorf("find the oldest run: %w", err)
		}
		if _, err := s.db.write.ExecContext(ctx, `DELETE FROM runs WHERE id = ?`, id); err != nil {
			return fmt.Errorf("forget run %s: %w", id, err)
		}
		s.past.remove(id)
		forgotten++
	}
	if forgotten == 0 {
		return nil
	}
	s.log.Info("oldest runs forgotten", "runs", forgotten)
	if _, err := s.db.write.ExecContext(ctx, `PRAGMA incremental_vacuum`); err != nil {
		return fmt.Errorf("give space back: %w", err)
	}
	return nil
}

// used is how many bytes of the file are in use.
func (s *Store) used(ctx context.Context) (int64, error) {
	var used int64
	err := s.db.write.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&used)
	return used, err
}
