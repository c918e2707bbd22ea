package expect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// world is a cluster that does what an API server could publish: pods that are
// scheduled, start, end, are restarted and deleted; Jobs that count, are suspended,
// end and are deleted; Events. It keeps the rules that the API server sees to.
type world struct {
	t float64
	// maxPods is how many pods there may be, 3 if it is 0; skewed says that the
	// clock of Kubernetes stands anywhere after some pod was created.
	maxPods int
	skewed  bool
	pods    []*worldPod
	jobs    []*worldJob
	events  []*timeline.Event
	entries []timeline.Entry
}

type worldPod struct {
	name string
	pod  timeline.Pod
	gone bool
}

type worldJob struct {
	name string
	uid  string
	job  timeline.Job
	gone bool
}

// clone is the same world, which goes its own way.
func (w *world) clone() *world {
	c := &world{t: w.t, maxPods: w.maxPods, skewed: w.skewed, entries: slices.Clone(w.entries)}
	for _, p := range w.pods {
		q := *p
		c.pods = append(c.pods, &q)
	}
	for _, j := range w.jobs {
		k := *j
		c.jobs = append(c.jobs, &k)
	}
	for _, e := range w.events {
		f := *e
		c.events = append(c.events, &f)
	}
	return c
}

// step lets something happen, or nothing.
func (w *world) step(r *rand.Rand) {
	w.t += float64(r.IntN(5)) * 0.5
	switch n := r.IntN(20); {
	case n < 3 && len(w.pods) < max(w.maxPods, 3):
		w.addPod(r)
	case n < 5 && len(w.jobs) < 2, n == 3 && len(w.jobs) < 4 && w.jobs[len(w.jobs)-1].gone:
		n := len(w.jobs)
		w.jobs = append(w.jobs, &worldJob{name: string(rune('j' + n%2)), uid: fmt.Sprint("job", n)})
		w.publishJob(w.jobs[len(w.jobs)-1], timeline.Added)
	case n < 11 && len(w.jobs) > 0:
		w.stepJob(r, w.jobs[r.IntN(len(w.jobs))])
	case n == 11:
		w.stepEvent(r)
	case n > 11 && len(w.pods) > 0:
		w.stepPod(r, w.pods[r.IntN(len(w.pods))])
	}
}

func (w *world) addPod(r *rand.Rand) {
	n := len(w.pods)
	p := &worldPod{name: fmt.Sprintf("%c-%d", 'p'+rune(n%8), n%2), pod: timeline.Pod{Status: "Pending", Phase: "Pending", CreationTimestamp: w.now(r)}}
	if owner := r.IntN(3); owner > 0 {
		p.pod.Owner = []string{"Job/j", "Job/k"}[owner-1]
		index := r.IntN(2)
		p.pod.Index = &index
	}
	w.pods = append(w.pods, p)
	w.publishPod(p, timeline.Added)
}

// now is about the time, in the whole seconds of a clock that is not ours.
func (w *world) now(r *rand.Rand) *time.Time {
	seconds := int64(w.t) + int64(r.IntN(2))
	if w.skewed && len(w.pods) > 0 {
		seconds = w.pods[r.IntN(len(w.pods))].pod.CreationTimestamp.Unix() + r.Int64N(8)
	}
	at := time.Unix(seconds, 0)
	return &at
}

// publishPod adds an entry of a pod as it is.
func (w *world) publishPod(p *worldPod, typ timeline.Type) {
	pod := p.pod
	pod.Containers = slices.Clone(pod.Containers)
	w.publish(timeline.Entry{Kind: timeline.KindPod, Type: typ, Name: p.name, UID: p.name, Pod: &pod})
}

func (w *world) publishJob(j *worldJob, typ timeline.Type) {
	job := j.job
	w.publish(timeline.Entry{Kind: timeline.KindJob, Type: typ, Name: j.name, UID: j.uid, Job: &job})
}

func (w *world) publish(e timeline.Entry) {
	e.Seq, e.T = timeline.Seq(len(w.entries)+1), w.t
	w.entries = append(w.entries, e)
}

func (w *world) stepPod(r *rand.Rand, p *worldPod) {
	if p.gone {
		return
	}
	over := p.pod.Phase == "Succeeded" || p.pod.Phase == "Failed"
	running := len(p.pod.Containers) > 0 && p.pod.Containers[0].State == timeline.Running
	switch n := r.IntN(12); {
	case n == 0:
		p.gone = true
		w.publishPod(p, timeline.Deleted)
		return
	case n == 1 && p.pod.DeletionTimestamp == nil:
		p.pod.DeletionTimestamp, p.pod.Status = w.now(r), "Terminating"
	case over:
		return
	case p.pod.Conditions == nil:
		p.pod.Conditions = []timeline.Condition{{Type: "PodScheduled", Status: "True", LastTransitionTime: *w.now(r)}}
	case !running:
		w.start(r, p)
	default:
		w.finish(r, p)
	}
	w.publishPod(p, timeline.Modified)
}

