package expect

import (
	"fmt"

	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// restarts is what RESTARTS of a pod must be: the values of order one after the
// other, or, if that is nil, between min and max in the end and never more than
// max, which is -1 if there is no bound.
type restarts struct {
	min, max int
	order    []int
}

// parseRestarts parses "0", "{max: 3}" or "[0, 1, 2, 3]".
func parseRestarts(v strictyaml.Value) *restarts {
	if !v.IsList() {
		low, high := parseRange(v, 0)
		return &restarts{min: low, max: high}
	}
	r := &restarts{}
	values := v.List()
	if len(values) == 0 {
		v.Problemf("is empty: want the values that RESTARTS takes")
	}
	for _, value := range values {
		n, ok := value.Int(0)
		if before := len(r.order) - 1; ok && before >= 0 && n == r.order[before] {
			value.Problemf("%d comes right after %[1]d: repeats count as one", n)
		}
		r.order = append(r.order, n)
	}
	return r
}

// text is "0", "at most 3" or "0, 1, 2, 3".
func (r *restarts) text() string {
	if r.order == nil {
		return rangeText(r.min, r.max)
	}
	return numbers(r.order)
}

// admits reports whether RESTARTS may be n now, and moves on to it. After a gap
// values may have been missed.
func (r *restarts) admits(at *progress, n int, gap bool) bool {
	if r.order == nil {
		return r.max < 0 || n <= r.max
	}
	for i := at.order; i < len(r.order); i++ {
		if r.order[i] == n {
			at.order = i + 1
			return true
		}
		if !gap {
			break
		}
	}
	return false
}

// reached reports whether RESTARTS n may be the last.
func (r *restarts) reached(at *progress, n int) bool {
	if r.order == nil {
		return n >= r.min
	}
	return at.order == len(r.order)
}

// next says which RESTARTS are expected.
func (r *restarts) next(at *progress) string {
	switch {
	case r.order == nil:
		return "RESTARTS " + rangeText(r.min, r.max)
	case at.order == len(r.order):
		return fmt.Sprintf("RESTARTS to stay %d", r.order[at.order-1])
	}
	return fmt.Sprintf("RESTARTS %d", r.order[at.order])
}
