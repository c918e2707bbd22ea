package explain

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// values are what words may name in braces.
var values = map[string]func(*moment) string{
	"name":    func(m *moment) string { return m.entry.Name },
	"status":  func(m *moment) string { return m.status },
	"reason":  func(m *moment) string { return m.reason },
	"message": (*moment).message,

	// Of pods.
	"ready":     func(m *moment) string { return m.entry.Pod.Ready },
	"restarts":  func(m *moment) string { return strconv.Itoa(m.entry.Pod.Restarts) },
	"phase":     func(m *moment) string { return m.entry.Pod.Phase },
	"node":      func(m *moment) string { return orUnknown(m.entry.Pod.Node) },
	"container": (*moment).containerName,
	"image":     (*moment).image,
	"code":      (*moment).exitCode,
	"signal":    (*moment).signal,
	"command":   (*moment).command,
	"program":   (*moment).program,
	"lived":     (*moment).lived,
	"index":     (*moment).index,
	"nth":       func(m *moment) string { return m.ordinal(m.birth.nth) },
	"cause":     (*moment).cause,
	"since":     (*moment).since,
	"failures":  func(m *moment) string { return m.ordinal(m.birth.failures) },
	"sameIndex": func(m *moment) string { return m.birth.sameIndex },
	"retry":     (*moment).retry,
	"crash":     (*moment).crash,
	"pull":      (*moment).pull,
	"initdone":  (*moment).initDone,
	"waiting":   (*moment).waitingContainers,
	"act":       (*moment).act,
	"owned":     (*moment).owned,
	"endReason": (*moment).reasonOfEnd,
	"resources": fromManifest("container.resources"),

	// What the manifest says, or the default.
	"policy":       fromManifest("pod.restartPolicy"),
	"grace":        func(m *moment) string { return m.secondsOf("pod.terminationGracePeriodSeconds") },
	"podDeadline":  func(m *moment) string { return m.secondsOf("pod.activeDeadlineSeconds") },
	"limit":        (*moment).backoffLimit,
	"completions":  (*moment).completions,
	"parallelism":  (*moment).parallelism,
	"deadline":     func(m *moment) string { return m.secondsOf("job.activeDeadlineSeconds") },
	"ttl":          func(m *moment) string { return m.secondsOf("job.ttlSecondsAfterFinished") },
	"perIndex":     fromManifest("job.backoffLimitPerIndex"),
	"maxFailed":    fromManifest("job.maxFailedIndexes"),
	"schedule":     fromManifest("cron.schedule"),
	"concurrency":  fromManifest("cron.concurrencyPolicy"),
	"deadlineSum":  (*moment).deadlineSum,
	"ttlSum":       (*moment).ttlSum,
	"limitSum":     (*moment).limitSum,
	"restartSum":   (*moment).restartSum,
	"completeness": (*moment).completeness,

	// Of Jobs.
	"owner":       (*moment).ownerName,
	"active":      jobCount(func(j *timeline.Job) int { return j.Active }),
	"readyPods":   jobCount(func(j *timeline.Job) int { return j.Ready }),
	"succeeded":   jobCount(func(j *timeline.Job) int { return j.Succeeded }),
	"failed":      jobCount(func(j *timeline.Job) int { return j.Failed }),
	"terminating": jobCount(func(j *timeline.Job) int { return j.Terminating }),
	"was":         (*moment).counterBefore,
	"changes":     (*moment).specChanges,

	// Of events, notes and verdicts.
	"object":   func(m *moment) string { return m.entry.Event.Object },
	"note":     func(m *moment) string { return m.entry.Note.Text },
	"activeOf": func(m *moment) string { return strings.Join(m.entry.CronJob.Active, ", ") },
	"expected": func(m *moment) string { return m.verdict.Expected },
	"got":      func(m *moment) string { return m.verdict.Got },
}

// fromManifest is a field's value in the manifest, or its default.
func fromManifest(field string) func(*moment) string {
	return func(m *moment) string { return orUnknown(m.value(field)) }
}

// orUnknown stands for what an object that the manifest does not describe has.
func orUnknown(value string) string { return cmp.Or(value, "?") }

// jobCount is a counter of the Job at the moment.
func jobCount(of func(*timeline.Job) int) func(*moment) string {
	return func(m *moment) string {
		if m.job == nil {
			return "?"
		}
		return strconv.Itoa(of(m.job.Job))
	}
}

// seconds is a length of time in words: "40 s", "5 min".
func (m *moment) seconds(s float64) string {
	unit, minute := " s", " min"
	if m.lang == "ko" {
		unit, minute = "초", "분"
	}
	if s >= 120 && int(s)%60 == 0 {
		return strconv.Itoa(int(s)/60) + minute
	}
	return strconv.FormatFloat(float64(int(s*10+0.5))/10, 'f', -1, 64) + unit
}

// secondsOf is a field that counts seconds, in words.
func (m *moment) secondsOf(field string) string {
	value := m.value(field)
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		return m.seconds(n)
	}
	return orUnknown(value)
}

var ordinals = []string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

// ordinal is "third", or "3번째".
func (m *moment) ordinal(n int) string {
	switch {
	case m.lang == "ko":
		return strconv.Itoa(n) + "번째"
	case n > 0 && n < len(ordinals):
		return ordinals[n]
	}
	suffix := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// power is "10 s · 2² = 40 s", with the longest in place of more.
func (m *moment) power(first float64, exponent int, longest float64) (text string, seconds float64) {
	if first*math.Exp2(float64(exponent)) > 100*longest { // too long to be worked out
		return m.seconds(longest), longest
	}
	seconds = first
	for range exponent {
		seconds *= 2
	}
	text = m.seconds(first)
	if exponent > 0 {
		text += " · 2" + superscript(exponent) + " = " + m.seconds(seconds)
	}
	if seconds > longest {
		seconds = longest
		limit := words{", but at most " + m.seconds(longest), ", 최대 " + m.seconds(longest)}
		text += limit.in(m.lang)
	}
	return text, seconds
}

func superscript(n int) string {
	var b strings.Builder
	for _, d := range strconv.Itoa(n) {
		b.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d-'0'])
	}
	return b.String()
}

// message is what the cluster says of it in words.
func (m *moment) message() string {
	switch {
	case m.entry.Event != nil:
		return m.entry.Event.Message
	case m.container != nil && m.container.Message != "":
		return m.container.Message
	case m.entry.Pod != nil && m.entry.Pod.Message != "":
		return m.entry.Pod.Message
	case m.entry.Pod != nil:
		if c := unscheduled(m.entry.Pod); c != nil {
			return c.Message
		}
		if c := condition(m.entry.Pod.Conditions, "DisruptionTarget"); c != nil {
			return c.Message
		}
	case m.entry.Job != nil:
		if c := condition(m.entry.Job.Conditions, m.on); c != nil {
			return c.Message
		}
	}
	return ""
}

func condition(list []timeline.Condition, typ string) *timeline.Condition {
	for i := range list {
		if list[i].Type == typ && list[i].Status == "True" {
			return &list[i]
		}
	}
	return nil
}

// unscheduled is the condition which says why a pod has no node, or nil.
func unscheduled(p *timeline.Pod) *timeline.Condition {
	for i := range p.Conditions {
		if c := &p.Conditions[i]; c.Type == "PodScheduled" && c.Status == "False" {
			return c
		}
	}
	return nil
}

// index is the completion index of a pod.
func (m *moment) index() string {
	if m.entry.Pod.Index == nil {
		return ""
	}
	return fmt.Sprint(*m.entry.Pod.Index)
}
