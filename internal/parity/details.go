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
	said := 0
	say := func(format string, args ...any) {
		said++
		fmt.Fprintf(w, "- "+format+"\n", args...)
	}
	for _, d := range r.Earlier {
		say("The scenario was run again, since it differed: %s of %s: embedded had %s, kind %s.", d.Aspect, d.Object, d.Embedded, d.Kind)
	}
	for _, d := range r.Differences {
		say("%s of %s: embedded has %s, kind has %s%s.", d.Aspect, d.Object, d.Embedded, d.Kind, reason(list, d, " (not reviewed)"))
	}
	for _, d := range r.Varied {
		say("%s of %s: kind has %s today, but was recorded with %s, which embedded has%s.", d.Aspect, d.Object, d.Kind, d.Embedded, reason(list, d, ""))
	}
	if r.varied != nil {
		for _, d := range r.varied.differences {
			if !has(r.Varied, d.Aspect) && !has(r.Differences, d.Aspect) {
				say("%s of %s: kind has %s today, as embedded, but was recorded with %s.", d.Aspect, d.Object, d.Embedded, d.Kind)
			}
		}
	}
	if said > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "```text")
	r.printPods(w)
	r.printJobs(w)
	fmt.Fprintln(w, "```")
}

func (r *Result) printPods(w io.Writer) {
	var names []string
	for _, c := range r.columns() {
		if pods := c.seen.paired(); len(pods) > len(names) {
			names = objects(pods)
		}
	}
	for i, name := range names {
		fmt.Fprintln(w, name)
		for _, c := range r.columns() {
			if pods := c.seen.paired(); i < len(pods) {
				p := &pods[i]
				fmt.Fprintf(w, "  %-9s %s\n", c.name, text(p.States))
				fmt.Fprintf(w, "  %-9s   from %s; ends: %s; events: %s\n", "", times(p.States), orNone(strings.Join(p.Ends, ", ")), orNone(strings.Join(p.Events, ", ")))
			}
		}
	}
}

func (r *Result) printJobs(w io.Writer) {
	if len(r.Embedded.Jobs)+len(r.Kind.Jobs) > 0 {
		fmt.Fprintln(w, "Jobs")
	}
	for _, c := range r.columns() {
		for i := range c.seen.Jobs {
			j := &c.seen.Jobs[i]
			fmt.Fprintf(w, "  %-9s %s: %s; events: %s\n", c.name, j.Name, conditionTimes(j), orNone(strings.Join(j.Events, ", ")))
		}
	}
}

// reason is why a difference may be, in brackets, or another text.
func reason(list []Reviewed, d Difference, other string) string {
	if entry, ok := find(list, d); ok {
		return " (reviewed: " + entry.Reason + ")"
	}
	return other
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
