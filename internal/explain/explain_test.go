package explain

import (
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// statusOf is the explanation of what a pod shows.
func statusOf(t *testing.T, s *Story, seq timeline.Seq, lang string) Explanation {
	t.Helper()
	list, ok := s.Entry(seq, lang)
	if !ok || len(list) == 0 {
		t.Fatalf("entry %d has no explanation", seq)
	}
	return list[len(list)-1]
}

func TestEveryStateIsKnown(t *testing.T) {
	r := invented(t)
	s := r.story()
	for i, state := range states {
		if x := statusOf(t, s, timeline.Seq(i+1), "en"); !x.Known || x.Status != state.status || !strings.HasPrefix(x.Title, strings.SplitN(state.status, ":", 2)[0]) {
			t.Errorf("%s: known %t, %s (%s): %s", state.status, x.Known, x.Status, x.Reason, x.Title)
		}
	}
}

// TestDifferentStatesHaveDifferentTexts compares each (STATUS, reason) with each
// other.
func TestDifferentStatesHaveDifferentTexts(t *testing.T) {
	ofStates := map[string]bool{}
	for _, rules := range statusRules {
		for _, r := range rules {
			ofStates[r.id] = true
		}
	}
	for i := range conditionRules {
		ofStates[conditionRules[i].id] = true
	}
	for _, lang := range Languages {
		texts := map[string]string{}
		seen := map[string]bool{}
		for _, r := range append(records(t), invented(t)) {
			s := r.story()
			for _, e := range r.entries {
				list, _ := s.Entry(e.Seq, lang)
				for _, x := range list {
					if !ofStates[x.Rule] {
						continue
					}
					key := x.Status + " (" + x.Reason + ")"
					text := x.Title + "\n" + x.Text
					if other, ok := texts[text]; ok && other != key {
						t.Errorf("in %s %s and %s read the same: %s", lang, key, other, text)
					}
					texts[text] = key
					seen[key] = true
				}
			}
		}
		if len(seen) < len(states) {
			t.Errorf("only %d different states were compared", len(seen))
		}
	}
}

func TestUnknownSaysSo(t *testing.T) {
	v := &invention{}
	v.pod("Job/pi", "QuantumFlux", waiting("QuantumFlux", "the flux is out of phase"))
	v.event("Quantized", "Job/pi")
	r := told{"unknown", inventedManifest, v.entries}
	for _, lang := range Languages {
		for seq, want := range []string{"QuantumFlux", "Quantized"} {
			x := statusOf(t, r.story(), timeline.Seq(seq+1), lang)
			if x.Known || x.Actor != Unknown || !strings.Contains(x.Title, want) || len(x.Facts) == 0 {
				t.Errorf("%s: %+v", want, x)
			}
			if want == "QuantumFlux" && !strings.Contains(strings.Join(x.Facts, "\n"), "the flux is out of phase") {
				t.Errorf("the facts %q lack the cluster's words", x.Facts)
			}
		}
	}
}

// TestWhatTheClusterRemarks finds the rules of what comes seldom.
func TestWhatTheClusterRemarks(t *testing.T) {
	v := &invention{}
	v.add(timeline.Entry{Kind: timeline.KindNote, Note: &timeline.Note{Code: timeline.NoteReady, Text: "Suspend the Job", Step: "suspend"}})
	for _, e := range []timeline.Event{
		{Type: "Warning", Reason: "InvalidSchedule", Message: "invalid schedule: 0 0 30 2 * : time difference between two schedules is less than 1 second", Object: "CronJob/nightly"},
		{Type: "Warning", Reason: "ClusterIPNotAllocated", Message: "Cluster IP [IPv4]: 10.96.0.7 is not allocated; repairing", Object: "Service/pi"},
	} {
		v.add(timeline.Entry{Kind: timeline.KindEvent, Type: timeline.Added, Event: &e})
	}
	s := (&told{"remarks", inventedManifest, v.entries}).story()
	for i, want := range []struct {
		rule  string
		actor Actor
		said  string
	}{
		{"note/ready", JobLab, "Suspend the Job"},
		{"event/invalidschedule", CronJobController, "less than 1 second"},
		{"event/clusteripnotallocated", APIServer, "10.96.0.7"},
	} {
		for _, lang := range Languages {
			if x := statusOf(t, s, timeline.Seq(i+1), lang); x.Rule != want.rule || x.Actor != want.actor || !strings.Contains(x.Text, want.said) {
				t.Errorf("%s by %s, want %s by %s: %s", x.Rule, x.Actor, want.rule, want.actor, x.Text)
			}
		}
	}
}

func TestNoSuchEntry(t *testing.T) {
	s := New(inventedManifest, inventedManifest)
	for _, seq := range []timeline.Seq{-1, 0, 1} {
		if list, ok := s.Entry(seq, "en"); ok || list != nil {
			t.Errorf("entry %d of an empty run: %v", seq, list)
		}
	}
	if _, ok := s.Check("nothing", "en"); ok {
		t.Error("a check that is not there is explained")
	}
}
