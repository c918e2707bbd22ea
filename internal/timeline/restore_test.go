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
