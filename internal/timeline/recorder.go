package timeline

import (
	"math"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Row is what the API server prints for a pod: the cells that kubectl shows.
// Restarts may carry the age of the last restart, "3 (27s ago)".
type Row struct{ Ready, Status, Restarts string }

// A Recorder writes the [Log] of one run and has its entries judged.
//
// Guarantees:
//   - Each call appends its entry, what the entry proves to have happened before
//     it (see Inferred in [Entry]), and the verdicts that these decided, as one
//     step: no reader sees an entry without the verdicts that follow from it.
//   - T never decreases, whatever happens to the machine's clock. Before
//     [Recorder.Begin] it is 0.
//   - After [Recorder.Seal] all calls are dropped; the log does not change.
//   - Nothing is deduplicated: two equal calls make two entries.
//   - All methods may be called from any goroutine. Objects passed in are read
//     during the call only and are not kept.
type Recorder struct {
	now func() time.Time
	// origin anchors the wall clock: entries are stamped with origin plus the
	// monotonic time since, so that a stepped clock cannot reorder them.
	origin time.Time
	log    Log

	mu    sync.Mutex
	judge Judge
	begin time.Time // zero before Begin
	last  time.Time // of the newest entry
	pods  map[types.UID]*podHistory
	// jobs and cronJobs hold the newest state, for deletions that were missed.
	jobs     map[types.UID]*Job
	cronJobs map[types.UID]*CronJob
	final    *Verdict // set once sealed
}

// NewRecorder returns a Recorder of an empty log. The judge may be nil; now is
// the clock, such as [time.Now].
func NewRecorder(judge Judge, now func() time.Time) *Recorder {
	return &Recorder{
		now:      now,
		origin:   now(),
		judge:    judge,
		pods:     map[types.UID]*podHistory{},
		jobs:     map[types.UID]*Job{},
		cronJobs: map[types.UID]*CronJob{},
	}
}

// Log returns the log that the Recorder writes.
func (r *Recorder) Log() *Log { return &r.log }

// Begin sets t = 0, the time of the first apply. Only the first call counts.
// Entries from before it keep t = 0, since entries never change.
func (r *Recorder) Begin(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.begin.IsZero() {
		r.begin = at
	}
}

// Pod records a change of a pod with the cells that the API server printed for
// it. A deletion that was only found by listing again has no row and no status:
// for an empty Row the pod's last known state is recorded.
func (r *Recorder) Pod(typ Type, row Row, pod *corev1.Pod) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.final != nil {
		return
	}
	h := r.pods[pod.UID]
	if h == nil {
		h = &podHistory{}
		r.pods[pod.UID] = h
	}
	e := Entry{Kind: KindPod, Type: typ, Name: pod.Name, UID: string(pod.UID), ResourceVersion: pod.ResourceVersion}
	if row == (Row{}) && h.last != nil {
		e.Pod = h.last
		r.appendLocked(e)
	} else {
		e.Pod = newPod(row, pod)
		r.appendLocked(append(h.observe(typ, &e, pod), e)...)
	}
	if typ == Deleted {
		delete(r.pods, pod.UID)
	}
}

// Job records a change of a Job. For a deletion whose object has no spec and no
// status, found by listing again, the last known state is recorded.
func (r *Recorder) Job(typ Type, job *batchv1.Job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := newJob(job)
	if typ == Deleted && job.CreationTimestamp.IsZero() && r.jobs[job.UID] != nil {
		j = r.jobs[job.UID]
	}
	remember(r.jobs, job.UID, typ, j)
	r.appendLocked(Entry{Kind: KindJob, Type: typ, Name: job.Name, UID: string(job.UID), ResourceVersion: job.ResourceVersion, Job: j})
}

// CronJob records a change of a CronJob. For a deletion whose object has no spec
// and no status, found by listing again, the last known state is recorded.
func (r *Recorder) CronJob(typ Type, cj *batchv1.CronJob) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := newCronJob(cj)
	if typ == Deleted && cj.CreationTimestamp.IsZero() && r.cronJobs[cj.UID] != nil {
		c = r.cronJobs[cj.UID]
	}
	remember(r.cronJobs, cj.UID, typ, c)
	r.appendLocked(Entry{Kind: KindCronJob, Type: typ, Name: cj.Name, UID: string(cj.UID), ResourceVersion: cj.ResourceVersion, CronJob: c})
}

// Event records a core Event.
func (r *Recorder) Event(typ Type, ev *corev1.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.appendLocked(Entry{Kind: KindEvent, Type: typ, Name: ev.Name, UID: string(ev.UID), ResourceVersion: ev.ResourceVersion, Event: newEvent(ev)})
}

// Note records a remark of the server itself.
func (r *Recorder) Note(n Note) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.appendLocked(Entry{Kind: KindNote, Note: &n})
}

// Tick lets the judge decide what time alone decides. It does nothing before the
// time that [Recorder.NextTick] says.
func (r *Recorder) Tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.appendLocked()
}

// NextTick is when Tick could next decide something; ok is false if there is no
// such time yet. It may change with every entry.
func (r *Recorder) NextTick() (at time.Time, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.judge == nil || r.begin.IsZero() || r.final != nil {
		return time.Time{}, false
	}
	t, ok := r.judge.Deadline()
	// No run is a century long: past that a deadline is none.
	if !ok || t > 100*365*24*3600 {
		return time.Time{}, false
	}
	d := time.Duration(math.Ceil(t * 1e9))
	if seconds(d) < t {
		d++
	}
	return r.begin.Add(d), true
}

// Done reports whether the condition holds that ends a run which never settles.
func (r *Recorder) Done() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.judge != nil && r.judge.Done()
}

// Seal ends the log: the notes, an entry for each check that is decided only
// now, and the final verdict, which it returns. Settled says that nothing of the
// run can change any more; if not, open checks become undecided. Without a judge
// the outcome is [Undecided]. A second call changes nothing and returns the same
// verdict.
func (r *Recorder) Seal(settled bool, notes ...Note) Verdict {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.final != nil {
		return *r.final
	}
	entries := make([]Entry, len(notes))
	for i := range notes {
		entries[i] = Entry{Kind: KindNote, Note: &notes[i]}
	}
	b := r.batchLocked(entries)
	final := Verdict{Outcome: Undecided}
	if r.judge != nil {
		before := map[string]State{}
		for _, c := range r.judge.Checks() {
			before[c.ID] = c.State
		}
		final = r.judge.Settle(settled)
		for _, c := range final.Checks {
			if c.State != before[c.ID] {
				b.verdicts(c)
			}
		}
	}
	b.verdicts(final)
	r.last = b.at
	r.final = &final
	r.log.append(b.entries, true)
	return final
}

// appendLocked stamps, numbers, judges and publishes entries as one step.
func (r *Recorder) appendLocked(entries ...Entry) {
	if r.final != nil {
		return
	}
	b := r.batchLocked(entries)
	if len(b.entries) == 0 {
		return
	}
	r.last = b.at
	r.log.append(b.entries, false)
}

// remember keeps the newest state of an object until it is deleted.
func remember[T any](m map[types.UID]*T, uid types.UID, typ Type, v *T) {
	if typ == Deleted {
		delete(m, uid)
	} else {
		m[uid] = v
	}
}
