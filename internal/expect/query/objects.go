package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

func (r *Run) observePod(c *changes, e *timeline.Entry) {
	v, created := r.pods.get(e.UID)
	p := e.Pod
	if created {
		job, owned := strings.CutPrefix(p.Owner, "Job/")
		if !owned {
			job = ""
		}
		*v = pod{
			Name: e.Name, UID: e.UID, Owner: p.Owner, Job: job, Index: orNone(p.Index), ExitCode: none,
			CreatedAt: e.T, ScheduledAt: none, StartedAt: none, FinishedAt: none, TerminatingAt: none, DeletedAt: none,
		}
		*c |= changes(Pods)
	}
	if v.Deleted {
		return
	}
	gone := e.Type == timeline.Deleted
	if !gone {
		if n := len(v.States); n == 0 || v.States[n-1] != p.Status {
			v.States = append(v.States, p.Status)
		}
		set(c, Pods, &v.Status, p.Status)
		set(c, Pods, &v.Restarts, p.Restarts)
		set(c, Pods, &v.Ready, p.Ready)
	}
	set(c, Pods, &v.Phase, p.Phase)
	set(c, Pods, &v.Node, cmp.Or(p.Node, v.Node))
	set(c, Pods, &v.Deleted, gone)
	r.observeContainers(c, v, e)
	if p.Reason != "" {
		set(c, Pods, &v.Reason, p.Reason)
	}
	note(c, Pods, &v.ScheduledAt, p.Node != "", e.T)
	note(c, Pods, &v.TerminatingAt, gone || p.DeletionTimestamp != nil, e.T)
	note(c, Pods, &v.DeletedAt, gone, e.T)
	if gone {
		delete(r.past, e.UID)
	}
}

// observeContainers finds the starts and ends that a pod's containers show first.
func (r *Run) observeContainers(c *changes, v *pod, e *timeline.Entry) {
	h := r.history(e.UID)
	for i := range e.Pod.Containers {
		if i == len(h.ended) {
			h.ended = append(h.ended, 0)
		}
		at := &e.Pod.Containers[i]
		note(c, Pods, &v.StartedAt, at.StartedAt != nil || at.Last != nil && at.Last.StartedAt != nil, e.T)
		n, code, reason := ends(at)
		if n <= h.ended[i] {
			continue
		}
		h.ended[i] = n
		set(c, Pods, &v.FinishedAt, e.T)
		set(c, Pods, &v.ExitCode, code)
		set(c, Pods, &v.Reason, reason)
	}
}

// ends is how many instances of a container have ended, and how the newest of
// them did. While a container waits, Last is the end of its newest instance.
func ends(c *timeline.Container) (n, code int, reason string) {
	switch last := c.Last; {
	case c.State == timeline.Terminated:
		code = none
		if c.ExitCode != nil {
			code = int(*c.ExitCode)
		}
		return c.Restarts + 1, code, c.Reason
	case last == nil:
		return 0, none, ""
	case last.ContainerID == c.ContainerID:
		return c.Restarts + 1, int(last.ExitCode), last.Reason
	default:
		return c.Restarts, int(last.ExitCode), last.Reason
	}
}

func (r *Run) observeJob(c *changes, e *timeline.Entry) {
	v, created := r.jobs.get(e.UID)
	j := e.Job
	if created {
		*v = job{Name: e.Name, Owner: j.Owner, CreatedAt: e.T, StartedAt: none, FinishedAt: none, DeletedAt: none}
		*c |= changes(Jobs)
	}
	gone := e.Type == timeline.Deleted
	set(c, Jobs, &v.Active, j.Active)
	set(c, Jobs, &v.Ready, j.Ready)
	set(c, Jobs, &v.Succeeded, j.Succeeded)
	set(c, Jobs, &v.Failed, j.Failed)
	set(c, Jobs, &v.Terminating, j.Terminating)
	set(c, Jobs, &v.Completions, orNone(j.Completions))
	set(c, Jobs, &v.Parallelism, orNone(j.Parallelism))
	set(c, Jobs, &v.Deleted, v.Deleted || gone)
	v.observeConditions(c, j.Conditions)
	note(c, Jobs, &v.StartedAt, j.StartTime != nil, e.T)
	note(c, Jobs, &v.FinishedAt, v.is("Complete") || v.is("Failed"), e.T)
	note(c, Jobs, &v.DeletedAt, gone, e.T)
}

func (v *job) observeConditions(c *changes, conditions []timeline.Condition) {
	if slices.EqualFunc(v.Conditions, conditions, func(a condition, b timeline.Condition) bool { return a == view(b) }) {
		return
	}
	*c |= changes(Jobs)
	v.Conditions = make([]condition, len(conditions))
	v.FailedWith = ""
	for i := range conditions {
		v.Conditions[i] = view(conditions[i])
		if conditions[i].Type == "Failed" && conditions[i].Status == "True" {
			v.FailedWith = conditions[i].Reason
		}
	}
	v.Suspended, v.Complete = v.is("Suspended"), v.is("Complete")
}

// is reports whether a condition is True.
func (v *job) is(typ string) bool {
	return slices.ContainsFunc(v.Conditions, func(c condition) bool { return c.Type == typ && c.Status == "True" })
}

// view is a condition without its time.
func view(c timeline.Condition) condition {
	return condition{Type: c.Type, Status: c.Status, Reason: c.Reason, Message: c.Message}
}

func (r *Run) observeCronJob(c *changes, e *timeline.Entry) {
	v, created := r.cronJobs.get(e.UID)
	if created {
		*v = cronJob{Name: e.Name, LastScheduledAt: none}
		*c |= changes(CronJobs)
	}
	set(c, CronJobs, &v.Schedule, e.CronJob.Schedule)
	set(c, CronJobs, &v.Suspended, e.CronJob.Suspend)
	set(c, CronJobs, &v.Deleted, v.Deleted || e.Type == timeline.Deleted)
	if !slices.Equal(v.Active, e.CronJob.Active) {
		v.Active = e.CronJob.Active
		*c |= changes(CronJobs)
	}
	if last := e.CronJob.LastScheduleTime; last != nil && !last.Equal(r.history(e.UID).scheduled) {
		r.history(e.UID).scheduled, v.LastScheduledAt = *last, e.T
		*c |= changes(CronJobs)
	}
}

// orNone is a number, or -1 where there is none.
func orNone(n *int) int {
	if n == nil {
		return none
	}
	return *n
}
