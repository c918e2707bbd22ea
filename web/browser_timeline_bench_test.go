package web

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// The run that the timeline is measured with: pods of several Jobs whose container
// fails again and again, with the events of the kubelet.
const (
	manyPods    = 500
	manyEntries = 10_000
	manyJobs    = 5
)

// bigRun writes a run entry by entry, at the times of its own clock.
type bigRun struct {
	rec  *timeline.Recorder
	now  time.Time
	pods []*corev1.Pod
	// written counts the changes of each pod.
	written []int
	jobs    []*batchv1.Job
}

// addBig adds a run of many pods with so many entries, which goes on.
func (f *fakeRuns) addBig(id, slug string, entries int) *bigRun {
	b := &bigRun{now: time.Now().Add(-20 * time.Minute)}
	b.rec = timeline.NewRecorder(nil, func() time.Time { return b.now })
	f.add(id, slug).rec = b.rec
	b.rec.Begin(b.now)
	b.rec.Note(timeline.Note{Code: timeline.NoteApplied, Text: "created 5 Jobs"})
	b.add(manyPods)
	for i := 0; b.rec.Log().Len() < entries; i++ {
		// Of the pods made so far the newest go on.
		b.now = b.now.Add(110 * time.Millisecond)
		newest := min(manyPods-1, i*manyPods*10/6/entries)
		b.change(newest - i*7%min(newest+1, 40))
	}
	return b
}

// add makes the Jobs, and pods that are not there yet.
func (b *bigRun) add(pods int) {
	b.written = make([]int, pods)
	for i := range manyJobs {
		job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("many-%d", i), UID: types.UID(fmt.Sprintf("job-%d", i))}}
		b.jobs = append(b.jobs, job)
		b.rec.Job(timeline.Added, job)
	}
	for i := range pods {
		job := b.jobOf(i)
		controller := true
		b.pods = append(b.pods, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: fmt.Sprintf("%s-%03d", job.Name, i), UID: types.UID(fmt.Sprintf("pod-%d", i)),
				OwnerReferences: []metav1.OwnerReference{{Kind: "Job", Name: job.Name, UID: job.UID, Controller: &controller}},
			},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
		})
	}
}

// jobOf is the Job that owns a pod.
func (b *bigRun) jobOf(i int) *batchv1.Job { return b.jobs[i*manyJobs/len(b.written)] }

// change writes the next change of a pod.
func (b *bigRun) change(i int) {
	pod, n := b.pods[i], b.written[i]
	b.written[i]++
	row := timeline.Row{Ready: "0/1", Status: "Pending", Restarts: "0"}
	typ := timeline.Modified
	if n == 0 {
		typ = timeline.Added
		job := b.jobOf(i)
		job.Status.Active++
		b.rec.Job(timeline.Modified, job)
	}
	if n > 0 {
		restarts := int32((n - 1) / 4)
		row.Restarts = strconv.Itoa(int(restarts))
		status := corev1.ContainerStatus{Name: "main", ContainerID: fmt.Sprintf("fake://%d-%d", i, restarts), RestartCount: restarts}
		ended := &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error", ContainerID: status.ContainerID}
		switch (n - 1) % 4 {
		case 0:
			row.Status = "ContainerCreating"
			status.ContainerID = ""
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: row.Status}
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}
			b.rec.Event(timeline.Added, &corev1.Event{
				Type: "Normal", Reason: "Pulled", Message: "Container image is present", Count: 1,
				InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: pod.Name, UID: pod.UID},
			})
		case 1:
			row.Status, row.Ready = "Running", "1/1"
			status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(b.now)}
		case 2:
			row.Status = "Error"
			status.State.Terminated = ended
		case 3:
			row.Status = "CrashLoopBackOff"
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: row.Status}
			status.LastTerminationState.Terminated = ended
		}
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
	}
	b.rec.Pod(typ, row, pod)
}

// openBig opens a page of the big run and waits until all of it is there. It
// returns after how many milliseconds it was.
func openBig(tab *browsertest.Tab, s *site, entries int) float64 {
	tab.Resize(1440, 900)
	tab.Open(s.URL + "/runs/big?lang=en")
	return browsertest.Evaluate[float64](tab, `new Promise((done) => {
		const look = () => {
			if (document.querySelector("[data-count]").textContent.includes("`+strconv.Itoa(entries)+`") && document.querySelector(".plot .segment.observed")) {
				done(performance.now());
			} else {
				requestAnimationFrame(look);
			}
		};
		look();
	})`, chromedp.EvalAwaitPromise)
}

