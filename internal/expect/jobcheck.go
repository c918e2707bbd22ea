package expect

import (
	"fmt"

	"github.com/joblab/joblab/internal/timeline"
)

// jobCheck judges a job check.
type jobCheck struct {
	rule *jobRule
	// counted Jobs have the name; job is the one that the check is about, as an
	// index of facts.jobs, -1 before it appears.
	counted, job int
	// unsure: whether that is the right Job is not known, since Jobs before it
	// may have been missed.
	unsure bool
	// came is the condition once it is True, with the reason that is wanted.
	came *timeline.Condition
	// state is the newest state. Of the sequence, word is where the Job may be;
	// seen is where it is if no state was missed.
	state      string
	word, seen positions
	tallies    []tally // one for each of rule.counters
	// fulfilled: at some time all was as it must be, which is what the window is
	// about.
	fulfilled bool
}

func newJobCheck(r *jobRule) *jobCheck {
	return &jobCheck{rule: r, job: -1, word: start, seen: start, tallies: make([]tally, len(r.counters))}
}

func (c *jobCheck) deadline() float64 {
	if c.fulfilled {
		return 0
	}
	return c.rule.window.within.Seconds()
}

func (c *jobCheck) observe(run *facts, ch change) *finding {
	if ch.gap {
		c.missed()
	}
	if ch.job < 0 {
		return nil
	}
	if ch.created && matches(c.rule.name, run.jobs[ch.job].name) {
		if c.counted == c.rule.n {
			c.job, c.unsure = ch.job, run.gap > 0
		}
		c.counted++
	}
	if ch.job != c.job {
		return nil
	}
	return c.certain(c.observeJob(run, ch))
}

// missed says that changes may have been missed.
func (c *jobCheck) missed() {
	if c.rule.states != nil {
		c.word = c.rule.states.skip(c.word)
	}
	for i := range c.tallies {
		c.tallies[i].missed = true
	}
}

// certain turns a divergence of a Job that may be another than the one meant into
// an undecided check.
func (c *jobCheck) certain(f *finding) *finding {
	if f != nil && f.State == timeline.Diverged && c.unsure {
		f.State, f.Cause = timeline.Undecided, ""
		f.Got += ", and changes may have been missed"
	}
	return f
}

func (c *jobCheck) observeJob(run *facts, ch change) *finding {
	e := ch.entry
	if f := c.advance(e); f != nil {
		return f
	}
	if !c.fulfilled && c.isFulfilled() {
		c.fulfilled = true
		if f := c.timed(run, e); f != nil {
			return f
		}
	}
	if !c.isOver(ch) {
		return nil
	}
	if f := c.incomplete(run, ch.deleted, false); f != nil {
		return f
	}
	return c.met(e.Seq)
}

// advance judges what changed of the Job.
func (c *jobCheck) advance(e *timeline.Entry) *finding {
	if f := c.advanceCondition(e); f != nil {
		return f
	}
	if states := c.rule.states; states != nil {
		if state, condition := e.JobState(); state != c.state {
			before := c.word
			c.state, c.word, c.seen = state, states.step(before, state), states.step(c.seen, state)
			if c.word == 0 {
				got, cause := state, ""
				if condition != nil && state != timeline.JobDeleted {
					got, cause = conditionText(state, condition.Reason), condition.Message
				}
				return c.diverged(e, states.expected(before), got, cause)
			}
		}
	}
	for i := range c.rule.counters {
		counter, at := &c.rule.counters[i], &c.tallies[i]
		expected := *at
		if n := counter.value(e.Job); (!at.seen || n != at.now) && !counter.admits(at, n) {
			return c.diverged(e, counter.expected(&expected), fmt.Sprintf("%s %d", counter.name(), n), "")
		}
	}
	return nil
}

// advanceCondition judges whether the condition has come, or never will.
func (c *jobCheck) advanceCondition(e *timeline.Entry) *finding {
	if c.rule.condition == "" || c.came != nil {
		return nil
	}
	if got := isTrue(e.Job.Conditions, c.rule.condition); got != nil {
		if c.rule.reason != "" && got.Reason != c.rule.reason {
			return c.diverged(e, c.rule.wanted(), conditionText(got.Type, got.Reason), got.Message)
		}
		c.came = got
		return nil
	}
	if got := c.rule.obstacle(e.Job); got != nil {
		return c.diverged(e, c.rule.wanted(), conditionText(got.Type, got.Reason), got.Message)
	}
	return nil
}

// isFulfilled reports whether all is as it must be, by now.
func (c *jobCheck) isFulfilled() bool {
	for i := range c.tallies {
		if !c.rule.counters[i].reached(&c.tallies[i]) {
			return false
		}
	}
	return (c.rule.condition == "" || c.came != nil) && (c.rule.states == nil || c.rule.states.accepts(c.seen))
}

