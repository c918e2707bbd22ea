package parity

import (
	"fmt"
	"slices"
)

// Result is what a comparison found of one scenario.
type Result struct {
	Scenario
	// Differences are those of the embedded cluster from kind today that the
	// recording does not show, either.
	Differences []Difference
	// Varied are those in which kind today is not as it was recorded, and the
	// embedded cluster is: Kubernetes itself may do either.
	Varied []Difference
	// Lags are all times that the embedded cluster and kind both have.
	Lags []Lag

	recorded *pair // embedded against the recording; nil without one
	varied   *pair // kind against the recording; nil without one
}

// Compare compares the runs of a scenario.
func Compare(s Scenario) *Result {
	r := &Result{Scenario: s}
	today := compare(s.Embedded, s.Kind)
	if s.Recorded != nil {
		r.recorded = compare(s.Embedded, s.Recorded)
		r.varied = compare(s.Kind, s.Recorded)
	}
	r.Lags = today.lags
	for _, d := range today.differences {
		if !r.add(d, r.recorded != nil && r.recorded.agrees(d)) || d.Aspect != Order {
			continue
		}
		// The order is as recorded, so that times can be, too.
		for _, l := range r.recorded.lags {
			if l.Object == d.Object {
				l.Moment += ", against the recording"
				r.Lags = append(r.Lags, l)
			}
		}
	}
	r.addTime()
	return r
}

// add notes a difference from kind today. It reports whether it is one in which
// the embedded cluster is as recorded.
func (r *Result) add(d Difference, recorded bool) bool {
	d.Scenario = r.Name
	if recorded {
		r.Varied = append(r.Varied, d)
	} else {
		r.Differences = append(r.Differences, d)
	}
	return recorded
}

// addTime notes the largest difference in time that is too large.
func (r *Result) addTime() {
	var late, recorded []Lag
	for _, l := range r.Lags {
		switch {
		case l.Size() <= Tolerance:
		case r.recorded != nil && slices.ContainsFunc(r.recorded.lags, func(other Lag) bool {
			return other.Object == l.Object && other.Moment == l.Moment && other.Size() <= Tolerance
		}):
			recorded = append(recorded, l)
		default:
			late = append(late, l)
		}
	}
	if worst, ok := largest(late); ok {
		r.add(worst.difference(), false)
	} else if worst, ok := largest(recorded); ok {
		r.add(worst.difference(), true)
	}
}

// ForgetTimes takes the differences in time alone out of Differences; Lags still
// tell them. On a machine that is busy with other things they say little.
func (r *Result) ForgetTimes() {
	r.Differences = slices.DeleteFunc(r.Differences, func(d Difference) bool { return d.Aspect == Time })
}

func (l Lag) difference() Difference {
	return Difference{Aspect: Time, Object: l.Object + ", " + l.Moment, Embedded: fmt.Sprintf("%.1f s", l.A), Kind: fmt.Sprintf("%.1f s", l.B)}
}

// agrees reports whether two runs do not differ in what others differ in.
func (p *pair) agrees(d Difference) bool {
	return !slices.ContainsFunc(p.differences, func(other Difference) bool {
		return other.Aspect == Count || other.Aspect == d.Aspect && other.Object == d.Object
	})
}

// has reports whether something differs in an aspect.
func has(differences []Difference, aspects ...Aspect) bool {
	return slices.ContainsFunc(differences, func(d Difference) bool { return slices.Contains(aspects, d.Aspect) })
}
