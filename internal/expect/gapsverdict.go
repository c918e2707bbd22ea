package expect

import (
	"fmt"

	"github.com/joblab/joblab/internal/timeline"
)

// measure judges the i-th gap.
func (c *gapsCheck) measure(run *facts, e *timeline.Entry, from *lapse, i int, to instant) *finding {
	c.n++
	s, ok := c.rule.bound(i)
	if !ok {
		if c.rule.more {
			return nil
		}
		return c.finding(timeline.Diverged, e, i, fmt.Sprintf("gap %d", i+1))
	}
	lo, hi := s.lo.Seconds(), s.hi.Seconds()
	switch got := c.length(from.from, to); {
	case to.lo > from.from.hi+hi && run.outage && from.seen <= run.lastOutage:
		return c.finding(timeline.Undecided, e, i, got+unseen)
	case to.lo > from.from.hi+hi, to.hi < from.from.lo+lo:
		return c.wrong(run, e, i, got)
	case to.hi > from.from.lo+hi, to.lo < from.from.hi+lo:
		return c.finding(timeline.Undecided, e, i, got+unseen)
	}
	if c.rule.more && !c.rule.repeats() && c.n == len(c.rule.bounds) && c.listedDone() {
		return &finding{State: timeline.Met, Seq: e.Seq}
	}
	return nil
}

// listedDone reports whether all gaps that are listed have come.
func (c *gapsCheck) listedDone() bool {
	for i := range c.rule.bounds {
		if i >= len(c.order) || c.pods[c.order[i]].done == 0 {
			return false
		}
	}
	return true
}

// length is how long a gap is, in words.
func (c *gapsCheck) length(from, to instant) string {
	if c.rule.kubernetes {
		return moment(to.lo - from.lo)
	}
	return moment(to.hi - from.lo)
}

// barred finds a gap that can no longer come, since a pod is gone, or over: then
// no container starts any more, and none ends but those that still run.
func (c *gapsCheck) barred(run *facts, e *timeline.Entry, at *lapse) *finding {
	gone := e.Type == timeline.Deleted
	if c.rule.every || !gone && e.Pod.Phase != "Succeeded" && e.Pod.Phase != "Failed" {
		return nil
	}
	idle := gone || !running(e.Pod)
	never := func(p point) bool {
		switch p {
		case scheduled, started, eachStart:
			return true
		case finished, eachFinish:
			return idle
		}
		return gone
	}
	why := "no more of pod " + e.Name
	if c.rule.repeats() {
		if never(c.rule.to) && c.rule.listed(at.done) {
			return c.wrong(run, e, at.done, why)
		}
		return nil
	}
	if c.rule.listed(at.nth) && !at.hasFrom && never(c.rule.from) {
		return c.wrong(run, e, at.nth, why)
	}
	if !at.hasTo && never(c.rule.to) && (!c.rule.next || at.nth > 0) {
		if i := c.beginning(at).nth; c.rule.listed(i) {
			return c.wrong(run, e, i, why)
		}
	}
	return nil
}

// wrong is a divergence, unless changes may have been missed that explain it.
func (c *gapsCheck) wrong(run *facts, e *timeline.Entry, i int, got string) *finding {
	own := c.rule.kubernetes && !c.rule.repeats() && c.rule.from != started && c.rule.to != started
	if run.gap > 0 && !(own && i+1 < c.sure) {
		return c.finding(timeline.Undecided, e, i, got+", and changes may have been missed")
	}
	return c.finding(timeline.Diverged, e, i, got)
}

func (c *gapsCheck) finding(state timeline.State, e *timeline.Entry, i int, got string) *finding {
	return &finding{State: state, Seq: e.Seq, Pod: e.Name, Expected: c.rule.expected(i), Got: got}
}

// dropDecided drops what is no longer waited for.
func (c *gapsCheck) dropDecided() {
	for len(c.dues) > 0 && !c.isOpen(c.dues[0]) {
		c.dues.drop()
	}
}

func (c *gapsCheck) isOpen(d due) bool {
	at := &c.pods[d.pod]
	if c.rule.repeats() {
		return at.hasFrom && at.done == d.i
	}
	return at.done == 0
}

func (c *gapsCheck) expire(run *facts) *finding {
	d := c.dues[0]
	f := c.missing(run, &c.pods[d.pod], d.i)
	if f.State == timeline.Diverged && run.outage {
		f.State = timeline.Undecided
		f.Got += ", and the API server did not answer for a while"
	}
	return f
}

// settle judges whether all gaps have come that must.
func (c *gapsCheck) settle(run *facts) *finding {
	if c.rule.every {
		if c.n == 0 {
			return c.missing(run, nil, 0)
		}
		return &finding{State: timeline.Met, Seq: run.seq}
	}
	if !c.rule.repeats() {
		for i := range c.rule.bounds {
			if i >= len(c.order) {
				return c.missing(run, nil, i)
			}
			if at := &c.pods[c.order[i]]; at.done == 0 {
				return c.missing(run, at, i)
			}
		}
		return &finding{State: timeline.Met, Seq: run.seq}
	}
	if len(c.order) == 0 {
		return c.missing(run, nil, 0)
	}
	for _, pod := range c.order {
		if at := &c.pods[pod]; at.done < len(c.rule.bounds) {
			return c.missing(run, at, at.done)
		}
	}
	return &finding{State: timeline.Met, Seq: run.seq}
}

// missing says that the i-th gap, which begins with a pod if that is there, has
// not come.
func (c *gapsCheck) missing(run *facts, from *lapse, i int) *finding {
	f := &finding{State: timeline.Diverged, Expected: c.rule.expected(i), Got: "no " + c.rule.toName()}
	if from != nil {
		f.Pod = run.pods[c.order[from.nth]].name
		if !from.hasFrom {
			f.Got = "no " + c.rule.fromName()
		}
	}
	if run.gap > 0 {
		f.State, f.Got = timeline.Undecided, f.Got+", and changes may have been missed"
	}
	return f
}
