package expect

import (
	"fmt"
	"path"
	"slices"
)

// contradictions reports checks that cannot be met together, or not by
// themselves, each once, at the later of two. Only what is certain is reported,
// whatever the run; cut says that run.until may end it before the pods and Jobs
// have come to their ends.
func contradictions(rules []rule, cut bool) {
	for i := range rules {
		for j := range i + 1 {
			p := comparison{a: &rules[j], b: &rules[i], cut: cut}
			switch a := rules[j].open().(type) {
			case *podsCheck:
				if b, ok := rules[i].open().(*podsCheck); ok {
					p.pods(a.rule, b.rule)
				}
			case *jobCheck:
				if b, ok := rules[i].open().(*jobCheck); ok && a.rule.name == b.rule.name && a.rule.n == b.rule.n {
					p.job(a.rule, b.rule)
				}
			case *eventsCheck:
				if b, ok := rules[i].open().(*eventsCheck); ok {
					p.events(a.rule, b.rule)
				}
			case *gapsCheck:
				if b, ok := rules[i].open().(*gapsCheck); ok {
					p.gaps(a.rule, b.rule)
				}
			}
		}
	}
}

// comparison is of two checks of a contract, the first of which stands before the other,
// or is the same.
type comparison struct {
	a, b *rule
	cut  bool
}

// problem reports a contradiction at a key of the later check, or at the whole
// check where it has no such key.
func (p comparison) problem(key, format string, args ...any) {
	at := p.b.at
	if v := find(at, key); v.Present() {
		at = v
	}
	what := fmt.Sprintf(format, args...)
	if p.a == p.b {
		at.Problemf("can never be met: %s", what)
		return
	}
	at.Problemf("contradicts the check %q at line %d: %s", p.a.ID, p.a.at.Line(), what)
}

// pods compares two checks of pods.
func (p comparison) pods(a, b *podsRule) {
	p.count(a, b)
	if a != b {
		p.count(b, a)
	}
	if !common(a, b) {
		return
	}
	if a.end != "" && b.end != "" && a.end != b.end {
		p.problem("end", "the same pods cannot be %s and %s", a.end, b.end)
	}
	if a.restarts != nil && b.restarts != nil {
		if why := a.restarts.clash(b.restarts); why != "" {
			p.problem("restarts", "%s", why)
		}
	}
	if p.cut {
		return // a pod that lives may be anywhere in its sequence
	}
	if a.each != nil && b.each != nil && a != b && !a.each.meets(b.each) {
		p.problem("each", "no sequence of states fits both")
	}
	p.each(a, b)
	if a != b {
		p.each(b, a)
	}
}

// count compares how many pods there are: those of one check may all be among
// those of the other.
func (p comparison) count(few, many *podsRule) {
	least := many.min
	if many.pods.nth >= 0 {
		least = many.pods.nth + 1
	}
	if few.max >= 0 && few.max < least && few.pods.covers(many.pods) {
		p.problem("count", "at least %s and at most %d cannot be", plural(least, "pod"), few.max)
	}
}

// each compares the sequence of one check with what another says of the pods.
func (p comparison) each(sequence, other *podsRule) {
	if sequence.each == nil {
		return
	}
	if other.end == "kept" && !sequence.each.without("Terminating") {
		p.problem("each", "a pod that is Terminating is being deleted, and not kept")
	}
	if r := other.restarts; r != nil && r.peak() >= 0 {
		if n := sequence.each.restarts(); n > r.peak() {
			p.problem("each", "the sequence needs %s, RESTARTS is %s", plural(n, "restart"), r.text())
		}
	}
}

// common reports whether there are pods that both checks are about, if both are
// met.
func common(a, b *podsRule) bool {
	return a.pods.covers(b.pods) && b.min > 0 || b.pods.covers(a.pods) && a.min > 0
}

// covers reports whether all pods of another selector are among those of this.
func (s selector) covers(t selector) bool {
	if s.nth >= 0 {
		return s == t
	}
	of := s.of == "" || s.of == t.of || s.of == "Job" && t.of != "" && t.of != "none"
	return of && (s.name == "" || s.name == t.name) && (s.index < 0 || s.index == t.index)
}

// clash says why RESTARTS cannot be what both want, or nothing.
func (r *restarts) clash(s *restarts) string {
	switch {
	case r.order != nil && s.order != nil && !slices.Equal(r.order, s.order):
	case r.order == nil && s.order == nil && (r.max >= 0 && s.min > r.max || s.max >= 0 && r.min > s.max):
	case r.order != nil && s.order == nil && s.forbids(r):
	case r.order == nil && s.order != nil && r.forbids(s):
	default:
		return ""
	}
	return fmt.Sprintf("RESTARTS cannot be %s and %s", r.text(), s.text())
}

// forbids reports whether a range does not allow a list of values.
func (r *restarts) forbids(s *restarts) bool {
	return r.max >= 0 && s.peak() > r.max || s.order[len(s.order)-1] < r.min
}

// peak is the most that RESTARTS may be, -1 if there is no bound.
func (r *restarts) peak() int {
	if r.order == nil {
		return r.max
	}
	return slices.Max(r.order)
}

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

// events compares two checks of Events: those of one may all be among those of
// the other.
func (p comparison) events(a, b *eventsRule) {
	for _, c := range [][2]*eventsRule{{a, b}, {b, a}} {
		wide, narrow := c[0], c[1]
		if wide.max >= 0 && narrow.min > wide.max && wide.covers(narrow) {
			p.problem("count", "%s and %s cannot be", wide.wanted(), narrow.wanted())
			return
		}
	}
}

func (r *eventsRule) covers(s *eventsRule) bool {
	part := func(wide, narrow string) bool { return wide == "" || wide == narrow }
	of, _ := path.Split(s.of)
	return part(r.reason, s.reason) && part(r.typ, s.typ) && (r.message == "" || r.message == s.message) &&
		(part(r.of, s.of) || r.of+"/" == of)
}

// gaps compares two checks of the same gaps.
func (p comparison) gaps(a, b *gapsRule) {
	if a == b || a.pods != b.pods || a.from != b.from || a.to != b.to || a.next != b.next || a.kubernetes != b.kubernetes {
		return
	}
	if !a.every && !b.every && (len(a.bounds) > len(b.bounds) && !b.more || len(b.bounds) > len(a.bounds) && !a.more) {
		p.problem("", "%s and %s from %s cannot be", plural(len(a.bounds), "gap"), plural(len(b.bounds), "gap"), a.way())
		return
	}
	for i := range max(len(a.bounds), len(b.bounds)) {
		s, ok := a.bound(i)
		u, ok2 := b.bound(i)
		if ok && ok2 && (s.lo > u.hi || u.lo > s.hi) {
			p.problem("", "gap %d cannot be %s and %s", i+1, s.text, u.text)
			return
		}
	}
}