// start starts an instance of the only container, or fails to.
func (w *world) start(r *rand.Rand, p *worldPod) {
	next := timeline.Container{Name: "c", State: timeline.Running, StartedAt: w.now(r), ContainerID: fmt.Sprint(len(w.entries))}
	if len(p.pod.Containers) > 0 {
		c := p.pod.Containers[0]
		next.Restarts = c.Restarts + 1
		next.Last = &timeline.Termination{StartedAt: c.StartedAt, FinishedAt: c.FinishedAt, ContainerID: c.ContainerID}
		if r.IntN(8) == 0 { // it waits a while before
			p.pod.Containers = []timeline.Container{{Name: "c", State: timeline.Waiting, Restarts: c.Restarts, ContainerID: c.ContainerID, Last: next.Last}}
			w.publishPod(p, timeline.Modified)
		}
	}
	p.pod.Status, p.pod.Phase, p.pod.Restarts = "Running", "Running", next.Restarts
	p.pod.Containers = []timeline.Container{next}
	if r.IntN(5) == 0 {
		p.pod.Containers[0].StartedAt = nil
		w.finish(r, p)
	}
}

func (w *world) finish(r *rand.Rand, p *worldPod) {
	c := &p.pod.Containers[0]
	p.pod.Containers = []timeline.Container{{Name: "c", State: timeline.Terminated, Restarts: c.Restarts, StartedAt: c.StartedAt, FinishedAt: w.now(r), ContainerID: c.ContainerID, Last: c.Last}}
	p.pod.Status = "Completed"
	if r.IntN(2) == 0 {
		p.pod.Phase = "Succeeded"
	}
}

// stepJob changes a Job as its controller could.
func (w *world) stepJob(r *rand.Rand, j *worldJob) {
	if j.gone {
		return
	}
	if r.IntN(12) == 0 {
		j.gone = true
		w.publishJob(j, timeline.Deleted)
		return
	}
	if ending(&j.job) != nil {
		return
	}
	failing, succeeding := isTrue(j.job.Conditions, failureTarget) != nil, isTrue(j.job.Conditions, successCriteriaMet) != nil
	end := func(typ string) {
		j.job.Active, j.job.Ready, j.job.Terminating = 0, 0, 0
		j.set(typ, []string{"A", "B"}[r.IntN(2)])
	}
	switch n := r.IntN(12); {
	case n < 4:
		j.job.Active = r.IntN(3)
	case n == 4:
		j.job.Succeeded += 1 + r.IntN(2)
	case n == 5 || n == 6:
		j.job.Failed += 1 + r.IntN(2)
	case n < 9 && (w.skewed || !failing && !succeeding):
		if isTrue(j.job.Conditions, suspended) != nil {
			j.job.Conditions = slices.DeleteFunc(slices.Clone(j.job.Conditions), func(c timeline.Condition) bool { return c.Type == suspended })
		} else {
			j.set(suspended, "JobSuspended")
		}
	case n == 9 && failing || n == 9 && !succeeding && r.IntN(2) == 0:
		end(failed)
	case n == 9:
		end(complete)
	case n == 10 && !succeeding && !failing:
		j.set([]string{failureTarget, successCriteriaMet}[r.IntN(2)], "A")
	}
	w.publishJob(j, timeline.Modified)
}

func (j *worldJob) set(typ, reason string) {
	j.job.Conditions = append(slices.Clone(j.job.Conditions), timeline.Condition{Type: typ, Status: "True", Reason: reason})
}

// stepEvent repeats an Event, or makes one.
func (w *world) stepEvent(r *rand.Rand) {
	if len(w.events) == 0 || r.IntN(2) == 0 {
		w.events = append(w.events, &timeline.Event{
			Object: []string{"Pod/p-0", "Pod/q-1", "Job/j"}[r.IntN(3)], Reason: []string{"BackOff", "Pulled"}[r.IntN(2)],
			Type: []string{"Normal", "Warning"}[r.IntN(2)], Message: []string{"back-off 10s", "back-off 20s"}[r.IntN(2)],
		})
	}
	i := r.IntN(len(w.events))
	w.events[i].Count++
	e := *w.events[i]
	w.publish(timeline.Entry{Kind: timeline.KindEvent, Type: timeline.Modified, Name: "e", UID: fmt.Sprint("e", i), Event: &e})
}

// randomWorld is a world in which some things have happened.
func randomWorld(r *rand.Rand) *world {
	w := new(world)
	for range 5 + r.IntN(25) {
		w.step(r)
	}
	return w
}

// atRest reports whether nothing can change any more by itself.
func (w *world) atRest() bool {
	for _, p := range w.pods {
		if !p.gone && (p.pod.Phase != "Succeeded" || p.pod.DeletionTimestamp != nil) {
			return false
		}
	}
	for _, j := range w.jobs {
		if !j.gone && ending(&j.job) == nil {
			return false
		}
	}
	return true
}
