package expect

import (
	"fmt"
	"slices"
)

// job compares two checks of one Job.
func (p comparison) job(a, b *jobRule) {
	p.conditions(a, b)
	p.statesOf(a, b, "states")
	if a != b {
		p.statesOf(b, a, "condition")
		if !p.cut && a.states != nil && b.states != nil && !a.states.meets(b.states) {
			p.problem("states", "no sequence of states fits both")
		}
	}
	for i := range a.counters {
		for k := range b.counters {
			if why := a.counters[i].clash(&b.counters[k]); why != "" {
				p.problem(b.counters[k].name(), "%s", why)
			}
		}
	}
	p.ended(a, b)
	if a != b {
		p.ended(b, a)
	}
}

// conditions compares which conditions are wanted, why and when.
func (p comparison) conditions(a, b *jobRule) {
	if a.condition == "" || b.condition == "" || a == b {
		return
	}
	one, other := a.condition, b.condition
	switch {
	case one == other:
		if a.reason != "" && b.reason != "" && a.reason != b.reason {
			p.problem("reason", "%s cannot have the reasons %s and %s", one, a.reason, b.reason)
		}
		alone := func(r *jobRule) bool { return r.states == nil && r.counters == nil }
		if alone(a) && alone(b) && (b.window.within > 0 && a.window.notBefore >= b.window.within || a.window.within > 0 && b.window.notBefore >= a.window.within) {
			p.problem("condition", "%s cannot come %s and %s", one, a.window, b.window)
		}
	case succeeds[one] && fails[other], fails[one] && succeeds[other]:
		p.problem("condition", "a Job cannot be %s and %s", one, other)
	}
}

// The conditions that a Job can have only if it succeeds, and if it fails; see
// excludes.
var (
	succeeds = map[string]bool{complete: true, successCriteriaMet: true}
	fails    = map[string]bool{failed: true, failureTarget: true}
)

// statesOf compares the condition of one check with the states of another; the
// key is of the later one. A state may hide the one that leads to it.
func (p comparison) statesOf(condition, states *jobRule, key string) {
	if states.states == nil || p.cut {
		return
	}
	shows := map[string][]string{
		complete: {complete}, failed: {failed},
		successCriteriaMet: {successCriteriaMet, complete}, failureTarget: {failureTarget, failed},
		suspended: {suspended, failureTarget, successCriteriaMet, failed, complete},
	}[condition.condition]
	has := func(state string) bool { return states.states.at[state] != 0 }
	if shows != nil && !slices.ContainsFunc(shows, has) {
		p.problem(key, "a Job that becomes %s goes through %s", condition.condition, alternatives(shows))
	}
}

// ended compares the end that one check wants with the counters of another: a Job
// that has ended has no pods that are active, ready or terminating.
func (p comparison) ended(end, counts *jobRule) {
	if p.cut || end.condition != complete && end.condition != failed {
		return
	}
	for i := range counts.counters {
		c := &counts.counters[i]
		if low, _, _ := c.bounds(); c.which != succeededCounter && c.which != failedCounter && low > 0 {
			p.problem(c.name(), "a Job that is %s has 0 %s pods in the end, not %s", end.condition, c.name(), c.text())
		}
	}
}

// bounds are the least and the most that a counter may be in the end, and at any
// time; -1 is no bound.
func (c *counter) bounds() (low, high, peak int) {
	if c.order == nil {
		return c.min, c.max, c.max
	}
	last := c.order[len(c.order)-1]
	return last, last, slices.Max(c.order)
}

// clash says why a counter cannot be what both want, or nothing.
func (c *counter) clash(d *counter) string {
	if c.which != d.which || c == d {
		return ""
	}
	low, high, peak := c.bounds()
	low2, high2, peak2 := d.bounds()
	over := func(n, bound int) bool { return bound >= 0 && n > bound }
	if over(low, high2) || over(low2, high) || c.order != nil && d.order == nil && over(peak, peak2) || d.order != nil && c.order == nil && over(peak2, peak) {
		return fmt.Sprintf("%s cannot be %s and %s", c.name(), c.amount(), d.amount())
	}
	return ""
}
