package store

import (
	"context"
	"fmt"

	"github.com/joblab/joblab/internal/run"
)

// Latest returns the latest runs of a learner, of a lab unless the slug is empty,
// the latest first, without their manifests.
func (s *Store) Latest(ctx context.Context, learner, slug string, limit int) ([]run.Info, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+columns+` FROM runs WHERE learner = ? AND (? = '' OR lab = ?) ORDER BY started_at DESC LIMIT ?`, learner, slug, slug, limit)
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	defer rows.Close()
	var latest []run.Info
	for rows.Next() {
		var info run.Info
		if err := scanInfo(rows, &info); err != nil {
			return nil, fmt.Errorf("list runs: %w", err)
		}
		latest = append(latest, info)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return latest, nil
}
