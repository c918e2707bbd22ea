package expect

import (
	"slices"
	"time"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// jobRule is a job check of a contract. It is about the run's first Job.
type jobRule struct {
	condition string
	reason    string // any if empty
	// The condition must become True before within, if that is not 0, and not
	// before notBefore; both since the first apply.
	within, notBefore time.Duration
}

// The conditions of a Job that this package knows, from k8s.io/api/batch/v1.
const (
	complete           = "Complete"
	failed             = "Failed"
	failureTarget      = "FailureTarget"
	successCriteriaMet = "SuccessCriteriaMet"
	suspended          = "Suspended"
)

// excludes lists the conditions that can never become True once the key is,
// though the Job has not ended. The API server sees to it:
// ValidateJobStatusUpdate in k8s.io/kubernetes/pkg/apis/batch/validation refuses
// to set both a condition of failure and one of success, and to take any back.
var excludes = map[string][]string{
	failureTarget:      {complete, successCriteriaMet},
	successCriteriaMet: {failed, failureTarget},
}

// unseen ends what a verdict got that came at a time which is not known.
const unseen = " while the API server did not answer"

// parseJob parses the value of the key job.
func parseJob(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping("condition", "reason", "within", "notBefore")
	r := &jobRule{}
	if v.IsMapping() {
		r.condition = m.Get("condition").OneOf(complete, failed, failureTarget, successCriteriaMet, suspended)
	}
	if reason := m.Get("reason"); reason.Present() {
		r.reason = reason.Text()
	}
	if within := m.Get("within"); within.Present() {
		r.within = within.Duration()
	}
	if notBefore := m.Get("notBefore"); notBefore.Present() {
		r.notBefore = notBefore.Duration()
		if r.within > 0 && r.notBefore >= r.within {
			notBefore.Problemf("%s is not before within, %s", brief(r.notBefore), brief(r.within))
		}
	}
	return r.text(), func() decider { return &jobCheck{rule: r} }
}

// text is the rule on one line: "job: Failed (BackoffLimitExceeded) within 2m".
func (r *jobRule) text() string { return "job: " + r.wanted() + r.bounds() }

// wanted is "Failed (BackoffLimitExceeded)".
func (r *jobRule) wanted() string { return conditionText(r.condition, r.reason) }

// bounds is " not before 4s within 2m", or less.
func (r *jobRule) bounds() string {
	var s string
	if r.notBefore > 0 {
		s += " not before " + brief(r.notBefore)
	}
	if r.within > 0 {
		s += " within " + brief(r.within)
	}
	return s
}

// jobCheck judges a job check.
type jobCheck struct{ rule *jobRule }

func (c *jobCheck) deadline() float64 { return c.rule.within.Seconds() }

func (c *jobCheck) observe(run *facts, ch change) *finding {
	if ch.job != 0 {
		return nil
	}
	e := ch.entry
	if got := isTrue(e.Job.Conditions, c.rule.condition); got != nil {
		return c.reached(run, e, got)
	}
	if got := c.obstacle(e.Job); got != nil {
		return c.diverged(e, c.rule.wanted(), conditionText(got.Type, got.Reason), got.Message)
	}
	switch {
	case ch.deleted && run.gap > 0:
		return &finding{State: timeline.Undecided, Seq: e.Seq, Expected: c.rule.wanted(), Got: "deleted, and changes may have been missed"}
	case ch.deleted:
		return c.diverged(e, c.rule.wanted(), "deleted", "")
	}
	return nil
}

// obstacle returns a condition which says that the one wanted will never come, or
// nil: the Job has ended, or must end otherwise.
func (c *jobCheck) obstacle(j *timeline.Job) *timeline.Condition {
	if end := ending(j); end != nil {
		return end
	}
	for i, got := range j.Conditions {
		if got.Status == "True" && slices.Contains(excludes[got.Type], c.rule.condition) {
			return &j.Conditions[i]
		}
	}
	return nil
}

// reached judges the condition when it has come.
func (c *jobCheck) reached(run *facts, e *timeline.Entry, got *timeline.Condition) *finding {
	came := conditionText(got.Type, got.Reason)
	switch {
	case c.rule.reason != "" && got.Reason != c.rule.reason:
		return c.diverged(e, c.rule.wanted(), came, got.Message)
	case e.T < c.rule.notBefore.Seconds():
		return c.diverged(e, c.rule.wanted()+" not before "+brief(c.rule.notBefore), came+" at "+moment(e.T), got.Message)
	case run.late(e.T, c.rule.within), run.blind && run.known < c.rule.notBefore.Seconds():
		return &finding{State: timeline.Undecided, Seq: e.Seq, Expected: c.rule.wanted() + c.rule.bounds(), Got: came + unseen, Cause: got.Message}
	}
	return &finding{State: timeline.Met, Seq: e.Seq, Got: came, Cause: got.Message}
}

func (c *jobCheck) expire(run *facts) *finding {
	return run.expired(c.absent(run), c.rule.within)
}

func (c *jobCheck) settle(run *facts) *finding { return c.absent(run) }

// absent says that the condition has not come.
func (c *jobCheck) absent(run *facts) *finding {
	if len(run.jobs) == 0 {
		return &finding{State: timeline.Diverged, Expected: c.rule.wanted(), Got: "no Job"}
	}
	return c.diverged(run.jobs[0].entry, c.rule.wanted(), "not "+c.rule.condition, "")
}

func (c *jobCheck) diverged(e *timeline.Entry, expected, got, cause string) *finding {
	return &finding{State: timeline.Diverged, Seq: e.Seq, Expected: expected, Got: got, Cause: cause}
}

// moment is a time since the first apply in words, exact to the millisecond.
func moment(t float64) string {
	return time.Duration(t * float64(time.Second)).Truncate(time.Millisecond).String()
}
