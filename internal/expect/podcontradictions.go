package expect

import (
	"fmt"
	"slices"
)

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
