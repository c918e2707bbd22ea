package timeline

import (
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// lines writes a log in short.
func lines(l *Log) []string {
	var out []string
	for _, rec := range l.Records() {
		e := &rec.Entry
		s := string(e.Kind)
		switch {
		case e.Note != nil:
			s += " " + e.Note.Code
		case e.Verdict != nil && e.Verdict.Outcome != "":
			s += " outcome " + string(e.Verdict.Outcome)
		case e.Verdict != nil:
			s += " " + e.Verdict.ID + " " + string(e.Verdict.State)
		case e.Pod != nil:
			s += " " + string(e.Type) + " " + e.Pod.Status
		default:
			s += " " + string(e.Type) + " " + e.Name
		}
		out = append(out, s)
	}
	return out
}

func TestVerdictsFollowWhatDecidedThem(t *testing.T) {
	c, j := newClock(), newScripted(10)
	r := NewRecorder(j, c.Now)
	r.Begin(c.Now())
	r.Job(Added, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "pi", UID: "1"}})
	r.Note(Note{Code: "first"})
	c.add(11 * time.Second)
	// No timer has fired: the next entry must come after the verdict all the same.
	r.Job(Modified, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "pi", UID: "1"}})
	r.Seal(true, Note{Code: NoteSettled})
	want := []string{
		"job added pi",
		"note first", "verdict note met",
		"verdict late diverged", "job modified pi",
		"note settled", "verdict end met", "verdict outcome undecided",
	}
	if diff := cmp.Diff(want, lines(r.Log())); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Seq{1, 2, 5, 6}, j.observed); diff != "" {
		t.Errorf("the judge observed (-want +got):\n%s", diff)
	}
}

func TestTick(t *testing.T) {
	for deadline, want := range map[float64]time.Duration{
		2:            2 * time.Second,
		2.0000000015: 2*time.Second + 2, // between two nanoseconds
		0.1:          100 * time.Millisecond,
	} {
		c, j := newClock(), newScripted(deadline)
		r := NewRecorder(j, c.Now)
		if at, ok := r.NextTick(); ok {
			t.Errorf("NextTick before Begin = %v, want none", at)
		}
		c.add(time.Second)
		r.Begin(c.Now())
		at, ok := r.NextTick()
		if want := c.Now().Add(want); !ok || !at.Equal(want) {
			t.Fatalf("NextTick at %g = %v %t, want %v", deadline, at, ok, want)
		}
		c.add(at.Sub(c.Now()) - 1)
		r.Tick()
		if n := r.Log().Len(); n != 0 {
			t.Errorf("Tick a nanosecond early wrote %d entries", n)
		}
		c.add(1)
		r.Tick()
		r.Tick()
		if diff := cmp.Diff([]string{"verdict late diverged"}, lines(r.Log())); diff != "" {
			t.Errorf("log with deadline %g (-want +got):\n%s", deadline, diff)
		}
		if at, ok := r.NextTick(); ok {
			t.Errorf("NextTick with nothing to decide = %v, want none", at)
		}
	}
}

func TestNextTickNever(t *testing.T) {
	for _, deadline := range []float64{math.Inf(1), 1e300} {
		c := newClock()
		r := NewRecorder(newScripted(deadline), c.Now)
		r.Begin(c.Now())
		if at, ok := r.NextTick(); ok {
			t.Errorf("NextTick with deadline %g = %v, want none", deadline, at)
		}
	}
}

