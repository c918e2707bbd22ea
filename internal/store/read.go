package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// querier is a connection, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Get returns a run that has ended, or [run.ErrNotFound]. Those that were asked for
// last are remembered. What is read serves all who ask for the run at that time, so
// that nobody's context ends it.
func (s *Store) Get(id string) (*Run, error) {
	if r := s.past.get(id); r != nil {
		return r, nil
	}
	r, err, _ := s.load.Do(id, func() (any, error) { return s.read(s.life, id) })
	if err != nil {
		return nil, fmt.Errorf("read run %q: %w", id, err)
	}
	return r.(*Run), nil
}

func (s *Store) read(ctx context.Context, id string) (*Run, error) {
	// One transaction, so that the run is not forgotten in between.
	tx, err := s.db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	kept, err := readRun(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if kept.info.FinishedAt == nil {
		return nil, run.ErrNotFound
	}
	records, err := readRecords(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	log, err := timeline.RestoreRecords(records)
	if err != nil {
		return nil, err
	}
	objects, err := readObjects(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	r := &Run{info: kept.info, log: log, why: explain.Follow(log, kept.info.Manifest, kept.original), objects: objects, store: s}
	s.past.add(r)
	return r, nil
}

// keptRun is a row of a run.
type keptRun struct {
	info     run.Info
	original string
	checks   string
}

// columns are those of a run's Info, without its manifest.
const columns = `id, learner, lab, namespace, backend, version, state, reason, verdict, steps, started_at, finished_at`

// scanInfo reads these columns, and then others.
func scanInfo(row interface{ Scan(...any) error }, info *run.Info, others ...any) error {
	var (
		learner        sql.NullString
		verdict, steps []byte
		started        int64
		finished       sql.NullInt64
	)
	err := row.Scan(append([]any{
		&info.ID, &learner, &info.Lab, &info.Namespace, &info.Cluster.Backend, &info.Cluster.Version,
		&info.State, &info.Reason, &verdict, &steps, &started, &finished,
	}, others...)...)
	if err != nil {
		return err
	}
	info.Learner = learner.String
	info.StartedAt = timeOf(started)
	if finished.Valid {
		at := timeOf(finished.Int64)
		info.FinishedAt = &at
	}
	if err := json.Unmarshal(verdict, &info.Verdict); err != nil {
		return fmt.Errorf("verdict: %w", err)
	}
	if err := json.Unmarshal(steps, &info.Steps); err != nil {
		return fmt.Errorf("steps: %w", err)
	}
	return nil
}

func readRun(ctx context.Context, q querier, id string) (keptRun, error) {
	var k keptRun
	row := q.QueryRowContext(ctx, `SELECT `+columns+`, manifest, original, checks FROM runs WHERE id = ?`, id)
	err := scanInfo(row, &k.info, &k.info.Manifest, &k.original, &k.checks)
	if errors.Is(err, sql.ErrNoRows) {
		return k, run.ErrNotFound
	}
	return k, err
}

// readRecords reads a run's entries in order.
func readRecords(ctx context.Context, q querier, id string) ([]timeline.Record, error) {
	rows, err := q.QueryContext(ctx, `SELECT json FROM entries WHERE run = ? ORDER BY seq`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []timeline.Record
	for rows.Next() {
		var r timeline.Record
		if err := rows.Scan(&r.JSON); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(r.JSON, &r.Entry); err != nil {
			return nil, fmt.Errorf("entry %d: %w", len(records)+1, err)
		}
		records = append(records, r)
	}
	return records, rows.Err()
}
