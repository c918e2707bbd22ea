package view

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// The heights of the parts of the drawing in CSS pixels, the same as in
// static/src/layout.ts, so that nothing moves when the script draws.
const (
	axisHeight    = 34
	headingHeight = 28
	jobHeight     = 48
	laneHeight    = 58
	plotFoot      = 10
	// tallestPlot is the height from which on the drawing scrolls by itself.
	tallestPlot = 860
)

// plotHeight is the height of the expected timeline's drawing.
func plotHeight(l Lab) int {
	return axisHeight + l.Headings*headingHeight + l.Jobs*jobHeight + max(1, l.Lanes)*laneHeight + plotFoot
}

// Live reports whether the run goes on.
func (b Bench) Live() bool { return b.Run != nil && b.Run.Live }

func (b Bench) runID() string {
	if b.Run == nil {
		return ""
	}
	return b.Run.ID
}

func (b Bench) runState() string {
	if b.Run == nil {
		return ""
	}
	return b.Run.State
}

// stepURL is where the form of a step goes; empty before a run.
func stepURL(r *Run, step string) string {
	if r == nil {
		return ""
	}
	return "/runs/" + url.PathEscape(r.ID) + "/steps/" + url.PathEscape(step)
}

func (b Bench) elapsed() string {
	if b.Run == nil {
		return ""
	}
	return seconds(b.Run.Elapsed)
}

// stepState is the state of a step of which a note tells.
func stepState(n *timeline.Note) string {
	if n.Code == timeline.NoteStep {
		return "done"
	}
	return n.Code
}

// podEntries are the states of the run's pods in order of arrival.
func podEntries(r *Run) []timeline.Entry {
	return entries(r, func(e timeline.Entry) bool { return e.Pod != nil })
}

// twinEntries are the same and, between them, the steps that were done.
func twinEntries(r *Run) []timeline.Entry {
	return entries(r, func(e timeline.Entry) bool { return e.Pod != nil || e.Note != nil && e.Note.OfStep() })
}

// eventEntries are the run's events and notes in order of arrival.
func eventEntries(r *Run) []timeline.Entry {
	return entries(r, func(e timeline.Entry) bool { return e.Event != nil || e.Note != nil })
}

func entries(r *Run, keep func(timeline.Entry) bool) []timeline.Entry {
	if r == nil {
		return nil
	}
	var list []timeline.Entry
	for _, e := range r.Timeline.Entries {
		if keep(e) {
			list = append(list, e)
		}
	}
	return list
}

// problemAt reports whether a problem is at a line.
func problemAt(problems []Problem, line int) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Line == line })
}

// link is an address and its text.
type link struct{ URL, Text string }

// logLinks are the logs of the run's containers, by pod in creation order.
func logLinks(r *Run) []link {
	var links []link
	seen := map[string]bool{}
	for _, e := range podEntries(r) {
		for _, c := range e.Pod.Containers {
			key := e.Name + "/" + c.Name
			if seen[key] || c.ContainerID == "" {
				continue
			}
			seen[key] = true
			links = append(links, link{
				URL:  "/api/runs/" + url.PathEscape(r.ID) + "/pods/" + url.PathEscape(e.Name) + "/log?container=" + url.QueryEscape(c.Name),
				Text: key,
			})
		}
	}
	return links
}

// checkDetail says what decided a check, or what it waits for.
func checkDetail(w *Words, v timeline.Verdict) string {
	var parts []string
	if v.Pod != "" {
		parts = append(parts, v.Pod)
	}
	switch {
	case v.State == timeline.Diverged && v.Expected != "":
		parts = append(parts, strings.NewReplacer("{expected}", v.Expected, "{got}", v.Got).Replace(w.Script.Diverged))
	case v.Got != "":
		parts = append(parts, v.Got)
	}
	detail := strings.Join(parts, ": ")
	if v.Cause != "" {
		detail += " — " + v.Cause
	}
	return strings.TrimPrefix(detail, " — ")
}

// endReason says why a run ended before all was decided. That all went as
// expected, or differently, needs no reason beside the checks.
func endReason(w *Words, r *Run) string {
	switch {
	case r.Outcome != timeline.Undecided:
		return ""
	case r.State == "stopped":
		return w.Runs[r.State]
	}
	return r.Reason
}

func itoa(n int) string { return strconv.Itoa(n) }
