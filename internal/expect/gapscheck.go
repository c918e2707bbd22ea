package expect

import (
	"fmt"
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
