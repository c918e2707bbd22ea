package web

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// fakeRun is a run whose timeline the test writes.
type fakeRun struct {
	rec *timeline.Recorder
	// recorded is the timeline instead of rec's, if it is set.
	recorded *timeline.Log
	lab      *lab.Lab
	info     run.Info
	place    *place // nil if it is not on the cluster
	log      func(pod, container string, previous, follow bool) (io.ReadCloser, error)

	mu      sync.Mutex
	stopped bool
}

func (r *fakeRun) Info() run.Info {
	r.mu.Lock()
	defer r.mu.Unlock()
	info := r.info
	if r.stopped {
		info.State = run.Stopped
	}
	return info
}

func (r *fakeRun) Log() *timeline.Log {
	if r.recorded != nil {
		return r.recorded
	}
	return r.rec.Log()
}

func (r *fakeRun) Why() *explain.Live {
	return explain.Follow(r.Log(), r.Info().Manifest, manifest)
}

func (r *fakeRun) Lab() *lab.Lab { return r.lab }

func (r *fakeRun) Stop(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	return nil
}

func (r *fakeRun) Step(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.info.Steps {
		step := &r.info.Steps[i]
		switch {
		case step.ID != id:
		case step.State != run.StepReady:
			return fmt.Errorf("%w: it is %s", run.ErrNotNow, step.State)
		default:
			r.rec.Note(timeline.Note{Code: timeline.NoteStep, Text: "job.batch/hello patched", Step: id})
			step.State, step.Message = run.StepDone, "job.batch/hello patched"
			return nil
		}
	}
	return fmt.Errorf("%w: %q", run.ErrNoStep, id)
}

func (r *fakeRun) PodLog(_ context.Context, pod, container string, previous, follow bool) (io.ReadCloser, error) {
	return r.log(pod, container, previous, follow)
}

// noLog is the log of containers that wrote nothing.
func noLog(string, string, bool, bool) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("")), nil
}

// complete writes the timeline of a Job with one pod that completes.
func (r *fakeRun) complete() {
	r.begin()
	r.end()
}

// begin writes it up to the Job, so that the run goes on.
func (r *fakeRun) begin() {
	r.rec.Begin(time.Now())
	r.rec.Note(timeline.Note{Code: timeline.NoteApplied, Text: "created Job hello"})
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "hello-x7k2p", UID: types.UID("pod-1"), ResourceVersion: "1"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	}
	r.rec.Pod(timeline.Added, timeline.Row{Ready: "0/1", Status: "Pending", Restarts: "0"}, pod)
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", ContainerID: "fake://1"}}
	r.rec.Pod(timeline.Modified, timeline.Row{Ready: "0/1", Status: "<b>Odd</b>", Restarts: "0"}, pod)
	r.rec.Event(timeline.Added, &corev1.Event{
		Type: "Warning", Reason: "Failed", Message: `exec: "x": not found`, Count: 2,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "hello-x7k2p", UID: "pod-1"},
	})
	r.rec.Job(timeline.Added, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "hello", UID: types.UID("job-1")}})
}

// end writes its end.
func (r *fakeRun) end() {
	r.rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.info.State = run.Finished
}

// happen writes n events into a run's timeline.
func (r *fakeRun) happen(n int) {
	for range n {
		r.rec.Event(timeline.Added, &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{UID: types.UID(fmt.Sprint("event-", r.rec.Log().Len()))},
			Type:       "Normal", Reason: "Scheduled", Message: fmt.Sprint("message ", r.rec.Log().Len()),
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "hello-x7k2p", UID: "pod-1"},
		})
	}
}

// podWith writes a state of a pod, whose container is of an instance, into a run's
// timeline.
func (r *fakeRun) podWith(typ timeline.Type, name, status string, restarts int32, instance string) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID("uid-" + name)},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
		Status:     corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "main", ContainerID: instance, RestartCount: restarts}}},
	}
	r.rec.Pod(typ, timeline.Row{Ready: "0/1", Status: status, Restarts: fmt.Sprint(restarts)}, pod)
}

// pod writes a state of the Job's pod.
func (r *fakeRun) pod(typ timeline.Type, status string) {
	r.rec.Pod(typ, timeline.Row{Ready: "0/1", Status: status, Restarts: "0"}, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "never-x7k2p", UID: "pod-1", OwnerReferences: []metav1.OwnerReference{{Kind: "Job", Name: "never", UID: "job-1", Controller: new(true)}}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	})
}
