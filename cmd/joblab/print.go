package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// line is an entry as one line for the terminal: seconds, and kubectl's words.
func line(e *timeline.Entry) string {
	text := ""
	switch e.Kind {
	case timeline.KindPod:
		p := e.Pod
		text = fmt.Sprintf("pod %-28s %-6s %-20s %d", e.Name, p.Ready, p.Status, p.Restarts)
		if e.Type == timeline.Deleted {
			text += "  deleted"
		}
		if e.Inferred {
			text += "  inferred: " + e.Proof
		}
	case timeline.KindJob:
		j := e.Job
		text = fmt.Sprintf("job %-28s active %d, ready %d, succeeded %d, failed %d, terminating %d", e.Name, j.Active, j.Ready, j.Succeeded, j.Failed, j.Terminating)
		for _, c := range j.Conditions {
			if c.Status != "True" {
				continue
			}
			text += "  " + c.Type
			if c.Reason != "" {
				text += " (" + c.Reason + ")"
			}
		}
		if e.Type == timeline.Deleted {
			text += "  deleted"
		}
	case timeline.KindCronJob:
		text = fmt.Sprintf("cronjob %-24s %s, active %d", e.Name, e.CronJob.Schedule, len(e.CronJob.Active))
	case timeline.KindEvent:
		text = fmt.Sprintf("event %s: %s: %s", e.Event.Object, e.Event.Reason, e.Event.Message)
		if e.Event.Count > 1 {
			text += fmt.Sprintf(" (%d times)", e.Event.Count)
		}
	case timeline.KindNote:
		text = "note " + e.Note.Code + ": " + e.Note.Text
		if e.Note.Step != "" {
			text = fmt.Sprintf("step %s: %s: %s", e.Note.Step, stepWords[e.Note.Code], e.Note.Text)
		}
	case timeline.KindVerdict:
		return verdictLine(e)
	}
	return fmt.Sprintf("%9.3f  %s", e.T, strings.TrimRight(text, " "))
}

// stepWords are what the codes of notes say of a step.
var stepWords = map[string]string{
	timeline.NoteReady:   "ready",
	timeline.NoteStep:    "done",
	timeline.NoteRefused: "refused",
}

func verdictLine(e *timeline.Entry) string {
	v := e.Verdict
	if v.ID != "" {
		return fmt.Sprintf("%9.3f  %s", e.T, check(*v))
	}
	lines := []string{fmt.Sprintf("\n%s", v.Outcome)}
	for _, c := range v.Checks {
		lines = append(lines, "  "+check(c))
	}
	return strings.Join(lines, "\n")
}

// predictions are a lab's questions with the answers of a run, one a line.
func predictions(l *lab.Lab, entries []timeline.Entry) string {
	var b strings.Builder
	for i, a := range l.Answers(entries) {
		fmt.Fprintf(&b, "predict: %s → %s\n", l.Predict[i].Ask.In("en"), answerWord(&l.Predict[i], a))
	}
	return b.String()
}

// answerWord is an answer as people say it.
func answerWord(q *lab.Question, a lab.Answer) string {
	switch v := a.Value.(type) {
	case nil:
		return "no answer: " + a.Problem.Error()
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		return fmt.Sprintf("%.1f s", v)
	case string:
		if i := slices.IndexFunc(q.Choices, func(c lab.Choice) bool { return c.Value == v }); i >= 0 {
			return q.Choices[i].Text.In("en")
		}
	}
	return fmt.Sprint(a.Value)
}

var signs = map[timeline.State]string{
	timeline.Pending:   "…",
	timeline.Met:       "✓",
	timeline.Diverged:  "✗",
	timeline.Undecided: "?",
}

// check is a check's state in words: what was expected and what came.
func check(v timeline.Verdict) string {
	text := fmt.Sprintf("%s %s: %s", signs[v.State], v.ID, v.State)
	if v.Seq > 0 {
		text += fmt.Sprintf(" at entry %d", v.Seq)
	}
	if v.State == timeline.Diverged {
		if v.Pod != "" {
			text += ", pod " + v.Pod
		}
		text += fmt.Sprintf(": expected %s, got %s", v.Expected, v.Got)
		if v.Cause != "" {
			text += " (" + v.Cause + ")"
		}
	}
	return text
}
