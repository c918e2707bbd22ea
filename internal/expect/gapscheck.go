package expect

import (
	"math"

	"github.com/joblab/joblab/internal/timeline"
)

// gapsCheck judges a gaps check.
type gapsCheck struct {
	rule *gapsRule
	// pods is indexed like facts.pods; order are those that are selected.
	pods  []lapse
	order []int
	// n gaps have come.
	n int
	// sure pods, in order, were there before changes may have been missed; all
	// if none were.
	sure int
	dues dues
	// found is reused for each entry.
	found []occurrence
}

// lapse is how far one pod has come in what a gap is measured by.
type lapse struct {
	// nth is the pod's place among those that are selected, -1 for none.
	nth int
	moments
	// from and to are when the pod came to the points, if it has; seen is when
	// the server saw from. Where pods have several gaps, from is the beginning
	// of the one that is open.
	from, to       instant
	hasFrom, hasTo bool
	seen           float64
	// done gaps that begin with this pod have come.
	done int
}

func (c *gapsCheck) deadline() float64 {
	if len(c.dues) == 0 {
		return 0
	}
	return c.dues[0].t
}

func (c *gapsCheck) observe(run *facts, ch change) *finding {
	if ch.gap {
		c.sure = len(c.order)
		return nil
	}
	if ch.pod < 0 {
		return nil
	}
	if ch.created {
		c.begin(run, ch.pod)
	}
	at := &c.pods[ch.pod]
	if at.nth < 0 {
		return nil
	}
	c.found = at.observe(ch.entry, c.found[:0])
	for _, o := range c.found {
		if f := c.occur(run, ch.entry, at, o); f != nil {
			return f
		}
	}
	if f := c.barred(run, ch.entry, at); f != nil {
		return f
	}
	c.dropDecided()
	return nil
}

// begin takes a new pod in.
func (c *gapsCheck) begin(run *facts, i int) {
	at := lapse{nth: -1}
	if p := &run.pods[i]; c.rule.pods.fits(p.name, p.entry.Pod) {
		at.nth = len(c.order)
		c.order = append(c.order, i)
	}
	c.pods = append(c.pods, at)
}

// occur judges a point that a pod has come to.
func (c *gapsCheck) occur(run *facts, e *timeline.Entry, at *lapse, o occurrence) *finding {
	if o.point != c.rule.from && o.point != c.rule.to {
		return nil
	}
	t, ok := c.instant(run, e, o)
	if !ok {
		return nil
	}
	if c.rule.repeats() {
		return c.occurEach(run, e, at, o.point, t)
	}
	var f *finding
	if o.point == c.rule.to && (!c.rule.next || at.nth > 0) {
		at.to, at.hasTo = t, true
		f = c.arrive(run, e, c.beginning(at))
	}
	if o.point == c.rule.from && f == nil {
		at.from, at.hasFrom, at.seen = t, true, e.T
		f = c.arrive(run, e, at)
	}
	return f
}

// occurEach judges a point of a pod that may have several gaps. One begins with
// the first from after the one before ended.
func (c *gapsCheck) occurEach(run *facts, e *timeline.Entry, at *lapse, p point, t instant) *finding {
	if p == c.rule.to && at.hasFrom {
		at.hasFrom = false
		at.done++
		if f := c.measure(run, e, at, at.done-1, t); f != nil {
			return f
		}
	}
	if p == c.rule.from && !at.hasFrom {
		at.from, at.hasFrom, at.seen = t, true, e.T
		c.wait(at, at.done)
	}
	return nil
}

// instant is the time of a point on the clock of the check; ok is false if that
// does not say.
func (c *gapsCheck) instant(run *facts, e *timeline.Entry, o occurrence) (t instant, ok bool) {
	switch {
	case !c.rule.kubernetes && run.blind:
		return instant{run.known, e.T}, true
	case !c.rule.kubernetes:
		return instant{e.T, e.T}, true
	case o.at == nil:
		return instant{}, false
	}
	s := float64(o.at.Unix())
	return instant{s, s}, true
}

// beginning is the pod with which the gap begins that ends with another.
func (c *gapsCheck) beginning(to *lapse) *lapse {
	if c.rule.next {
		return &c.pods[c.order[to.nth-1]]
	}
	return to
}

// end is the pod with which a gap ends, nil if it is not there yet.
func (c *gapsCheck) end(from *lapse) *lapse {
	switch {
	case !c.rule.next:
		return from
	case from.nth+1 < len(c.order):
		return &c.pods[c.order[from.nth+1]]
	}
	return nil
}

// arrive judges the gap that begins with a pod if both its ends are known, or
// waits for the other.
func (c *gapsCheck) arrive(run *facts, e *timeline.Entry, from *lapse) *finding {
	to := c.end(from)
	switch {
	case to == nil || !to.hasTo:
		c.wait(from, from.nth)
		return nil
	case from.hasFrom:
		from.done = 1
		return c.measure(run, e, from, from.nth, to.to)
	}
	// What it is measured from comes after what it is measured to.
	s, ok := c.rule.bound(from.nth)
	if !ok || !c.rule.listed(from.nth) || c.rule.kubernetes {
		return nil
	}
	if latest := to.to.hi - s.lo.Seconds(); latest >= e.T {
		c.dues.add(due{math.Nextafter(latest, math.Inf(1)), c.order[from.nth], from.nth})
		return nil
	}
	if run.blind {
		return nil
	}
	return c.wrong(run, e, from.nth, c.rule.toName()+" before "+c.rule.fromName())
}

// wait notes when the gap that has begun is too long. Kubernetes' clock is not
// ours, so that only what comes decides there.
func (c *gapsCheck) wait(from *lapse, i int) {
	if c.rule.kubernetes || !from.hasFrom || !c.rule.listed(i) {
		return
	}
	c.dues.add(due{math.Nextafter(from.from.hi+c.rule.bounds[i].hi.Seconds(), math.Inf(1)), c.order[from.nth], i})
}
