package watch

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

var running = timeline.Row{Ready: "1/1", Status: "Running", Restarts: "0"}

func TestRoutesByNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := start(t, func(a *api) {
			a.publish("pods", "ADDED", newObject("kube-system", "before", "0", 2), running)
		})
		one, two, second := newCollector(t), newCollector(t), newCollector(t)
		unroute := h.Route("one", one)
		defer h.Route("two", two)()
		<-h.Established()
		a.publish("pods", "ADDED", newObject("one", "p", "1", 3), running)
		a.publish("jobs", "ADDED", newObject("two", "j", "2", 4), running)
		a.publish("pods", "ADDED", newObject("nobody's", "p", "3", 5), running)
		one.wait(1)
		two.wait(1)
		unroute()
		unroute() // a second time does nothing
		a.publish("pods", "MODIFIED", newObject("one", "p", "1", 6), running)
		synctest.Wait()
		h.Route("one", newCollector(t))
		unroute() // not of the new route
		defer h.Route("one", second)()
		a.publish("pods", "DELETED", newObject("one", "p", "1", 7), running)
		second.wait(1)
		got := map[string][]string{"one": one.all, "two": two.all, "second": second.all}
		want := map[string][]string{
			"one":    {"pods added p 3 1/1 Running 0"},
			"two":    {"jobs added j 4"},
			"second": {"pods deleted p 7 1/1 Running 0"},
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
		for _, resource := range []string{"pods", "jobs", "cronjobs", "events"} {
			if n := a.watches[resource]; n != 1 {
				t.Errorf("%d watches of %s, want one for all namespaces", n, resource)
			}
		}
	})
}

// TestEstablished: not before the last watch is there.
func TestEstablished(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden, http.StatusServiceUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			h, a := start(t, func(a *api) { a.refuse["events"] = status })
			select {
			case <-h.Established():
				t.Fatalf("established while events answer %d", status)
			case <-time.After(time.Minute): // of the bubble
			}
			a.mu.Lock()
			a.refuse["events"] = 0
			lists := a.lists["events"]
			a.mu.Unlock()
			if lists < 5 || lists > 60 {
				t.Errorf("events were listed %d times within a minute of %d, want some", lists, status)
			}
			<-h.Established()
		})
	}
}

// TestOutage makes the API server answer nothing but errors for a while. One that
// has just started does not know yet who may do what.
func TestOutage(t *testing.T) {
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusForbidden, http.StatusUnauthorized} {
		outage(t, status)
	}
}

func outage(t *testing.T, status int) {
	synctest.Test(t, func(t *testing.T) {
		h, a := start(t)
		sink := newCollector(t)
		defer h.Route("ns", sink)()
		<-h.Established()
		a.publish("pods", "ADDED", newObject("ns", "p", "1", 3), running)
		sink.wait(1)
		a.mu.Lock()
		a.refuse["pods"] = status
		a.mu.Unlock()
		a.setFault("pods", cutBefore)
		a.publish("pods", "MODIFIED", newObject("ns", "p", "1", 4), running)
		a.publish("pods", "MODIFIED", newObject("ns", "p", "1", 5), running)
		<-time.After(time.Minute) // of the bubble
		a.mu.Lock()
		a.refuse["pods"] = 0
		a.mu.Unlock()
		sink.wait(3)
		want := []string{"pods added p 3 1/1 Running 0", "pods modified p 4 1/1 Running 0", "pods modified p 5 1/1 Running 0"}
		if diff := gocmp.Diff(want, sink.all); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

func TestBarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := start(t)
		sink := newCollector(t)
		unroute := h.Route("ns", sink)
		<-h.Established()

		type answer struct {
			pods, jobs, calls int
			err               error
		}
		// barrier runs one; it waits for ever if there is none to wait for.
		barrier := func(ctx context.Context) <-chan answer {
			c := make(chan answer, 1)
			go func() {
				pods, jobs, err := h.Barrier(ctx, "ns")
				sink.mu.Lock()
				defer sink.mu.Unlock()
				c <- answer{len(pods), len(jobs), len(sink.all), err}
			}()
			return c
		}
		// held publishes while the watches stand still, so that a list is ahead
		// of what is delivered, and lets them go on when the barrier waits.
		held := func(publish func()) answer {
			t.Helper()
			release := make(chan struct{})
			a.mu.Lock()
			a.interfere = func(string, *published) fault { <-release; return none }
			a.mu.Unlock()
			publish()
			c := barrier(t.Context())
			synctest.Wait()
			select {
			case got := <-c:
				t.Fatalf("Barrier = %+v before what it listed was delivered", got)
			default:
			}
			close(release)
			return <-c
		}

		if got := <-barrier(t.Context()); got != (answer{}) {
			t.Errorf("Barrier of an empty namespace = %+v", got)
		}
		got := held(func() {
			a.publish("pods", "ADDED", newObject("ns", "p", "1", 3), running)
			a.publish("jobs", "ADDED", newObject("ns", "j", "2", 4), running)
		})
		if got != (answer{pods: 1, jobs: 1, calls: 2}) {
			t.Errorf("Barrier after creation = %+v", got)
		}
		got = held(func() { a.publish("jobs", "MODIFIED", newObject("ns", "j", "2", 5), running) })
		if got != (answer{pods: 1, jobs: 1, calls: 3}) {
			t.Errorf("Barrier after a modification = %+v", got)
		}
		got = held(func() { a.publish("pods", "DELETED", newObject("ns", "p", "1", 6), running) })
		if got != (answer{jobs: 1, calls: 4}) {
			t.Errorf("Barrier after a deletion = %+v", got)
		}

		ctx, cancel := context.WithCancel(t.Context())
		block := make(chan struct{})
		defer close(block)
		a.mu.Lock()
		a.interfere = func(string, *published) fault { <-block; return none }
		a.mu.Unlock()
		a.publish("pods", "ADDED", newObject("ns", "q", "3", 7), running)
		c := barrier(ctx)
		synctest.Wait()
		cancel()
		if got := <-c; !errors.Is(got.err, context.Canceled) {
			t.Errorf("Barrier whose context ends = %v", got.err)
		}
		c = barrier(t.Context())
		synctest.Wait()
		unroute()
		if got := <-c; !errors.Is(got.err, ErrNoRoute) {
			t.Errorf("Barrier of a namespace that is unrouted = %v", got.err)
		}
		a.mu.Lock()
		a.refuse["pods"] = http.StatusForbidden
		a.mu.Unlock()
		if got := <-barrier(t.Context()); got.err == nil || !strings.Contains(got.err.Error(), "list pods") {
			t.Errorf("Barrier that may not list = %v", got.err)
		}
	})
}

