package expect

import (
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// celRule is a cel check of a contract.
type celRule struct {
	condition *query.Expression
	// always: the condition must hold at each change, else only in the end.
	always bool
}

// parseCEL parses the value of the key cel, and of always beside it.
func parseCEL(v, always strictyaml.Value) (string, func() decider) {
	r := &celRule{condition: query.Condition(v)}
	if always.Present() {
		r.always = always.Bool()
	}
	if r.condition == nil {
		return "", nil
	}
	return r.text(), func() decider { return &celCheck{rule: r} }
}

// text is the rule on one line.
func (r *celRule) text() string {
	if r.always {
		return "always: " + r.condition.String()
	}
	return "in the end: " + r.condition.String()
}

// celCheck judges a cel check.
type celCheck struct{ rule *celRule }

// observe judges a condition that must always hold. One that fails, as while
// there is no pod yet to speak of, is not false.
func (c *celCheck) observe(run *facts, ch change) *finding {
	if !c.rule.always || ch.viewed&c.rule.condition.LooksAt() == 0 {
		return nil
	}
	if holds, err := c.rule.condition.Eval(run.view); err != nil || holds == true || c.unsure(run) {
		return nil
	}
	return c.broken(run)
}

func (c *celCheck) deadline() float64      { return 0 }
func (c *celCheck) expire(*facts) *finding { return nil }

// settle judges the condition by what was seen.
func (c *celCheck) settle(run *facts) *finding {
	holds, err := c.rule.condition.Eval(run.view)
	switch {
	case c.rule.condition.Timed() && run.outage:
		return &finding{State: timeline.Undecided, Seq: run.seq, Expected: c.rule.condition.String(), Got: "times" + unseen}
	case err == nil && holds == true:
		return &finding{State: timeline.Met, Seq: run.seq}
	case run.gap > 0:
		return &finding{State: timeline.Undecided, Seq: run.gap, Expected: c.rule.condition.String(), Got: "changes may have been missed"}
	case err != nil:
		return &finding{State: timeline.Diverged, Seq: run.seq, Expected: c.rule.condition.String(), Got: err.Error()}
	}
	return c.broken(run)
}

// unsure reports whether what was missed may be why the condition is false.
func (c *celCheck) unsure(run *facts) bool {
	return run.gap > 0 || run.outage && c.rule.condition.Timed()
}

// broken says why the condition is false by now.
func (c *celCheck) broken(run *facts) *finding {
	object, got := c.rule.condition.Why(run.view)
	return &finding{State: timeline.Diverged, Seq: run.seq, Pod: object, Expected: c.rule.condition.String(), Got: got}
}
