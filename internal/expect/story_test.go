package expect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

// story builds entries from lines such as
//
//	0.2 a Job/j Pending            a pod's STATUS
//	3 a Job/j Running 1            with RESTARTS
//	9 a Job/j Failed:Error exit=3  with its phase, and how its container ended
//	9.5 a - Running terminating    with a deletionTimestamp; - is no owner
//	9.9 a deleted
//	1 a - Pending unschedulable
//	1 a Job/j Pending created=3 scheduled=3 index=2
//	9 a Job/j Running started=5 finished=8     of its container, by Kubernetes
//	5 job                          a Job without conditions; its name is job
//	5 job FailureTarget(Why) Failed(Why) active=1 failed=2
//	5 job deleted
//	5 job/b Complete               a Job of that name
//	6 event Pod/a BackOff Warning 3 back-off …   with its count and message
//	7 gap                          or unreachable, or reachable
//	8 tick                         nothing but time
//
// Statuses that name the end of a container give the pod its phase.
func story(t testing.TB, text string) []timeline.Entry {
	t.Helper()
	var entries []timeline.Entry
	pods, jobs := map[string]*timeline.Pod{}, map[string]*timeline.Job{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		e := timeline.Entry{Seq: timeline.Seq(len(entries) + 1), Type: timeline.Modified, Name: f[1], UID: f[1]}
		if _, err := fmt.Sscan(f[0], &e.T); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		switch {
		case f[1] == "tick":
			e.Kind = timeline.KindVerdict
		case f[1] == timeline.NoteGap, f[1] == timeline.NoteUnreachable, f[1] == timeline.NoteReachable:
			e.Kind, e.Note = timeline.KindNote, &timeline.Note{Code: f[1]}
		case f[1] == "event":
			e.Kind, e.UID, e.Event = timeline.KindEvent, f[2]+f[3], &timeline.Event{Object: f[2], Reason: f[3], Type: f[4], Message: strings.Join(f[6:], " ")}
			if _, err := fmt.Sscan(f[5], &e.Event.Count); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		case f[1] == "job", strings.HasPrefix(f[1], "job/"):
			e.Kind, e.Name = timeline.KindJob, strings.TrimPrefix(f[1], "job/")
			if len(f) == 3 && f[2] == "deleted" {
				e.Type = timeline.Deleted
			} else {
				jobs[f[1]] = storyJob(t, f[2:])
			}
			e.Job = jobs[f[1]]
		case f[2] == "deleted":
			e.Kind, e.Type, e.Pod = timeline.KindPod, timeline.Deleted, pods[f[1]]
		default:
			e.Kind, e.Pod = timeline.KindPod, storyPod(t, f[2:])
			pods[f[1]] = e.Pod
		}
		entries = append(entries, e)
	}
	return entries
}

func storyJob(t testing.TB, words []string) *timeline.Job {
	t.Helper()
	j := &timeline.Job{}
	counters := map[string]*int{"active": &j.Active, "ready": &j.Ready, "succeeded": &j.Succeeded, "failed": &j.Failed, "terminating": &j.Terminating}
	for _, word := range words {
		if name, n, ok := strings.Cut(word, "="); ok {
			if _, err := fmt.Sscan(n, counters[name]); err != nil {
				t.Fatalf("%q: %v", word, err)
			}
			continue
		}
		typ, reason, _ := strings.Cut(strings.TrimSuffix(word, ")"), "(")
		j.Conditions = append(j.Conditions, timeline.Condition{Type: typ, Status: "True", Reason: reason, Message: strings.TrimSuffix("message of "+reason, "message of ")})
	}
	return j
}

func storyPod(t testing.TB, f []string) *timeline.Pod {
	t.Helper()
	p := &timeline.Pod{Owner: strings.Trim(f[0], "-"), Status: f[1], Phase: "Running"}
	if phase, status, ok := strings.Cut(f[1], "="); ok {
		p.Phase, p.Status = phase, status
	}
	for _, word := range f[2:] {
		var exit int32
		switch {
		case word == "terminating":
			p.DeletionTimestamp = new(time.Time)
		case word == "unschedulable":
			p.Conditions = []timeline.Condition{{Type: "PodScheduled", Status: "False", Reason: "Unschedulable", Message: "no nodes available"}}
		case strings.HasPrefix(word, "exit="):
			if _, err := fmt.Sscanf(word, "exit=%d", &exit); err != nil {
				t.Fatal(err)
			}
			p.Containers = []timeline.Container{{Name: "c", State: timeline.Terminated, Reason: p.Status, ExitCode: &exit}}
		case strings.Contains(word, "="):
			storyTime(t, p, word)
		default:
			if _, err := fmt.Sscan(word, &p.Restarts); err != nil {
				t.Fatalf("%q: %v", word, err)
			}
		}
	}
	return p
}

