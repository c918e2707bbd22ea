package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

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
	unroute := r.gen.hub.Route(r.space.name, r.seen)
	end := ending{}
	if err := r.apply(ctx); err != nil {
		end = r.failed(ctx, err)
	} else {
		end = r.follow(ctx)
	}
	unroute()
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

// apply makes the namespace and creates the manifest's objects in it, in their
// order. The first that is refused ends it.
func (r *Run) apply(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	if err := r.space.create(ctx, r.gen.client); err != nil {
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

// follow waits for the end of an applied run, and lets the judge know when its
// deadlines have come.
func (r *Run) follow(ctx context.Context) ending {
	limit := time.NewTimer(r.limit)
	defer limit.Stop()
	tick := time.NewTimer(r.limit)
	defer tick.Stop()
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	defer asking.Wait()
	defer cancel()
	var asked bool
	settled := make(chan bool, 1)
	for {
		if r.rec.Done() {
			return ending{state: Finished, settled: true, clear: true,
				note: timeline.Note{Code: timeline.NoteUntil, Text: fmt.Sprintf("The condition that ends this run holds: %s.", r.lab.Run.Until)}}
		}
		if at, ok := r.rec.NextTick(); ok {
			tick.Reset(at.Sub(r.now()))
		} else {
			tick.Stop()
		}
		if !asked && r.seen.quiet() {
			asked = true
			asking.Go(func() { settled <- r.settled(ctx) })
		}
		select {
		case <-r.seen.changed:
		case yes := <-settled:
			asked = false
			// What came in the meantime may have set things going again.
			if yes && r.seen.quiet() {
				return ending{state: Finished, settled: true,
					note: timeline.Note{Code: timeline.NoteSettled, Text: "Every Job and pod has ended; nothing can change any more."}}
			}
		case <-tick.C:
			r.rec.Tick()
		case <-limit.C:
			return ending{state: Finished, clear: true,
				note: timeline.Note{Code: timeline.NoteLimit, Text: fmt.Sprintf("The run reached its limit of %s.", r.limit)}}
		case <-ctx.Done():
			return r.cutOff(ctx)
		}
	}
}

// signalBegun lets Start return. It is called by the run's goroutine only.
func (r *Run) signalBegun() {
	select {
	case <-r.begun:
	default:
		close(r.begun)
	}
}

// settled lists the pods and Jobs once more and waits until all that the lists
// show has been seen. It reports whether they are all at rest there, too: a Job
// may be seen Complete before a pod of it is seen at all.
func (r *Run) settled(ctx context.Context) bool {
	pods, jobs, err := r.gen.hub.Barrier(ctx, r.space.name)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Warn("barrier", "err", err)
		}
		// Ask again, though not at once.
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
		}
		return false
	}
	return !slices.ContainsFunc(pods, func(p corev1.Pod) bool { return podActive(&p) }) &&
		!slices.ContainsFunc(jobs, func(j batchv1.Job) bool { return !jobEnded(&j) })
}
