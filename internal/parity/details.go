package parity

import (
	"fmt"
	"io"
	"strings"
)

// column is one run of a scenario in what is printed of it.
type column struct {
	name string
	seen *Observation
}

func (r *Result) columns() []column {
	columns := []column{{"embedded", r.Embedded}, {"kind", r.Kind}}
	if r.Recorded != nil {
		columns = append(columns, column{"recorded", r.Recorded})
	}
	return columns
}

// details prints what each run showed, and what is to be said about it.
func (r *Result) details(w io.Writer, list []Reviewed) {
	for _, d := range r.Differences {
		reason := "not reviewed"
		if entry, ok := r.reviewed(list, d); ok {
			reason = "reviewed: " + entry.Reason
		}
		fmt.Fprintf(w, "- %s of %s: embedded has %s, kind has %s (%s).\n", d.Aspect, d.Object, d.Embedded, d.Kind, reason)
	}
	for _, d := range r.Varied {
		fmt.Fprintf(w, "- %s of %s: kind has %s today, but was recorded with %s, which the embedded cluster has, too: Kubernetes may do either.\n", d.Aspect, d.Object, d.Kind, d.Embedded)
	}
	r.realVaries(w)
	if len(r.Differences)+len(r.Varied) > 0 || r.real != nil && len(r.real.differences) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "```text")
	columns := r.columns()
	for i, object := range objects(r.Embedded.paired()) {
		fmt.Fprintln(w, object)
		for _, c := range columns {
			if pods := c.seen.paired(); i < len(pods) {
				p := &pods[i]
				fmt.Fprintf(w, "  %-9s %s\n", c.name, text(p.States))
				fmt.Fprintf(w, "  %-9s   from %s; ends: %s; events: %s\n", "", times(p.States), or(strings.Join(p.Ends, ", ")), or(strings.Join(p.Events, ", ")))
			}
		}
	}
	for i := range r.Embedded.Jobs {
		fmt.Fprintf(w, "Job/%s\n", r.Embedded.Jobs[i].Name)
		for _, c := range columns {
			if i < len(c.seen.Jobs) {
				j := &c.seen.Jobs[i]
				fmt.Fprintf(w, "  %-9s %s; events: %s\n", c.name, conditionTimes(j), or(strings.Join(j.Events, ", ")))
			}
		}
	}
	fmt.Fprintln(w, "```")
}

// realVaries says in what kind itself is not as it was recorded.
func (r *Result) realVaries(w io.Writer) {
	if r.real == nil {
		return
	}
	for _, d := range r.real.differences {
		if has(r.Varied, d.Aspect) {
			continue
		}
		fmt.Fprintf(w, "- Kubernetes itself varies in the %s of %s: kind has %s today, and was recorded with %s.\n", d.Aspect, d.Object, d.Embedded, d.Kind)
	}
}

// times are when states began, those of inferred ones in brackets.
func times(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = fmt.Sprintf("%.1f", s.T)
		if s.Inferred {
			words[i] = "[" + words[i] + "]"
		}
	}
	return strings.Join(words, " ")
}

func conditionTimes(j *Job) string {
	words := make([]string, 0, len(j.Conditions)+1)
	for _, c := range j.Conditions {
		words = append(words, fmt.Sprintf("%s at %.1f", c.Text, c.T))
	}
	return strings.Join(append(words, j.Counters), ", ")
}
