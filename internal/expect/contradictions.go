package expect

import (
	"fmt"
	"path"
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
