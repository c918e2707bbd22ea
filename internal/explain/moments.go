package explain

import (
	"fmt"
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

// podMoment is what all moments of a pod know.
func (s *Story) podMoment(e *timeline.Entry) *moment {
	p := e.Pod
	m := &moment{story: s, entry: e, before: s.objects[e.UID].before(e.Seq), birth: s.births[e.UID]}
	if name, ok := strings.CutPrefix(p.Owner, "Job/"); ok {
		m.job = s.jobs[name].near(e)
		owner := ""
		if m.job != nil {
			owner = m.job.Job.Owner
		}
		m.place, m.was = s.manifest.ofJob(name, owner), s.original.ofJob(name, owner)
	} else {
		m.place, m.was = s.manifest.ofPod(e.Name), s.original.ofPod(e.Name)
	}
	m.status = p.Status
	m.on, m.init = strings.CutPrefix(p.Status, "Init:")
	switch {
	case m.init && strings.Contains(m.on, "/"): // Init:1/2
		m.on, m.init = "Init", false
	case strings.HasPrefix(m.on, "ExitCode:"), strings.HasPrefix(m.on, "Signal:"):
		m.on, _, _ = strings.Cut(m.on, ":")
	}
	m.container = named(p)
	m.reason = m.podReason()
	return m
}

// named returns the container whose state STATUS names, else the first that does
// not run, else nil.
func named(p *timeline.Pod) *timeline.Container {
	status, init := strings.CutPrefix(p.Status, "Init:")
	var other *timeline.Container
	for i := range p.Containers {
		c := &p.Containers[i]
		if init && !c.Init {
			continue
		}
		if c.Reason == status && c.State != "" {
			return c
		}
		if c.State == timeline.Terminated && c.Reason == "" && (strings.HasPrefix(status, "ExitCode:") || strings.HasPrefix(status, "Signal:")) {
			return c
		}
		over := c.State == timeline.Terminated && c.ExitCode != nil && *c.ExitCode == 0
		if other == nil && !over && c.Init == init {
			other = c
		}
	}
	if other == nil {
		for i := range p.Containers {
			if !p.Containers[i].Init {
				return &p.Containers[i]
			}
		}
	}
	return other
}

// podReason is why STATUS is as it is, in the cluster's words.
func (m *moment) podReason() string {
	p, c := m.entry.Pod, m.container
	if d := condition(p.Conditions, "DisruptionTarget"); d != nil {
		return d.Reason
	}
	switch {
	case p.Reason != "" && p.Reason != p.Status:
		return p.Reason
	case m.on == "Pending":
		if u := unscheduled(p); u != nil {
			return u.Reason
		}
	case m.on == "Terminating":
		return m.endReason()
	case m.on == "CrashLoopBackOff" && c != nil && c.Last != nil:
		return c.Last.Reason
	case c != nil && c.State == timeline.Terminated && c.ExitCode != nil && c.Reason == m.on:
		return fmt.Sprintf("exit code %d", *c.ExitCode)
	}
	return ""
}

// endReason is why the pod's Job ends or has no use for its active pods, or empty.
func (m *moment) endReason() string {
	if m.job == nil {
		return ""
	}
	for _, typ := range []string{timeline.JobFailureTarget, timeline.JobFailed, timeline.JobSuccessCriteriaMet, timeline.JobComplete} {
		if c := condition(m.job.Job.Conditions, typ); c != nil {
			return c.Reason
		}
	}
	if m.job.Job.Suspend {
		return "JobSuspended"
	}
	return ""
}

// podMoments explains a change of a pod: that it appeared, what it became, that it
// is gone.
func (s *Story) podMoments(e *timeline.Entry) []*moment {
	var list []*moment
	add := func(rules table, on string) {
		m := s.podMoment(e)
		m.rules = rules
		if on != "" {
			m.on, m.init = on, false
		}
		list = append(list, m)
	}
	m := s.podMoment(e)
	before := m.before
	if before == nil {
		add(birthRules, "created")
	}
	if e.Type == timeline.Deleted {
		add(goneRules, "deleted")
		return list
	}
	if before != nil && !scheduled(before.Pod) && scheduled(e.Pod) && !e.Inferred {
		add(birthRules, "scheduled")
	}
	if before != nil && e.Pod.Restarts > before.Pod.Restarts {
		add(birthRules, "restarted")
	}
	if before != nil && before.Pod.DeletionTimestamp == nil && e.Pod.DeletionTimestamp != nil && e.Pod.Status != "Terminating" {
		add(goneRules, "deleting")
	}
	add(statusRules, "")
	return list
}

func scheduled(p *timeline.Pod) bool { return condition(p.Conditions, "PodScheduled") != nil }

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
