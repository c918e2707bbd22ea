package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/timeline"
)

func TestJudge(t *testing.T) {
	s := open(t, t.TempDir())
	for i, outcome := range []timeline.State{timeline.Diverged, timeline.Met, timeline.Diverged} {
		if err := s.Judge(t.Context(), "me", "refused", timeline.Verdict{Outcome: outcome}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Progress(t.Context(), "me")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]Progress{"refused": {Best: []timeline.State{timeline.Diverged, timeline.Met, timeline.Met}[i]}}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Progress{}, "LastAt")); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", outcome, diff)
		}
	}
}

// TestForget forgets a learner while a run goes on, which is kept all the same.
func TestForget(t *testing.T) {
	s := open(t, t.TempDir())
	keepWhole(t, s, "one", "me", 1, 0)
	keepWhole(t, s, "theirs", "you", 1, 0)
	r := begin(t, "two", "me")
	kept := keep(s, r)
	r.apply()
	waitFor(t, s, "two", r.Log().Len())
	if err := s.Forget(t.Context(), "me"); err != nil {
		t.Fatal(err)
	}
	r.settle()
	close(r.over)
	<-kept
	for learner, want := range map[string]int{"me": 0, "you": 1} {
		progress, err := s.Progress(t.Context(), learner)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := s.Latest(t.Context(), learner, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(progress) != want || len(runs) != want {
			t.Errorf("of %s there are %d labs and %d runs, want %d", learner, len(progress), len(runs), want)
		}
	}
	for _, id := range []string{"one", "two"} {
		got, err := s.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		if info := got.Info(); info.Learner != "" || info.FinishedAt == nil {
			t.Errorf("run %s: %+v", id, info)
		}
	}
}
