package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

const (
	// maxBatch is how many entries are written at once.
	maxBatch = 1000
	// The waits before what could not be written is tried again.
	firstRetry, lastRetry = time.Second, time.Minute
)

// Source is a run that goes on: a *[run.Run].
type Source interface {
	Info() run.Info
	Lab() *lab.Lab
	Log() *timeline.Log
	Logs() []run.ContainerLog
	Seen() []run.SeenObject
	Note(timeline.Note)
	Done() <-chan struct{}
	Over() <-chan struct{}
}

// Keep writes a run down from its beginning on, while it goes on, and calls kept
// when all of it is written. It does not block.
func (s *Store) Keep(r Source, kept func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.following.Go(func() {
		k := &keeper{store: s, run: r, id: r.Info().ID, logs: map[logKey]bool{}}
		if k.follow(s.life) {
			kept()
		}
	})
}

// keeper writes one run.
type keeper struct {
	store *Store
	run   Source
	id    string

	begun   bool
	entries int             // written
	logs    map[logKey]bool // written; true if they were at their end
	steps   string          // as written
	state   run.State
	told    bool // the run says that it is not kept
}

// follow writes the run to its end and reports whether all of it is written.
func (k *keeper) follow(ctx context.Context) bool {
	if !k.write(ctx, nil, nil) {
		return false
	}
	for record := range k.run.Log().Follow(ctx, 0) {
		if int(record.Entry.Seq) <= k.entries {
			continue // it was in a batch
		}
		// What has come while the last batch was written is the next one.
		batch := k.run.Log().Records()[k.entries:]
		batch = batch[:min(maxBatch, len(batch))]
		var end *run.Info
		if batch[len(batch)-1].Entry.Final() {
			// The last entries and how the run ended are one change.
			select {
			case <-k.run.Done():
			case <-ctx.Done():
				return false
			}
			info := k.run.Info()
			end = &info
		}
		if !k.write(ctx, batch, end) {
			return false
		}
	}
	if ctx.Err() != nil {
		return false
	}
	// Containers that did not end with the run go on for as long as its namespace.
	select {
	case <-k.run.Over():
	case <-ctx.Done():
		return false
	}
	return k.write(ctx, nil, nil)
}

// write writes what is new of the run: a batch of its entries, its logs that have
// ended, and how it ended if it did. It tries until it can, and reports false if it
// cannot any more.
func (k *keeper) write(ctx context.Context, batch []timeline.Record, end *run.Info) bool {
	wait := firstRetry
	for {
		last := isClosed(k.store.hurry)
		err := k.tryWrite(ctx, batch, end)
		switch {
		case err == nil:
			k.store.tidy(ctx)
			return true
		case ctx.Err() != nil:
			return false
		}
		k.tell(means(err))
		if last {
			k.store.log.Error("run not kept", "run", k.id, "entries", k.entries, "err", err)
			return false
		}
		select {
		case <-time.After(wait):
		case <-k.store.hurry:
		case <-ctx.Done():
			return false
		}
		wait = min(2*wait, lastRetry)
	}
}

// tell says once that the run is not kept, to the learner and in the server's log.
func (k *keeper) tell(err error) {
	if k.told {
		return
	}
	k.told = true
	k.store.log.Warn("run cannot be written to the history", "run", k.id, "err", err)
	k.run.Note(timeline.Note{Code: timeline.NoteNotKept, Text: "This run cannot be written to the history now: " + err.Error()})
}

// tryWrite does it in one transaction.
func (k *keeper) tryWrite(ctx context.Context, batch []timeline.Record, end *run.Info) error {
	info := k.run.Info()
	steps, err := encode(info.Steps)
	if err != nil {
		return err
	}
	over := isClosed(k.run.Over()) // before the logs are looked at, which grow until then
	var logs []run.ContainerLog
	for _, l := range k.run.Logs() {
		if !k.logs[keyOf(l)] && (l.Ended || end != nil || over) {
			logs = append(logs, l)
		}
	}
	err = k.store.db.transact(ctx, func(tx *sql.Tx) error {
		if !k.begun {
			if err := insertRun(ctx, tx, info, k.run.Lab()); err != nil {
				return err
			}
		}
		if err := insertEntries(ctx, tx, k.id, batch); err != nil {
			return err
		}
		for _, l := range logs {
			if err := putLog(ctx, tx, k.id, l); err != nil {
				return err
			}
		}
		switch {
		case end != nil:
			if err := insertObjects(ctx, tx, k.id, k.run.Seen()); err != nil {
				return err
			}
			return endRun(ctx, tx, *end)
		case k.begun && (steps != k.steps || info.State != k.state) && info.FinishedAt == nil:
			return updateRun(ctx, tx, k.id, info.State, steps)
		}
		return nil
	})
	if err != nil {
		return err
	}
	k.begun = true
	k.entries += len(batch)
	k.steps, k.state = steps, info.State
	for _, l := range logs {
		k.logs[keyOf(l)] = l.Ended || over
	}
	return nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
