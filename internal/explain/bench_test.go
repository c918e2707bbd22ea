package explain

import (
	"fmt"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// tenThousand is a run of a Job with many pods.
func tenThousand() told {
	v := &invention{}
	v.job("pi", func(*timeline.Job) {})
	for i := range 3300 {
		for _, change := range []func(*timeline.Pod){func(*timeline.Pod) {}, running, ended("Completed", 0, "Succeeded")} {
			p := &timeline.Pod{Ready: "0/1", Status: "Running", Phase: "Pending", Owner: "Job/pi", Node: "node-1", Containers: []timeline.Container{{Name: "main"}}}
			change(p)
			uid := fmt.Sprintf("pod-%d", i)
			v.add(timeline.Entry{Kind: timeline.KindPod, Name: "pi-" + uid, UID: uid, Pod: p})
		}
	}
	return told{"ten thousand", inventedManifest, v.entries}
}

// BenchmarkEntry explains the last pod's end in a timeline of ten thousand
// entries.
func BenchmarkEntry(b *testing.B) {
	r := tenThousand()
	s := r.story()
	last := timeline.Seq(len(r.entries))
	b.ReportAllocs()
	for b.Loop() {
		if list, _ := s.Entry(last, "en"); len(list) == 0 {
			b.Fatal("no explanation")
		}
	}
}

// BenchmarkAdd takes in the entries of such a timeline.
func BenchmarkAdd(b *testing.B) {
	r := tenThousand()
	b.ReportAllocs()
	for b.Loop() {
		r.story()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(r.entries)), "ns/entry")
}