// TestRecorderIsASink draws what a Recorder is given over broken connections; the
// lanes must be those of an undisturbed replay.
func TestRecorderIsASink(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, a := start(t)
				rec := read(t, name)
				r := timeline.NewRecorder(nil, time.Now)
				defer h.Route(namespaceOf(rec), r)()
				<-h.Established()
				n := 0
				a.mu.Lock()
				a.interfere = func(string, *published) fault {
					a.mu.Lock()
					defer a.mu.Unlock()
					n++
					return []fault{none, bookmark, none, cutInside}[n%4]
				}
				a.mu.Unlock()
				for i := range rec.Changes {
					publish(t, a, &rec.Changes[i])
				}
				for record := range r.Log().Follow(t.Context(), 0) {
					if record.Entry.Seq == timeline.Seq(len(rec.Changes)) {
						break
					}
				}
				got, want := timeline.Draw(r.Log().Records()), rec.Replay(nil)
				if diff := gocmp.Diff(statuses(want), statuses(got)); diff != "" {
					t.Errorf("lanes (-replayed +watched):\n%s", diff)
				}
			})
		})
	}
}

// statuses is what a View's segments say, without times.
func statuses(v timeline.View) map[string][]timeline.Segment {
	m := map[string][]timeline.Segment{}
	for _, l := range v.Lanes {
		for _, s := range l.Segments {
			s.From, s.To, s.Seq = 0, nil, 0
			m[l.Pod] = append(m[l.Pod], s)
		}
	}
	return m
}

// FuzzTable feeds the decoder what is not a Table of pods: it must answer with an
// error or an object, and a podRow only for one row.
func FuzzTable(f *testing.F) {
	f.Add([]byte(`{"kind":"Table","rows":[{"cells":["p","1/1","Running"],"object":{"metadata":{"name":"p"}}}]}`))
	f.Add([]byte(`{"kind":"Table","metadata":{"resourceVersion":"7"},"rows":[{"cells":[],"object":{}}]}`))
	f.Add([]byte(`{"kind":"Table","rows":[{"cells":[1,null,{}],"object":null},{}]}`))
	f.Add([]byte(`{"kind":"Status","apiVersion":"v1","code":410}`))
	f.Add([]byte(`[]`))
	body, err := os.ReadFile(filepath.Join("../timeline/recording/testdata/job-ok/pods.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body[:len(body)/2])
	d, err := newRowDecoder()
	if err != nil {
		f.Fatal(err)
	}
	d.columns.Store(&columns{ready: 1, status: 2, restarts: 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		o, _, err := d.Decode(data, nil, nil)
		if err == nil && o == nil {
			t.Error("neither an object nor an error")
		}
		_, _, _ = d.list(data)
		d.columns.Store(&columns{ready: 1, status: 2, restarts: 3})
	})
}