// timed judges the time at which the check is first fulfilled.
func (c *jobCheck) timed(run *facts, e *timeline.Entry) *finding {
	w := c.rule.window
	got, cause := c.got(e), c.cause()
	switch {
	case w.early(e.T):
		return c.diverged(e, c.expected()+" not before "+brief(w.notBefore), got+" at "+moment(e.T), cause)
	case w.unsure(run, e.T):
		return &finding{State: timeline.Undecided, Seq: e.Seq, Expected: c.expected() + w.suffix(), Got: got + unseen, Cause: cause}
	}
	return nil
}

// isOver reports whether nothing can change any more of what the check is about.
// A Job that has ended can only be deleted, which is a state but no condition.
func (c *jobCheck) isOver(ch change) bool {
	switch {
	case ch.deleted:
		return true
	case c.rule.states != nil:
		return false
	case c.rule.counters == nil:
		return c.came != nil
	}
	return ending(ch.entry.Job) != nil
}

// incomplete says what is missing if no more comes, or nil. If partly, the Job may
// be anywhere in its sequence. What may have been missed leaves the check
// undecided.
func (c *jobCheck) incomplete(run *facts, gone, partly bool) *finding {
	e := run.jobs[c.job].entry
	if c.rule.condition != "" && c.came == nil {
		switch {
		case gone && run.gap > 0:
			return c.missing(e, c.rule.wanted(), "deleted, and changes may have been missed")
		case gone:
			return c.diverged(e, c.rule.wanted(), "deleted", "")
		}
		return c.diverged(e, c.rule.wanted(), "not "+c.rule.condition, "")
	}
	if states := c.rule.states; states != nil && !partly && !states.accepts(c.seen) {
		if states.accepts(c.word) {
			return c.missing(e, states.String(), "changes may have been missed")
		}
		return c.diverged(e, states.expected(c.word), "nothing after "+c.state, "")
	}
	for i := range c.rule.counters {
		counter, at := &c.rule.counters[i], &c.tallies[i]
		got := fmt.Sprintf("%s %d", counter.name(), at.now)
		switch {
		case counter.reached(at):
		case counter.excused(at, gone):
			return c.missing(e, counter.expected(at), got+", and changes may have been missed")
		default:
			return c.diverged(e, counter.expected(at), got, "")
		}
	}
	return nil
}

func (c *jobCheck) expire(run *facts) *finding {
	return c.certain(c.rule.window.expired(run, c.unfulfilled(run, false)))
}

// settle decides what is open on what was seen. A Job that has not ended, as when
// run.until ended the run, may be anywhere in its sequence.
func (c *jobCheck) settle(run *facts) *finding {
	if f := c.unfulfilled(run, true); f != nil {
		return c.certain(f)
	}
	return c.met(run.seq)
}

// unfulfilled says what is missing, or nil; ended says that the run has.
func (c *jobCheck) unfulfilled(run *facts, ended bool) *finding {
	if c.job >= 0 {
		return c.incomplete(run, false, ended && ending(run.jobs[c.job].entry.Job) == nil)
	}
	f := &finding{State: timeline.Diverged, Expected: c.expected(), Got: "no Job"}
	if c.counted > 0 {
		f.Got = plural(c.counted, "Job")
	}
	if c.rule.name != "" || c.rule.n > 0 {
		f.Expected = c.rule.subject() + ": " + f.Expected
	}
	if run.gap > 0 {
		f.State, f.Got = timeline.Undecided, f.Got+", and changes may have been missed"
	}
	return f
}

// expected is what the check is about, in words.
func (c *jobCheck) expected() string {
	switch {
	case c.rule.condition != "":
		return c.rule.wanted()
	case c.rule.states != nil:
		return c.rule.states.String()
	}
	return c.rule.counters[0].text()
}

// got is what fulfilled the check, in words, at an entry of the Job.
func (c *jobCheck) got(e *timeline.Entry) string {
	switch {
	case c.came != nil:
		return conditionText(c.came.Type, c.came.Reason)
	case c.rule.states != nil:
		return c.state
	case c.job < 0:
		return ""
	}
	return fmt.Sprintf("%s %d", c.rule.counters[0].name(), c.rule.counters[0].value(e.Job))
}

// cause is what the cluster said with the condition.
func (c *jobCheck) cause() string {
	if c.came == nil {
		return ""
	}
	return c.came.Message
}

func (c *jobCheck) met(seq timeline.Seq) *finding {
	f := &finding{State: timeline.Met, Seq: seq, Cause: c.cause()}
	if c.came != nil {
		f.Got = conditionText(c.came.Type, c.came.Reason)
	}
	return f
}

func (c *jobCheck) diverged(e *timeline.Entry, expected, got, cause string) *finding {
	return &finding{State: timeline.Diverged, Seq: e.Seq, Expected: expected, Got: got, Cause: cause}
}

func (c *jobCheck) missing(e *timeline.Entry, expected, got string) *finding {
	return &finding{State: timeline.Undecided, Seq: e.Seq, Expected: expected, Got: got}
}
