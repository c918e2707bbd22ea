// Package difference says how two runs differ in what a person would count: how many
// pods, how often they were restarted, how the Jobs ended, what is left, and how long
// it took.
//
// Guarantees:
//   - What is told of a run follows from its drawn timeline alone.
//   - The points come in the same order for any two runs, and there is none of what
//     neither run has, such as a Job.
//
// The package is pure. What it finds is put into words elsewhere.
package difference

import (
	"math"
	"slices"

	"github.com/joblab/joblab/internal/timeline"
)

// Facts are what can be counted in one run.
type Facts struct {
	Pods int
	// Restarts are those of all containers of all pods.
	Restarts int
	// Left are the pods that were not deleted.
	Left int
	// Jobs are how the Jobs stand at the end, in the order in which they were made.
	Jobs []End
	// Statuses are each STATUS that was published, in the order in which they came.
	Statuses []string
	// Length is when the last thing happened, in seconds.
	Length float64
}

// End is how a Job stands at the end of a run: its state, such as Failed, and the
// reason for it, if there is one.
type End struct{ State, Reason string }

// Of counts in a drawn timeline.
func Of(v timeline.View) Facts {
	f := Facts{Pods: len(v.Lanes), Length: v.End()}
	for _, l := range v.Lanes {
		restarts := 0
		for _, s := range l.Segments {
			restarts = max(restarts, s.Restarts)
			if !s.Inferred && !slices.Contains(f.Statuses, s.Status) {
				f.Statuses = append(f.Statuses, s.Status)
			}
		}
		f.Restarts += restarts
		if !slices.ContainsFunc(l.Marks, func(m timeline.Mark) bool { return m.Kind == timeline.MarkDeleted }) {
			f.Left++
		}
	}
	for _, j := range v.Jobs {
		if n := len(j.Segments); n > 0 {
			f.Jobs = append(f.Jobs, endOf(j.Segments))
		}
	}
	return f
}

// endOf is how a Job stands at the end. That of one which was deleted is how it
// stood before, if it had ended.
func endOf(segments []timeline.JobSegment) End {
	last := segments[len(segments)-1]
	if last.State == timeline.JobDeleted {
		for _, s := range slices.Backward(segments) {
			if s.State == timeline.JobFailed || s.State == timeline.JobComplete {
				return End{s.State, s.Reason}
			}
		}
	}
	return End{last.State, last.Reason}
}

// Point is something to be compared.
type Point int

// The points, in their order.
const (
	Pods Point = iota
	Restarts
	Jobs
	Left
	Length
	Statuses
)

// near is how much two lengths may differ, as a share of the longer one or in
// seconds, to be called the same.
const (
	nearShare   = 0.05
	nearSeconds = 1.0
)

// Difference is how two runs compare in one point.
type Difference struct {
	Point Point
	Same  bool
}

// Between compares two runs point by point.
func Between(a, b Facts) []Difference {
	list := []Difference{{Pods, a.Pods == b.Pods}}
	if a.Pods+b.Pods > 0 {
		list = append(list, Difference{Restarts, a.Restarts == b.Restarts})
	}
	if len(a.Jobs)+len(b.Jobs) > 0 {
		list = append(list, Difference{Jobs, slices.Equal(a.Jobs, b.Jobs)})
	}
	if a.Pods+b.Pods > 0 {
		list = append(list, Difference{Left, a.Left == b.Left})
	}
	apart := math.Abs(a.Length - b.Length)
	list = append(list, Difference{Length, apart <= nearSeconds || apart <= nearShare*max(a.Length, b.Length)})
	if a.Pods > 0 && b.Pods > 0 {
		list = append(list, Difference{Statuses, len(Only(a, b)) == 0 && len(Only(b, a)) == 0})
	}
	return list
}

// Only lists each STATUS that a run has and another has not.
func Only(a, b Facts) []string {
	var only []string
	for _, s := range a.Statuses {
		if !slices.Contains(b.Statuses, s) {
			only = append(only, s)
		}
	}
	return only
}
