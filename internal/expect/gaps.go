package expect

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// gapsRule is a gaps check of a contract: how long it takes from one moment in
// the life of a pod to another, of the same pod or of the next.
type gapsRule struct {
	pods     selector
	from, to point
	// next: to is of the next pod, in order of appearance.
	next bool
	// kubernetes: times are those of the objects, in whole seconds; else those at
	// which the server saw the changes.
	kubernetes bool
	// bounds are those of the gaps in their order; if every, there is one, and
	// all gaps are within it. More gaps may follow if more.
	bounds      []span
	every, more bool
}

// span bounds the length of a gap, both ends included.
type span struct {
	lo, hi time.Duration
	text   string
}

// parseGaps parses the value of the key gaps.
func parseGaps(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping(slices.Concat(selectorKeys, []string{"from", "to", "clock", "about", "within", "between", "more"})...)
	r := &gapsRule{pods: parseSelector(m, all), kubernetes: true}
	if v.IsMapping() {
		r.parsePoints(m)
	}
	if clock := m.Get("clock"); clock.Present() {
		r.kubernetes = clock.OneOf("kubernetes", "seen") != "seen"
	}
	for key, p := range map[string]point{"from": r.from, "to": r.to} {
		if r.kubernetes && !p.timed() {
			m.Get(key).Problemf("Kubernetes keeps no time for %s: want clock: seen", m.Get(key).Node().Value)
		}
	}
	r.parseBounds(v, m)
	if more := m.Get("more"); more.Present() {
		r.more = more.Bool()
		if r.every {
			more.Problemf("stands only beside a list: without one every gap counts, however many")
		}
	}
	return "gaps: " + r.text(), func() decider { return &gapsCheck{rule: r} }
}

// parsePoints parses from and to.
func (r *gapsRule) parsePoints(m strictyaml.Mapping) {
	var own, next []string
	for _, name := range pointNames {
		own, next = append(own, "pod."+name), append(next, "nextPod."+name)
	}
	each := []string{"pod.nextStart", "pod.nextFinish"}
	from := m.Get("from").OneOf(own...)
	to := m.Get("to").OneOf(slices.Concat(own, next, each)...)
	if from == "" || to == "" {
		return
	}
	r.from = point(slices.Index(own, from))
	switch {
	case slices.Contains(each, to):
		r.to = eachStart + point(slices.Index(each, to))
		switch r.from {
		case started:
			r.from = eachStart
		case finished:
			r.from = eachFinish
		case terminating, deleted:
			m.Get("to").Problemf("no container starts or ends after %s", from)
		}
	case slices.Contains(next, to):
		r.to, r.next = point(slices.Index(next, to)), true
	default:
		r.to = point(slices.Index(own, to))
		if r.from >= r.to && !(r.from == terminating && r.to == finished) {
			m.Get("to").Problemf("%s does not come after %s", to, from)
		}
	}
}

// parseBounds parses about with within, or between: of every gap, or a list.
func (r *gapsRule) parseBounds(v strictyaml.Value, m strictyaml.Mapping) {
	about, within, between := m.Get("about"), m.Get("within"), m.Get("between")
	switch {
	case !v.IsMapping():
	case about.Present() == between.Present():
		v.Problemf("want either about, such as [10s, 20s], or between, such as [[8s, 12s], [17s, 23s]]")
	case about.Present():
		tolerance := within.Duration()
		values := []strictyaml.Value{about}
		if r.every = !about.IsList(); !r.every {
			values = about.List()
		}
		for _, value := range values {
			d := value.DurationFrom(0)
			r.bounds = append(r.bounds, span{d - tolerance, d + tolerance, fmt.Sprintf("about %s (within %s)", brief(d), brief(tolerance))})
		}
	default:
		if within.Present() {
			within.Problemf("stands only beside about")
		}
		values := between.List()
		if r.every = len(values) > 0 && !values[0].IsList(); r.every {
			r.bounds = []span{parseSpan(between)}
			return
		}
		for _, value := range values {
			r.bounds = append(r.bounds, parseSpan(value))
		}
	}
	if r.repeats() && r.from < eachStart && len(r.bounds) > 1 {
		m.Get("from").Problemf("comes once, so that a pod has one gap, not %d", len(r.bounds))
	}
	if list := m.Get("about"); r.bounds == nil && list.IsList() || between.IsList() && r.bounds == nil {
		v.Problemf("the list is empty: want the lengths of the gaps")
	}
}

// parseSpan parses [8s, 12s].
func parseSpan(v strictyaml.Value) span {
	values := v.List()
	if len(values) != 2 {
		if v.IsList() {
			v.Problemf("want two durations, the shortest and the longest")
		}
		return span{}
	}
	s := span{lo: values[0].DurationFrom(0), hi: values[1].DurationFrom(0)}
	if s.lo > s.hi {
		values[1].Problemf("%s is shorter than %s", brief(s.hi), brief(s.lo))
	}
	s.text = brief(s.lo) + " to " + brief(s.hi)
	return s
}

// repeats reports whether a pod may have several gaps, one for each restart.
func (r *gapsRule) repeats() bool { return r.to == eachStart || r.to == eachFinish }

// bound returns what bounds the i-th gap; ok is false if nothing does.
func (r *gapsRule) bound(i int) (s *span, ok bool) {
	switch {
	case r.every:
		return &r.bounds[0], true
	case i < len(r.bounds):
		return &r.bounds[i], true
	}
	return nil, false
}

// listed reports whether the i-th gap must come.
func (r *gapsRule) listed(i int) bool { return !r.every && i < len(r.bounds) }

// way is "pod.finished to nextPod.created".
func (r *gapsRule) way() string { return r.fromName() + " to " + r.toName() }

func (r *gapsRule) fromName() string {
	switch r.from {
	case eachStart:
		return "pod.started"
	case eachFinish:
		return "pod.finished"
	}
	return "pod." + pointNames[r.from]
}

func (r *gapsRule) toName() string {
	switch {
	case r.to == eachStart:
		return "pod.nextStart"
	case r.to == eachFinish:
		return "pod.nextFinish"
	case r.next:
		return "nextPod." + pointNames[r.to]
	}
	return "pod." + pointNames[r.to]
}

// text is the rule on one line.
func (r *gapsRule) text() string {
	var spans []string
	for i := range r.bounds {
		spans = append(spans, r.bounds[i].text)
	}
	s := strings.Join(spans, ", ")
	if r.every {
		s = "every one " + s
	}
	if r.more {
		s += ", and more"
	}
	s += ", from " + r.way()
	if pods := r.pods.String(); pods != "pods" {
		s += ", " + pods
	}
	if !r.kubernetes {
		s += ", as seen"
	}
	return s
}

// expected is what the i-th gap must be.
func (r *gapsRule) expected(i int) string {
	s, ok := r.bound(i)
	switch {
	case !ok:
		return plural(len(r.bounds), "gap") + " from " + r.way()
	case r.every:
		return fmt.Sprintf("every gap %s from %s", s.text, r.way())
	}
	return fmt.Sprintf("gap %d %s from %s", i+1, s.text, r.way())
}
