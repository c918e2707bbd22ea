package parity_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/parity"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// entries are the timeline of a recording of a real cluster. Nobody else has
// them: a test may change them.
func entries(t *testing.T, name string) []timeline.Entry {
	t.Helper()
	rec, err := recording.Read(os.DirFS(filepath.Join("../timeline/recording/testdata", name)))
	if err != nil {
		t.Fatal(err)
	}
	return rec.Replay(nil).Entries
}

// TestChanges compares a recording with itself, changed on the embedded side.
func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name, recording string
		until           parity.Until
		change          func([]timeline.Entry) []timeline.Entry
		want            string // differences, as "aspect of object: embedded, kind"
	}{
		{name: "nothing", recording: "never-badcmd"},
		{name: "names", recording: "never-badcmd", change: each(func(e *timeline.Entry) {
			if e.Pod != nil {
				e.Name = "other-" + e.Name
			}
		})},
		{name: "a state inferred instead of published", recording: "job-ok", change: pods(func(e *timeline.Entry) { e.Inferred = e.Pod.Status == "Running" })},
		{name: "a state is missing", recording: "job-ok", change: without(status("Running")),
			want: "order of pod 1 of Job/test-job: Pending 0, ContainerCreating 0, Completed 0; Pending 0, ContainerCreating 0, Running 0, Completed 0"},
		{name: "states are swapped", recording: "job-ok", change: pods(func(e *timeline.Entry) {
			e.Pod.Status = swap(e.Pod.Status, "ContainerCreating", "Running")
		}), want: "order of pod 1 of Job/test-job: Pending 0, Running 0, ContainerCreating 0, Completed 0; Pending 0, ContainerCreating 0, Running 0, Completed 0"},
		{name: "a restart more", recording: "never-badcmd", change: pods(func(e *timeline.Entry) {
			if e.T > 70 && e.Pod.Status == "StartError" {
				e.Pod.Restarts = 1
			}
		}), want: "order of pod 4 of Job/test-job: Pending 0, ContainerCreating 0, (failed start) 1; Pending 0, ContainerCreating 0, (failed start) 0"},
		{name: "a pod less", recording: "never-badcmd", change: without(func(e *timeline.Entry) bool { return e.Pod != nil && e.T > 70 }),
			want: "count of pods: Job/test-job, Job/test-job, Job/test-job; Job/test-job, Job/test-job, Job/test-job, Job/test-job"},
		{name: "the deletion is missing", recording: "deadline5", change: without(func(e *timeline.Entry) bool { return e.Pod != nil && e.Type == timeline.Deleted }),
			want: "order of pod 1 of Job/test-job: Pending 0, ContainerCreating 0, Running 0, Terminating 0, Completed 0; Pending 0, ContainerCreating 0, Running 0, Terminating 0, Completed 0, (deleted)"},
		{name: "another exit code", recording: "job-ok", change: pods(func(e *timeline.Entry) {
			if c := &e.Pod.Containers[0]; c.ExitCode != nil {
				code := int32(3)
				c.ExitCode = &code
			}
		}), want: "ends of pod 1 of Job/test-job: Completed 3; Completed 0"},
		{name: "another reason of a condition", recording: "deadline5", change: each(func(e *timeline.Entry) {
			if e.Job != nil {
				for i := range e.Job.Conditions {
					e.Job.Conditions[i].Reason = "BackoffLimitExceeded"
				}
			}
		}), want: "conditions of Job/test-job: FailureTarget=True BackoffLimitExceeded, Failed=True BackoffLimitExceeded, active 0, succeeded 0, failed 1; " +
			"FailureTarget=True DeadlineExceeded, Failed=True DeadlineExceeded, active 0, succeeded 0, failed 1"},
		{name: "a condition is missing", recording: "job-ok", change: each(func(e *timeline.Entry) {
			if e.Job != nil {
				e.Job.Conditions = slices.DeleteFunc(e.Job.Conditions, func(c timeline.Condition) bool { return c.Type == "SuccessCriteriaMet" })
			}
		}), want: "conditions of Job/test-job: Complete=True CompletionsReached, active 0, succeeded 1, failed 0; " +
			"SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached, active 0, succeeded 1, failed 0"},
		{name: "another counter", recording: "job-ok", change: each(func(e *timeline.Entry) {
			if e.Job != nil {
				e.Job.Failed = 1
			}
		}), want: "conditions of Job/test-job: SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached, active 0, succeeded 1, failed 1; " +
			"SuccessCriteriaMet=True CompletionsReached, Complete=True CompletionsReached, active 0, succeeded 1, failed 0"},
		{name: "an event less", recording: "deadline5", change: without(func(e *timeline.Entry) bool { return e.Event != nil && e.Event.Reason == "Killing" }),
			want: "events of pod 1 of Job/test-job: Scheduled, Pulled, Created, Started; Scheduled, Pulled, Created, Started, Killing"},
		{name: "an event repeated once less", recording: "onfailure-badcmd", change: without(func(e *timeline.Entry) bool {
			return e.Event != nil && e.Event.Reason == "BackOff" && e.Event.Count > 2
		})},
		{name: "events before what they are about", recording: "deadline5", change: func(es []timeline.Entry) []timeline.Entry {
			slices.SortStableFunc(es, func(a, b timeline.Entry) int { return kindOrder(a) - kindOrder(b) })
			return es
		}},
		{name: "2 s late", recording: "completions3", change: later(2, status("Completed"))},
		{name: "2.1 s late", recording: "completions3", change: later(2.1, func(e *timeline.Entry) bool { return status("Completed")(e) && e.T > 30 }),
			want: "time of pod 3 of Job/test-job, Completed 0: 39.6 s; 37.5 s"},
		{name: "a condition late", recording: "job-ok", change: later(2.5, func(e *timeline.Entry) bool { return e.Job != nil && len(e.Job.Conditions) > 1 }),
			want: "time of Job/test-job, Complete=True CompletionsReached: 16.2 s; 13.7 s"},
		{name: "the time of an inferred state", recording: "job-ok", change: pods(func(e *timeline.Entry) {
			if e.Pod.Status == "Running" {
				e.Inferred, e.T = true, 9
			}
		})},
		{name: "CrashLoopBackOff not shown", recording: "bare-pod", until: parity.Until{Restarts: 3}, change: without(status("CrashLoopBackOff"))},
		{name: "a failed start told by the other word", recording: "onfailure-badcmd", change: pods(func(e *timeline.Entry) {
			if e.Pod.Restarts == 1 && e.Pod.Status == "RunContainerError" {
				e.Pod.Status = "StartError"
			}
		})},
		{name: "a failed start told by CrashLoopBackOff alone", recording: "onfailure-badcmd", change: without(func(e *timeline.Entry) bool {
			return status("RunContainerError")(e) && e.Pod.Restarts == 1
		})},
		{name: "a failed start not told", recording: "onfailure-badcmd", change: without(func(e *timeline.Entry) bool { return e.Pod != nil && e.Pod.Restarts == 1 }),
			want: "order of pod 1 of Job/test-job: Pending 0, ContainerCreating 0, (failed start) 0, (failed start) 2, (failed start) 3, Terminating 3, (failed start) 3, (deleted); " +
				"Pending 0, ContainerCreating 0, (failed start) 0, (failed start) 1, (failed start) 2, (failed start) 3, Terminating 3, (failed start) 3, (deleted)\n" +
				"ends of pod 1 of Job/test-job: StartError 128, StartError 128, StartError 128; StartError 128, StartError 128, StartError 128, StartError 128"},
		// The recorded back-off is 10.188 s; its range is 10 to 15, give or take 2.
		{name: "a back-off at its upper bound", recording: "bare-pod", until: parity.Until{Restarts: 3}, change: later(6.81, restarted(2))},
		{name: "a back-off beyond it", recording: "bare-pod", until: parity.Until{Restarts: 3}, change: later(6.82, restarted(2)),
			want: "backoff of pod 1: 17.0 s (10 to 15); none"},
		{name: "a back-off at its lower bound", recording: "bare-pod", until: parity.Until{Restarts: 3}, change: later(-2.18, restarted(2))},
		{name: "a back-off below it", recording: "bare-pod", until: parity.Until{Restarts: 3}, change: later(-2.2, restarted(2)),
			want: "backoff of pod 1: 8.0 s (10 to 15); none"},
		{name: "a Job's conditions after a longer back-off", recording: "onfailure-badcmd", change: later(3, after(15))},
		{name: "an image pulled again later", recording: "noimage-hub", until: parity.Until{States: 7}, change: later(20, status("ErrImagePull", 50))},
		{name: "an image pulled again too late", recording: "noimage-hub", until: parity.Until{States: 7}, change: later(26.1, status("ErrImagePull", 50)),
			want: "backoff of pod 1 of Job/test-job: 37.1 s (10 to 35); none"},
		{name: "back-off of a pull too late", recording: "noimage-hub", until: parity.Until{States: 7}, change: later(4, after(40)),
			want: "backoff of pod 1 of Job/test-job: 18.0 s (10 to 15); none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := entries(t, c.recording)
			if c.change != nil {
				changed = c.change(changed)
			}
			r := parity.Compare(parity.Scenario{
				Name:     c.recording,
				Embedded: parity.Observe(changed, c.until),
				Kind:     parity.Observe(entries(t, c.recording), c.until),
			})
			var got []string
			for _, d := range r.Differences {
				got = append(got, string(d.Aspect)+" of "+d.Object+": "+d.Embedded+"; "+d.Kind)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPodsCreatedTogether compares two runs in which one pod of three failed,
// not the same. Of pods that are created together none is the first.
func TestPodsCreatedTogether(t *testing.T) {
	for _, c := range []struct {
		recording string
		want      int
	}{
		{"completions3-parallelism3", 0},
		{"completions3", 4}, // order and ends of two pods
	} {
		t.Run(c.recording, func(t *testing.T) {
			failing := func(n int) *parity.Observation {
				var seen []string
				return parity.Observe(pods(func(e *timeline.Entry) {
					if !slices.Contains(seen, e.UID) {
						seen = append(seen, e.UID)
					}
					if c := &e.Pod.Containers[0]; slices.Index(seen, e.UID) == n && e.Pod.Status == "Completed" {
						code := int32(1)
						e.Pod.Status, c.Reason, c.ExitCode = "Error", "Error", &code
					}
				})(entries(t, c.recording)), parity.Until{})
			}
			r := parity.Compare(parity.Scenario{Embedded: failing(0), Kind: failing(2)})
			if len(r.Differences) != c.want {
				t.Errorf("%d differences, want %d: %v", len(r.Differences), c.want, r.Differences)
			}
		})
	}
}

// each changes copies of what entries point to.
func each(change func(*timeline.Entry)) func([]timeline.Entry) []timeline.Entry {
	return func(entries []timeline.Entry) []timeline.Entry {
		for i := range entries {
			e := &entries[i]
			if e.Pod != nil {
				pod := *e.Pod
				pod.Containers = slices.Clone(pod.Containers)
				e.Pod = &pod
			}
			if e.Job != nil {
				job := *e.Job
				job.Conditions = slices.Clone(job.Conditions)
				e.Job = &job
			}
			change(e)
		}
		return entries
	}
}

func pods(change func(*timeline.Entry)) func([]timeline.Entry) []timeline.Entry {
	return each(func(e *timeline.Entry) {
		if e.Pod != nil {
			change(e)
		}
	})
}

func without(which func(*timeline.Entry) bool) func([]timeline.Entry) []timeline.Entry {
	return func(entries []timeline.Entry) []timeline.Entry {
		return slices.DeleteFunc(entries, func(e timeline.Entry) bool { return which(&e) })
	}
}

// later moves entries in time; their order stays.
func later(seconds float64, which func(*timeline.Entry) bool) func([]timeline.Entry) []timeline.Entry {
	return each(func(e *timeline.Entry) {
		if which(e) {
			e.T += seconds
		}
	})
}

// status chooses a STATUS, from a time on if one is given.
func status(s string, from ...float64) func(*timeline.Entry) bool {
	return func(e *timeline.Entry) bool {
		return e.Pod != nil && e.Pod.Status == s && (len(from) == 0 || e.T >= from[0])
	}
}

func restarted(n int) func(*timeline.Entry) bool {
	return func(e *timeline.Entry) bool { return e.Pod != nil && e.Pod.Restarts >= n }
}

func after(t float64) func(*timeline.Entry) bool {
	return func(e *timeline.Entry) bool { return e.T > t }
}

func swap(s, a, b string) string {
	switch s {
	case a:
		return b
	case b:
		return a
	}
	return s
}

// kindOrder puts events first.
func kindOrder(e timeline.Entry) int {
	if e.Event != nil {
		return 0
	}
	return 1
}
