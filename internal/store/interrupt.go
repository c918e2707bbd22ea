package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// cutOff is why a run ended whose server did not end it.
const cutOff = "The server ended in the middle of the run; what happened then is not known."

// interruptAll ends the runs that an earlier server has left in the middle.
func (s *Store) interruptAll(ctx context.Context) error {
	rows, err := s.db.write.QueryContext(ctx, `SELECT id FROM runs WHERE finished_at IS NULL`)
	if err != nil {
		return fmt.Errorf("find runs that did not end: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("find runs that did not end: %w", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find runs that did not end: %w", err)
	}
	for _, id := range ids {
		if err := s.interrupt(ctx, id); err != nil {
			return fmt.Errorf("end run %s: %w", id, err)
		}
		s.log.Warn("run interrupted: the server ended in the middle of it", "run", id)
	}
	return nil
}

// interrupt ends one run with what was written of it.
func (s *Store) interrupt(ctx context.Context, id string) error {
	return s.db.transact(ctx, func(tx *sql.Tx) error {
		kept, err := readRun(ctx, tx, id)
		if err != nil {
			return err
		}
		records, err := readRecords(ctx, tx, id)
		if err != nil {
			return err
		}
		var checks []string
		if err := json.Unmarshal([]byte(kept.checks), &checks); err != nil {
			return fmt.Errorf("read checks: %w", err)
		}
		end := timeline.Interrupt(timeline.Entries(records), checks, kept.info.StartedAt, timeline.Note{Code: timeline.NoteInterrupted, Text: cutOff})
		if err := insertEntries(ctx, tx, id, end); err != nil {
			return err
		}
		info := kept.info
		last := end[len(end)-1].Entry
		info.State, info.Reason, info.Verdict, info.FinishedAt = run.Interrupted, cutOff, last.Verdict, &last.At
		for i := range info.Steps {
			switch step := &info.Steps[i]; step.State {
			case run.StepWaiting, run.StepReady, run.StepDoing:
				step.State = run.StepPassed
			}
		}
		return endRun(ctx, tx, info)
	})
}
