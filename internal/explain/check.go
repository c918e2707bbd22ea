package explain

import (
	"slices"

	"github.com/joblab/joblab/internal/timeline"
)

// checkMoments are the moments that explain a verdict. The first that a rule for
// divergences knows comes first.
func (s *Story) checkMoments(v *timeline.Verdict) []*moment {
	e := s.entry(v.Seq)
	if e == nil || e.Pod == nil && e.Job == nil && e.Event == nil {
		e = s.latest(v)
	}
	if e == nil {
		return nil
	}
	list := s.moments(e)
	if e.Job != nil {
		list = conditionsOnly(list)
	}
	if e.Pod != nil { // checks are about what a pod shows, not where it runs
		list = slices.DeleteFunc(list, func(m *moment) bool { return m.on == "scheduled" })
	}
	m := *list[0]
	m.verdict, m.rules, m.on, m.init = v, divergenceRules, "", false
	head := []*moment{}
	if m.rules.find("", &m) != nil {
		head = append(head, &m)
	}
	if e.Pod != nil && m.dying() {
		cause := s.objects[e.UID].firstDying()
		if cause.Pod.Status != e.Pod.Status {
			because := s.podMoments(cause)
			if len(head) > 0 { // as for missing restarts: the pod was cut off
				return slices.Concat(head, because, list)
			}
			return slices.Concat(list, because)
		}
	}
	return append(head, list...)
}

// conditionsOnly leaves out the counters of a Job if it got a condition, which
// says more.
func conditionsOnly(list []*moment) []*moment {
	var conditions []*moment
	for _, m := range list {
		if counters[m.on] == nil {
			conditions = append(conditions, m)
		}
	}
	if len(conditions) == 0 {
		return list
	}
	return conditions
}

// firstDying is the first entry in which a pod is being deleted, else the last.
func (h *history) firstDying() *timeline.Entry {
	for _, e := range h.entries {
		if e.Pod.DeletionTimestamp != nil {
			return e
		}
	}
	return h.entries[len(h.entries)-1]
}

// latest is the entry that explains best why something has not come: the newest
// of the pod that the verdict names, of a pod that has not ended, or of a Job.
func (s *Story) latest(v *timeline.Verdict) *timeline.Entry {
	var best *timeline.Entry
	for _, h := range s.pods {
		last := h.entries[len(h.entries)-1]
		over := last.Type == timeline.Deleted || last.Pod.Phase == "Succeeded" || last.Pod.Phase == "Failed"
		switch {
		case last.Name == v.Pod:
			return last
		case best == nil && !over:
			best = last
		}
	}
	if best != nil {
		return best
	}
	for _, h := range s.jobs {
		if last := h.entries[len(h.entries)-1]; best == nil || last.Seq > best.Seq {
			best = last
		}
	}
	return best
}
