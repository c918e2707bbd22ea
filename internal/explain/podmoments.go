package explain

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

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
