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
		State: JobActive, From: e.T, Seq: e.Seq,
		Active: j.Active, Ready: j.Ready, Succeeded: j.Succeeded, Failed: j.Failed, Terminating: j.Terminating,
	}
	for _, state := range []string{JobSuspended, JobFailureTarget, JobSuccessCriteriaMet, JobFailed, JobComplete} {
		for i := range j.Conditions {
			if c := &j.Conditions[i]; c.Type == state && c.Status == "True" {
				s.State, s.Reason, s.Message = state, c.Reason, c.Message
			}
		}
	}
	if e.Type == Deleted {
		s.State = JobDeleted
	}
	return s
}