// storyTime sets what stands before = of a pod to the number after it, which is a
// time in Kubernetes' own seconds, or an index.
func storyTime(t testing.TB, p *timeline.Pod, word string) {
	t.Helper()
	name, number, _ := strings.Cut(word, "=")
	var n int
	if _, err := fmt.Sscan(number, &n); err != nil {
		t.Fatalf("%q: %v", word, err)
	}
	at := time.Unix(int64(n), 0)
	if name == "started" || name == "finished" {
		if p.Containers == nil {
			p.Containers = []timeline.Container{{Name: "c", State: timeline.Running}}
		}
	}
	switch name {
	case "index":
		p.Index = &n
	case "created":
		p.CreationTimestamp = &at
	case "scheduled":
		p.Conditions = append(p.Conditions, timeline.Condition{Type: "PodScheduled", Status: "True", LastTransitionTime: at})
	case "started":
		p.Containers[0].StartedAt, p.Containers[0].Restarts = &at, p.Restarts
	case "finished":
		p.Containers[0].FinishedAt, p.Containers[0].State, p.Containers[0].Restarts = &at, timeline.Terminated, p.Restarts
	default:
		t.Fatalf("%q: no such word", word)
	}
}

// judged is a contract, a story, and the verdicts that it must get.
type judged struct{ name, contract, story, want string }

// judgeAll judges stories.
func judgeAll(t *testing.T, cases []judged) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := tell(t, mustParse(t, c.contract), story(t, c.story), true)
			if diff := cmp.Diff(trimLines(c.want), trimLines(got)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// tell judges entries as a Recorder does and returns each verdict on a line:
// "7 id diverged pod a: expected X, got Y, cause Z", the number being the last
// entry that the judge saw. It checks what every judge must do.
func tell(t testing.TB, c *Contract, entries []timeline.Entry, settled bool) string {
	t.Helper()
	j := c.Judge()
	states := map[string]timeline.State{}
	var b strings.Builder
	until := false
	note := func(at timeline.Seq, vs []timeline.Verdict) {
		for _, v := range vs {
			if states[v.ID] != "" {
				t.Errorf("check %s was %s and becomes %s", v.ID, states[v.ID], v.State)
			}
			states[v.ID] = v.State
			fmt.Fprintf(&b, "%d %s\n", at, line(v))
		}
	}
	for i := range entries {
		e := &entries[i]
		if due, ok := j.Deadline(); ok && due <= e.T && !e.BeginsOutage() {
			note(e.Seq-1, j.Tick(e.T))
		}
		note(e.Seq, j.Observe(e))
		for _, v := range j.Checks() {
			if want := states[v.ID]; v.State != want && (want != "" || v.State != timeline.Pending) {
				t.Errorf("Checks says that %s is %s: got %s, want %s", v.ID, v.State, v.State, want)
			}
		}
		if done := j.Done(); done && !until {
			until = true
			b.WriteString("until\n")
		}
	}
	final := j.Settle(settled)
	var open []timeline.Verdict
	for _, v := range final.Checks {
		if was := states[v.ID]; was == "" {
			open = append(open, v)
		} else if was != v.State {
			t.Errorf("check %s was %s and is %s in the end", v.ID, was, v.State)
		}
	}
	b.WriteString("end\n")
	note(0, open)
	fmt.Fprintf(&b, "%s\n", final.Outcome)
	return b.String()
}

// line is a verdict in words.
func line(v timeline.Verdict) string {
	s := fmt.Sprintf("%s %s", v.ID, v.State)
	if v.Seq > 0 {
		s += fmt.Sprintf(" #%d", v.Seq)
	}
	if v.Pod != "" {
		s += " pod " + v.Pod
	}
	var parts []string
	for _, p := range [][2]string{{"expected", v.Expected}, {"got", v.Got}, {"cause", v.Cause}} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, "; ")
	}
	return s
}
