package timeline

import "slices"

// addJob draws the next state of a Job.
func (d *Drawer) addJob(e *Entry) {
	i := slices.IndexFunc(d.jobs, func(j *JobLane) bool { return j.UID == e.UID })
	if i < 0 {
		i = len(d.jobs)
		d.jobs = append(d.jobs, &JobLane{Name: e.Name, UID: e.UID, Owner: e.Job.Owner})
	}
	j := d.jobs[i]
	next := jobSegment(e)
	if n := len(j.Segments); n > 0 {
		last := &j.Segments[n-1]
		same := next
		same.From, same.To, same.Seq = last.From, last.To, last.Seq
		if same == *last {
			return
		}
		t := e.T
		last.To = &t
	}
	j.Segments = append(j.Segments, next)
}

func jobSegment(e *Entry) JobSegment {
	j := e.Job
	s := JobSegment{
		From: e.T, Seq: e.Seq,
		Active: j.Active, Ready: j.Ready, Succeeded: j.Succeeded, Failed: j.Failed, Terminating: j.Terminating,
	}
	var c *Condition
	if s.State, c = e.JobState(); c != nil {
		s.Reason, s.Message = c.Reason, c.Message
	}
	return s
}

// JobState is the state of a Job's entry, one of those of [JobSegment], and the
// condition that it is named for; nil for JobActive. A Job that is JobDeleted has
// the condition that it had last.
func (e *Entry) JobState() (string, *Condition) {
	state, condition := JobActive, (*Condition)(nil)
	for _, s := range [...]string{JobSuspended, JobFailureTarget, JobSuccessCriteriaMet, JobFailed, JobComplete} {
		for i := range e.Job.Conditions {
			if c := &e.Job.Conditions[i]; c.Type == s && c.Status == "True" {
				state, condition = s, c
			}
		}
	}
	if e.Type == Deleted {
		state = JobDeleted
	}
	return state, condition
}
