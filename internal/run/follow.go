package run

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// follow waits for the end of an applied run, and lets the judge know when its
// deadlines have come.
//
// What has not been seen must not be taken for what has not happened. Hence, when
// a deadline has come, the judge is told only after the API server has shown that
// nothing is missing; and after an outage the run is blind until then.
//
// A step that can be done keeps the run from settling, and so does what a step has
// done until it has been seen.
func (r *Run) follow(ctx context.Context, hub hub) ending {
	limit, patience := newAllowance(r.limit), newAllowance(maxOutage)
	limit.spend()
	defer limit.hold()
	defer patience.hold()
	tick := time.NewTimer(r.limit)
	defer tick.Stop()
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	defer asking.Wait()
	defer cancel()
	var (
		blind   bool // the API server did not answer, and what was missed has not all been seen
		due     bool // a deadline has come
		asked   bool
		answers = make(chan answer, 1)
	)
	for {
		pending, turn := r.pendingSteps()
		if r.rec.Done() {
			return ending{state: Finished, settled: true, clear: true,
				note: timeline.Note{Code: timeline.NoteUntil, Text: fmt.Sprintf("The condition that ends this run holds: %s.", r.lab.Run.Until)}}
		}
		status, clusterChanged := r.cluster.Status()
		answering := status.State != cluster.Unreachable
		if !answering && !blind {
			blind = true
			limit.hold()
			patience.spend()
			r.seen.Note(noteUnreachable(status))
		}
		if at, ok := r.rec.NextTick(); !due && ok {
			tick.Reset(at.Sub(r.now()))
		} else {
			tick.Stop()
		}
		if !asked && answering && (due || blind || !pending && r.seen.quiet()) {
			asked = true
			question := answer{due: due, blind: blind, turn: turn}
			asking.Go(func() { answers <- r.ask(ctx, hub, question) })
		}
		select {
		case <-r.seen.changed:
		case <-clusterChanged:
		case a := <-answers:
			asked = false
			if !a.seen {
				break
			}
			if a.blind {
				blind = false
				limit.spend()
				r.seen.Note(noteReachable(patience.hold()))
			}
			if a.due {
				due = false
				r.rec.Tick()
			}
			// What came in the meantime may have set things going again.
			if pending, turn := r.pendingSteps(); a.settled && !blind && !pending && turn == a.turn && r.seen.quiet() {
				return ending{state: Finished, settled: true,
					note: timeline.Note{Code: timeline.NoteSettled, Text: "Every Job and pod has ended; nothing can change any more."}}
			}
		case <-tick.C:
			due = true
		case <-limit.spent():
			return ending{state: Finished, clear: true,
				note: timeline.Note{Code: timeline.NoteLimit, Text: fmt.Sprintf("The run reached its limit of %s.", r.limit)}}
		case <-patience.spent():
			return ending{state: Interrupted,
				note: timeline.Note{Code: timeline.NoteInterrupted, Text: fmt.Sprintf("The API server did not answer for %s.", maxOutage)}}
		case <-ctx.Done():
			return r.cutOff(ctx)
		}
	}
}

// pendingSteps notes the steps that have become ready by what was seen, and says
// what [steps.pending] does.
func (r *Run) pendingSteps() (pending bool, turn int) {
	for _, step := range r.steps.update() {
		r.seen.Note(timeline.Note{Code: timeline.NoteReady, Text: step.Say.In(lab.Languages[0]), Step: step.ID})
	}
	return r.steps.pending()
}

// answer is what a barrier said, and why it was raised.
type answer struct {
	due, blind bool // as they were when it was raised
	turn       int  // how many steps had been done then
	seen       bool // everything that there was then has been seen
	settled    bool // and it is all at rest
}

// ask lists the pods and Jobs once more and waits until all that the lists show
// has been seen. They may not be at rest there though they are in what was seen: a
// Job may be seen Complete before a pod of it is seen at all.
func (r *Run) ask(ctx context.Context, hub hub, a answer) answer {
	pods, jobs, err := hub.Barrier(ctx, r.space.name)
	if err != nil {
		if status, _ := r.cluster.Status(); ctx.Err() == nil && status.State == cluster.Ready {
			r.log.Warn("barrier", "err", err)
		}
		// Ask again, though not at once.
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
		}
		return a
	}
	a.seen = true
	a.settled = !slices.ContainsFunc(pods, func(p corev1.Pod) bool { return podActive(&p) }) &&
		!slices.ContainsFunc(jobs, func(j batchv1.Job) bool { return r.seen.jobActive(&j) })
	return a
}
