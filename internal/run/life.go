package run

import (
	"context"
	"errors"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// prepareTimeout bounds the time from the namespace to the last applied object.
const prepareTimeout = 30 * time.Second

// retryAfter is how long to wait after the API server did not answer.
const retryAfter = time.Second

// ending is how a run ends.
type ending struct {
	state State
	note  timeline.Note
	// settled: what was seen is all that there will be, so every check is decided.
	settled bool
	// clear: something may still be at work, which is deleted at once.
	clear bool
}

// live takes the run from its namespace to its verdict. It ends early when ctx
// ends; the cause says why.
func (r *Run) live(ctx context.Context) {
	end := ending{}
	hub, stopWatching, err := r.gen.watch(ctx, r.space.name, r.seen)
	if err == nil {
		err = r.apply(ctx, hub)
	}
	if err != nil {
		end = r.failed(ctx, err)
	} else {
		end = r.follow(ctx, hub)
	}
	r.steps.close()
	if stopWatching != nil {
		stopWatching()
	}
	r.logs.freeze()

	verdict := r.rec.Seal(end.settled, end.note)
	finished := r.now()
	r.set(func(i *Info) {
		i.State, i.Reason, i.Verdict, i.FinishedAt = end.state, end.note.Text, &verdict, &finished
	})
	r.signalBegun()
	close(r.done)
	if end.clear {
		r.clear(ctx)
	}
}

// apply makes the namespace and, once it is watched, creates the manifest's
// objects in it, in their order. The first that is refused ends it.
func (r *Run) apply(ctx context.Context, hub hub) error {
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	if err := r.space.create(ctx, r.gen.client); err != nil {
		return err
	}
	if err := established(ctx, hub); err != nil {
		return err
	}
	r.rec.Begin(r.now())
	r.set(func(i *Info) { i.State = Running })
	r.signalBegun()
	for _, d := range r.docs {
		created, err := create(ctx, r.gen.client, d, r.space.name)
		if err != nil {
			return &applyError{d, r.lab.File, err}
		}
		r.seen.Note(timeline.Note{Code: timeline.NoteApplied, Text: created + " created"})
	}
	return nil
}

// applyError is an object that was not created.
type applyError struct {
	doc    *document
	source string
	err    error
}

// Error returns what kubectl would print.
func (e *applyError) Error() string { return printCreate(e.source, e.err) }

func (e *applyError) Unwrap() error { return e.err }

// failed says how a run ends that could not be applied.
func (r *Run) failed(ctx context.Context, err error) ending {
	if ctx.Err() != nil {
		return r.cutOff(ctx)
	}
	code := timeline.NoteInterrupted
	var refused *applyError
	if errors.As(err, &refused) {
		code = timeline.NoteRefused
	}
	return ending{state: Failed, note: timeline.Note{Code: code, Text: err.Error()}, clear: true}
}

// cutOff says how a run ends whose context has ended.
func (r *Run) cutOff(ctx context.Context) ending {
	cause := context.Cause(ctx)
	if cause == stopped {
		return ending{state: Stopped, note: timeline.Note{Code: timeline.NoteStopped, Text: cause.Error()}, clear: true}
	}
	return ending{state: Interrupted, note: timeline.Note{Code: timeline.NoteInterrupted, Text: cause.Error()}}
}

// signalBegun lets Start return. It is called by the run's goroutine only.
func (r *Run) signalBegun() {
	select {
	case <-r.begun:
	default:
		close(r.begun)
	}
}
