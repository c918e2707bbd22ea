package expect

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// TestMissedChangesMakeNoDivergenceOfAnyForm takes parts out of timelines that
// meet a check.
func TestMissedChangesMakeNoDivergenceOfAnyForm(t *testing.T) {
	for form, random := range randomForms {
		t.Run(form, func(t *testing.T) {
			r := rand.New(rand.NewPCG(13, 14))
			seen := map[timeline.State]int{}
			for range 3000 {
				n := random(r)
				if strings.Contains(n.text, "within") || strings.Contains(n.text, "notBefore") || strings.Contains(n.text, "clock: seen") {
					continue // times are those at which the server saw a change
				}
				c := mustParse(t, "expect:\n  - id: x\n    "+n.text)
				for range 6 {
					entries := randomWorld(r).entries
					if len(entries) < 2 || c.Review(entries).Outcome != timeline.Met {
						continue
					}
					for range 4 {
						i := r.IntN(len(entries) - 1)
						j := i + 1 + r.IntN(len(entries)-i-1)
						left := miss(entries, i, j)
						got := c.Review(left)
						seen[got.Outcome]++
						if got.Outcome == timeline.Diverged {
							t.Fatalf("%s: %v\n%s\nwas\n%s", n.text, got.Checks, describe(left), describe(entries))
						}
					}
				}
			}
			// All Events that are left are listed again.
			if seen[timeline.Met] < 50 || seen[timeline.Undecided] < 10 && form != "events" {
				t.Errorf("outcomes %v: the generator tests too little", seen)
			}
		})
	}
}

// TestOutageMakesNoDivergenceOfAnyForm delays parts of timelines.
func TestEventsMayBeMissed(t *testing.T) {
	judgeAll(t, []judged{{"too few after a gap", `
expect: [{id: two, events: {reason: BackOff, count: 2}}, {id: one, events: {reason: BackOff, count: {max: 1}}}]`, `
		1 event Pod/a BackOff Warning 1
		2 gap
	`, `
		end
		0 two undecided #2: expected 2 BackOff; got 1 event, and changes may have been missed
		0 one met #2: got 1 event
		undecided
	`}})
}

func TestOutageMakesNoDivergenceOfAnyForm(t *testing.T) {
	for form, random := range randomForms {
		t.Run(form, func(t *testing.T) {
			r := rand.New(rand.NewPCG(15, 16))
			seen := map[timeline.State]int{}
			for range 700 {
				n := random(r)
				c := mustParse(t, "expect:\n  - id: x\n    "+n.text)
				for range 6 {
					entries := randomWorld(r).entries
					if len(entries) < 2 {
						continue
					}
					i, j := r.IntN(len(entries)), len(entries)
					entries = append(entries, timeline.Entry{T: 99, Kind: timeline.KindVerdict}) // a tick past all bounds
					before := c.Review(entries).Outcome
					late := delay(r, entries, i, j)
					got := c.Review(late)
					seen[got.Outcome]++
					if before == timeline.Met && got.Outcome == timeline.Diverged || before == timeline.Diverged && got.Outcome == timeline.Met {
						t.Fatalf("%s: %s became %v\n%s\nwas\n%s", n.text, before, got.Checks, describe(late), describe(entries))
					}
				}
			}
			if seen[timeline.Met] < 100 || seen[timeline.Undecided] < 20 && form != "events" || seen[timeline.Diverged] < 100 {
				t.Errorf("outcomes %v: the generator tests too little", seen)
			}
		})
	}
}
