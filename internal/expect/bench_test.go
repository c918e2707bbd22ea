package expect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// benchmarked are checks of each form that the long timeline leaves open.
var benchmarked = []struct{ name, check string }{
	{"pods", `pods: {count: 500, each: "Pending (Running Completed)+", end: kept, restarts: {max: 100}, within: 10h}`},
	{"pods selected", `pods: {of: Job/j, name: "pod-*", completionIndex: 7, each: "Pending (Running Completed)+", within: 10h}`},
	{"pods[n]", `"pods[250]": {each: "Pending (Running Completed)+", end: kept, notBefore: 1s, within: 10h}`},
	{"job", `job: {condition: Complete, within: 10h}`},
	{"job states and counters", `job: {name: "j*", states: "Active Complete", active: {max: 1000}, succeeded: [0, 100000], failed: {max: 100000}}`},
	{"gaps", `gaps: {from: pod.created, to: nextPod.created, between: [0s, 10h]}`},
	{"gaps seen", `gaps: {clock: seen, from: pod.created, to: pod.deleted, between: [[0s, 20h], [0s, 20h]], more: true}`},
	{"gaps of restarts", `gaps: {clock: seen, from: pod.finished, to: pod.nextStart, between: [[0s, 10h], [0s, 10h]], more: true}`},
	{"events", `events: {reason: BackOff, of: Pod, message: back-off, count: {max: 1000000}}`},
}

// longTimeline is 10,000 entries about 500 pods, their Job and their Events.
func longTimeline() []timeline.Entry {
	const podsN = 500
	var entries []timeline.Entry
	add := func(e timeline.Entry) {
		e.Seq, e.T = timeline.Seq(len(entries)+1), float64(len(entries))*0.1
		entries = append(entries, e)
	}
	at := func() *time.Time {
		t := time.Unix(int64(len(entries)/10), 0)
		return &t
	}
	pods := make([]timeline.Pod, podsN)
	add(timeline.Entry{Kind: timeline.KindJob, Type: timeline.Added, Name: "j", UID: "j", Job: &timeline.Job{Active: podsN}})
	for round := 0; len(entries) < 10_000; round++ {
		for i := range pods {
			p := &pods[i]
			name := fmt.Sprintf("pod-%d", i)
			switch {
			case round == 0:
				index := i
				*p = timeline.Pod{Status: "Pending", Phase: "Pending", Owner: "Job/j", Index: &index, CreationTimestamp: at()}
			case round%2 == 1:
				c := timeline.Container{Name: "c", State: timeline.Running, StartedAt: at(), Restarts: round / 2}
				if p.Containers != nil {
					last := p.Containers[0]
					c.Last = &timeline.Termination{StartedAt: last.StartedAt, FinishedAt: last.FinishedAt, ContainerID: last.ContainerID}
				}
				c.ContainerID = fmt.Sprint(round)
				p.Status, p.Phase, p.Restarts, p.Containers = "Running", "Running", round/2, []timeline.Container{c}
			default:
				c := p.Containers[0]
				c.State, c.FinishedAt = timeline.Terminated, at()
				p.Status, p.Containers = "Completed", []timeline.Container{c}
			}
			pod := *p
			add(timeline.Entry{Kind: timeline.KindPod, Type: timeline.Modified, Name: name, UID: name, Pod: &pod})
			if i%50 == 0 {
				add(timeline.Entry{Kind: timeline.KindJob, Type: timeline.Modified, Name: "j", UID: "j", Job: &timeline.Job{Active: podsN, Succeeded: round, Failed: i}})
				add(timeline.Entry{Kind: timeline.KindEvent, Type: timeline.Modified, Name: name, UID: "e" + name, Event: &timeline.Event{Type: "Warning", Reason: "BackOff", Message: "back-off", Object: "Pod/" + name, Count: round + 1}})
			}
		}
	}
	return entries[:10_000]
}

// BenchmarkForms judges a long timeline by one check of each form, to its end;
// ns/entry is what an entry costs.
func BenchmarkForms(b *testing.B) {
	entries := longTimeline()
	for _, c := range benchmarked {
		b.Run(c.name, func(b *testing.B) {
			contract := mustParse(b, "expect:\n  - id: x\n    "+c.check)
			b.ReportAllocs()
			for b.Loop() {
				j := contract.Judge()
				for i := range entries {
					j.Deadline()
					if v := j.Observe(&entries[i]); v != nil {
						b.Fatalf("decided: %v", v)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(entries)), "ns/entry")
		})
	}
}

// BenchmarkFormsSteady judges entries at the end of a long timeline: pods end and
// are started again.
func BenchmarkFormsSteady(b *testing.B) {
	for _, c := range benchmarked {
		b.Run(c.name, func(b *testing.B) {
			next := steadyForm(b, c.check)
			b.ReportAllocs()
			for b.Loop() {
				next()
			}
		})
	}
}

// steadyForm returns a function that judges the next entry, after the first half
// of a long timeline: the second half, and when that is over the last entries
// again, which then change nothing.
func steadyForm(t testing.TB, check string) func() {
	entries := longTimeline()
	j := mustParse(t, "expect:\n  - id: x\n    "+check).Judge()
	i := 0
	next := func() {
		j.Deadline()
		if v := j.Observe(&entries[i]); v != nil {
			t.Fatalf("decided: %v", v)
		}
		if i++; i == len(entries) {
			i -= 600
		}
	}
	for i < len(entries)/2 {
		next()
	}
	return next
}

// TestSteadyStateAllocatesNothing: what an entry costs does not grow, and needs no
// memory once the pods are known.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, c := range benchmarked {
		next := steadyForm(t, c.check)
		var counts []float64
		for range 5 {
			counts = append(counts, testing.AllocsPerRun(900, next))
		}
		if got := slices.Max(counts); got != 0 {
			t.Errorf("%s: allocations an entry: got %v, want 0", c.name, got)
		}
	}
}
