package parity

import (
	"fmt"
	"slices"
	"strings"
)

// Aspect is what is compared of an object.
type Aspect string

// The aspects, in the order in which they are told.
const (
	Count      Aspect = "count"      // how many pods and Jobs there are
	Order      Aspect = "order"      // of a pod's states
	Ends       Aspect = "ends"       // how a pod's containers ended
	Conditions Aspect = "conditions" // of a Job, and its counters
	Events     Aspect = "events"     // reasons of an object's events
	Time       Aspect = "time"       // of states and conditions
	Backoff    Aspect = "backoff"    // random waits out of their range
)

// Difference is one thing in which the embedded cluster is not like a real one.
type Difference struct {
	Scenario       string
	Aspect         Aspect
	Object         string
	Embedded, Kind string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s, %s of %s: embedded has %s, kind has %s", d.Scenario, d.Aspect, d.Object, d.Embedded, d.Kind)
}

// pair is the comparison of two runs.
type pair struct {
	differences []Difference
	lags        []Lag
}

// add notes what is not equal.
func (p *pair) add(aspect Aspect, object, a, b string) {
	if a != b {
		p.differences = append(p.differences, Difference{Aspect: aspect, Object: object, Embedded: orNone(a), Kind: orNone(b)})
	}
}

// orNone is a text, or a word for none.
func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// compare compares what two clusters showed by the rule.
func compare(a, b *Observation) *pair {
	p := &pair{}
	podsA, podsB := a.paired(), b.paired()
	p.add(Count, "pods", owners(podsA), owners(podsB))
	if owners(podsA) == owners(podsB) {
		for i, object := range objects(podsA) {
			p.comparePods(object, &podsA[i], &podsB[i])
		}
	}
	p.add(Count, "Jobs", jobNames(a), jobNames(b))
	if jobNames(a) == jobNames(b) {
		for i := range a.Jobs {
			p.compareJobs(a, b, &a.Jobs[i], &b.Jobs[i])
		}
	}
	return p
}

func (p *pair) comparePods(object string, a, b *Pod) {
	p.add(Order, object, names(normal(a.States)), names(normal(b.States)))
	p.add(Ends, object, strings.Join(a.Ends, ", "), strings.Join(b.Ends, ", "))
	p.add(Events, object, strings.Join(a.Events, ", "), strings.Join(b.Events, ", "))
	if names(normal(a.States)) == names(normal(b.States)) {
		p.lags = append(p.lags, lags(object, a, b)...)
	}
	p.add(Backoff, object, outOfRange(a), outOfRange(b))
}

// outOfRange are the random waits of a pod that are not in their range.
func outOfRange(p *Pod) string {
	var out []string
	for _, w := range waits(normal(p.States)) {
		if w.known() && !w.inRange() {
			out = append(out, w.String())
		}
	}
	return strings.Join(out, ", ")
}

func (p *pair) compareJobs(a, b *Observation, ja, jb *Job) {
	object := "Job/" + ja.Name
	p.add(Conditions, object, conditions(ja), conditions(jb))
	p.add(Events, object, strings.Join(ja.Events, ", "), strings.Join(jb.Events, ", "))
	if conditions(ja) == conditions(jb) {
		p.lags = append(p.lags, conditionLags(object, a, b, ja, jb)...)
	}
}

// conditions are a Job's conditions and its last counters in words.
func conditions(j *Job) string {
	var words []string
	for _, c := range j.Conditions {
		words = append(words, c.Text)
	}
	return strings.Join(append(words, j.Counters), ", ")
}

func owners(pods []Pod) string {
	words := make([]string, len(pods))
	for i, p := range pods {
		words[i] = p.Owner
		if p.Owner == "" {
			words[i] = "bare"
		}
	}
	return strings.Join(words, ", ")
}

// objects names pods by their owner and their place among its pods.
func objects(pods []Pod) []string {
	found := make([]string, len(pods))
	count := map[string]int{}
	for i, p := range pods {
		count[p.Owner]++
		found[i] = fmt.Sprintf("pod %d", count[p.Owner])
		if p.Owner != "" {
			found[i] += " of " + p.Owner
		}
	}
	return found
}

func jobNames(o *Observation) string {
	var words []string
	for _, j := range o.Jobs {
		words = append(words, j.Name)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
