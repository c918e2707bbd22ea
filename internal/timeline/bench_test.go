package timeline_test

import (
	"os"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// BenchmarkRecord measures what one recorded change costs, from API object to
// encoded entry: the pods, Jobs and Events of a Job with four failing pods.
func BenchmarkRecord(b *testing.B) {
	rec, err := recording.Read(os.DirFS("recording/testdata/never-badcmd"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	bytes, entries := 0, 0
	for b.Loop() {
		r := timeline.NewRecorder(nil, time.Now)
		for i := range rec.Changes {
			switch c := &rec.Changes[i]; {
			case c.Pod != nil:
				r.Pod(c.Type, c.Row, c.Pod)
			case c.Job != nil:
				r.Job(c.Type, c.Job)
			default:
				r.Event(c.Type, c.Event)
			}
		}
		bytes, entries = 0, r.Log().Len()
		for _, record := range r.Log().Records() {
			bytes += len(record.JSON)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*entries), "ns/entry")
	b.ReportMetric(float64(bytes)/float64(entries), "JSON-bytes/entry")
	b.ReportMetric(float64(entries), "entries/op")
}
