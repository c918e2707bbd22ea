package recording_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// TestInferenceFindsFleetingStates drops every fleeting state from the recordings,
// as a busy kubelet does. Inference must bring all of them back, but for what a
// deletion hides.
func TestInferenceFindsFleetingStates(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			rec := read(t, name)
			want := states(rec.Replay(nil))
			for _, fleeting := range [][]string{{"ContainerCreating"}, {"Running"}, {"ContainerCreating", "Running"}} {
				dropped := *rec
				dropped.Changes = slices.DeleteFunc(slices.Clone(rec.Changes), func(c recording.Change) bool {
					return c.Pod != nil && slices.Contains(fleeting, c.Row.Status)
				})
				if len(dropped.Changes) == len(rec.Changes) && fleeting[0] != "Running" {
					t.Fatalf("no %v to drop", fleeting)
				}
				got := states(dropped.Replay(nil))
				for pod := range want {
					want, got := want[pod], got[pod]
					if name == "deadline5" && fleeting[len(fleeting)-1] == "Running" {
						// Terminating hides whether it had been Running before.
						want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "Running 0" || s == "ContainerCreating 0" && len(fleeting) == 2 })
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s without %v (-recorded +inferred):\n%s", pod, fleeting, diff)
					}
				}
			}
		})
	}
}

// TestInferenceInventsNothing drops random states. Whatever is missing, what is
// recorded and inferred must be in the order of what really was, without
// anything else and nothing twice.
func TestInferenceInventsNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	inferred := 0
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			rec := read(t, name)
			real := states(rec.Replay(nil))
			for round := range 60 {
				keep := rng.Float64()
				dropped := *rec
				dropped.Changes = slices.DeleteFunc(slices.Clone(rec.Changes), func(c recording.Change) bool {
					return c.Pod != nil && rng.Float64() > keep
				})
				view := dropped.Replay(nil)
				for pod, got := range states(view) {
					if !subsequence(got, real[pod]) {
						t.Fatalf("round %d, %s:\nreal: %v\ngot:  %v", round, pod, real[pod], got)
					}
				}
				for _, e := range view.Entries {
					if e.Inferred {
						inferred++
						if e.Pod.Status == "CrashLoopBackOff" || e.Proof == "" {
							t.Fatalf("inferred %s with proof %q", e.Pod.Status, e.Proof)
						}
					}
				}
			}
		})
	}
	if inferred == 0 {
		t.Error("nothing was inferred in any round")
	}
}

// states lists each pod's STATUS and RESTARTS, repeats collapsed.
func states(v timeline.View) map[string][]string {
	m := map[string][]string{}
	for _, l := range v.Lanes {
		for _, s := range l.Segments {
			m[l.Pod] = append(m[l.Pod], fmt.Sprintf("%s %d", s.Status, s.Restarts))
		}
	}
	return m
}

// subsequence reports whether s is in of, in order, not necessarily together.
func subsequence(s, of []string) bool {
	for _, want := range of {
		if len(s) > 0 && s[0] == want {
			s = s[1:]
		}
	}
	return len(s) == 0
}
