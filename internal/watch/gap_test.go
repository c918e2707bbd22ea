package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

// newObject makes an API object for publishing.
func newObject(namespace, name, uid string, version int) map[string]any {
	return map[string]any{"metadata": map[string]any{
		"namespace": namespace, "name": name, "uid": uid, "resourceVersion": fmt.Sprint(version), "creationTimestamp": "2026-11-23T15:21:25Z",
	}}
}

// setFault makes the next event of a resource, and only that one, meet a fault.
func (a *api) setFault(resource string, f fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var once sync.Once
	a.interfere = func(r string, _ *published) fault {
		met := none
		if r == resource {
			once.Do(func() { met = f })
		}
		return met
	}
}

// eachWayToSayGone runs a test with both answers for a version that is gone.
func eachWayToSayGone(t *testing.T, test func(t *testing.T, h *Hub, a *api)) {
	for _, asEvent := range []bool{false, true} {
		t.Run(fmt.Sprintf("asEvent=%t", asEvent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, a := start(t, func(a *api) { a.goneAsEvent = asEvent })
				test(t, h, a)
			})
		})
	}
}

// TestGap loses the place of each resource's watch while its objects change.
func TestGap(t *testing.T) {
	for _, resource := range []string{"pods", "jobs", "cronjobs", "events"} {
		t.Run(resource, func(t *testing.T) {
			eachWayToSayGone(t, func(t *testing.T, h *Hub, a *api) {
				sink := newCollector(t)
				defer h.Route("ns", sink)()
				other := newCollector(t)
				defer h.Route("other", other)()
				<-h.Established()
				row := timeline.Row{Ready: "1/1", Status: "Running", Restarts: "2 (5s ago)"}
				publish := func(typ, name string, version int) {
					a.publish(resource, typ, newObject("ns", name, "uid-"+name, version), row)
				}
				publish("ADDED", "kept", 10)
				publish("ADDED", "changed", 11)
				publish("ADDED", "removed", 12)
				publish("ADDED", "replaced", 13)
				sink.wait(4)

				a.setFault(resource, expire)
				publish("MODIFIED", "changed", 14) // breaks the watch
				publish("ADDED", "brief", 15)
				publish("DELETED", "brief", 16)
				publish("DELETED", "removed", 17)
				publish("ADDED", "new", 18)
				publish("MODIFIED", "changed", 19)
				publish("DELETED", "replaced", 20)
				a.publish(resource, "ADDED", newObject("ns", "replaced", "uid-second", 21), row)
				deleted := 2
				if resource == "events" {
					deleted = 0 // they expire
				}
				sink.wait(4 + 1 + deleted + 3)
				publish("MODIFIED", "kept", 22)
				sink.wait(4 + 1 + deleted + 3 + 1)

				cells := ""
				if resource == "pods" {
					cells = " 1/1 Running 2 (5s ago)"
				}
				want := []string{"added kept 10", "added changed 11", "added removed 12", "added replaced 13"}
				found := []string{"added new 18", "modified changed 19", "added replaced 21", "modified kept 22"}
				var all []string
				for _, l := range want {
					all = append(all, resource+" "+l+cells)
				}
				all = append(all, "notes gap")
				if deleted > 0 {
					none := ""
					if resource == "pods" {
						none = "   " // an empty Row
					}
					all = append(all, resource+" deleted removed "+none, resource+" deleted replaced "+none)
				}
				for _, l := range found {
					all = append(all, resource+" "+l+cells)
				}
				if diff := gocmp.Diff(all, sink.all); diff != "" {
					t.Errorf("delivered (-want +got):\n%s", diff)
				}
				if diff := gocmp.Diff([]string{"notes gap"}, other.all); diff != "" {
					t.Errorf("delivered to a namespace without objects (-want +got):\n%s", diff)
				}
				if n := a.watches[resource]; n > 4 {
					t.Errorf("%d watches were started for one gap", n)
				}
			})
		})
	}
}

// TestRestart lets the API server forget where a watch can resume, though not what
// was there at each version: each state is delivered as if nothing had been.
func TestRestart(t *testing.T) {
	eachWayToSayGone(t, func(t *testing.T, h *Hub, a *api) {
		a.mu.Lock()
		a.keeps = true
		a.mu.Unlock()
		sink := newCollector(t)
		defer h.Route("ns", sink)()
		<-h.Established()
		publish := func(typ, name string, version int) {
			a.publish("jobs", typ, newObject("ns", name, "uid-"+name, version), timeline.Row{})
		}
		publish("ADDED", "kept", 10)
		sink.wait(1)
		a.setFault("jobs", expire)
		publish("MODIFIED", "kept", 11) // breaks the watch
		publish("ADDED", "brief", 12)
		publish("MODIFIED", "kept", 15)
		publish("DELETED", "brief", 16)
		publish("ADDED", "new", 18)
		sink.wait(6)
		publish("MODIFIED", "new", 19)
		sink.wait(7)
		want := []string{
			"jobs added kept 10", "jobs modified kept 11", "jobs added brief 12", "jobs modified kept 15",
			"jobs deleted brief ", "jobs added new 18", "jobs modified new 19",
		}
		if diff := gocmp.Diff(want, sink.all); diff != "" {
			t.Errorf("delivered (-want +got):\n%s", diff)
		}
	})
}

