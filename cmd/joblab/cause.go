package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// applied is the manifest of a run.
func applied(manifest []byte, l *lab.Lab) string {
	if len(manifest) == 0 {
		return string(l.Manifest)
	}
	return string(manifest)
}

// printCause explains the divergence that came first, if there is one.
func printCause(w io.Writer, story *explain.Story, verdict timeline.Verdict) error {
	v := firstDivergence(verdict)
	if v == nil {
		return nil
	}
	list, _ := story.Check(v.ID, "en")
	if len(list) == 0 {
		return nil
	}
	text := causeText(&list[0])
	for _, x := range list[1:min(len(list), 2)] {
		text += "\n  and: " + x.Title
		if x.Value != "" {
			text += " (" + x.Value + ")"
		}
	}
	_, err := fmt.Fprintf(w, "\nwhy %s: %s\n", v.ID, text)
	return err
}

// firstDivergence is the check that diverged at the earliest entry; one that no
// entry decided comes last.
func firstDivergence(verdict timeline.Verdict) *timeline.Verdict {
	var first *timeline.Verdict
	for i := range verdict.Checks {
		c := &verdict.Checks[i]
		if c.State == timeline.Diverged && (first == nil || first.Seq == 0 || c.Seq > 0 && c.Seq < first.Seq) {
			first = c
		}
	}
	return first
}

// causeText is an explanation for the terminal: what, why, by whom, which field,
// what was computed, and where it is written down.
func causeText(x *explain.Explanation) string {
	lines := []string{x.Title}
	lines = append(lines, wrap(x.Text, 96)...)
	if x.Known {
		lines = append(lines, "by: "+string(x.Actor))
	}
	if f := x.Field; f != nil {
		lines = append(lines, "field: "+fieldText(f))
	}
	if x.Value != "" {
		lines = append(lines, "value: "+x.Value)
	}
	for _, s := range x.Sources {
		lines = append(lines, "source: "+s.Title, "        "+s.URL)
	}
	return strings.Join(lines, "\n  ")
}

func fieldText(f *explain.Field) string {
	text := fmt.Sprintf("line %d, %s of %s", f.Line, f.Path, f.Object)
	switch {
	case f.Absent && f.Value != "":
		text += ", absent: " + f.Value + " by default"
	case f.Absent:
		text += ", absent"
	case f.Value != "":
		text += ": " + f.Value
	}
	return text
}

// wrap breaks a text into lines of at most width bytes, where words allow it.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
