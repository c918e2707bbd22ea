package expect

import (
	"math/rand/v2"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// TestDivergenceIsSaidAtTheEarliestEntry: as long as a check is open there is a
// way on in which it is met. It is looked for at random in what the world may do
// next, from just before the check diverged, where it would most likely be
// missing. Ways on that need much to go right, such as two restarts in time of
// each pod, are too rare to be found, so that most must be, not all.
func TestDivergenceIsSaidAtTheEarliestEntry(t *testing.T) {
	least := map[string]int{"pods": 90, "job": 90, "events": 90, "gaps": 75}
	for form, random := range randomForms {
		t.Run(form, func(t *testing.T) {
			r := rand.New(rand.NewPCG(19, 20))
			found, early := 0, 0
			for early < 100 {
				n := random(r)
				c, err := parse("expect:\n  - id: x\n    " + n.text)
				if err != nil {
					continue // it can never be met
				}
				before, at := beforeDivergence(r, c)
				if before == nil {
					continue
				}
				early++
				if wayOn(r, c, before, 1000) {
					found++
				} else {
					t.Logf("no way on found: %s, before entry %d:\n%s", n.text, at, describe(before.entries))
				}
			}
			if found < least[form] {
				t.Errorf("of %d checks that diverged before the end, %d still had a way on just before, want %d", early, found, least[form])
			}
		})
	}
}

// beforeDivergence lets things happen until a check diverges, and returns the
// world as it was just before, or nil.
func beforeDivergence(r *rand.Rand, c *Contract) (before *world, at timeline.Seq) {
	w := new(world)
	j := c.Judge()
	for range 30 {
		was, n := w.clone(), len(w.entries)
		w.step(r)
		for i := range w.entries[n:] {
			e := &w.entries[n+i]
			if due, ok := j.Deadline(); ok && due <= e.T && len(j.Tick(e.T)) > 0 {
				return nil, 0 // time decided
			}
			for _, v := range j.Observe(e) {
				if v.State == timeline.Diverged {
					return was, e.Seq
				}
				return nil, 0
			}
		}
	}
	return nil, 0
}

// wayOn looks for a way on from a world in which a check is met.
func wayOn(r *rand.Rand, c *Contract, from *world, tries int) bool {
	for range tries {
		w := from.clone()
		w.maxPods, w.skewed = 8, true
		for range 1 + r.IntN(25) {
			w.step(r)
		}
		if c.Review(w.entries).Outcome == timeline.Met {
			return true
		}
	}
	return false
}
