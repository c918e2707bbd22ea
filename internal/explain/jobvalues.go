package explain

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

func (m *moment) jobName() string {
	if m.job != nil {
		return m.job.Name
	}
	if m.entry.Pod != nil {
		return strings.TrimPrefix(m.entry.Pod.Owner, "Job/")
	}
	return m.entry.Name
}

// ownerName is the CronJob of a Job, or the owner of a pod.
func (m *moment) ownerName() string {
	owner := ""
	switch {
	case m.entry.Job != nil:
		owner = m.entry.Job.Owner
	case m.entry.Pod != nil:
		owner = m.entry.Pod.Owner
	}
	_, name, _ := strings.Cut(owner, "/")
	return name
}

// The fields that a Job's entry has are what is in force, whatever the manifest
// says: the learner may have changed them since.

func (m *moment) backoffLimit() string {
	if m.job != nil && m.job.Job.BackoffLimit != nil {
		return strconv.Itoa(*m.job.Job.BackoffLimit)
	}
	return orUnknown(m.value("job.backoffLimit"))
}

func (m *moment) completions() string {
	switch {
	case m.workQueue():
		unset := words{
			"not set (a work queue: done when one pod has succeeded and all have ended)",
			"없음(작업 큐: 파드 하나가 성공하고 모두 끝나면 완료)",
		}
		return unset.in(m.lang)
	case m.job != nil:
		return strconv.Itoa(*m.job.Job.Completions)
	}
	return orUnknown(m.value("job.completions"))
}

// workQueue reports whether the Job has parallelism and no completions: its pods
// find out among themselves when the work is done. The API server sets completions
// where the manifest has neither.
func (m *moment) workQueue() bool {
	if m.job != nil {
		return m.job.Job.Completions == nil
	}
	return m.place != nil && m.place.job != "" && m.value("job.completions") == ""
}

func (m *moment) parallelism() string {
	if m.job != nil && m.job.Job.Parallelism != nil {
		return strconv.Itoa(*m.job.Job.Parallelism)
	}
	return orUnknown(m.value("job.parallelism"))
}

// deadlineSum is "12:00:01 + 5 s = 12:00:06": times have whole seconds, so that
// the deadline comes up to a second early.
func (m *moment) deadlineSum() string {
	field := "job.activeDeadlineSeconds"
	n, err := strconv.Atoi(m.value(field))
	if err != nil || m.job == nil || m.job.Job.StartTime == nil {
		return ""
	}
	start := *m.job.Job.StartTime
	return fmt.Sprintf("%s + %s = %s", clock(start), m.seconds(float64(n)), clock(start.Add(time.Duration(n)*time.Second)))
}

