package store

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

func TestRunOutlivesTheServer(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	r := begin(t, "one", "me")
	kept := keep(s, r)
	r.apply()
	r.pod(timeline.Added, "a", "Pending")
	r.log(0, "first\n", true)
	r.pod(timeline.Modified, "a", "Running")
	r.log(1, "sec", false)
	r.mu.Lock()
	r.seen = []run.SeenObject{
		seenPod(t, "a", "of a first pod"), seenPod(t, "a", "of a second"),
		{Object: run.Object{Kind: "Job", APIVersion: "batch/v1", Name: "j", UID: "j-uid"}},
	}
	r.mu.Unlock()
	info := r.settle()
	waitFor(t, s, "one", r.Log().Len())
	r.log(1, "second\n", true) // it goes on after the end of the run
	close(r.over)
	<-kept
	closeNow(t, s)

	s = open(t, dir)
	got, err := s.Get("one")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(info, got.Info()); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(r.Log().Records(), got.Log().Records()); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if list, known := got.Why().Entry(2, "en"); !known || len(list) == 0 {
		t.Errorf("entry 2 is not explained: %v", list)
	}
	for _, c := range []struct {
		pod, container string
		previous       bool
		want           string // empty: not found
	}{
		{"a", "", false, "second\n"},
		{"a", "main", false, "second\n"},
		{"a", "main", true, "first\n"},
		{"a", "other", false, ""},
		{"b", "", false, ""},
	} {
		log, err := got.PodLog(t.Context(), c.pod, c.container, c.previous, true)
		if c.want == "" {
			if !errors.Is(err, run.ErrNotFound) {
				t.Errorf("log of %s/%s: got %v, want ErrNotFound", c.pod, c.container, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(log); string(text) != c.want || err != nil {
			t.Errorf("log of %s/%s, previous %t: got %q (%v), want %q", c.pod, c.container, c.previous, text, err, c.want)
		}
	}
	objects := got.Objects()
	for i, o := range r.seen {
		want := o.Object
		want.Deleted = true
		if len(objects) != len(r.seen) || objects[i] != want {
			t.Errorf("objects: got %v, want %v as number %d", objects, want, i)
		}
	}
	switch last, err := got.LastVersion("Pod", "a"); {
	case err != nil:
		t.Error(err)
	case last.(*corev1.Pod).Spec.NodeName != "of a second" || last.GetObjectKind().GroupVersionKind().Kind != "Pod":
		t.Errorf("last version: got %v", last)
	}
	if _, err := got.LastVersion("Job", "j"); !errors.Is(err, run.ErrNotFound) {
		t.Errorf("last version that is not kept: got %v, want ErrNotFound", err)
	}
	if space, gone := got.Space(); space.Name != info.Namespace || !gone {
		t.Errorf("space: got %v, gone %t", space, gone)
	}
	if err := got.Stop(t.Context()); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := got.Step(t.Context(), "suspend"); !errors.Is(err, run.ErrNotNow) {
		t.Errorf("step: got %v, want ErrNotNow", err)
	}
	if _, err := s.Get("two"); !errors.Is(err, run.ErrNotFound) {
		t.Errorf("another run: got %v, want ErrNotFound", err)
	}
}

// seenPod is a pod that a run has seen, on a node.
func seenPod(t *testing.T, name, node string) run.SeenObject {
	t.Helper()
	pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(node)}, Spec: corev1.PodSpec{NodeName: node}}
	encoded, err := pod.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return run.SeenObject{Object: run.Object{Kind: "Pod", APIVersion: "v1", Name: name, UID: pod.UID}, Newest: encoded}
}

func TestRunThatGoesOnIsNotThere(t *testing.T) {
	s := open(t, t.TempDir())
	r := begin(t, "one", "me")
	keep(s, r)
	r.apply()
	waitFor(t, s, "one", 1)
	if _, err := s.Get("one"); !errors.Is(err, run.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	r.settle()
	close(r.over)
}

func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	r := begin(t, "one", "me")
	keep(s, r)
	r.apply()
	r.pod(timeline.Added, "a", "Pending")
	r.pod(timeline.Added, "b", "Pending") // one-pod diverges
	written := r.Log().Len()
	waitFor(t, s, "one", written)
	crash(t, s)

	s = open(t, dir)
	got, err := s.Get("one")
	if err != nil {
		t.Fatal(err)
	}
	info := got.Info()
	if info.State != run.Interrupted || info.Reason != cutOff || info.FinishedAt == nil {
		t.Errorf("got %s (%q) at %v", info.State, info.Reason, info.FinishedAt)
	}
	records := got.Log().Records()
	if diff := cmp.Diff(r.Log().Records(), records[:written]); diff != "" {
		t.Errorf("what was written (-want +got):\n%s", diff)
	}
	var tail []string
	for _, r := range records[written:] {
		switch e := r.Entry; {
		case e.Note != nil:
			tail = append(tail, e.Note.Code)
		case e.Verdict != nil:
			tail = append(tail, e.Verdict.ID+" "+string(e.Verdict.State)+string(e.Verdict.Outcome))
		}
	}
	if diff := cmp.Diff([]string{timeline.NoteInterrupted, "completes undecided", " diverged"}, tail); diff != "" {
		t.Errorf("how it ends (-want +got):\n%s", diff)
	}
	var checks []string
	for _, c := range info.Verdict.Checks {
		checks = append(checks, c.ID+" "+string(c.State))
	}
	if diff := cmp.Diff([]string{"one-pod diverged", "completes undecided"}, checks); diff != "" {
		t.Errorf("the verdict (-want +got):\n%s", diff)
	}
	if info.Steps[0].State != run.StepPassed || info.Steps[1].State != run.StepDone {
		t.Errorf("steps: got %s and %s, want passed and done", info.Steps[0].State, info.Steps[1].State)
	}
}

// crash ends a history as a server that is killed does: what is written stays, and
// the rest is lost.
func crash(t *testing.T, s *Store) {
	t.Helper()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ended); !errors.Is(err, context.Canceled) {
		t.Fatalf("close: got %v, want context.Canceled", err)
	}
}

