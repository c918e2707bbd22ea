package timeline

import batchv1 "k8s.io/api/batch/v1"

// newJob copies what a timeline keeps of a Job; it holds no reference to job.
func newJob(job *batchv1.Job) *Job {
	s := &job.Status
	j := &Job{
		Active:         int(s.Active),
		Ready:          intOf(s.Ready),
		Succeeded:      int(s.Succeeded),
		Failed:         int(s.Failed),
		Terminating:    intOf(s.Terminating),
		Completions:    intPtr(job.Spec.Completions),
		Parallelism:    intPtr(job.Spec.Parallelism),
		BackoffLimit:   intPtr(job.Spec.BackoffLimit),
		Suspend:        job.Spec.Suspend != nil && *job.Spec.Suspend,
		Owner:          controller(job.OwnerReferences),
		StartTime:      timePtr(s.StartTime),
		CompletionTime: timePtr(s.CompletionTime),
		Conditions:     make([]Condition, len(s.Conditions)),
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		j.Conditions[i] = Condition{string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime.UTC()}
	}
	return j
}

func newCronJob(cj *batchv1.CronJob) *CronJob {
	c := &CronJob{
		Schedule:           cj.Spec.Schedule,
		Suspend:            cj.Spec.Suspend != nil && *cj.Spec.Suspend,
		Active:             make([]string, len(cj.Status.Active)),
		LastScheduleTime:   timePtr(cj.Status.LastScheduleTime),
		LastSuccessfulTime: timePtr(cj.Status.LastSuccessfulTime),
	}
	for i := range cj.Status.Active {
		c.Active[i] = cj.Status.Active[i].Name
	}
	return c
}

func intOf(p *int32) int {
	if p == nil {
		return 0
	}
	return int(*p)
}

func intPtr(p *int32) *int {
	if p == nil {
		return nil
	}
	n := int(*p)
	return &n
}
