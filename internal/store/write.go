package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// insertRun writes a run as it begins.
func insertRun(ctx context.Context, tx *sql.Tx, info run.Info, l *lab.Lab) error {
	original := ""
	if l != nil {
		original = string(l.Manifest)
	}
	checks, err := encode(checkIDs(l))
	if err != nil {
		return err
	}
	steps, err := encode(info.Steps)
	if err != nil {
		return err
	}
	learner := sql.NullString{String: info.Learner, Valid: info.Learner != ""}
	started := nanos(info.StartedAt)
	if learner.Valid {
		if _, err := tx.ExecContext(ctx, `INSERT INTO learners (id, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, learner, started); err != nil {
			return fmt.Errorf("write learner: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO runs (id, learner, lab, namespace, manifest, original, checks, backend, version, state, reason, verdict, steps, started_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'null', ?, ?)`,
		info.ID, learner, info.Lab, info.Namespace, info.Manifest, original, checks, info.Cluster.Backend, info.Cluster.Version, info.State, steps, started)
	if err != nil {
		return fmt.Errorf("write run: %w", err)
	}
	if !learner.Valid {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO progress (learner, lab, best, runs, last_run, last_at) VALUES (?, ?, '', 1, ?, ?)
		ON CONFLICT (learner, lab) DO UPDATE SET runs = progress.runs + 1, last_run = excluded.last_run, last_at = excluded.last_at`,
		learner, info.Lab, info.ID, started)
	if err != nil {
		return fmt.Errorf("write progress: %w", err)
	}
	return nil
}

// checkIDs are the ids of a lab's checks.
func checkIDs(l *lab.Lab) []string {
	ids := []string{}
	if l == nil || l.Contract == nil {
		return ids
	}
	for _, c := range l.Contract.Checks() {
		ids = append(ids, c.ID)
	}
	return ids
}

// updateRun writes how a run is in the middle.
func updateRun(ctx context.Context, tx *sql.Tx, id string, state run.State, steps string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE runs SET state = ?, steps = ? WHERE id = ?`, state, steps, id); err != nil {
		return fmt.Errorf("write run: %w", err)
	}
	return nil
}

// endRun writes how a run ended.
func endRun(ctx context.Context, tx *sql.Tx, info run.Info) error {
	verdict, err := encode(info.Verdict)
	if err != nil {
		return err
	}
	steps, err := encode(info.Steps)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE runs SET state = ?, reason = ?, verdict = ?, steps = ?, finished_at = ? WHERE id = ?`,
		info.State, info.Reason, verdict, steps, nanos(*info.FinishedAt), info.ID)
	if err != nil {
		return fmt.Errorf("write the end of a run: %w", err)
	}
	if info.Learner == "" {
		return nil
	}
	return improve(ctx, tx, info)
}

// insertEntries writes entries as they were sent.
func insertEntries(ctx context.Context, tx *sql.Tx, id string, records []timeline.Record) (err error) {
	if len(records) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO entries (run, seq, json) VALUES (?, ?, ?)`)
	if err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	defer insert.Close()
	for i := range records {
		if _, err := insert.ExecContext(ctx, id, int64(records[i].Entry.Seq), string(records[i].JSON)); err != nil {
			return fmt.Errorf("write entry %d: %w", records[i].Entry.Seq, err)
		}
	}
	return nil
}

// logKey names the log of one start of a container in a run.
type logKey struct{ pod, place, start int }

func keyOf(l run.ContainerLog) logKey { return logKey{l.PodNumber, l.Place, l.Start} }

// putLog writes a log, instead of what there was of it. That of a run which ended
// before, and has been forgotten since, is forgotten with it.
func putLog(ctx context.Context, tx *sql.Tx, id string, l run.ContainerLog) error {
	packed, err := compress(l.Text())
	if err != nil {
		return fmt.Errorf("compress log: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO logs (run, pod, number, place, container, init, start, gzip)
		SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM runs WHERE id = ?)
		ON CONFLICT (run, number, place, start) DO UPDATE SET gzip = excluded.gzip`,
		id, l.Pod, l.PodNumber, l.Place, l.Container, l.Init, l.Start, packed, id)
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return string(b), nil
}

func compress(b []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
