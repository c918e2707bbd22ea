package run

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

func TestLostClusterInterrupts(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.cluster.Set(cluster.Status{State: cluster.Restarting, Generation: 1, Err: errors.New("exit status 2")})
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
		if want := "The cluster was lost: exit status 2."; r.Info().Reason != want {
			t.Errorf("got reason %q, want %q", r.Info().Reason, want)
		}
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.Is(err, ErrNotReady) {
			t.Errorf("start without a cluster: got %v, want ErrNotReady", err)
		}
		s.ready(2)
		s.lists(nil, nil)
		next, _ := s.begin()
		s.wantEnd(next, Finished, timeline.NoteSettled)
	})
}

func TestGenerationThatChangesUnseenInterrupts(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.ready(2)
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
	})
}

func TestLabThatTheClusterCannotRun(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Kubernetes = ">=1.99"
		before := len(s.api.requests())
		_, err := s.Start(t.Context(), s.lab, nil)
		if obstacle := new(lab.Obstacle); !errors.As(err, &obstacle) || obstacle.Version != "1.99" {
			t.Errorf("got %v, want that the cluster is too old", err)
		}
		if after := len(s.api.requests()); after != before {
			t.Errorf("%d requests for a lab that cannot run", after-before)
		}
	})
}

func TestFull(t *testing.T) {
	play(t, Config{MaxRuns: 1}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		pass(90 * time.Second)
		var full ErrFull
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.As(err, &full) || full.RetryAfter != 30*time.Second {
			t.Errorf("got %v, want ErrFull for the 30s that are left of the run", err)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.lists(nil, nil)
		if _, err := s.Start(t.Context(), s.lab, nil); err != nil {
			t.Errorf("with a place: %v", err)
		}
	})
}

func TestHistoryIsBounded(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lists(nil, nil)
		var first *Run
		for range History + 2 {
			r, _ := s.begin()
			<-r.Done()
			if first == nil {
				first = r
			}
		}
		synctest.Wait()
		if _, err := s.Get(first.Info().ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("the first run: got %v, want ErrNotFound", err)
		}
		if n := len(s.List("a-lab")); n != History+1 {
			t.Errorf("got %d runs, want %d that have ended before the last", n, History+1)
		}
		deleted := false
		for _, line := range s.api.lines() {
			deleted = deleted || line == "DELETE /api/v1/namespaces/"+first.Info().Namespace
		}
		if !deleted {
			t.Error("the namespace of a forgotten run stays")
		}
		if len(s.List("other")) != 0 {
			t.Error("another lab has runs")
		}
	})
}

// TestStoredRunsAreForgotten ends more runs than are remembered, which somebody
// writes down: each goes when all of it is written, and stays until then.
func TestStoredRunsAreForgotten(t *testing.T) {
	var mu sync.Mutex
	stored := map[string]func(){}
	store := func(r *Run, done func()) {
		mu.Lock()
		defer mu.Unlock()
		stored[r.Info().ID] = done
	}
	play(t, Config{Store: store}, func(t *testing.T, s *stage) {
		s.lists(nil, nil)
		var runs []*Run
		for range History + 3 {
			r, _ := s.begin()
			<-r.Done()
			runs = append(runs, r)
		}
		pass(0)
		if n := len(s.List("")); n != len(runs) || len(stored) != n {
			t.Fatalf("got %d runs and %d to be written, want %d that are not written yet", n, len(stored), len(runs))
		}
		for i, r := range runs[:2] {
			select {
			case <-r.Over():
			default:
				t.Errorf("run %d keeps its namespace, though it is to be forgotten", i)
			}
		}
		for i, r := range runs[2:] {
			select {
			case <-r.Over():
				t.Errorf("run %d is over, though its namespace is kept", i+2)
			default:
			}
		}
		stored[runs[1].Info().ID]()
		for i, want := range []error{nil, ErrNotFound, nil} {
			if _, err := s.Get(runs[i].Info().ID); !errors.Is(err, want) {
				t.Errorf("run %d, when the second is written: got %v, want %v", i, err, want)
			}
		}
	})
}

func TestClose(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
		lines := s.api.lines()
		if want := "DELETE /api/v1/namespaces/" + r.Info().Namespace; lines[len(lines)-1] != want {
			t.Errorf("got %s last, want %s", lines[len(lines)-1], want)
		}
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("start after close: got %v, want ErrClosed", err)
		}
		if err := s.Ready(); !errors.Is(err, ErrClosed) {
			t.Errorf("ready after close: got %v, want ErrClosed", err)
		}
		if held := s.api.held(); len(held) != 0 || s.api.made != 2 {
			t.Errorf("got namespaces %v after close and %d made, want none and the run's and that for checks", held, s.api.made)
		}
	})
}

func TestSweep(t *testing.T) {
	left := func(name, instance string, expires time.Duration) corev1.Namespace {
		ns := corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name + "-uid"), Labels: map[string]string{
			labelManagedBy: fieldManager, labelRun: name, labelInstance: instance,
		}}}
		if expires != 0 {
			ns.Annotations = map[string]string{annotationExpires: time.Now().Add(expires).UTC().Format(time.RFC3339)}
		}
		return ns
	}
	play(t, Config{Instance: "me"}, func(t *testing.T, s *stage) {
		living, foreign := left("living", "other", 10*time.Minute), left("foreign", "other", 0)
		// Somebody else's: one has our label by chance, one our instance's name.
		chance, imitated := left("chance", "other", -time.Hour), left("imitated", "me", -time.Hour)
		delete(chance.Labels, labelRun)
		imitated.Labels[labelManagedBy] = "helm"
		check := left("joblab-check-old", "other", -time.Hour)
		check.Labels[labelCheck] = "old"
		delete(check.Labels, labelRun)
		s.api.hold(left("mine", "me", time.Hour), left("expired", "other", -time.Second), living, foreign, chance, imitated, check)
		s.ready(2)
		deletes := func() (names []string) {
			for _, line := range s.api.lines() {
				if name, ok := strings.CutPrefix(line, "DELETE /api/v1/namespaces/"); ok && !strings.Contains(name, "/") {
					names = append(names, name)
				}
			}
			return names
		}
		if diff := cmp.Diff(deletes(), []string{"mine", "expired"}); diff != "" {
			t.Errorf("deleted at the start (-got +want):\n%s", diff)
		}
		if _, there := s.api.held()[check.Name]; there {
			t.Error("an expired namespace for checks is still there")
		}
		pass(10 * time.Minute)
		if diff := cmp.Diff(deletes(), []string{"mine", "expired", "living"}); diff != "" {
			t.Errorf("deleted later (-got +want):\n%s", diff)
		}
		held := s.api.held()
		for _, name := range []string{"foreign", "chance", "imitated"} {
			if _, there := held[name]; !there {
				t.Errorf("the namespace %s was deleted", name)
			}
		}
	})
}
