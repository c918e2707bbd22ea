package view

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/timeline"
)

// WhyPage says why something happened in a run.
type WhyPage struct {
	Frame
	Run          string
	Explanations []explain.Explanation
	// File and Manifest are what the run applied.
	File, Manifest string
}

// part is a piece of a text.
type part struct {
	Code bool
	Text string
}

// parts splits a text at its backquotes; what stands between two is code.
func parts(text string) []part {
	var list []part
	for i, p := range strings.Split(text, "`") {
		if p != "" {
			list = append(list, part{Code: i%2 == 1, Text: p})
		}
	}
	return list
}

// fieldSays is what the manifest has at a field.
func fieldSays(w *Words, f *explain.Field) string {
	switch {
	case f.Absent && f.Value != "":
		return fmt.Sprintf(w.WhyDefault, f.Value)
	case f.Absent:
		return w.WhyAbsent
	}
	return f.Value
}

// lineID names a line of the manifest in the page.
func lineID(line int) string { return "line-" + itoa(line) }

// whyCheck and whyEntry are the addresses of explanations.
func whyCheck(r *Run, v timeline.Verdict) string {
	return whyAddress(r) + "check=" + url.QueryEscape(v.ID)
}

func whyEntry(r *Run, seq timeline.Seq) string { return whyAddress(r) + "seq=" + fmt.Sprint(seq) }

func whyAddress(r *Run) string { return "/runs/" + url.PathEscape(r.ID) + "/why?" }

// hasWhy reports whether there is something to explain of a check.
func hasWhy(r *Run, v timeline.Verdict) bool {
	return r != nil && (v.State == timeline.Diverged || v.State == timeline.Undecided)
}