func TestTimesNeverGoBack(t *testing.T) {
	c := newClock()
	r := NewRecorder(nil, c.Now)
	start := c.Now()
	c.add(time.Second)
	r.Note(Note{}) // before Begin
	c.add(time.Second)
	r.Begin(c.Now())
	r.Begin(c.Now().Add(time.Hour)) // does not count
	c.add(1500 * time.Millisecond)
	r.Note(Note{})
	c.add(-time.Hour)
	r.Note(Note{})
	c.add(time.Hour + time.Millisecond)
	r.Note(Note{})
	var ts []float64
	var ats []time.Duration
	for _, rec := range r.Log().Records() {
		ts = append(ts, rec.Entry.T)
		ats = append(ats, rec.Entry.At.Sub(start))
	}
	if diff := cmp.Diff([]float64{0, 1.5, 1.5, 1.501}, ts); diff != "" {
		t.Errorf("t (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Duration{time.Second, 3500 * time.Millisecond, 3500 * time.Millisecond, 3501 * time.Millisecond}, ats); diff != "" {
		t.Errorf("at since the start (-want +got):\n%s", diff)
	}
}

func TestNothingEntersASealedLog(t *testing.T) {
	c, j := newClock(), newScripted(1)
	r := NewRecorder(j, c.Now)
	r.Begin(c.Now())
	first := r.Seal(false)
	if first.Outcome != Undecided || len(first.Checks) != 3 {
		t.Fatalf("Seal = %+v", first)
	}
	before := lines(r.Log())
	c.add(time.Minute)
	r.Note(Note{})
	r.Pod(Added, Row{Status: "Pending"}, &corev1.Pod{})
	r.Job(Added, &batchv1.Job{})
	r.CronJob(Added, &batchv1.CronJob{})
	r.Event(Added, &corev1.Event{})
	r.Tick()
	if diff := cmp.Diff(first, r.Seal(true, Note{})); diff != "" {
		t.Errorf("a second Seal (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(before, lines(r.Log())); diff != "" {
		t.Errorf("the sealed log changed:\n%s", diff)
	}
	if at, ok := r.NextTick(); ok {
		t.Errorf("NextTick of a sealed log = %v, want none", at)
	}
}

func TestSealWithoutJudge(t *testing.T) {
	r := NewRecorder(nil, newClock().Now)
	r.Seal(true)
	if diff := cmp.Diff([]string{"verdict outcome undecided"}, lines(r.Log())); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// TestMissedDeletions: what a relist finds deleted has only a name and a uid.
func TestMissedDeletions(t *testing.T) {
	r := NewRecorder(nil, newClock().Now)
	name := metav1.ObjectMeta{Name: "x", UID: "1"}
	created := name
	created.CreationTimestamp = metav1.Unix(1795447285, 0)
	r.Pod(Added, Row{Ready: "0/1", Status: "Pending", Restarts: "0"}, &corev1.Pod{ObjectMeta: created, Status: corev1.PodStatus{Phase: "Pending"}})
	r.Pod(Deleted, Row{}, &corev1.Pod{ObjectMeta: name})
	r.Job(Added, &batchv1.Job{ObjectMeta: created, Status: batchv1.JobStatus{Active: 3}})
	r.Job(Deleted, &batchv1.Job{ObjectMeta: name})
	r.CronJob(Added, &batchv1.CronJob{ObjectMeta: created, Spec: batchv1.CronJobSpec{Schedule: "@daily"}})
	r.CronJob(Deleted, &batchv1.CronJob{ObjectMeta: name})
	recs := r.Log().Records()
	for i := 0; i < len(recs); i += 2 {
		added, deleted := recs[i].Entry, recs[i+1].Entry
		if deleted.Type != Deleted {
			t.Errorf("entry %d has type %s", deleted.Seq, deleted.Type)
		}
		if diff := cmp.Diff([]any{added.Pod, added.Job, added.CronJob}, []any{deleted.Pod, deleted.Job, deleted.CronJob}); diff != "" {
			t.Errorf("%s deleted: the last state is lost:\n%s", deleted.Kind, diff)
		}
	}
}

// TestConversion pins the wire form of each kind of entry.
func TestConversion(t *testing.T) {
	c := newClock()
	r := NewRecorder(nil, c.Now)
	r.Begin(c.Now())
	c.add(1203 * time.Millisecond)
	at := metav1.Unix(1795447285, 0)
	yes := true
	completions, ready := int32(3), int32(1)
	owner := func(kind, name string) []metav1.OwnerReference {
		return []metav1.OwnerReference{{Kind: "Node", Name: "not-controlling"}, {Kind: kind, Name: name, Controller: &yes}}
	}
	r.Pod(Modified, Row{"0/1", "StartError", "3 (27s ago)"}, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "pi-0", UID: "u", ResourceVersion: "7", CreationTimestamp: at,
			OwnerReferences: owner("Job", "pi"), Annotations: map[string]string{batchv1.JobCompletionIndexAnnotation: "0"},
		},
		Spec: corev1.PodSpec{
			NodeName:       "n1",
			InitContainers: []corev1.Container{{Name: "setup", Image: "busybox"}},
			Containers:     []corev1.Container{{Name: "b", Image: "centos:7"}, {Name: "a", Image: "bash"}},
		},
		Status: corev1.PodStatus{
			Phase:                 "Running",
			Conditions:            []corev1.PodCondition{{Type: "Initialized", Status: "True", LastTransitionTime: at}},
			InitContainerStatuses: []corev1.ContainerStatus{{Name: "setup"}},
			ContainerStatuses: []corev1.ContainerStatus{ // sorted by name, as the kubelet does
				{Name: "a", Ready: true, ContainerID: "c://a", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at}}},
				{Name: "b", RestartCount: 3,
					State:                corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError", Message: "no such file", StartedAt: metav1.Unix(0, 0), FinishedAt: at}},
					LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 0, Reason: "Completed", StartedAt: at, FinishedAt: at, ContainerID: "c://old"}}},
			},
		},
	})
	r.Job(Added, &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: "pi", UID: "j", ResourceVersion: "8", OwnerReferences: owner("CronJob", "daily")},
		Spec:       batchv1.JobSpec{Completions: &completions, Suspend: &yes},
		Status: batchv1.JobStatus{Active: 2, Ready: &ready, Succeeded: 1, Failed: 4, StartTime: &at,
			Conditions: []batchv1.JobCondition{{Type: "Failed", Status: "True", Reason: "BackoffLimitExceeded", Message: "m", LastTransitionTime: at}}},
	})
	r.CronJob(Added, &batchv1.CronJob{
		ObjectMeta: metav1.ObjectMeta{Name: "daily", UID: "c", ResourceVersion: "9"},
		Spec:       batchv1.CronJobSpec{Schedule: "@daily"},
		Status:     batchv1.CronJobStatus{Active: []corev1.ObjectReference{{Name: "daily-1"}}, LastScheduleTime: &at},
	})
	r.Event(Modified, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: "pi.1", UID: "e", ResourceVersion: "10"},
		Type:       "Warning", Reason: "BackOff", Message: "back-off", Count: 5,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "pi-0", UID: "u"},
	})
	r.Event(Added, &corev1.Event{Series: &corev1.EventSeries{Count: 6}, InvolvedObject: corev1.ObjectReference{Kind: "Job", Name: "pi"}})
	r.Note(Note{Code: NoteGap, Text: "lost"})
	want := []string{
		`{"seq":1,"at":"2026-11-23T15:00:01.203Z","t":1.203,"kind":"pod","type":"modified","name":"pi-0","uid":"u","resourceVersion":"7","pod":{"ready":"0/1","status":"StartError","restarts":3,"phase":"Running","owner":"Job/pi","index":0,"node":"n1","creationTimestamp":"2026-11-23T15:21:25Z","deletionTimestamp":null,"conditions":[{"type":"Initialized","status":"True","lastTransitionTime":"2026-11-23T15:21:25Z"}],"containers":[{"name":"setup","init":true,"state":"waiting","ready":false,"restarts":0,"image":"busybox"},{"name":"b","init":false,"state":"terminated","reason":"StartError","message":"no such file","exitCode":128,"finishedAt":"2026-11-23T15:21:25Z","ready":false,"restarts":3,"image":"centos:7","last":{"reason":"Completed","exitCode":0,"startedAt":"2026-11-23T15:21:25Z","finishedAt":"2026-11-23T15:21:25Z","containerID":"c://old"}},{"name":"a","init":false,"state":"running","startedAt":"2026-11-23T15:21:25Z","ready":true,"restarts":0,"containerID":"c://a","image":"bash"}]},"inferred":false}`,
		`{"seq":2,"at":"2026-11-23T15:00:01.203Z","t":1.203,"kind":"job","type":"added","name":"pi","uid":"j","resourceVersion":"8","job":{"active":2,"ready":1,"succeeded":1,"failed":4,"terminating":0,"completions":3,"suspend":true,"owner":"CronJob/daily","startTime":"2026-11-23T15:21:25Z","conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"m","lastTransitionTime":"2026-11-23T15:21:25Z"}]},"inferred":false}`,
		`{"seq":3,"at":"2026-11-23T15:00:01.203Z","t":1.203,"kind":"cronjob","type":"added","name":"daily","uid":"c","resourceVersion":"9","cronjob":{"schedule":"@daily","suspend":false,"active":["daily-1"],"lastScheduleTime":"2026-11-23T15:21:25Z"},"inferred":false}`,
		`{"seq":4,"at":"2026-11-23T15:00:01.203Z","t":1.203,"kind":"event","type":"modified","name":"pi.1","uid":"e","resourceVersion":"10","event":{"type":"Warning","reason":"BackOff","message":"back-off","object":"Pod/pi-0","objectUID":"u","count":5},"inferred":false}`,
		`{"seq":5,"at":"2026-11-23T15:00:01.203Z","t":1.203,"kind":"event","type":"added","event":{"type":"","reason":"","message":"","object":"Job/pi","count":6},"inferred":false}`,
		`{"seq":6,"at":"2026-11-23T15:00:01.203Z","t":1.203,"kind":"note","note":{"code":"gap","text":"lost"},"inferred":false}`,
	}
	var got []string
	for _, rec := range r.Log().Records() {
		got = append(got, string(rec.JSON))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// TestConcurrentCallsKeepTheLogWhole calls everything at once.
func TestConcurrentCallsKeepTheLogWhole(t *testing.T) {
	j := newScripted(0.001)
	r := NewRecorder(j, time.Now)
	r.Begin(time.Now())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			uid := types.UID(strings.Repeat("x", i+1))
			for range 50 {
				r.Pod(Modified, Row{Status: "Running"}, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{UID: uid}})
				r.Job(Modified, &batchv1.Job{})
				r.Note(Note{})
				r.Tick()
				r.NextTick()
				r.Done()
			}
		})
	}
	wg.Wait()
	r.Seal(true)
	last := 0.0
	for i, rec := range r.Log().Records() {
		if rec.Entry.Seq != Seq(i+1) || rec.Entry.T < last {
			t.Fatalf("place %d: seq %d at t %g after %g", i, rec.Entry.Seq, rec.Entry.T, last)
		}
		last = rec.Entry.T
	}
	if n := len(j.observed); n != 8*150 {
		t.Errorf("the judge observed %d entries, want %d", n, 8*150)
	}
}