// TestTooMuchIsAGap: what is far behind is not looked at version by version.
func TestTooMuchIsAGap(t *testing.T) {
	eachWayToSayGone(t, func(t *testing.T, h *Hub, a *api) {
		a.mu.Lock()
		a.keeps = true
		a.mu.Unlock()
		sink := newCollector(t)
		defer h.Route("ns", sink)()
		<-h.Established()
		a.publish("jobs", "ADDED", newObject("ns", "j", "1", 10), timeline.Row{})
		sink.wait(1)
		a.setFault("jobs", expire)
		a.publish("jobs", "MODIFIED", newObject("ns", "j", "1", 11+maxReplay), timeline.Row{})
		sink.wait(3)
		if want := []string{"jobs added j 10", "notes gap", fmt.Sprint("jobs modified j ", 11+maxReplay)}; !slices.Equal(sink.all, want) {
			t.Errorf("delivered %q, want %q", sink.all, want)
		}
	})
}

// TestGapsLoseNothingSilently replays a recording over connections with random
// faults of all kinds: whatever was not delivered has a gap note in its place,
// nothing comes twice or out of order, and in the end the sink knows what the
// API server knows.
func TestGapsLoseNothingSilently(t *testing.T) {
	const rounds = 25
	missed := 0
	for round := range rounds {
		synctest.Test(t, func(t *testing.T) {
			h, a := start(t)
			rng := rand.New(rand.NewPCG(uint64(round), 9))
			faults := []fault{none, none, none, bookmark, cutBefore, cutInside, serverError, expire}
			var mu sync.Mutex
			a.mu.Lock()
			a.goneAsEvent = round%2 == 0
			a.interfere = func(string, *published) fault {
				mu.Lock()
				defer mu.Unlock()
				return faults[rng.IntN(len(faults))]
			}
			a.mu.Unlock()
			rec := read(t, "completions3-parallelism3")
			sink := newCollector(t)
			defer h.Route(namespaceOf(rec), sink)()
			<-h.Established()
			for i := range rec.Changes {
				publish(t, a, &rec.Changes[i])
				if (i+round)%4 == 0 {
					synctest.Wait()
				}
			}
			a.setFault("", none)
			// One more pod says that everything before has come.
			last := newObject(namespaceOf(rec), "last", "uid-last", 1<<30)
			a.publish("pods", "ADDED", last, timeline.Row{Status: "Pending"})
			sink.waitFor("pods added last 1073741824")

			places := map[string]int{} // of "uid version" among the sink's calls
			names := map[string]string{}
			for i, l := range sink.all {
				f := strings.Fields(l)
				if f[0] != "pods" || f[1] == "deleted" {
					continue
				}
				key := f[2] + " " + f[3]
				if _, twice := places[key]; twice {
					t.Errorf("round %d: %s came twice", round, key)
				}
				places[key] = i
				if before := names[f[2]]; len(before) > len(f[3]) || len(before) == len(f[3]) && before >= f[3] {
					t.Errorf("round %d: %s came after %s", round, key, before)
				}
				names[f[2]] = f[3]
			}
			previous, lost := -1, false
			for _, p := range a.log["pods"] {
				name := p.object["metadata"].(map[string]any)["name"].(string)
				place, ok := places[fmt.Sprintf("%s %d", name, p.version)]
				if !ok {
					lost = true
					missed++
					continue
				}
				if lost && !gapBetween(sink.all, previous, place) {
					t.Fatalf("round %d: something before %s %d is missing without a note:\n%s", round, name, p.version, strings.Join(sink.all, "\n"))
				}
				previous, lost = max(previous, place), false
			}
			live, _ := a.live("pods", "")
			for _, p := range live {
				name := p.object["metadata"].(map[string]any)["name"].(string)
				if names[name] != fmt.Sprint(p.version) {
					t.Errorf("round %d: %s is known in version %s, is in %d", round, name, names[name], p.version)
				}
			}
		})
	}
	if missed == 0 {
		t.Errorf("nothing was missed in %d rounds: no gap was tried", rounds)
	}
}

// gapBetween reports whether there is a gap note after one place and before
// another.
func gapBetween(calls []string, after, before int) bool {
	for i := after + 1; i < before; i++ {
		if calls[i] == "notes gap" {
			return true
		}
	}
	return false
}
