package expect

import (
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/timeline"
)

// judge decides the checks of one run. It implements [timeline.Judge].
type judge struct {
	run      facts
	open     []decider // nil where the check is decided
	verdicts []timeline.Verdict
	// until is nil if the contract has no run.until; held says that it held.
	until *query.Expression
	held  bool
}

func newJudge(c *Contract) *judge {
	j := &judge{
		run:      facts{byUID: map[string]int{}, jobByUID: map[string]int{}},
		until:    c.until,
		open:     make([]decider, len(c.checks)),
		verdicts: make([]timeline.Verdict, len(c.checks)),
	}
	for i, r := range c.checks {
		j.open[i] = r.open()
		j.verdicts[i] = timeline.Verdict{ID: r.ID, State: timeline.Pending}
	}
	if c.asks {
		j.run.view = new(query.Run)
	}
	return j
}

// Review judges a finished timeline, such as a recorded one, as if its run had
// ended after the last entry.
func (c *Contract) Review(entries []timeline.Entry) timeline.Verdict {
	j := newJudge(c)
	for i := range entries {
		e := &entries[i]
		if due, ok := j.Deadline(); ok && due <= e.T && !e.BeginsOutage() {
			j.Tick(e.T)
		}
		j.Observe(e)
	}
	return j.Settle(true)
}

// Observe implements [timeline.Judge]. What comes after run.until held is not
// judged, however late the run is stopped.
func (j *judge) Observe(e *timeline.Entry) []timeline.Verdict {
	if j.Done() {
		return nil
	}
	c, ok := j.run.observe(e)
	if !ok {
		return nil
	}
	var decided []timeline.Verdict
	for i, d := range j.open {
		if d == nil {
			continue
		}
		if f := d.observe(&j.run, c); f != nil {
			decided = append(decided, j.decide(i, *f))
		}
	}
	if j.until != nil && c.viewed&j.until.LooksAt() != 0 {
		j.held = j.until.Holds(j.run.view)
	}
	return decided
}

// Deadline implements [timeline.Judge]. While it is blind, time decides nothing.
func (j *judge) Deadline() (t float64, ok bool) {
	if j.Done() || j.run.blind {
		return 0, false
	}
	for _, d := range j.open {
		if d == nil {
			continue
		}
		if at := d.deadline(); at > 0 && (!ok || at < t) {
			t, ok = at, true
		}
	}
	return t, ok
}

// Tick implements [timeline.Judge].
func (j *judge) Tick(t float64) []timeline.Verdict {
	if j.Done() || j.run.blind {
		return nil
	}
	var decided []timeline.Verdict
	for i, d := range j.open {
		if d == nil {
			continue
		}
		if at := d.deadline(); at > 0 && t >= at {
			if f := d.expire(&j.run); f != nil {
				decided = append(decided, j.decide(i, *f))
			}
		}
	}
	return decided
}

// Done implements [timeline.Judge]. Once it is true it stays so.
func (j *judge) Done() bool { return j.held }

// Settle implements [timeline.Judge]. A run whose run.until held is decided on
// what was seen, like one that settled.
func (j *judge) Settle(settled bool) timeline.Verdict {
	for i, d := range j.open {
		switch {
		case d == nil:
		case settled || j.Done():
			j.decide(i, *d.settle(&j.run))
		default:
			j.decide(i, finding{State: timeline.Undecided})
		}
	}
	return timeline.Verdict{Outcome: timeline.Outcome(j.verdicts), Checks: j.Checks()}
}

// Checks implements [timeline.Judge].
func (j *judge) Checks() []timeline.Verdict {
	return append([]timeline.Verdict{}, j.verdicts...)
}

// decide closes a check and returns its verdict.
func (j *judge) decide(i int, f finding) timeline.Verdict {
	f.ID = j.verdicts[i].ID
	j.open[i], j.verdicts[i] = nil, f
	return f
}
