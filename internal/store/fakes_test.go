package store

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/expect/expecttest"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

const expectations = `
- {id: one-pod, say: {en: "one pod", ko: "파드 하나"}, pods: {count: 1}}
- {id: completes, say: {en: "the Job completes", ko: "Job이 완료돼요"}, job: {condition: Complete, within: 1m}}
`

// testLab is a lab with two checks.
func testLab(t testing.TB) *lab.Lab {
	t.Helper()
	contract := expecttest.Parse(t, expectations)
	return &lab.Lab{Slug: "first-job", File: "job.yaml", Manifest: []byte("kind: Job\n"), Contract: contract}
}

// source is a run that the test writes.
type source struct {
	*timeline.Recorder
	lab        *lab.Lab
	done, over chan struct{}

	mu   sync.Mutex
	info run.Info
	logs []run.ContainerLog
	seen []run.SeenObject
}

// begin begins a run of a learner.
func begin(t testing.TB, id, learner string) *source {
	t.Helper()
	l := testLab(t)
	return &source{
		Recorder: timeline.NewRecorder(l.Contract.Judge(), time.Now),
		lab:      l,
		done:     make(chan struct{}), over: make(chan struct{}),
		info: run.Info{
			ID: id, Learner: learner, Lab: l.Slug, Namespace: "lab-first-job-x", Manifest: "kind: Job # mine\n",
			Cluster: run.Cluster{Backend: "embedded", Version: "v1.37.2"}, State: run.Pending, StartedAt: time.Now().UTC(),
			Steps: []run.Step{{ID: "suspend", Command: "kubectl patch", State: run.StepReady}, {ID: "resume", State: run.StepDone, Seq: 2}},
		},
	}
}

func (s *source) Info() run.Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

func (s *source) Logs() []run.ContainerLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logs
}

func (s *source) Seen() []run.SeenObject {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (s *source) Lab() *lab.Lab         { return s.lab }
func (s *source) Done() <-chan struct{} { return s.done }
func (s *source) Over() <-chan struct{} { return s.over }

// pod records a state of the pod of a name.
func (s *source) pod(typ timeline.Type, name, status string) {
	s.Pod(typ, timeline.Row{Ready: "0/1", Status: status, Restarts: "0"}, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name + "-uid"), ResourceVersion: "7"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	})
}

// log has a log, of the first pod's first container, of a start.
func (s *source) log(start int, text string, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := run.ContainerLog{Pod: "a", Container: "main", Start: start, Ended: ended, Text: func() []byte { return []byte(text) }}
	s.logs = append(s.logs[:start:start], l)
}

// apply begins the timeline.
func (s *source) apply() {
	s.Begin(time.Now())
	s.Note(timeline.Note{Code: timeline.NoteApplied, Text: "job.batch/a created"})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.State = run.Running
}

// settle ends the run; its namespace stays.
func (s *source) settle() run.Info {
	return s.end(s.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"}))
}

// end says how a run whose log is sealed has ended.
func (s *source) end(verdict timeline.Verdict) run.Info {
	now := time.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.State, s.info.Reason, s.info.Verdict, s.info.FinishedAt = run.Finished, "over", &verdict, &now
	close(s.done)
	return s.info
}

// open opens the history in a directory until the test ends.
func open(t testing.TB, dir string) *Store {
	t.Helper()
	return openWith(t, Config{Path: filepath.Join(dir, File)})
}

func openWith(t testing.TB, c Config) *Store {
	t.Helper()
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeNow(t, s) })
	return s
}

// closeNow closes a history whose runs are all over.
func closeNow(t testing.TB, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// keep follows a run and returns what is closed when all of it is kept.
func keep(s *Store, r Source) <-chan struct{} {
	kept := make(chan struct{})
	s.Keep(r, func() { close(kept) })
	return kept
}

// keepWhole keeps a run with n entries of a pod, of so many bytes each, and waits
// until it is kept.
func keepWhole(t testing.TB, s *Store, id, learner string, n, size int) run.Info {
	t.Helper()
	r := begin(t, id, learner)
	kept := keep(s, r)
	r.apply()
	filler := strings.Repeat("x", size)
	for i := range n {
		r.pod(timeline.Modified, "a", fmt.Sprintf("Odd%d%s", i, filler))
	}
	info := r.settle()
	close(r.over)
	<-kept
	return info
}

// waitFor waits until a number of a run's entries are in the file.
func waitFor(t testing.TB, s *Store, id string, entries int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		var n int
		if err := s.db.read.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM entries WHERE run = ?`, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n >= entries {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d entries are written, want %d", n, entries)
		}
	}
}
