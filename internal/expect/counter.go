package expect

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// counterNames are the counters of a Job that a check may speak of.
var counterNames = []string{"active", "ready", "succeeded", "failed", "terminating"}

// The counters whose course the API server bounds, as indexes of counterNames:
// failed never falls, and a Job that has ended has no active, ready or
// terminating pods. See getStatusValidationOptions in
// k8s.io/kubernetes/pkg/registry/batch/job.
const (
	succeededCounter = 2
	failedCounter    = 3
)

// counter is what a counter of a Job must be: the values of order passed one
// after the other and the last of them in the end, or, if that is nil, between
// min and max in the end and never more than max, which is -1 if there is no
// bound.
type counter struct {
	which    int
	min, max int
	order    []int
}

// parseCounter parses "3", "{max: 2}" or "[0, 1, 2]".
func parseCounter(which int, v strictyaml.Value) counter {
	c := counter{which: which}
	if !v.IsList() {
		c.min, c.max = parseRange(v, 0)
		return c
	}
	values := v.List()
	if len(values) == 0 {
		v.Problemf("is empty: want the values that %s passes", counterNames[which])
	}
	c.order = []int{}
	for _, value := range values {
		n, ok := value.Int(0)
		if before := len(c.order) - 1; ok && before >= 0 {
			switch last := c.order[before]; {
			case n == last:
				value.Problemf("%d comes right after %[1]d: repeats count as one", n)
			case n < last && which == failedCounter:
				value.Problemf("%d comes after %d, but failed never falls", n, last)
			}
		}
		c.order = append(c.order, n)
	}
	return c
}

func (c *counter) name() string { return counterNames[c.which] }

// text is "failed 0, 1, 2" or "active at most 2".
func (c *counter) text() string { return c.name() + " " + c.amount() }

// amount is "0, 1, 2" or "at most 2".
func (c *counter) amount() string {
	if c.order != nil {
		return numbers(c.order)
	}
	return rangeText(c.min, c.max)
}

// numbers is "0, 1, 2".
func numbers(list []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(list)), ", "), "[]")
}

// value is the counter of a Job.
func (c *counter) value(j *timeline.Job) int {
	switch c.which {
	case 0:
		return j.Active
	case 1:
		return j.Ready
	case succeededCounter:
		return j.Succeeded
	case failedCounter:
		return j.Failed
	}
	return j.Terminating
}

// tally is the course of a counter so far.
type tally struct {
	now  int
	seen bool
	// passed is how many values of order have been passed; missed says that
	// more may have been, unseen.
	passed int
	missed bool
}

// admits takes the next value in. It reports whether the counter may still come
// to what it must be.
func (c *counter) admits(at *tally, n int) bool {
	from, seen := at.now, at.seen
	at.now, at.seen = n, true
	if c.order == nil {
		return c.max < 0 || n <= c.max
	}
	for at.passed < len(c.order) {
		next := c.order[at.passed]
		if next != n && !(seen && (from < next && next < n || n < next && next < from)) {
			break
		}
		from = next
		at.passed++
	}
	if c.which != failedCounter {
		return true
	}
	return n <= c.order[len(c.order)-1] && (at.missed || at.passed == len(c.order) || c.order[at.passed] > n)
}

// reached reports whether the counter may stay as it is.
func (c *counter) reached(at *tally) bool {
	if c.order == nil {
		return at.now >= c.min
	}
	return at.passed == len(c.order) && at.now == c.order[len(c.order)-1]
}

// excused reports whether a counter that has not reached what it must be may
// have, unseen. A Job that is gone may have been anything in between.
func (c *counter) excused(at *tally, gone bool) bool {
	return at.missed && (gone || c.order != nil && at.now == c.order[len(c.order)-1])
}

// expected says which value is expected.
func (c *counter) expected(at *tally) string {
	switch {
	case c.order == nil:
		return c.text()
	case at.passed < len(c.order):
		return fmt.Sprintf("%s %d", c.name(), c.order[at.passed])
	}
	return fmt.Sprintf("%s %d in the end", c.name(), c.order[len(c.order)-1])
}
