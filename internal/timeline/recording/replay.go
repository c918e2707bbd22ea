package recording

import (
	"cmp"
	"math"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

// Merge puts recordings on one time axis, as if their objects had been created
// by one command. Times inside of objects stay as they were recorded.
func Merge(recs ...*Recording) *Recording {
	merged := &Recording{}
	for i, rec := range recs {
		if i == 0 {
			merged.Begin = rec.Begin
		}
		merged.Changes = append(merged.Changes, rec.Changes...)
	}
	merged.sort()
	return merged
}

// Replay records the recording at its own pace, by a clock that jumps, and draws
// the log. With a judge the log ends with a verdict: of a settled run if every
// Job is Complete or Failed and every pod is gone or has ended, else of a run
// that was cut off. The judge may be nil.
func (rec *Recording) Replay(judge timeline.Judge) timeline.View {
	now := rec.Begin
	r := timeline.NewRecorder(judge, func() time.Time { return now })
	r.Begin(rec.Begin)
	for i := range rec.Changes {
		c := &rec.Changes[i]
		at := rec.Begin.Add(time.Duration(math.Round(c.T*1000)) * time.Millisecond)
		for tick, ok := r.NextTick(); ok && tick.Before(at); tick, ok = r.NextTick() {
			now = tick
			r.Tick()
		}
		now = at
		c.record(r)
	}
	if judge != nil {
		r.Seal(rec.settled())
	}
	return timeline.Draw(r.Log().Records())
}

func (c *Change) record(r *timeline.Recorder) {
	switch {
	case c.Pod != nil:
		r.Pod(c.Type, c.Row, c.Pod)
	case c.Job != nil:
		r.Job(c.Type, c.Job)
	case c.Event != nil:
		r.Event(c.Type, c.Event)
	}
}

// sort orders changes by time; those of one time keep their order.
func (rec *Recording) sort() {
	slices.SortStableFunc(rec.Changes, func(a, b Change) int { return cmp.Compare(a.T, b.T) })
}

// settled reports whether nothing could have changed after the recording.
func (rec *Recording) settled() bool {
	pods, jobs := map[types.UID]bool{}, map[types.UID]bool{}
	for i := range rec.Changes {
		switch c := &rec.Changes[i]; {
		case c.Pod != nil:
			ended := c.Pod.Status.Phase == corev1.PodSucceeded || c.Pod.Status.Phase == corev1.PodFailed
			pods[c.Pod.UID] = c.Type == timeline.Deleted || ended && c.Pod.DeletionTimestamp == nil
		case c.Job != nil:
			jobs[c.Job.UID] = c.Type == timeline.Deleted || finished(c.Job)
		}
	}
	for _, m := range []map[types.UID]bool{pods, jobs} {
		for _, done := range m {
			if !done {
				return false
			}
		}
	}
	return true
}

// finished reports whether a Job is Complete or Failed.
func finished(job *batchv1.Job) bool {
	for _, c := range job.Status.Conditions {
		if (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue {
			return true
		}
	}
	return false
}
