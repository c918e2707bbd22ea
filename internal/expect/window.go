package expect

import (
	"time"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// window bounds the time at which a check is first fulfilled: before within and
// not before notBefore, both since the first apply; 0 is no bound.
type window struct{ notBefore, within time.Duration }

// unseen ends what a verdict got that came at a time which is not known.
const unseen = " while the API server did not answer"

// parseWindow parses the keys within and notBefore.
func parseWindow(m strictyaml.Mapping) window {
	var w window
	if within := m.Get("within"); within.Present() {
		w.within = within.Duration()
	}
	if notBefore := m.Get("notBefore"); notBefore.Present() {
		w.notBefore = notBefore.Duration()
		if w.within > 0 && w.notBefore >= w.within {
			notBefore.Problemf("%s is not before within, %s", brief(w.notBefore), brief(w.within))
		}
	}
	return w
}

// String is "not before 4s within 2m", or less.
func (w window) String() string {
	var s string
	if w.notBefore > 0 {
		s = "not before " + brief(w.notBefore)
	}
	if w.within > 0 {
		if s != "" {
			s += " "
		}
		s += "within " + brief(w.within)
	}
	return s
}

// suffix is String after a blank, or empty.
func (w window) suffix() string {
	if s := w.String(); s != "" {
		return " " + s
	}
	return ""
}

// early reports whether t is before the window.
func (w window) early(t float64) bool { return t < w.notBefore.Seconds() }

// unsure reports whether what was seen at t, not too early, may have happened
// outside of the window: it was seen in an outage, and the window began or ended
// since the newest change before.
func (w window) unsure(run *facts, t float64) bool {
	return run.blind && (run.known < w.notBefore.Seconds() || w.within > 0 && t >= w.within.Seconds())
}

// expired is what became of a check whose time is over: after an outage nobody
// knows whether it would have come in time.
func (w window) expired(run *facts, missing *finding) *finding {
	missing.Seq = 0
	missing.Expected += " within " + brief(w.within)
	if run.outage {
		missing.State = timeline.Undecided
		missing.Got += ", and the API server did not answer for a while"
	}
	return missing
}

// moment is a time since the first apply in words, exact to the millisecond.
func moment(t float64) string {
	return time.Duration(t * float64(time.Second)).Truncate(time.Millisecond).String()
}
