package expect

import (
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// eventsRule is an events check of a contract: how often Events that fit all that
// it says came, repeats counted.
type eventsRule struct {
	// reason and typ are the Event's own, message is a part of its message, and
	// of is what it is about: "Pod" or "Pod/NAME", whose name may be a pattern of
	// [path.Match]. Any will do where they are empty.
	reason, typ, message, of string
	// min and max bound the number; max is -1 if there is no bound.
	min, max int
}

// parseEvents parses the value of the key events.
func parseEvents(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping("reason", "of", "type", "message", "count")
	r := &eventsRule{min: 1, max: -1}
	for key, field := range map[string]*string{"reason": &r.reason, "message": &r.message} {
		if value := m.Get(key); value.Present() {
			*field = value.Text()
		}
	}
	if of := m.Get("of"); of.Present() {
		r.of = parsePattern(of)
		switch kind, _, _ := strings.Cut(r.of, "/"); kind {
		case "Pod", "Job", "CronJob", "":
		default:
			of.Problemf("want Pod, Job, CronJob, or one with its name such as Job/NAME, not %q", r.of)
		}
	}
	if typ := m.Get("type"); typ.Present() {
		r.typ = typ.OneOf("Normal", "Warning")
	}
	if count := m.Get("count"); count.Present() {
		r.min, r.max = parseRange(count, r.min)
		if r.min == 0 && r.max < 0 {
			count.Problemf("any number will do: give a minimum or a maximum")
		}
	}
	if v.IsMapping() && *r == (eventsRule{min: r.min, max: r.max}) {
		v.Problemf("says nothing of the events: want reason, of, type or message")
	}
	return "events: " + r.wanted(), func() decider { return &eventsCheck{rule: r, counts: map[string]int{}} }
}

// wanted is "at least 1 BackOff of Pod, Warning".
func (r *eventsRule) wanted() string {
	s := rangeText(r.min, r.max)
	if r.reason != "" {
		s += " " + r.reason
	} else {
		s += " of any reason"
	}
	if r.of != "" {
		s += " of " + r.of
	}
	if r.typ != "" {
		s += ", " + r.typ
	}
	if r.message != "" {
		s += ", “" + r.message + "”"
	}
	return s
}

// fits reports whether an Event is one of those that are counted.
func (r *eventsRule) fits(e *timeline.Event) bool {
	if r.reason != "" && e.Reason != r.reason || r.typ != "" && e.Type != r.typ || !strings.Contains(e.Message, r.message) {
		return false
	}
	kind, name, _ := strings.Cut(e.Object, "/")
	wantKind, wantName, _ := strings.Cut(r.of, "/")
	return (r.of == "" || kind == wantKind) && matches(wantName, name)
}

// eventsCheck judges an events check.
type eventsCheck struct {
	rule *eventsRule
	n    int
	// counts is how often each Event that fits has come, by its UID.
	counts map[string]int
}

func (c *eventsCheck) deadline() float64      { return 0 }
func (c *eventsCheck) expire(*facts) *finding { return nil }

func (c *eventsCheck) observe(_ *facts, ch change) *finding {
	e := ch.entry
	if e.Event == nil || e.Type == timeline.Deleted || !c.rule.fits(e.Event) {
		return nil
	}
	more := e.Event.Count - c.counts[e.UID]
	if more <= 0 {
		return nil
	}
	c.counts[e.UID] = e.Event.Count
	c.n += more
	switch {
	case c.rule.max >= 0 && c.n > c.rule.max:
		f := &finding{State: timeline.Diverged, Seq: e.Seq, Expected: c.rule.wanted(), Got: c.got(), Cause: e.Event.Message}
		if name, ok := strings.CutPrefix(e.Event.Object, "Pod/"); ok {
			f.Pod = name
		}
		return f
	case c.rule.max < 0 && c.n >= c.rule.min:
		return &finding{State: timeline.Met, Seq: e.Seq, Got: c.got(), Cause: e.Event.Message}
	}
	return nil
}

// settle judges the number. Events that came in a gap may have been missed.
func (c *eventsCheck) settle(run *facts) *finding {
	switch {
	case c.n >= c.rule.min:
		return &finding{State: timeline.Met, Seq: run.seq, Got: c.got()}
	case run.gap > 0:
		return &finding{State: timeline.Undecided, Seq: run.gap, Expected: c.rule.wanted(), Got: c.got() + ", and changes may have been missed"}
	}
	return &finding{State: timeline.Diverged, Expected: c.rule.wanted(), Got: c.got()}
}

func (c *eventsCheck) got() string { return plural(c.n, "event") }
