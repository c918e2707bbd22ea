package expect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// podsRule is a pods check of a contract. Everything that it says must hold, for
// every pod that it is about.
type podsRule struct {
	pods selector
	// min and max bound the number of pods; max is -1 if there is no bound.
	min, max int
	// each and restarts are nil, end and window zero, if nothing is said of them.
	each     *sequence
	restarts *restarts
	end      string // "kept" or "deleted"
	window   window
}

// parsePods parses the value of the key pods.
func parsePods(v strictyaml.Value) (string, func() decider) {
	m := v.Mapping(slices.Concat(selectorKeys, []string{"count"}, podKeys)...)
	if v.IsMapping() && len(m.Keys()) == 0 {
		v.Problemf("is empty: want count, each, restarts or end")
	}
	r := &podsRule{pods: parseSelector(m, all), min: 1, max: -1}
	if count := m.Get("count"); count.Present() {
		r.min, r.max = parseRange(count, r.min)
	}
	r.parse(m)
	if r.min == 0 && r.max != 0 {
		for _, key := range []string{"within", "notBefore"} {
			if bound := m.Get(key); bound.Present() {
				bound.Problemf("is met by no pods at all: give count a minimum")
			}
		}
	}
	if r.max == 0 {
		for _, key := range podKeys {
			if other := m.Get(key); other.Present() {
				other.Problemf("says something of pods, but count says that there are none")
			}
		}
	}
	return r.text(), func() decider { return &podsCheck{rule: r} }
}

// parseNthPod parses the value of the key pods[n].
func parseNthPod(v strictyaml.Value, n int) (string, func() decider) {
	m := v.Mapping(slices.Concat(selectorKeys, podKeys)...)
	r := &podsRule{pods: parseSelector(m, n), min: 1, max: -1}
	r.parse(m)
	return r.text(), func() decider { return &podsCheck{rule: r} }
}

// podKeys are the keys that say something of each pod.
var podKeys = []string{"each", "restarts", "end", "within", "notBefore"}

// parse parses podKeys.
func (r *podsRule) parse(m strictyaml.Mapping) {
	if each := m.Get("each"); each.Present() {
		r.each = podStatuses.read(each)
	}
	if value := m.Get("restarts"); value.Present() {
		r.restarts = parseRestarts(value)
	}
	if end := m.Get("end"); end.Present() {
		r.end = end.OneOf("kept", "deleted")
	}
	r.window = parseWindow(m)
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

// text is the rule on one line.
func (r *podsRule) text() string {
	var parts []string
	switch {
	case r.min != 1 || r.max != -1:
		parts = append(parts, rangeText(r.min, r.max))
	case r.pods.nth < 0:
		parts = append(parts, "any number")
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
	if w := r.window.String(); w != "" {
		parts = append(parts, w)
	}
	if len(parts) == 0 {
		return r.pods.String()
	}
	return r.pods.String() + ": " + strings.Join(parts, ", ")
}

// wanted is the number of pods in words: "4 pods", "pods[2]".
func (r *podsRule) wanted() string {
	if r.pods.nth >= 0 {
		return r.pods.String()
	}
	return countText(r.min, r.max, r.pods.String())
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