// BenchmarkTimelineOpen measures how long it takes from the navigation until a run
// with many entries is there.
func BenchmarkTimelineOpen(b *testing.B) {
	s := newSite(b)
	big := s.runs.addBig("big", "first-job", manyEntries)
	tab := browsertest.Start(b).Tab(b)
	var times []float64
	for b.Loop() {
		times = append(times, openBig(tab, s, big.rec.Log().Len()))
	}
	report(b, times, "ms/open")
}

// BenchmarkTimelineUpdate measures how long an entry keeps the page's main thread, from
// its receipt until the frame that shows it is done; and how long everything does that
// the page does from one entry to the next, 120 ms later, the clock included.
func BenchmarkTimelineUpdate(b *testing.B) {
	s := newSite(b)
	big := s.runs.addBig("big", "first-job", manyEntries)
	tab := browsertest.Start(b).Tab(b)
	openBig(tab, s, big.rec.Log().Len())
	const entries = 40
	var shown, all []float64
	for b.Loop() {
		trace := tab.Trace(func() {
			pace := time.NewTicker(120 * time.Millisecond)
			defer pace.Stop()
			for i := range entries {
				<-pace.C
				big.now = big.now.Add(50 * time.Millisecond)
				big.change(i % 10)
			}
			<-pace.C
		})
		received := trace.Named("WebSocketReceive")
		if len(received) < entries {
			b.Fatalf("%d entries were received, want %d", len(received), entries)
		}
		for i := 1; i < len(received); i++ {
			all = append(all, trace.Busy(received[i].Thread, received[i-1].Start, received[i].Start))
		}
		for _, frame := range trace.Named("FireAnimationFrame") {
			n := 0
			for n < len(received) && received[n].Start < frame.Start {
				n++
			}
			if n == 0 {
				continue
			}
			cost := trace.Busy(frame.Thread, received[0].Start, frame.Start) / float64(n)
			for range n {
				shown = append(shown, cost)
			}
			received = received[n:]
		}
	}
	report(b, shown, "ms/entry")
	report(b, all, "ms/interval")
}

// BenchmarkTimelineScroll measures how smoothly the lanes move up and down.
func BenchmarkTimelineScroll(b *testing.B) {
	benchmarkGesture(b, input.SynthesizeScrollGestureParams{YDistance: -3000, Speed: 1500})
}

// BenchmarkTimelinePan measures how smoothly the time moves sideways.
func BenchmarkTimelinePan(b *testing.B) {
	benchmarkGesture(b, input.SynthesizeScrollGestureParams{XDistance: -3000, Speed: 1500})
}

func benchmarkGesture(b *testing.B, gesture input.SynthesizeScrollGestureParams) {
	s := newSite(b)
	big := s.runs.addBig("big", "first-job", manyEntries)
	tab := browsertest.Start(b).Tab(b)
	openBig(tab, s, big.rec.Log().Len())
	for range 5 {
		tab.Click("[data-tool=zoom-in]")
	}
	tab.Text(`document.querySelector("joblab-timeline").scrollIntoView(), ""`)
	gesture.X, gesture.Y, gesture.GestureSourceType = 800, 400, input.GestureSourceTypeMouse
	var intervals []float64
	for b.Loop() {
		trace := tab.Trace(func() {
			if _, err := chromedp.Call(tab.Ctx, input.SynthesizeScrollGesture, gesture); err != nil {
				b.Fatal(err)
			}
		})
		frames := trace.Named("DrawFrame")
		for i := 1; i < len(frames); i++ {
			intervals = append(intervals, frames[i].Start-frames[i-1].Start)
		}
	}
	var sum float64
	for _, ms := range intervals {
		sum += ms
	}
	b.ReportMetric(1000*float64(len(intervals))/sum, "frames/s")
	report(b, intervals, "ms/frame")
}

// report gives the median and what 95 of 100 stay below.
func report(b *testing.B, values []float64, unit string) {
	slices.Sort(values)
	b.ReportMetric(values[len(values)/2], "median-"+unit)
	b.ReportMetric(values[len(values)*95/100], "p95-"+unit)
	b.ReportMetric(0, "ns/op")
}
