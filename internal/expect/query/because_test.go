package query

import (
	"fmt"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// two are a pod that never restarted and one that did twice, and a Job.
var two = []timeline.Entry{
	{T: 1, Kind: timeline.KindPod, Name: "a", UID: "a", Pod: &timeline.Pod{Status: "Running", Owner: "Job/j"}},
	{T: 2, Kind: timeline.KindPod, Name: "b", UID: "b", Pod: &timeline.Pod{Status: "Error", Restarts: 2, Owner: "Job/j"}},
	{T: 3, Kind: timeline.KindJob, Name: "j", UID: "j", Job: &timeline.Job{Active: 1}},
}

func TestWhy(t *testing.T) {
	for _, c := range []struct{ text, object, got string }{
		{"size(pods) == 3", "", "size(pods) is 2"},
		{"3 == size(pods)", "", "size(pods) is 2"},
		{"size(pods) == 2 && jobs[0].active > 1", "", "jobs[0].active is 1"},
		{"pods[5].restarts == 0 && size(pods) == 3", "", "size(pods) is 2"},
		{"pods.all(p, p.restarts == 0)", "b", "p.restarts is 2"},
		{"size(pods) > 1 && pods.all(p, p.owner != '' && p.status in ['Running', 'a  b'])", "b", `p.status is "Error"`},
		{"pods.all(p, jobs.all(j, j.active == p.restarts))", "a", "jobs.all(j, j.active == p.restarts) is false"},
		{"pods.map(p, p.status) == ['a  b']", "", `pods.map(p, p.status) is ["Running", "Error"]`},
		{"pods.exists(p, p.status == 'Completed')", "", `pods.exists(p, p.status == "Completed") is false`},
		{"!(size(pods) == 2)", "", "!(size(pods) == 2) is false"},
		{"pods[1].deleted", "", "pods[1].deleted is false"},
		{"t <= 2.5", "", "t is 3"},
	} {
		e, err := read(c.text, Condition)
		if err != nil {
			t.Fatal(err)
		}
		r := Replay(two)
		if e.Holds(r) {
			t.Errorf("%s holds", c.text)
		}
		if object, got := e.Why(r); object != c.object || got != c.got {
			t.Errorf("%s: got %q, %q, want %q, %q", c.text, object, got, c.object, c.got)
		}
	}
}

// TestCostIsBounded: an expression that looks at everything for everything has no
// value once there is too much.
func TestCostIsBounded(t *testing.T) {
	e, err := read("pods.all(p, pods.all(q, pods.all(r, p.name != '' && q.name != '' && r.name != '')))", Condition)
	if err != nil {
		t.Fatal(err)
	}
	r := new(Run)
	for i := range 200 {
		name := fmt.Sprint(i)
		r.Observe(&timeline.Entry{Kind: timeline.KindPod, Name: name, UID: name, Pod: &timeline.Pod{Status: "Running"}})
		if i == 5 && !e.Holds(r) {
			t.Error("does not hold of six pods")
		}
	}
	if _, err := e.Eval(r); err == nil || !strings.Contains(err.Error(), "cost") {
		t.Errorf("got %v, want that it costs too much", err)
	}
}

func TestObserveAllocatesNothingWhereNothingChanges(t *testing.T) {
	r := Replay(two)
	if n := testing.AllocsPerRun(100, func() {
		for i := range two {
			r.Observe(&two[i])
		}
	}); n > 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkEval(b *testing.B) {
	e, err := read("pods.exists(p, p.restarts >= 3) && jobs.exists(j, j.complete)", Condition)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 100, 1000} {
		r := new(Run)
		for i := range n {
			name := fmt.Sprint(i)
			r.Observe(&timeline.Entry{Kind: timeline.KindPod, Name: name, UID: name, Pod: &timeline.Pod{Status: "Running"}})
		}
		b.Run(fmt.Sprintf("%d pods", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Holds(r)
			}
		})
	}
}