// ttlSum is when a finished Job is deleted.
func (m *moment) ttlSum() string {
	n, err := strconv.Atoi(m.value("job.ttlSecondsAfterFinished"))
	end := ending(m.job)
	if err != nil || end == nil {
		return ""
	}
	at := end.LastTransitionTime
	return fmt.Sprintf("%s + %s = %s", clock(at), m.seconds(float64(n)), clock(at.Add(time.Duration(n)*time.Second)))
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05") }

// ending is the condition that ended a Job, or nil.
func ending(e *timeline.Entry) *timeline.Condition {
	if e == nil || e.Job == nil {
		return nil
	}
	if c := condition(e.Job.Conditions, timeline.JobFailed); c != nil {
		return c
	}
	return condition(e.Job.Conditions, timeline.JobComplete)
}

// limitSum is "1 try + 3 retries = 4 pods; 4 failed, and 4 > 3".
func (m *moment) limitSum() string {
	limit, err := strconv.Atoi(m.backoffLimit())
	if err != nil || m.job == nil {
		return ""
	}
	failed := m.job.Job.Failed
	if failed <= limit {
		// The pods that just failed are counted in the next change of the Job.
		failed = limit + 1
	}
	sum := words{
		fmt.Sprintf("1 try + %d %s = %d; %d failed, and %d > %d", limit, plural(limit, "retry", "retries"), limit+1, failed, failed, limit),
		fmt.Sprintf("시도 1번 + 재시도 %d번 = %d번. 실패 %d개 > %d", limit, limit+1, failed, limit),
	}
	return sum.in(m.lang)
}

// restartSum is "3 restarts ≥ backoffLimit 3".
func (m *moment) restartSum() string {
	limit, err := strconv.Atoi(m.backoffLimit())
	if err != nil {
		return ""
	}
	n := max(m.jobRestarts(), limit, 1)
	sign, bound := "≥", limit
	if limit == 0 {
		sign = ">"
	}
	sum := words{
		fmt.Sprintf("%d %s %s %d", n, plural(n, "restart", "restarts"), sign, bound),
		fmt.Sprintf("재시작 %d번 %s %d", n, sign, bound),
	}
	return sum.in(m.lang)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// jobRestarts adds up the restarts in the Job's pods that had not ended.
func (m *moment) jobRestarts() int {
	sum := 0
	for _, h := range m.story.pods {
		if h.entries[0].Pod.Owner != "Job/"+m.jobName() {
			continue
		}
		e := h.at(m.entry.Seq)
		if e != nil && e.Pod.Phase != "Succeeded" && e.Pod.Phase != "Failed" {
			for _, c := range e.Pod.Containers {
				sum += c.Restarts
			}
		}
	}
	return sum
}

// completeness is "3 of 3 successes".
func (m *moment) completeness() string {
	if m.job == nil {
		return ""
	}
	want := m.completions()
	have := m.job.Job.Succeeded
	if n, err := strconv.Atoi(want); err == nil && (m.on == met || m.on == done) {
		// The condition may come before the pods that brought it are counted.
		have = max(have, n)
	}
	if m.workQueue() {
		active := m.job.Job.Active
		if m.on == met || m.on == done {
			have, active = max(have, 1), 0
		}
		sum := words{fmt.Sprintf("%d succeeded, %d active; done with one success and none active", have, active), fmt.Sprintf("성공 %d개, 활성 %d개. 하나가 성공하고 활성 파드가 없으면 완료", have, active)}
		return sum.in(m.lang)
	}
	sum := words{fmt.Sprintf("%d of %s", have, want), fmt.Sprintf("%s개 중 %d개", want, have)}
	return sum.in(m.lang)
}

// counterBefore is what the counter that changed was before.
func (m *moment) counterBefore() string {
	if m.before == nil {
		return "0"
	}
	return strconv.Itoa(counters[m.on](m.before.Job))
}

// counters are those of a Job's status, by what their rules are about.
var counters = map[string]func(*timeline.Job) int{
	"active":      func(j *timeline.Job) int { return j.Active },
	"ready":       func(j *timeline.Job) int { return j.Ready },
	"succeeded":   func(j *timeline.Job) int { return j.Succeeded },
	"failed":      func(j *timeline.Job) int { return j.Failed },
	"terminating": func(j *timeline.Job) int { return j.Terminating },
}

// specChanges is "parallelism 3 → 0".
func (m *moment) specChanges() string {
	if m.before == nil {
		return ""
	}
	a, b := m.before.Job, m.entry.Job
	var changes []string
	for _, f := range []struct {
		name     string
		was, now *int
	}{{"parallelism", a.Parallelism, b.Parallelism}, {"completions", a.Completions, b.Completions}, {"backoffLimit", a.BackoffLimit, b.BackoffLimit}} {
		if was, now := number(f.was), number(f.now); was != now {
			changes = append(changes, f.name+" "+was+" → "+now)
		}
	}
	if a.Suspend != b.Suspend {
		changes = append(changes, fmt.Sprintf("suspend %t → %t", a.Suspend, b.Suspend))
	}
	return strings.Join(changes, ", ")
}

func number(n *int) string {
	if n == nil {
		return "–"
	}
	return strconv.Itoa(*n)
}
