package parity

import (
	"fmt"
	"math"
)

// A Lag is by how much one moment of two runs differs, random waits before it
// left out.
type Lag struct {
	Object, Moment string
	A, B           float64
}

// Size is the difference in seconds.
func (l Lag) Size() float64 { return math.Abs(l.A - l.B) }

func (l Lag) String() string {
	return fmt.Sprintf("%.1f s (%s, %s)", l.Size(), l.Object, l.Moment)
}

// lags compares the times of two pods whose normal orders are equal: those of
// the states that both clusters published.
func lags(object string, a, b *Pod) []Lag {
	var found []Lag
	orderA, orderB := normal(a.States), normal(b.States)
	waitsA, waitsB := waits(orderA), waits(orderB)
	for i := range orderA {
		sa, sb := orderA[i], orderB[i]
		if !sa.Inferred && !sb.Inferred {
			found = append(found, Lag{object, sa.name(), sa.T - waited(waitsA, sa.T), sb.T - waited(waitsB, sb.T)})
		}
	}
	return found
}

// conditionLags compares the times of a Job's conditions, which are equal. The
// random waits of a Job are those of the pod of it that waited longest.
func conditionLags(object string, a, b *Observation, ja, jb *Job) []Lag {
	var found []Lag
	for i := range ja.Conditions {
		ca, cb := ja.Conditions[i], jb.Conditions[i]
		found = append(found, Lag{object, ca.Text, ca.T - a.waitedFor(ja, ca.T), cb.T - b.waitedFor(jb, cb.T)})
	}
	return found
}

func (o *Observation) waitedFor(j *Job, t float64) float64 {
	longest := 0.0
	for i := range o.Pods {
		if o.Pods[i].Owner == "Job/"+j.Name {
			longest = max(longest, waited(waits(normal(o.Pods[i].States)), t))
		}
	}
	return longest
}

// largest returns the largest of lags; ok is false if there are none.
func largest(lags []Lag) (worst Lag, ok bool) {
	for _, l := range lags {
		if !ok || l.Size() > worst.Size() {
			worst, ok = l, true
		}
	}
	return worst, ok
}
