package explain

import (
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// moments are the things that an entry began, in the order in which they came
// about.
func (s *Story) moments(e *timeline.Entry) []*moment {
	switch {
	case e.Pod != nil:
		return s.podMoments(e)
	case e.Job != nil:
		return s.jobMoments(e)
	case e.CronJob != nil:
		return s.cronJobMoments(e)
	case e.Event != nil:
		m := s.eventMoment(e)
		return []*moment{m}
	case e.Note != nil:
		return []*moment{{story: s, entry: e, rules: noteRules, on: e.Note.Code, reason: e.Note.Code}}
	case e.Verdict != nil && e.Verdict.ID != "":
		return s.checkMoments(e.Verdict)
	case e.Verdict != nil:
		return []*moment{{story: s, entry: e, rules: noteRules, on: "outcome " + string(e.Verdict.Outcome), reason: string(e.Verdict.Outcome)}}
	}
	return nil
}

// jobMoments explains a change of a Job: what was changed in it, the conditions
// that it got, and its counters.
func (s *Story) jobMoments(e *timeline.Entry) []*moment {
	j := e.Job
	before := s.objects[e.UID].before(e.Seq)
	var list []*moment
	add := func(on, reason string) {
		m := &moment{story: s, entry: e, before: before, job: e, rules: jobRules, on: on, status: jobState(e), reason: reason}
		m.place, m.was = s.manifest.ofJob(e.Name, j.Owner), s.original.ofJob(e.Name, j.Owner)
		if condition(j.Conditions, on) != nil {
			m.status = on
		}
		list = append(list, m)
	}
	if e.Type == timeline.Deleted {
		add(timeline.JobDeleted, endReasonOf(e))
		return list
	}
	if before == nil {
		add("created", "")
	} else if s.jobSpecChanged(before, e) {
		add("spec", "")
	}
	for i := range j.Conditions {
		c := &j.Conditions[i]
		was := false
		if before != nil {
			was = condition(before.Job.Conditions, c.Type) != nil
		}
		switch {
		case c.Status == "True" && !was:
			add(c.Type, c.Reason)
		case c.Status == "False" && was && c.Type == timeline.JobSuspended:
			add("Resumed", c.Reason)
		}
	}
	for _, name := range []string{"failed", "succeeded", "active", "terminating", "ready"} {
		now, was := counters[name](j), 0
		if before != nil {
			was = counters[name](before.Job)
		}
		if now != was {
			reason := "more"
			if now < was {
				reason = "fewer"
			}
			add(name, reason)
		}
	}
	if len(list) == 0 {
		add("same", "")
	}
	return list
}

// jobState is the state of a Job as the timeline draws it.
func jobState(e *timeline.Entry) string {
	if e.Type == timeline.Deleted {
		return timeline.JobDeleted
	}
	state := timeline.JobActive
	for _, typ := range []string{timeline.JobSuspended, timeline.JobFailureTarget, timeline.JobSuccessCriteriaMet, timeline.JobFailed, timeline.JobComplete} {
		if condition(e.Job.Conditions, typ) != nil {
			state = typ
		}
	}
	return state
}

func endReasonOf(e *timeline.Entry) string {
	if c := ending(e); c != nil {
		return c.Reason
	}
	return ""
}

func (s *Story) jobSpecChanged(before, e *timeline.Entry) bool {
	m := &moment{before: before, entry: e}
	return m.specChanges() != ""
}

// cronJobMoments explains a change of a CronJob.
func (s *Story) cronJobMoments(e *timeline.Entry) []*moment {
	before := s.objects[e.UID].before(e.Seq)
	m := &moment{story: s, entry: e, before: before, rules: cronJobRules, on: "same"}
	m.place, m.was = s.manifest.ofCronJob(e.Name), s.original.ofCronJob(e.Name)
	switch {
	case e.Type == timeline.Deleted:
		m.on = "deleted"
	case before == nil:
		m.on = "created"
	case e.CronJob.Suspend != before.CronJob.Suspend:
		m.on = "suspended"
		if !e.CronJob.Suspend {
			m.on = "resumed"
		}
	case len(e.CronJob.Active) > len(before.CronJob.Active):
		m.on = "started"
	case len(e.CronJob.Active) < len(before.CronJob.Active):
		m.on = "ended"
	}
	m.reason = m.on
	return []*moment{m}
}

// eventMoment explains an event by its reason and by what it is about.
func (s *Story) eventMoment(e *timeline.Entry) *moment {
	m := &moment{story: s, entry: e, rules: eventRules, on: e.Event.Reason, reason: e.Event.Reason}
	kind, name, _ := strings.Cut(e.Event.Object, "/")
	switch kind {
	case "Job":
		m.job = s.jobs[name].near(e)
		owner := ""
		if m.job != nil {
			owner = m.job.Job.Owner
		}
		m.place, m.was = s.manifest.ofJob(name, owner), s.original.ofJob(name, owner)
	case "CronJob":
		m.place, m.was = s.manifest.ofCronJob(name), s.original.ofCronJob(name)
	case "Pod":
		h := s.objects[e.Event.ObjectUID]
		if h == nil {
			break
		}
		if pod := h.near(e); pod != nil {
			of := s.podMoment(pod)
			m.job, m.place, m.was, m.container = of.job, of.place, of.was, of.container
		}
	}
	return m
}
