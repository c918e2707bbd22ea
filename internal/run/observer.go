package run

import (
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

// observer is the sink of a run's namespace. It records each change, has the
// logs of new containers followed, keeps the newest versions, and knows whether
// anything is still going on.
type observer struct {
	*timeline.Recorder // takes Events and notes as they are
	logs               *logs
	objects            objects
	// changed holds a token when something has changed since it was last taken.
	changed chan struct{}
	// until is when the run ends at the latest, but for outages.
	until time.Time

	mu       sync.Mutex
	active   map[types.UID]bool // the pods and Jobs that are there, and whether they are at work
	cronJobs map[types.UID]bool
}

func newObserver(rec *timeline.Recorder, logs *logs, until time.Time) *observer {
	return &observer{
		Recorder: rec,
		logs:     logs,
		until:    until,
		changed:  make(chan struct{}, 1),
		active:   make(map[types.UID]bool),
		cronJobs: make(map[types.UID]bool),
	}
}

// Pod implements [watch.Sink].
func (o *observer) Pod(typ timeline.Type, row timeline.Row, pod *corev1.Pod) {
	o.logs.observe(typ, pod)
	o.objects.observe(typ, kindPod, pod)
	o.Recorder.Pod(typ, row, pod)
	o.note(o.active, pod.UID, typ, podActive(pod))
}

// Job implements [watch.Sink].
func (o *observer) Job(typ timeline.Type, job *batchv1.Job) {
	o.objects.observe(typ, kindJob, job)
	o.Recorder.Job(typ, job)
	o.note(o.active, job.UID, typ, o.jobActive(job))
}

// CronJob implements [watch.Sink].
func (o *observer) CronJob(typ timeline.Type, cj *batchv1.CronJob) {
	o.objects.observe(typ, kindCronJob, cj)
	o.Recorder.CronJob(typ, cj)
	o.note(o.cronJobs, cj.UID, typ, true)
}

// Event implements [watch.Sink].
func (o *observer) Event(typ timeline.Type, ev *corev1.Event) {
	o.Recorder.Event(typ, ev)
	o.wake()
}

// Note implements [watch.Sink].
func (o *observer) Note(n timeline.Note) {
	o.Recorder.Note(n)
	o.wake()
}

func (o *observer) note(objects map[types.UID]bool, uid types.UID, typ timeline.Type, active bool) {
	o.mu.Lock()
	if typ == timeline.Deleted {
		delete(objects, uid)
	} else {
		objects[uid] = active
	}
	o.mu.Unlock()
	o.wake()
}

func (o *observer) wake() {
	select {
	case o.changed <- struct{}{}:
	default:
	}
}

// quiet reports whether nothing that was seen can change by itself: every Job is
// Complete or Failed and stays, every pod has ended and is not being deleted, and
// there is no CronJob. What was not seen yet, it does not know.
func (o *observer) quiet() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, active := range o.active {
		if active {
			return false
		}
	}
	return len(o.cronJobs) == 0
}

// podActive reports whether a pod has not ended, or is being deleted.
func podActive(pod *corev1.Pod) bool {
	ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
	return !ended || pod.DeletionTimestamp != nil
}

// jobActive reports whether a Job changes by itself: it has not ended, it is being
// deleted, or it will be before the run ends, since it has ended
// (ttlSecondsAfterFinished).
func (o *observer) jobActive(job *batchv1.Job) bool {
	end := endOf(job)
	if end == nil || job.DeletionTimestamp != nil {
		return true
	}
	ttl := job.Spec.TTLSecondsAfterFinished
	return ttl != nil && end.LastTransitionTime.Add(time.Duration(*ttl)*time.Second).Before(o.until)
}

// endOf returns the condition that ended a Job, after which only its deletion
// can come; nil if it has not ended.
func endOf(job *batchv1.Job) *batchv1.JobCondition {
	for i, c := range job.Status.Conditions {
		if (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue {
			return &job.Status.Conditions[i]
		}
	}
	return nil
}
