package expect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// jobRule is a job check of a contract. Everything that it says must hold.
type jobRule struct {
	// name is a pattern of [path.Match] that the Job's name fits, any if empty.
	// The check is about the n-th of those, from 0 in the order of appearance;
	// numbered says that the contract gives n.
	name     string
	n        int
	numbered bool
	// condition must become True, with a reason, any if empty; no condition is
	// wanted if it is empty.
	condition, reason string
	states            *sequence // nil if nothing is said of them
	counters          []counter
	window            window
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

// parseJob parses the value of the key job.
func parseJob(v strictyaml.Value) (string, func() decider) {
	return new(jobRule).parse(v)
}

// parseNthJob parses the value of the key job[n].
func parseNthJob(v strictyaml.Value, n int) (string, func() decider) {
	return (&jobRule{n: n, numbered: true}).parse(v)
}

func (r *jobRule) parse(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping(slices.Concat([]string{"name", "condition", "reason", "states"}, counterNames, []string{"within", "notBefore"})...)
	if name := m.Get("name"); name.Present() {
		r.name = parsePattern(name)
	}
	if condition := m.Get("condition"); condition.Present() {
		r.condition = condition.OneOf(complete, failed, failureTarget, successCriteriaMet, suspended)
	}
	if reason := m.Get("reason"); reason.Present() {
		r.reason = reason.Text()
		if !m.Get("condition").Present() {
			reason.Problemf("is the reason of a condition: want condition, too")
		}
	}
	if states := m.Get("states"); states.Present() {
		r.states = jobStates.read(states)
	}
	for i, name := range counterNames {
		if value := m.Get(name); value.Present() {
			r.counters = append(r.counters, parseCounter(i, value))
		}
	}
	r.window = parseWindow(m)
	if v.IsMapping() && !m.Get("condition").Present() && !m.Get("states").Present() && r.counters == nil {
		v.Problemf("says nothing of the Job: want condition, states, or a counter such as failed")
	}
	return r.text(), func() decider { return newJobCheck(r) }
}

// text is the rule on one line: "job: Failed (BackoffLimitExceeded) within 2m".
func (r *jobRule) text() string {
	var parts []string
	if r.condition != "" {
		parts = append(parts, r.wanted())
	}
	if r.states != nil {
		parts = append(parts, "states "+r.states.String())
	}
	for i := range r.counters {
		parts = append(parts, r.counters[i].text())
	}
	return r.subject() + ": " + strings.Join(parts, ", ") + r.window.suffix()
}

// subject is "job", "job pi" or "job[1]".
func (r *jobRule) subject() string {
	s := "job"
	if r.numbered {
		s = fmt.Sprintf("job[%d]", r.n)
	}
	if r.name != "" {
		s += " " + r.name
	}
	return s
}

// wanted is "Failed (BackoffLimitExceeded)".
func (r *jobRule) wanted() string { return conditionText(r.condition, r.reason) }

// obstacle returns a condition which says that the one wanted will never come, or
// nil: the Job has ended, or must end otherwise.
func (r *jobRule) obstacle(j *timeline.Job) *timeline.Condition {
	if end := ending(j); end != nil {
		return end
	}
	for i, got := range j.Conditions {
		if got.Status == "True" && slices.Contains(excludes[got.Type], r.condition) {
			return &j.Conditions[i]
		}
	}
	return nil
}
