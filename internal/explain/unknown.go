package explain

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// unknown says that no rule knows this.
func (m *moment) unknown() Explanation {
	what := m.status
	if what == "" || what == m.on {
		what = m.on
	}
	if m.reason != "" && m.reason != what {
		what += " (" + m.reason + ")"
	}
	title := words{what + ": no rule here knows this", what + ": 알려진 규칙이 없어요"}
	text := words{
		"Job Lab has no explanation for this. What the cluster published about it stands below, in its own words; `kubectl describe` shows the events, too.",
		"Job Lab에는 이에 대한 설명이 없어요. 클러스터가 알린 내용은 아래에 그대로 있고, `kubectl describe`로 이벤트도 볼 수 있어요.",
	}
	return Explanation{
		Status: m.status, Reason: m.reason, Title: title.in(m.lang), Text: text.in(m.lang),
		Actor: Unknown, Rule: "unknown", Sources: []Source{}, Facts: m.facts(),
	}
}

// facts are what the cluster published, in its own words.
func (m *moment) facts() []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	e := m.entry
	switch {
	case e.Pod != nil:
		p := e.Pod
		add("STATUS %s, READY %s, RESTARTS %d, status.phase %s", p.Status, p.Ready, p.Restarts, p.Phase)
		if p.Reason != "" || p.Message != "" {
			add("status.reason %s", joined(p.Reason, p.Message))
		}
		for i := range p.Containers {
			if c := &p.Containers[i]; c.State != "" {
				add("%s: %s", c.Name, containerFact(c))
			}
		}
		for _, c := range p.Conditions {
			if c.Type == "PodScheduled" && c.Status != "True" || c.Type == "DisruptionTarget" {
				add("%s=%s %s", c.Type, c.Status, joined(c.Reason, c.Message))
			}
		}
		if e.Inferred {
			add("inferred from %s", e.Proof)
		}
	case e.Job != nil:
		j := e.Job
		add("active %d, ready %d, succeeded %d, failed %d, terminating %d", j.Active, j.Ready, j.Succeeded, j.Failed, j.Terminating)
		for _, c := range j.Conditions {
			add("%s=%s %s", c.Type, c.Status, joined(c.Reason, c.Message))
		}
		if j.StartTime != nil {
			add("status.startTime %s", clock(*j.StartTime))
		}
	case e.CronJob != nil:
		c := e.CronJob
		add("schedule %s, suspend %t, active %s", c.Schedule, c.Suspend, strings.Join(c.Active, ", "))
		if c.LastScheduleTime != nil {
			add("status.lastScheduleTime %s", clock(*c.LastScheduleTime))
		}
	case e.Event != nil:
		ev := e.Event
		add("%s %s %s: %s (count %d)", ev.Type, ev.Object, ev.Reason, ev.Message, ev.Count)
	case e.Note != nil:
		add("%s: %s", e.Note.Code, e.Note.Text)
	}
	return list
}

func containerFact(c *timeline.Container) string {
	text := c.State
	if c.Reason != "" || c.Message != "" {
		text += " " + joined(c.Reason, c.Message)
	}
	if c.ExitCode != nil {
		text += fmt.Sprintf(", exit code %d", *c.ExitCode)
	}
	if c.Last != nil {
		text += fmt.Sprintf("; before that terminated %s, exit code %d", joined(c.Last.Reason, c.Last.Message), c.Last.ExitCode)
	}
	return text
}

// joined is "reason: message", or the one that is there.
func joined(reason, message string) string {
	if reason == "" || message == "" {
		return reason + message
	}
	return reason + ": " + message
}
