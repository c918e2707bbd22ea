package view

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/difference"
)

// CompareLink is the recorded run of a lab, to be compared with. Key names it in
// addresses.
type CompareLink struct {
	Key string
	Lab LabLink
}

// EarlierRun is another run of the same lab.
type EarlierRun struct {
	ID, State, Version string
	Outcome            timeline.State
	Started            time.Time
}

// Side is one of two runs that are compared.
type Side struct {
	// Letter is A or B, by which the page calls it.
	Letter string
	// Key names it in addresses: a run, or the recorded run of a lab.
	Key string
	Lab LabLink
	// Recorded says that it is the recorded run of its lab, recorded as Source says.
	Recorded bool
	Source   string
	// Run has what is known of it; a recorded run has no ID.
	Run  Run
	Live bool
	// Headings are those of the drawing, as in Lab.
	Headings int
	// Entries is the address of its entries as JSON.
	Entries string
	Checks  []Check
}

// Name says in a few words what a side is.
func (s Side) Name(w *Words) string {
	if s.Recorded {
		return fmt.Sprintf(w.OfRun.RecordedOf, s.Lab.Title)
	}
	return fmt.Sprintf(w.OfRun.RunOf, s.Run.ID, s.Lab.Title)
}

// ComparePage shows two runs on one axis.
type ComparePage struct {
	Frame
	A, B        Side
	Facts       [2]difference.Facts
	Differences []difference.Difference
	// Manifest are the parts in which the manifests differ.
	Manifest [][]difference.Line
}

// ChoosePage offers what a run can be compared with. Refused says why what was asked
// for cannot be.
type ChoosePage struct {
	Frame
	Side     Side
	Refused  string
	Earlier  []EarlierRun
	Recorded []CompareLink
	Meant    []CompareLink
}

// comparePath is the address of the comparison of what two keys name.
func comparePath(a, b string) string {
	return "/runs/" + url.PathEscape(a) + "/compare/" + url.PathEscape(b)
}

// runKey is the key of what a lab's page compares: its run or, before one, the lab's
// recorded run.
func runKey(b Bench) string {
	switch {
	case b.Run != nil:
		return b.Run.ID
	case b.Own != nil:
		return b.Own.Key
	}
	return ""
}

// checkPair is an expectation in two runs; a side that does not have it is nil.
type checkPair struct{ A, B *Check }

// differs reports whether the two stand differently.
func (p checkPair) differs() bool {
	return p.A == nil || p.B == nil || p.A.Verdict.State != p.B.Verdict.State
}

// either is the expectation as one of the sides says it.
func (p checkPair) either() *Check {
	if p.A != nil {
		return p.A
	}
	return p.B
}

// sides are the two in the order of the columns.
func (p checkPair) sides() [2]*Check { return [2]*Check{p.A, p.B} }

// checkPairs pairs the checks of two runs of the same lab by their ids, and those of
// two labs not at all: what has the same name there may mean something else.
func checkPairs(a, b Side) []checkPair {
	var pairs []checkPair
	at := map[string]int{}
	for i := range a.Checks {
		at[a.Checks[i].ID] = i
		pairs = append(pairs, checkPair{A: &a.Checks[i]})
	}
	for i := range b.Checks {
		c := &b.Checks[i]
		if n, ok := at[c.ID]; ok && a.Lab.Slug == b.Lab.Slug {
			pairs[n].B = c
			continue
		}
		pairs = append(pairs, checkPair{B: c})
	}
	return pairs
}

// pointText says how two runs compare in a point.
func pointText(w *Words, p ComparePage, d difference.Difference) string {
	a, b := p.Facts[0], p.Facts[1]
	say := func(same, differ, a, b string) string {
		text := differ
		if d.Same {
			text = same
		}
		return strings.NewReplacer("{a}", a, "{b}", b).Replace(text)
	}
	o := &w.OfRun
	switch d.Point {
	case difference.Pods:
		return say(o.PodsSame, o.PodsDiffer, itoa(a.Pods), itoa(b.Pods))
	case difference.Restarts:
		if d.Same && a.Restarts == 0 {
			return o.RestartsNone
		}
		return say(o.RestartsSame, o.RestartsDiffer, itoa(a.Restarts), itoa(b.Restarts))
	case difference.Jobs:
		return say(o.JobsSame, o.JobsDiffer, endsText(w, a.Jobs), endsText(w, b.Jobs))
	case difference.Left:
		return say(o.LeftSame, o.LeftDiffer, itoa(a.Left), itoa(b.Left))
	case difference.Length:
		return say(o.LengthSame, o.LengthDiffer, duration(w, a.Length), duration(w, b.Length))
	}
	if d.Same {
		return o.StatusesSame
	}
	var parts []string
	for i, only := range [][]string{difference.Only(a, b), difference.Only(b, a)} {
		if len(only) > 0 {
			parts = append(parts, strings.NewReplacer("{letter}", string("AB"[i]), "{statuses}", strings.Join(only, ", ")).Replace(o.StatusOnly))
		}
	}
	return o.StatusesDiffer + " " + strings.Join(parts, "; ") + "."
}

// endsText says how the Jobs of a run ended: those that ended alike are counted.
func endsText(w *Words, ends []difference.End) string {
	if len(ends) == 0 {
		return w.OfRun.NoJob
	}
	var order []string
	count := map[string]int{}
	for _, e := range ends {
		text := w.OfRun.NotEnded
		if e.State == timeline.JobFailed || e.State == timeline.JobComplete {
			text = e.State
			if e.Reason != "" {
				text += " (" + e.Reason + ")"
			}
		}
		if count[text] == 0 {
			order = append(order, text)
		}
		count[text]++
	}
	for i, text := range order {
		if n := count[text]; n > 1 {
			order[i] = itoa(n) + " × " + text
		}
	}
	return strings.Join(order, ", ")
}

// lineKind says on which side a line of the difference is.
func lineKind(l difference.Line) string {
	switch {
	case l.To == 0:
		return "removed"
	case l.From == 0:
		return "added"
	}
	return "same"
}

// lineNumber is a line's number, empty if the side does not have it.
func lineNumber(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// lineSign is the sign of a line in a unified difference.
func lineSign(l difference.Line) string {
	return map[string]string{"removed": "−", "added": "+", "same": " "}[lineKind(l)]
}

// moment is a time as the server's clock had it.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") }
