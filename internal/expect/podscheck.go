package expect

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// podsCheck judges a pods check.
type podsCheck struct {
	rule *podsRule
	// pods is indexed like facts.pods.
	pods []progress
	// counted pods fit the selector, n of them are selected (one at most for
	// pods[n]), and fit of those have done all that is expected of them.
	counted, n, fit int
	// fulfilled: at some time the number was right and all pods were fit, which
	// is what the window is about.
	fulfilled bool
	// unsure: which pod is the n-th is not known, since pods before it may have
	// been missed.
	unsure bool
}

// progress is how far one pod has come in what is expected of it.
type progress struct {
	selected, fit bool
	// word is where the pod may be in the sequence; seen is where it is if no
	// state was missed. They differ only after a gap.
	word, seen positions
	// order is how many values of restarts.order the pod has reached.
	order int
}

func (c *podsCheck) deadline() float64 {
	if c.fulfilled {
		return 0
	}
	return c.rule.window.within.Seconds()
}

func (c *podsCheck) observe(run *facts, ch change) *finding {
	if ch.gap {
		c.missed()
		return nil
	}
	if ch.pod < 0 {
		return nil
	}
	return c.certain(c.observePod(run, ch))
}

// certain turns a divergence of a pod that may be another than the n-th into an
// undecided check.
func (c *podsCheck) certain(f *finding) *finding {
	if f != nil && f.State == timeline.Diverged && c.unsure {
		return &finding{State: timeline.Undecided, Seq: f.Seq, Pod: f.Pod, Expected: f.Expected, Got: f.Got + ", and changes may have been missed"}
	}
	return f
}

func (c *podsCheck) observePod(run *facts, ch change) *finding {
	if ch.created {
		c.pods = append(c.pods, c.begin(run, ch.pod))
	}
	at := &c.pods[ch.pod]
	if !at.selected {
		return nil
	}
	if ch.created && c.rule.max >= 0 && c.n > c.rule.max {
		return diverged(ch.entry, c.rule.wanted(), plural(c.n, "pod"))
	}
	p := &run.pods[ch.pod]
	if f := c.advance(run, ch, p, at); f != nil {
		return f
	}
	if fit := c.isFit(p, at); fit != at.fit {
		at.fit = fit
		if fit {
			c.fit++
		} else {
			c.fit--
		}
	}
	if !c.fulfilled && c.n >= c.rule.min && c.fit == c.n {
		c.fulfilled = true
		return c.timed(run, ch.entry, p)
	}
	return nil
}

// timed judges the time at which the check is first fulfilled, by a change of a
// pod.
func (c *podsCheck) timed(run *facts, e *timeline.Entry, p *pod) *finding {
	w := c.rule.window
	switch {
	case w.early(e.T):
		return &finding{State: timeline.Diverged, Seq: e.Seq, Pod: p.name, Expected: "not before " + brief(w.notBefore), Got: p.status + " at " + moment(e.T)}
	case w.unsure(run, e.T):
		return &finding{State: timeline.Undecided, Seq: e.Seq, Pod: p.name, Expected: w.String(), Got: p.status + unseen}
	}
	return nil
}

// begin returns the progress of a new pod.
func (c *podsCheck) begin(run *facts, i int) progress {
	p := &run.pods[i]
	at := progress{word: start, seen: start}
	if c.rule.pods.fits(p.name, p.entry.Pod) {
		at.selected = c.rule.pods.nth < 0 || c.rule.pods.nth == c.counted
		c.counted++
	}
	if at.selected {
		c.n++
		c.unsure = c.rule.pods.nth >= 0 && run.gap > 0
		if run.gap > 0 && c.rule.each != nil {
			at.word = c.rule.each.skip(start)
		}
	}
	return at
}

// missed says that changes may have been missed: any states may have come, and
// pods may have come and gone.
func (c *podsCheck) missed() {
	if c.rule.each == nil {
		return
	}
	for i := range c.pods {
		c.pods[i].word = c.rule.each.skip(c.pods[i].word)
	}
}

// advance judges a change of a selected pod.
func (c *podsCheck) advance(run *facts, ch change, p *pod, at *progress) *finding {
	if each := c.rule.each; each != nil && ch.status {
		before := at.word
		at.word, at.seen = each.step(before, p.status), each.step(at.seen, p.status)
		if at.word == 0 {
			return diverged(ch.entry, each.expected(before), p.status)
		}
	}
	if want := c.rule.restarts; want != nil && ch.restarts && !want.admits(at, p.restarts, run.gap > 0) {
		return diverged(ch.entry, want.next(at), fmt.Sprintf("RESTARTS %d", p.restarts))
	}
	if c.rule.end == "kept" && ch.terminating {
		return &finding{State: timeline.Diverged, Seq: ch.entry.Seq, Pod: p.name, Expected: "kept", Got: "deleted"}
	}
	if ch.deleted {
		if f := c.incomplete(run, p, at, false); f != nil && f.State == timeline.Diverged {
			return f
		}
	}
	return nil
}

