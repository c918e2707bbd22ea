package expect

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// A naiveCheck is a check in YAML, and what it must come to, read from a finished
// timeline as a whole.
type naiveCheck struct {
	text string
	// holds reports whether a settled run meets the check.
	holds func(entries []timeline.Entry) bool
}

// between reports whether a number is within bounds, of which the upper may be -1.
func between(n, low, high int) bool { return n >= low && (high < 0 || n <= high) }

// randomWindow bounds the time at which a check is first fulfilled; in judges that
// by whether a timeline that ends somewhere is.
func randomWindow(r *rand.Rand) (keys []string, in func(entries []timeline.Entry, fulfilled func([]timeline.Entry) bool) bool) {
	var notBefore, within float64
	if r.IntN(3) == 0 {
		notBefore = float64(1 + r.IntN(6))
		keys = append(keys, fmt.Sprintf("notBefore: %gs", notBefore))
	}
	if r.IntN(3) == 0 {
		within = notBefore + float64(1+r.IntN(12))
		keys = append(keys, fmt.Sprintf("within: %gs", within))
	}
	return keys, func(entries []timeline.Entry, fulfilled func([]timeline.Entry) bool) bool {
		for i := range entries {
			if fulfilled(entries[:i+1]) {
				return entries[i].T >= notBefore && (within == 0 || entries[i].T < within)
			}
		}
		return within == 0 || len(entries) == 0 || entries[len(entries)-1].T < within
	}
}

// randomSelector chooses pods.
func randomSelector(r *rand.Rand) (keys []string, fits func(e *timeline.Entry) bool) {
	of := []string{"", "", "Job", "none", "Job/j"}[r.IntN(5)]
	name := []string{"", "", "*-0", "[pq]-?"}[r.IntN(4)]
	index := -1
	if of != "none" && r.IntN(4) == 0 {
		index = r.IntN(2)
		keys = append(keys, fmt.Sprintf("completionIndex: %d", index))
	}
	if of != "" {
		keys = append(keys, "of: "+of)
	}
	if name != "" {
		keys = append(keys, fmt.Sprintf("name: %q", name))
	}
	return keys, func(e *timeline.Entry) bool {
		switch {
		case of == "Job" && e.Pod.Owner == "", of == "none" && e.Pod.Owner != "", of == "Job/j" && e.Pod.Owner != of:
			return false
		case index >= 0 && (e.Pod.Index == nil || *e.Pod.Index != index):
			return false
		}
		ok, _ := path.Match(name, e.Name)
		return name == "" || ok
	}
}

// chosen are the entries of the pods that fit, pod by pod, in the order of
// appearance.
func chosen(entries []timeline.Entry, fits func(e *timeline.Entry) bool) [][]timeline.Entry {
	var pods [][]timeline.Entry
	at := map[string]int{}
	for _, e := range entries {
		if e.Pod == nil || !fits(&e) {
			continue
		}
		i, ok := at[e.UID]
		if !ok {
			i = len(pods)
			at[e.UID] = i
			pods = append(pods, nil)
		}
		pods[i] = append(pods[i], e)
	}
	return pods
}

// randomPods is a check of all pods that fit, or of the n-th.
func randomPods(r *rand.Rand) naiveCheck {
	keys, fits := randomSelector(r)
	window, in := randomWindow(r)
	keys = append(keys, window...)
	nth := r.IntN(5) - 2
	low, high := 1, -1
	head := "pods"
	if nth >= 0 {
		head = fmt.Sprintf(`"pods[%d]"`, nth)
	} else if r.IntN(2) == 0 || len(keys) == 0 {
		low = 1 + r.IntN(2)
		high = low + r.IntN(2)
		keys = append(keys, fmt.Sprintf("count: {min: %d, max: %d}", low, high))
	}
	end := []string{"", "kept", "deleted"}[r.IntN(3)]
	if end != "" {
		keys = append(keys, "end: "+end)
	}
	max := r.IntN(4) - 1
	if max >= 0 {
		keys = append(keys, fmt.Sprintf("restarts: {max: %d}", max))
	}
	return naiveCheck{head + ": {" + strings.Join(keys, ", ") + "}", func(entries []timeline.Entry) bool {
		good := func(pod []timeline.Entry) bool {
			last := pod[len(pod)-1]
			for _, e := range pod {
				if max >= 0 && e.Pod.Restarts > max || end == "kept" && (e.Type == timeline.Deleted || e.Pod.DeletionTimestamp != nil) {
					return false
				}
			}
			return end != "deleted" || last.Type == timeline.Deleted
		}
		fulfilled := func(entries []timeline.Entry) bool {
			pods := chosen(entries, fits)
			if nth >= 0 {
				return nth < len(pods) && good(pods[nth])
			}
			return between(len(pods), low, high) && !slices.ContainsFunc(pods, func(p []timeline.Entry) bool { return !good(p) })
		}
		return fulfilled(entries) && in(entries, fulfilled)
	}}
}

