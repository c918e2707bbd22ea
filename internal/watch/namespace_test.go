package watch

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	gocmp "github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/joblab/joblab/internal/timeline"
)

// TestOneNamespace breaks and loses the watches of a Hub of one namespace while
// others change: it never asks for those.
func TestOneNamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := startIn(t, "ns", func(a *api) {
			a.publish("pods", "ADDED", newObject("other", "p", "0", 2), running)
		})
		sink := newCollector(t)
		defer h.Route("ns", sink)()
		<-h.Established()
		a.publish("pods", "ADDED", newObject("other", "q", "1", 3), running)
		a.publish("pods", "ADDED", newObject("ns", "p", "2", 4), running)
		sink.wait(1)
		a.setFault("pods", cutBefore)
		a.publish("pods", "MODIFIED", newObject("other", "q", "1", 5), running)
		a.publish("pods", "MODIFIED", newObject("ns", "p", "2", 6), running)
		a.publish("jobs", "ADDED", newObject("ns", "j", "3", 7), running)
		sink.wait(3)
		a.setFault("pods", expire)
		a.publish("pods", "MODIFIED", newObject("ns", "p", "2", 8), running)
		sink.wait(5)
		pods, jobs, err := h.Barrier(t.Context(), "ns")
		if err != nil || len(pods) != 1 || len(jobs) != 1 {
			t.Errorf("Barrier = %d pods, %d Jobs, %v", len(pods), len(jobs), err)
		}
		want := map[string][]string{
			"pods":  {"added p 4 1/1 Running 0", "modified p 6 1/1 Running 0", "modified p 8 1/1 Running 0"},
			"jobs":  {"added j 7"},
			"notes": {timeline.NoteGap},
		}
		if diff := gocmp.Diff(want, sink.got); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
		if asked := slices.Collect(maps.Keys(a.asked)); !slices.Equal(asked, []string{"ns"}) {
			t.Errorf("asked for the namespaces %q, want only ns", asked)
		}
	})
}

// TestRefusal says why a Hub is not established.
func TestRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, a := startIn(t, "ns", func(a *api) { a.refuse["jobs"] = http.StatusForbidden })
		synctest.Wait()
		var status apierrors.APIStatus
		if err := h.Refusal(); !apierrors.IsForbidden(err) || !errors.As(err, &status) {
			t.Errorf("got refusal %v, want that jobs are forbidden", err)
		}
		a.mu.Lock()
		a.refuse["jobs"] = 0
		a.mu.Unlock()
		<-h.Established()
	})
}
