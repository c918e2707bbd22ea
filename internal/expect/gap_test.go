package expect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// miss replaces the entries from i to j of a timeline by a gap and what is found
// by listing again: the newest state of what changed meanwhile. What came and
// went in the gap is never seen.
func miss(entries []timeline.Entry, i, j int) []timeline.Entry {
	seen, newest := map[string]bool{}, map[string]timeline.Entry{}
	for _, e := range entries[:i] {
		seen[e.UID] = true
	}
	var order []string
	for _, e := range entries[i:j] {
		if _, again := newest[e.UID]; !again {
			order = append(order, e.UID)
		}
		newest[e.UID] = e
	}
	out := append([]timeline.Entry{}, entries[:i]...)
	t := entries[j-1].T
	out = append(out, timeline.Entry{T: t, Kind: timeline.KindNote, Note: &timeline.Note{Code: timeline.NoteGap}})
	for _, uid := range order {
		if e := newest[uid]; e.Type != timeline.Deleted || seen[uid] {
			e.T = t
			out = append(out, e)
		}
	}
	out = append(out, entries[j:]...)
	for k := range out {
		out[k].Seq = timeline.Seq(k + 1)
	}
	return out
}

// TestMissedChangesMakeNoDivergence takes parts out of timelines that meet a
// check. What is left may leave it undecided, but says nothing against it.
func TestMissedChangesMakeNoDivergence(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	seen := map[timeline.State]int{}
	for range 4000 {
		text, n := randomCheck(r)
		if n.within > 0 {
			continue // times are those at which the server saw a change
		}
		c := mustParse(t, "expect:\n  - id: x\n    "+text)
		for range 4 {
			entries := randomTimeline(r)
			if len(entries) < 2 || c.Review(entries).Outcome != timeline.Met {
				continue
			}
			i := r.IntN(len(entries) - 1)
			j := i + 1 + r.IntN(len(entries)-i-1)
			left := miss(entries, i, j)
			got := c.Review(left)
			seen[got.Outcome]++
			if got.Outcome == timeline.Diverged {
				var b strings.Builder
				for _, e := range left {
					fmt.Fprintf(&b, "%d %g %s %s %+v %+v %+v\n", e.Seq, e.T, e.Type, e.Name, e.Pod, e.Job, e.Note)
				}
				t.Fatalf("%s: %v\n%s", text, got.Checks, &b)
			}
		}
	}
	if seen[timeline.Met] < 100 || seen[timeline.Undecided] < 10 {
		t.Errorf("outcomes %v: the generator tests too little", seen)
	}
}
