package parity

import (
	"fmt"
	"strings"
)

// About is what a table says about the runs that it compares.
type About struct {
	Date           string // of the runs
	Embedded, Kind string // the clusters and their versions
	Machine        string // cores and memory
}

// Table renders results as Markdown: the rule, one row a scenario, and under it
// the orders as they were.
func Table(results []*Result, list []Reviewed, about About) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, both at the same time, on %s, %s.\n\n", about.Embedded, about.Kind, about.Machine, about.Date)
	b.WriteString(strings.TrimSpace(Rule))
	b.WriteString("\n\n### Results\n\n")
	b.WriteString("| scenario | pods | order of states | container ends | Job conditions | event reasons | inferred states: embedded, kind | largest time difference | back-offs: embedded; kind |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s | %s | %d, %d | %s | %s |\n", r.Name, r.Name,
			r.verdict(list, Count), r.order(list), r.verdict(list, Ends), r.verdict(list, Conditions), r.verdict(list, Events),
			r.Embedded.inferred(), r.Kind.inferred(), r.time(list), r.backoffs(list))
	}
	for _, r := range results {
		fmt.Fprintf(&b, "\n#### %s\n\n", r.Name)
		r.details(&b, list)
	}
	return b.String()
}

// verdict is one word on an aspect.
func (r *Result) verdict(list []Reviewed, aspect Aspect) string {
	if aspect == Count && !has(r.Differences, Count) {
		return fmt.Sprint(len(r.Embedded.Pods))
	}
	for _, d := range r.Differences {
		if d.Aspect != aspect {
			continue
		}
		if _, ok := find(list, d); !ok {
			return "**different**"
		}
	}
	switch {
	case has(r.Differences, aspect):
		return "reviewed"
	case has(r.Varied, aspect):
		return "as recorded"
	case aspect == Conditions && len(r.Embedded.Jobs) == 0:
		return ""
	}
	return "identical"
}

// order is the verdict on the order of states: only what is the same in every
// state, without the rule's help, is identical.
func (r *Result) order(list []Reviewed) string {
	verdict := r.verdict(list, Order)
	if verdict == "identical" && !r.identical() {
		verdict = "same"
	}
	return verdict
}

// identical reports whether all pods went through the same states, literally.
func (r *Result) identical() bool {
	a, b := r.Embedded.paired(), r.Kind.paired()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if names(a[i].States) != names(b[i].States) {
			return false
		}
	}
	return true
}

func (r *Result) time(list []Reviewed) string {
	worst, ok := largest(r.Lags)
	if !ok {
		return "no time to compare"
	}
	text := worst.String()
	if verdict := r.verdict(list, Time); verdict != "identical" {
		text += ": " + verdict
	}
	return text
}

func (r *Result) backoffs(list []Reviewed) string {
	a, b := r.Embedded.backoffs(), r.Kind.backoffs()
	if a == "" && b == "" {
		return ""
	}
	text := orNone(a) + "; " + orNone(b)
	if verdict := r.verdict(list, Backoff); verdict != "identical" {
		text += ": " + verdict
	}
	return text
}

// backoffs are the lengths of all random waits whose length is known.
func (o *Observation) backoffs() string {
	var words []string
	for _, p := range o.paired() {
		for _, w := range waits(normal(p.States)) {
			if w.known() {
				words = append(words, fmt.Sprintf("%.1f", w.length()))
			}
		}
	}
	return strings.Join(words, " ")
}

// inferred counts the states that were not published.
func (o *Observation) inferred() int {
	n := 0
	for _, p := range o.Pods {
		for _, s := range p.States {
			if s.Inferred {
				n++
			}
		}
	}
	return n
}