func TestCloseWritesEverything(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	r := begin(t, "one", "me")
	keep(s, r)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		closeNow(t, s)
	}()
	r.apply()
	for range 3000 {
		r.pod(timeline.Modified, "a", "Running")
	}
	r.settle()
	close(r.over)
	<-closed
	got, err := open(t, dir).Get("one")
	if err != nil {
		t.Fatal(err)
	}
	if got.Log().Len() != r.Log().Len() {
		t.Errorf("got %d entries, want %d", got.Log().Len(), r.Log().Len())
	}
}

func TestListAndProgress(t *testing.T) {
	s := open(t, t.TempDir())
	one := keepWhole(t, s, "one", "me", 1, 0)
	keepWhole(t, s, "theirs", "you", 1, 0)
	keepWhole(t, s, "nobodys", "", 1, 0)
	two := keepWhole(t, s, "two", "me", 1, 0)

	one.Manifest, two.Manifest = "", ""
	list := func(learner, slug string, limit int) []run.Info {
		t.Helper()
		list, err := s.Latest(t.Context(), learner, slug, limit)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if diff := cmp.Diff([]run.Info{two, one}, list("me", "", 10)); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]run.Info{two}, list("me", "first-job", 1)); diff != "" {
		t.Errorf("one of a lab (-want +got):\n%s", diff)
	}
	if got := list("me", "another-lab", 10); len(got) != 0 {
		t.Errorf("another lab: got %d runs", len(got))
	}

	progress := func(learner string) map[string]Progress {
		t.Helper()
		p, err := s.Progress(t.Context(), learner)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	// The pod that the test writes is one, and its Job never completes.
	want := map[string]Progress{"first-job": {Best: timeline.Diverged, Runs: 2, LastRun: "two", LastAt: two.StartedAt}}
	if diff := cmp.Diff(want, progress("me")); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if got := progress("stranger"); len(got) != 0 {
		t.Errorf("a stranger has progress: %v", got)
	}
}

func TestBestOutcomeStays(t *testing.T) {
	s := open(t, t.TempDir())
	for i, outcome := range []timeline.State{timeline.Undecided, timeline.Met, timeline.Diverged} {
		r := begin(t, string(outcome), "me")
		kept := keep(s, r)
		r.Seal(false)
		r.end(timeline.Verdict{Outcome: outcome})
		close(r.over)
		<-kept
		p, err := s.Progress(t.Context(), "me")
		if err != nil {
			t.Fatal(err)
		}
		want := []timeline.State{timeline.Undecided, timeline.Met, timeline.Met}[i]
		if got := p["first-job"].Best; got != want {
			t.Errorf("after %s: got %s, want %s", outcome, got, want)
		}
	}
}
