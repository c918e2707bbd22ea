package expect

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// podsRule is a pods check of a contract. Everything that it says must hold, for
// every pod that it is about.
type podsRule struct {
	// of selects the pods: "Job" those that a Job owns, "none" those without an
	// owner, empty all.
	of string
	// min and max bound the number of pods; max is -1 if there is no bound.
	min, max int
	// each and restarts are nil, end and within zero, if nothing is said of them.
	each     *sequence
	restarts *restarts
	end      string // "kept" or "deleted"
	within   time.Duration
}

// parsePods parses the value of the key pods.
func parsePods(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping("of", "count", "each", "restarts", "end", "within")
	if v.IsMapping() && len(m.Keys()) == 0 {
		v.Problemf("is empty: want count, each, restarts or end")
	}
	r := &podsRule{min: 1, max: -1}
	if of := m.Get("of"); of.Present() {
		r.of = of.OneOf("Job", "none")
	}
	if count := m.Get("count"); count.Present() {
		r.min, r.max = parseRange(count, r.min)
	}
	if each := m.Get("each"); each.Present() {
		r.each = parseEach(each)
	}
	if value := m.Get("restarts"); value.Present() {
		r.restarts = parseRestarts(value)
	}
	if end := m.Get("end"); end.Present() {
		r.end = end.OneOf("kept", "deleted")
	}
	if within := m.Get("within"); within.Present() {
		r.within = within.Duration()
		if r.min == 0 && r.max != 0 {
			within.Problemf("is met by no pods at all: give count a minimum")
		}
	}
	if r.max == 0 {
		for _, key := range []string{"each", "restarts", "end", "within"} {
			if other := m.Get(key); other.Present() {
				other.Problemf("says something of pods, but count says that there are none")
			}
		}
	}
	return r.text(), func() decider { return &podsCheck{rule: r} }
}

// parseRange parses "4" or "{min: 3, max: 5}", of which one may be left out. What
// cannot be read is as if the range were from a minimum without end.
func parseRange(v strictyaml.Value, otherwise int) (low, high int) {
	if !v.IsMapping() {
		if n, ok := v.Int(0); ok {
			return n, n
		}
		return otherwise, -1
	}
	m := v.Mapping("min", "max")
	if len(m.Keys()) == 0 {
		v.Problemf("is empty: want min or max")
	}
	high = -1
	if value := m.Get("min"); value.Present() {
		low, _ = value.Int(0)
	}
	if value := m.Get("max"); value.Present() {
		n, ok := value.Int(0)
		if ok && n < low {
			value.Problemf("%d is less than min, %d", n, low)
		} else if ok {
			high = n
		}
	}
	return low, high
}

func parseEach(v strictyaml.Value) *sequence {
	text := v.Text()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	q, err := parseSequence(text)
	var syntax *syntaxError
	if errors.As(err, &syntax) {
		v.ProblemAtOffset(syntax.offset, "%s", syntax.message)
	}
	return q
}

// text is the rule on one line.
func (r *podsRule) text() string {
	parts := []string{"any number"}
	if r.min != 1 || r.max != -1 {
		parts[0] = rangeText(r.min, r.max)
	}
	if r.each != nil {
		parts = append(parts, "each "+r.each.String())
	}
	if r.restarts != nil {
		parts = append(parts, "restarts "+r.restarts.text())
	}
	if r.end != "" {
		parts = append(parts, r.end)
	}
	if r.within > 0 {
		parts = append(parts, "within "+brief(r.within))
	}
	return r.subject() + ": " + strings.Join(parts, ", ")
}

// subject names the pods that the rule is about.
func (r *podsRule) subject() string {
	switch r.of {
	case "Job":
		return "pods of a Job"
	case "none":
		return "bare pods"
	}
	return "pods"
}

// selects reports whether the rule is about a pod of an owner.
func (r *podsRule) selects(owner string) bool {
	switch r.of {
	case "Job":
		return strings.HasPrefix(owner, "Job/")
	case "none":
		return owner == ""
	}
	return true
}

// rangeText is "4", "at least 1", "at most 3" or "3 to 5".
func rangeText(low, high int) string {
	switch {
	case low == high:
		return fmt.Sprint(low)
	case high < 0:
		return fmt.Sprintf("at least %d", low)
	case low == 0:
		return fmt.Sprintf("at most %d", high)
	}
	return fmt.Sprintf("%d to %d", low, high)
}
