package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// stepTimeout bounds the doing of a step.
const stepTimeout = 30 * time.Second

// StepState is how far a step is. It goes on, and never back, but for Doing if the
// API server did not answer.
type StepState string

// The states of a step.
const (
	StepWaiting StepState = "waiting" // its condition has not held yet
	StepReady   StepState = "ready"   // it can be done
	StepDoing   StepState = "doing"   // somebody does it
	StepDone    StepState = "done"
	StepRefused StepState = "refused" // the API server said no
	StepPassed  StepState = "passed"  // the run ended without it
)

// Step is a step of a lab in a run.
type Step struct {
	ID  string   `json:"id"`
	Say lab.Text `json:"say"`
	// Command is the kubectl command that does the same.
	Command string    `json:"command"`
	State   StepState `json:"state"`
	// Seq is the entry that tells that it was done or refused, and Message what
	// that says.
	Seq     timeline.Seq `json:"seq,omitempty"`
	Message string       `json:"message,omitempty"`
}

// steps are the steps of a run, in the order of the lab.
type steps struct {
	of  []lab.Step
	log *timeline.Log

	mu     sync.Mutex
	states []Step
	view   query.Run // of the entries before next
	next   timeline.Seq
	// turn counts what has been done, so that one can tell whether anything has
	// been since.
	turn   int
	closed bool
	doing  sync.WaitGroup
	// cancel ends what is being done; nil while nothing is. One step is done at a
	// time.
	cancel context.CancelFunc
}

func newSteps(of []lab.Step, log *timeline.Log) *steps {
	s := &steps{of: of, log: log}
	for _, step := range of {
		s.states = append(s.states, Step{ID: step.ID, Say: step.Say, Command: step.Do.Command(), State: StepWaiting})
	}
	return s
}

func (s *steps) list() []Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.states)
}

// update looks at what has been recorded since it was last called, and returns the
// steps whose condition has held for the first time.
func (s *steps) update() (ready []lab.Step) {
	if len(s.of) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, record := range s.log.Records()[s.next:] {
		s.next = record.Entry.Seq
		changed := s.view.Observe(&record.Entry)
		for i, step := range s.of {
			if s.states[i].State == StepWaiting && changed&step.When.LooksAt() != 0 && step.When.Holds(&s.view) {
				s.states[i].State = StepReady
				ready = append(ready, step)
			}
		}
	}
	return ready
}

// pending reports whether a step can be done, or is being done, and how many have
// been: the run does not settle before.
func (s *steps) pending() (pending bool, turn int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.states, func(step Step) bool { return step.State == StepReady || step.State == StepDoing }), s.turn
}

// begin says that a step is being done, until end.
func (s *steps) begin(id string, cancel context.CancelFunc) (lab.Step, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.of, func(step lab.Step) bool { return step.ID == id })
	switch {
	case i < 0:
		return lab.Step{}, fmt.Errorf("%w: %q", ErrNoStep, id)
	case s.closed:
		return lab.Step{}, fmt.Errorf("%w: the run has ended", ErrNotNow)
	case s.states[i].State != StepReady:
		return lab.Step{}, fmt.Errorf("%w: it is %s", ErrNotNow, s.states[i].State)
	case s.cancel != nil:
		return lab.Step{}, fmt.Errorf("%w: another one is being done", ErrNotNow)
	}
	s.states[i].State = StepDoing
	s.cancel = cancel
	s.doing.Add(1)
	return s.of[i], nil
}

// end says how a step ended; the timeline tells it by now.
func (s *steps) end(id string, state StepState, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.of, func(step lab.Step) bool { return step.ID == id })
	step := &s.states[i]
	step.State, step.Message = state, message
	for _, record := range slices.Backward(s.log.Records()) {
		if n := record.Entry.Note; state != StepReady && n != nil && n.Step == id && n.Code != timeline.NoteReady {
			step.Seq = record.Entry.Seq
			break
		}
	}
	s.turn++
	s.cancel = nil
	s.doing.Done()
}

// close lets no more steps be done, and waits for the one that is.
func (s *steps) close() {
	s.mu.Lock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.doing.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.states {
		if state := &s.states[i].State; *state == StepWaiting || *state == StepReady {
			*state = StepPassed
		}
	}
}

// Step does a step of the run's lab, once, and returns when it has been done. That
// the API server refuses it is a result, which Info and the timeline tell. The
// error is [ErrNoStep]; [ErrNotNow], also for one that has been done; or
// [ErrUnreachable] and others if the API server could not be asked, after which it
// can be tried again.
//
// A step that has begun is done to its end, though ctx may end before.
func (r *Run) Step(ctx context.Context, id string) error {
	if status, _ := r.cluster.Status(); status.State == cluster.Unreachable {
		return unreachable(status)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stepTimeout)
	defer cancel()
	step, err := r.steps.begin(id, cancel)
	if err != nil {
		return err
	}
	defer r.seen.wake()
	said, err := r.act(ctx, step.Do)
	note := timeline.Note{Code: timeline.NoteStep, Text: said, Step: id}
	state := StepDone
	if err != nil {
		var no *refusal
		if !errors.As(err, &no) {
			r.steps.end(id, StepReady, "")
			return fmt.Errorf("%w: do step %s: %w", ErrNotReady, id, err)
		}
		state = StepRefused
		note = timeline.Note{Code: timeline.NoteRefused, Text: no.text, Step: id, Path: no.path}
	}
	r.seen.Note(note)
	r.steps.end(id, state, note.Text)
	return nil
}
