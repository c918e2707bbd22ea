package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"

	gocmp "github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// start runs a Hub on a new API server, set up first, for the rest of the test.
// That must be a synctest bubble: waiting for a second try takes no time.
func start(t *testing.T, setUp ...func(*api)) (*Hub, *api) {
	t.Helper()
	return startIn(t, metav1.NamespaceAll, setUp...)
}

// startIn is start for a Hub of one namespace.
func startIn(t *testing.T, namespace string, setUp ...func(*api)) (*Hub, *api) {
	t.Helper()
	a, cfg := newAPI(t)
	for _, f := range setUp {
		f(a)
	}
	h, err := New(cfg, namespace, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Run(ctx); err != context.Canceled {
			t.Errorf("Run = %v, want %v", err, context.Canceled)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return h, a
}

func names(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("../timeline/recording/testdata/*/pods.jsonl")
	if err != nil || len(dirs) != 9 {
		t.Fatalf("found %d recordings, want 9 (%v)", len(dirs), err)
	}
	for i := range dirs {
		dirs[i] = filepath.Base(filepath.Dir(dirs[i]))
	}
	return dirs
}

func read(t testing.TB, name string) *recording.Recording {
	t.Helper()
	rec, err := recording.Read(os.DirFS(filepath.Join("../timeline/recording/testdata", name)))
	if err != nil {
		t.Fatalf("read recording %s: %v", name, err)
	}
	return rec
}

// publish publishes one recorded change and says what a sink must be given.
func publish(t testing.TB, a *api, c *recording.Change) (resource, want string) {
	t.Helper()
	var o metav1.Object
	switch {
	case c.Pod != nil:
		resource, o = "pods", c.Pod
	case c.Job != nil:
		resource, o = "jobs", c.Job
	default:
		resource, o = "events", c.Event
	}
	var object map[string]any
	if err := json.Unmarshal(c.Object, &object); err != nil {
		t.Fatal(err)
	}
	typ := map[timeline.Type]string{timeline.Added: "ADDED", timeline.Modified: "MODIFIED", timeline.Deleted: "DELETED"}[c.Type]
	a.publish(resource, typ, object, c.Row)
	want = line(c.Type, o)
	if c.Pod != nil {
		want = fmt.Sprintf("%s %s %s %s", want, c.Row.Ready, c.Row.Status, c.Row.Restarts)
	}
	return resource, want
}

// TestDeliversRecordings serves the recordings over connections that break in
// all ways that a watch can go on after: nothing is lost, doubled or reordered,
// and there is no gap.
func TestDeliversRecordings(t *testing.T) {
	for _, name := range names(t) {
		for _, faults := range []struct {
			name string
			of   []fault
		}{
			{"unbroken", []fault{none}},
			{"bookmarks", []fault{none, bookmark}},
			{"broken", []fault{none, none, bookmark, cutBefore, cutInside, serverError}},
		} {
			t.Run(name+" "+faults.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h, a := start(t)
					rec := read(t, name)
					sink := newCollector(t)
					defer h.Route(namespaceOf(rec), sink)()
					<-h.Established()
					rng := rand.New(rand.NewPCG(3, 4))
					var mu sync.Mutex
					broken := 0
					a.mu.Lock()
					a.interfere = func(string, *published) fault {
						mu.Lock()
						defer mu.Unlock()
						f := faults.of[rng.IntN(len(faults.of))]
						if f != none && f != bookmark {
							broken++
						}
						return f
					}
					a.mu.Unlock()
					want := map[string][]string{}
					for i := range rec.Changes {
						resource, line := publish(t, a, &rec.Changes[i])
						want[resource] = append(want[resource], line)
						if i%3 == 0 { // else several at once
							synctest.Wait()
						}
					}
					sink.wait(len(rec.Changes))
					if diff := gocmp.Diff(want, sink.got); diff != "" {
						t.Errorf("delivered (-published +got):\n%s", diff)
					}
					if faults.name == "broken" && broken == 0 {
						t.Error("no connection was broken")
					}
					if n := a.lists["pods"]; n != 1 {
						t.Errorf("pods were listed %d times, want once", n)
					}
				})
			})
		}
	}
}

// namespaceOf is the namespace of a recording's objects.
func namespaceOf(rec *recording.Recording) string {
	for i := range rec.Changes {
		if p := rec.Changes[i].Pod; p != nil {
			return p.Namespace
		}
	}
	return ""
}
