package timeline_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

func TestRestore(t *testing.T) {
	rec := timeline.NewRecorder(nil, time.Now)
	rec.Note(timeline.Note{Code: timeline.NoteApplied, Text: "job.batch/a created"})
	if _, err := timeline.Restore(timeline.Entries(rec.Log().Records())); err == nil {
		t.Error("a log without a verdict is restored")
	}
	rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
	want := timeline.Entries(rec.Log().Records())
	if _, err := timeline.Restore(want[1:]); err == nil {
		t.Error("a log without its first entry is restored")
	}
	log, err := timeline.Restore(want)
	if err != nil {
		t.Fatal(err)
	}
	var got []timeline.Entry
	for r := range log.Follow(context.Background(), 0) {
		got = append(got, r.Entry)
	}
	if diff := cmp.Diff(want, got); diff != "" || !log.Sealed() {
		t.Errorf("restored, sealed %t (-want +got):\n%s", log.Sealed(), diff)
	}
}

// TestInterrupt ends logs that nobody ended, with one check decided and one open.
func TestInterrupt(t *testing.T) {
	started := time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)
	note := timeline.Note{Code: timeline.NoteInterrupted, Text: "killed"}
	decided := func(state timeline.State) []timeline.Entry {
		at := started.Add(3 * time.Second)
		return []timeline.Entry{
			{Seq: 1, At: started.Add(time.Second), Kind: timeline.KindNote, Note: &timeline.Note{Code: timeline.NoteApplied}},
			{Seq: 2, At: at, T: 2, Kind: timeline.KindVerdict, Verdict: &timeline.Verdict{ID: "a", State: state, Seq: 1}},
		}
	}
	for _, c := range []struct {
		name    string
		entries []timeline.Entry
		checks  []string
		tail    []string
		outcome timeline.State
	}{
		{"nothing was written", nil, []string{"a"}, []string{"interrupted", "a undecided", "undecided"}, timeline.Undecided},
		{"without checks", decided(timeline.Met), nil, []string{"interrupted", "undecided"}, timeline.Undecided},
		{"one is open", decided(timeline.Met), []string{"a", "b"}, []string{"interrupted", "b undecided", "undecided"}, timeline.Undecided},
		{"one diverged", decided(timeline.Diverged), []string{"a", "b"}, []string{"interrupted", "b undecided", "diverged"}, timeline.Diverged},
		{"all are met", decided(timeline.Met), []string{"a"}, []string{"interrupted", "met"}, timeline.Met},
	} {
		t.Run(c.name, func(t *testing.T) {
			end := timeline.Interrupt(c.entries, c.checks, started, note)
			at, seconds := started, 0.0
			if n := len(c.entries); n > 0 {
				at, seconds = c.entries[n-1].At, c.entries[n-1].T
			}
			var tail []string
			for _, r := range end {
				e := r.Entry
				if !e.At.Equal(at) || e.T != seconds {
					t.Errorf("entry %d is of %v, t %v; want that of the last that was written", e.Seq, e.At, e.T)
				}
				switch {
				case e.Note != nil:
					tail = append(tail, e.Note.Code)
				case e.Final():
					tail = append(tail, string(e.Verdict.Outcome))
				default:
					tail = append(tail, e.Verdict.ID+" "+string(e.Verdict.State))
				}
			}
			if diff := cmp.Diff(c.tail, tail); diff != "" {
				t.Errorf("how it ends (-want +got):\n%s", diff)
			}
			log, err := timeline.Restore(append(c.entries, timeline.Entries(end)...))
			if err != nil {
				t.Fatal(err)
			}
			final := log.Records()[log.Len()-1].Entry.Verdict
			if final.Outcome != c.outcome || len(final.Checks) != len(c.checks) {
				t.Errorf("the final verdict is %+v, want %s of %d checks", final, c.outcome, len(c.checks))
			}
		})
	}
}