// isFit reports whether a pod has done all that is expected of it.
func (c *podsCheck) isFit(p *pod, at *progress) bool {
	return (c.rule.each == nil || c.rule.each.accepts(at.seen)) &&
		(c.rule.restarts == nil || c.rule.restarts.reached(at, p.restarts)) &&
		(c.rule.end != "deleted" || p.deleted)
}

// incomplete says what is missing from what a pod has done, if no more comes from
// it, or nil. After a gap that is undecided where the missing may have been
// missed. If partly, the pod may be anywhere in its sequence.
func (c *podsCheck) incomplete(run *facts, p *pod, at *progress, partly bool) *finding {
	if each := c.rule.each; each != nil && !partly && !each.accepts(at.seen) {
		if each.accepts(at.word) {
			return undecided(p.entry, each.String())
		}
		return diverged(p.entry, each.expected(at.word), lastWord(p))
	}
	if want := c.rule.restarts; want != nil && !want.reached(at, p.restarts) {
		if run.gap > 0 && p.deleted {
			return undecided(p.entry, want.next(at))
		}
		return diverged(p.entry, want.next(at), fmt.Sprintf("RESTARTS %d", p.restarts))
	}
	if c.rule.end == "deleted" && !p.deleted {
		return &finding{State: timeline.Diverged, Seq: p.entry.Seq, Pod: p.name, Expected: "deleted", Got: "kept"}
	}
	return nil
}

func (c *podsCheck) expire(run *facts) *finding {
	return c.certain(c.rule.window.expired(run, c.unfulfilled(run, false)))
}

// settle decides what is open on what was seen. A pod that is over must have done
// all that is expected of it; one that still lives, as when run.until ended the
// run, may be anywhere in its sequence.
func (c *podsCheck) settle(run *facts) *finding {
	if f := c.unfulfilled(run, true); f != nil {
		return c.certain(f)
	}
	return &finding{State: timeline.Met, Seq: run.seq}
}

// unfulfilled returns the first thing that is missing, in the order of pods, or
// nil; ended says that the run has. What may have been missed in a gap counts
// only if nothing else is missing.
func (c *podsCheck) unfulfilled(run *facts, ended bool) *finding {
	var unsure *finding
	if c.n < c.rule.min {
		f := &finding{State: timeline.Diverged, Expected: c.rule.wanted(), Got: plural(c.counted, "pod")}
		if run.ended != nil && c.rule.pods.of != "none" {
			end := ending(run.ended.Job)
			f.Seq, f.Cause = run.ended.Seq, outcomeOf(end.Reason, nil, end.Message)
		}
		if run.gap == 0 {
			return f
		}
		unsure = &finding{State: timeline.Undecided, Seq: run.gap, Expected: f.Expected, Got: f.Got + ", and changes may have been missed"}
	}
	for i := range c.pods {
		p, at := &run.pods[i], &c.pods[i]
		if !at.selected {
			continue
		}
		f := c.incomplete(run, p, at, ended && !p.over())
		switch {
		case f == nil:
		case f.State == timeline.Diverged:
			return f
		case unsure == nil:
			unsure = f
		}
	}
	return unsure
}

// diverged is a divergence at an entry of a pod.
func diverged(e *timeline.Entry, expected, got string) *finding {
	return &finding{State: timeline.Diverged, Seq: e.Seq, Pod: e.Name, Expected: expected, Got: got, Cause: cause(e.Pod)}
}

// undecided says that what is missing at the end of a pod may have been missed.
func undecided(e *timeline.Entry, expected string) *finding {
	return &finding{State: timeline.Undecided, Seq: e.Seq, Pod: e.Name, Expected: expected, Got: "changes may have been missed"}
}

// lastWord says that a pod ended or stays as it is.
func lastWord(p *pod) string {
	switch {
	case p.status == "":
		return "deleted"
	case p.deleted:
		return "deleted after " + p.status
	}
	return "nothing after " + p.status
}

// countText is "4 pods", "at most 3 bare pods".
func countText(low, high int, subject string) string {
	if high == 1 || high < 0 && low == 1 {
		subject = strings.Replace(subject, "pods", "pod", 1)
	}
	return rangeText(low, high) + " " + subject
}
