package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/expecttest"
	"github.com/joblab/joblab/internal/timeline"
)

// vanish lets the API server not answer any more, as far as anybody knows.
func (s *stage) vanish() {
	s.cluster.Set(cluster.Status{State: cluster.Unreachable, Generation: 1, Since: time.Now(), Err: errors.New("connection refused")})
	synctest.Wait()
}

// notes are the codes of a run's notes so far.
func notes(r *Run) []string {
	var codes []string
	for _, record := range r.Log().Records() {
		if n := record.Entry.Note; n != nil {
			codes = append(codes, n.Code)
		}
	}
	return codes
}

func wantNotes(t *testing.T, r *Run, want ...string) {
	t.Helper()
	if got := notes(r); !slices.Equal(got, want) {
		t.Errorf("got notes %q, want %q", got, want)
	}
}

func TestOutageIsToldAndWaitedFor(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		synctest.Wait()
		since := time.Now()
		s.vanish()
		wantNotes(t, r, timeline.NoteApplied, timeline.NoteUnreachable)

		_, err := s.Start(t.Context(), s.lab, nil)
		if !errors.Is(err, ErrUnreachable) || !errors.Is(err, ErrNotReady) ||
			!strings.Contains(err.Error(), clock(since)) || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("start in an outage: got %v, want ErrUnreachable with its time and reason", err)
		}
		if err := s.Ready(); !errors.Is(err, ErrUnreachable) {
			t.Errorf("ready in an outage: got %v, want ErrUnreachable", err)
		}

		// Longer than the run's limit, of which nothing goes by.
		pass(s.lab.Run.Limit + time.Minute)
		if r.ended() {
			t.Fatalf("the run ended in the outage: %+v", r.Info())
		}
		s.ready(1)
		pass(time.Minute)
		wantNotes(t, r, timeline.NoteApplied, timeline.NoteUnreachable)
		s.lists(nil, []batchv1.Job{*aJob("")}) // the barrier is passed
		synctest.Wait()
		wantNotes(t, r, timeline.NoteApplied, timeline.NoteUnreachable, timeline.NoteReachable)

		pass(s.lab.Run.Limit - time.Nanosecond)
		if r.ended() {
			t.Fatal("ended before its limit")
		}
		pass(time.Nanosecond)
		s.wantEnd(r, Finished, timeline.NoteLimit)
	})
}

func TestOutagesWithoutEndInterrupt(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.lists(nil, []batchv1.Job{*aJob("")})
		// Two outages count together.
		s.vanish()
		pass(time.Minute)
		s.ready(1)
		synctest.Wait()
		s.vanish()
		pass(maxOutage - time.Minute - time.Nanosecond)
		if r.ended() {
			t.Fatal("interrupted too early")
		}
		pass(time.Nanosecond)
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
	})
}

func TestOtherClusterAfterAnOutageInterrupts(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		synctest.Wait()
		s.vanish()
		s.ready(2)
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
		if want := "The cluster was lost: another one is in its place."; r.Info().Reason != want {
			t.Errorf("got reason %q, want %q", r.Info().Reason, want)
		}
	})
}

func TestRunThatSettledInAnOutage(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.vanish()
		sink.Job(timeline.Modified, aJob(batchv1.JobComplete))
		s.lists(nil, []batchv1.Job{*aJob(batchv1.JobComplete)})
		pass(time.Minute)
		if r.ended() {
			t.Fatal("the run ended while the API server did not answer")
		}
		s.ready(1)
		s.wantEnd(r, Finished, timeline.NoteSettled)
		wantNotes(t, r, timeline.NoteApplied, timeline.NoteUnreachable, timeline.NoteReachable, timeline.NoteSettled)
	})
}

// within is a contract with a time bound.
func within(t *testing.T) *expect.Contract {
	t.Helper()
	return expecttest.Parse(t, `[{id: done, job: {condition: Complete, within: 30s}}]`)
}

// TestDeadlineInAnOutage: whether the outage was noticed by then or not, a Job
// that was not seen Complete in time may have been.
func TestDeadlineInAnOutage(t *testing.T) {
	for name, noticed := range map[string]time.Duration{"noticed before": 10 * time.Second, "noticed after": 35 * time.Second} {
		t.Run(name, func(t *testing.T) {
			play(t, Config{}, func(t *testing.T, s *stage) {
				s.lab.Contract = within(t)
				s.ready(1)
				r, sink := s.begin()
				sink.Job(timeline.Added, aJob(""))
				s.hub.list(func(context.Context) ([]corev1.Pod, []batchv1.Job, error) {
					return nil, nil, errors.New("connection refused")
				})
				pass(noticed)
				s.vanish()
				pass(time.Minute)
				if got := r.rec.Log().Records(); slices.ContainsFunc(got, func(r timeline.Record) bool { return r.Entry.Verdict != nil }) {
					t.Fatalf("there is a verdict while nobody knows: %s", got[len(got)-1].JSON)
				}
				s.ready(1)
				sink.Job(timeline.Modified, aJob(batchv1.JobComplete))
				s.lists(nil, []batchv1.Job{*aJob(batchv1.JobComplete)})
				pass(2 * retryAfter)
				s.wantEnd(r, Finished, timeline.NoteSettled)
				if got := r.Info().Verdict; got.Outcome != timeline.Undecided {
					t.Errorf("got %+v, want it undecided", got)
				}
			})
		})
	}
}

// TestDeadlineIsDecidedOnWhatWasSeen: a deadline passes only when the API server
// has shown that nothing is missing.
func TestDeadlineIsDecidedOnWhatWasSeen(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Contract = within(t)
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		pass(31 * time.Second)
		if n := r.Log().Len(); n != 2 {
			t.Fatalf("got %d entries before the barrier was passed, want 2", n)
		}
		s.lists(nil, []batchv1.Job{*aJob("")})
		synctest.Wait()
		records := r.Log().Records()
		if v := records[len(records)-1].Entry.Verdict; v == nil || v.State != timeline.Diverged {
			t.Errorf("got %s last, want that the check diverged", records[len(records)-1].JSON)
		}
	})
}