// randomEvents is a check of how often Events came.
func randomEvents(r *rand.Rand) naiveCheck {
	reason := []string{"BackOff", "Pulled"}[r.IntN(2)]
	of := []string{"", "Pod", "Job/j", "Pod/?-0"}[r.IntN(4)]
	keys := []string{"reason: " + reason}
	if of != "" {
		keys = append(keys, fmt.Sprintf("of: %q", of))
	}
	part := []string{"", "10s"}[r.IntN(2)]
	if part != "" {
		keys = append(keys, "message: "+part)
	}
	low, high := 1, -1
	switch r.IntN(3) {
	case 0:
		low = r.IntN(2)
		high = low
		keys = append(keys, fmt.Sprintf("count: %d", low))
	case 1:
		low = 2
		keys = append(keys, "count: {min: 2}")
	}
	return naiveCheck{"events: {" + strings.Join(keys, ", ") + "}", func(entries []timeline.Entry) bool {
		counts := map[string]int{}
		for _, e := range entries {
			if e.Event == nil || e.Event.Reason != reason || !strings.Contains(e.Event.Message, part) {
				continue
			}
			ok, _ := path.Match(of, e.Event.Object)
			if of == "" || of == "Pod" && strings.HasPrefix(e.Event.Object, "Pod/") || ok {
				counts[e.UID] = e.Event.Count
			}
		}
		n := 0
		for _, c := range counts {
			n += c
		}
		return between(n, low, high)
	}}
}

// randomForms are the random checks by their form.
var randomForms = map[string]func(*rand.Rand) naiveCheck{"pods": randomPods, "job": randomJob, "events": randomEvents, "gaps": randomGaps}

// TestLiveFormsEqualNaive judges random timelines live and as a whole. Besides,
// tell checks that no verdict is taken back.
func TestLiveFormsEqualNaive(t *testing.T) {
	for form, random := range randomForms {
		t.Run(form, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 12))
			seen := map[string]int{}
			for range 800 {
				n := random(r)
				c := mustParse(t, "expect:\n  - id: x\n    "+n.text)
				for range 4 {
					entries := randomWorld(r).entries
					told := tell(t, c, entries, true)
					got := outcomeTold(told)
					want := timeline.Diverged
					if n.holds(entries) {
						want = timeline.Met
					}
					if got != want {
						t.Fatalf("%s: live %s, naive %s\n%s\n%s", n.text, got, want, told, describe(entries))
					}
					seen[fmt.Sprintf("%s early=%t", got, !strings.HasPrefix(told, "end"))]++
				}
			}
			t.Log(seen)
			for _, k := range []string{"met early=false", "diverged early=true", "diverged early=false"} {
				if seen[k] < 50 {
					t.Errorf("%s only %d times: the generator tests too little", k, seen[k])
				}
			}
		})
	}
}

// outcomeTold is the outcome at the end of what tell returns.
func outcomeTold(told string) timeline.State {
	return timeline.State(told[strings.LastIndex(strings.TrimSpace(told), "\n")+1 : len(told)-1])
}

// describe tells entries in short lines.
func describe(entries []timeline.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%d %g %s %s", e.Seq, e.T, e.Type, e.Name)
		switch {
		case e.Pod != nil:
			fmt.Fprintf(&b, " %s %s %s %d", e.Pod.Owner, e.Pod.Phase, e.Pod.Status, e.Pod.Restarts)
			if e.Pod.CreationTimestamp != nil {
				fmt.Fprintf(&b, " created %d", e.Pod.CreationTimestamp.Unix())
			}
			for _, c := range e.Pod.Containers {
				fmt.Fprintf(&b, " %s", c.State)
				if c.StartedAt != nil {
					fmt.Fprintf(&b, " started %d", c.StartedAt.Unix())
				}
				if c.FinishedAt != nil {
					fmt.Fprintf(&b, " finished %d", c.FinishedAt.Unix())
				}
			}
		case e.Job != nil:
			fmt.Fprintf(&b, " %+v", *e.Job)
		case e.Event != nil:
			fmt.Fprintf(&b, " %+v", *e.Event)
		case e.Note != nil:
			b.WriteString(" " + e.Note.Code)
		}
		b.WriteString("\n")
	}
	return b.String()
}
