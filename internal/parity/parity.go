// Package parity compares what one manifest does on two clusters, as a run of
// the program shows it: the embedded cluster against a real one. Its rule is in
// rule.md, in words, and is printed with every table that it makes.
//
// Guarantees:
//   - The rule is the same for every scenario; what differs is a [Difference],
//     and stays one unless the reviewed list names it with a reason.
//   - Names, which Kubernetes makes up, play no part; pods are told apart by
//     their owner and the order of their creation.
//   - What was published and what was inferred is told apart in what is printed.
//
// The package does no I/O and reads no clock.
package parity

import (
	_ "embed"

	"github.com/joblab/joblab/internal/timeline"
)

// Rule is the rule of comparison, in Markdown.
//
//go:embed rule.md
var Rule string

// Tolerance is how far times may be apart, in seconds.
const Tolerance = 2.0

// Scenario is one manifest and where it ends.
type Scenario struct {
	Name string
	// Until is where one ends that never settles.
	Until Until
	// Embedded and Kind are what the two runs of today showed; Recorded is what a
	// recording of an earlier run on a real cluster shows, nil if there is none.
	Embedded, Kind, Recorded *Observation
	// Earlier are the differences for which it was run again, if it was.
	Earlier []Difference
}

// Until says when a run that never settles has shown enough. Its zero value is
// never.
type Until struct {
	// Restarts is the RESTARTS of a pod, States the number of its states, that
	// end the run; 0 does not.
	Restarts, States int
}

func (u Until) reached(p *Pod) bool {
	n := len(p.States)
	return n > 0 && (u.Restarts > 0 && p.States[n-1].Restarts >= u.Restarts || u.States > 0 && n >= u.States)
}

// Reached reports whether entries show enough.
func (u Until) Reached(entries []timeline.Entry) bool { return u.end(entries) >= 0 }

// end returns the index of the entry that shows enough, or -1.
func (u Until) end(entries []timeline.Entry) int {
	if u == (Until{}) {
		return -1
	}
	var d timeline.Drawer
	for i := range entries {
		d.Add(&entries[i])
		if entries[i].Pod == nil {
			continue
		}
		for _, l := range d.View().Lanes {
			if p := newPod(&l); u.reached(&p) {
				return i
			}
		}
	}
	return -1
}
