package expect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// naiveCEL says what a cel check must be by reading finished timelines with Go
// instead of CEL.
type naiveCEL struct {
	text   string
	always bool
	// holds reports whether the condition is true of a timeline that ends here,
	// and whether it has a value at all.
	holds func(entries []timeline.Entry) (holds, ok bool)
	// about reports whether an entry is about what the condition looks at.
	about func(e *timeline.Entry) bool
}

func (n *naiveCEL) judge(entries []timeline.Entry) timeline.State {
	for i := range entries {
		if holds, ok := n.holds(entries[:i+1]); n.always && n.about(&entries[i]) && ok && !holds {
			return timeline.Diverged
		}
	}
	if holds, ok := n.holds(entries); !ok || !holds {
		return timeline.Diverged
	}
	return timeline.Met
}

// randomCEL returns a condition in both languages.
func randomCEL(r *rand.Rand) *naiveCEL {
	n := 1 + r.IntN(3)
	aboutPods := func(e *timeline.Entry) bool { return e.Pod != nil }
	pods := func(text string, holds func(all []*life) bool) *naiveCEL {
		return &naiveCEL{text: text, about: aboutPods, always: r.IntN(2) == 0, holds: func(entries []timeline.Entry) (bool, bool) {
			return holds(lives(entries)), true
		}}
	}
	switch r.IntN(6) {
	case 0:
		return pods(fmt.Sprintf("size(pods) <= %d", n), func(all []*life) bool { return len(all) <= n })
	case 1:
		return pods(fmt.Sprintf("pods.all(p, p.restarts < %d)", n), func(all []*life) bool {
			return !slices.ContainsFunc(all, func(l *life) bool { return len(l.restarts) > 0 && l.restarts[len(l.restarts)-1] >= n })
		})
	case 2:
		return pods(fmt.Sprintf("pods.all(p, size(p.states) <= %d)", n), func(all []*life) bool {
			return !slices.ContainsFunc(all, func(l *life) bool { return len(l.word) > n })
		})
	case 3:
		return pods("pods.exists(p, p.owner == '' && !p.deleted)", func(all []*life) bool {
			return slices.ContainsFunc(all, func(l *life) bool { return l.owner == "" && !l.deleted })
		})
	case 4:
		c := pods(fmt.Sprintf("pods[%d].deletedAt < 0 && pods[%d].job == 'j'", n-1, n-1), nil)
		c.holds = func(entries []timeline.Entry) (bool, bool) {
			all := lives(entries)
			if len(all) < n {
				return false, false
			}
			return !all[n-1].deleted && all[n-1].owner != "", true
		}
		return c
	default:
		return &naiveCEL{
			text: "jobs.all(j, !j.complete && j.failedWith != 'A')", always: r.IntN(2) == 0,
			about: func(e *timeline.Entry) bool { return e.Job != nil },
			holds: func(entries []timeline.Entry) (bool, bool) {
				for _, e := range entries {
					if e.Job != nil && (isTrue(e.Job.Conditions, complete) != nil || failedWith(e.Job) == "A") {
						return false, true
					}
				}
				return true, true
			},
		}
	}
}

func failedWith(j *timeline.Job) string {
	if c := isTrue(j.Conditions, failed); c != nil {
		return c.Reason
	}
	return ""
}

// TestLiveCELEqualsNaive judges random timelines live and as a whole.
func TestLiveCELEqualsNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 4))
	seen := map[string]int{}
	for range 400 {
		n := randomCEL(r)
		c := mustParse(t, fmt.Sprintf("expect: [{id: x, cel: %q, always: %t}]", n.text, n.always))
		for range 10 {
			entries := randomTimeline(r)
			told := tell(t, c, entries, true)
			got := timeline.State(told[strings.LastIndex(strings.TrimSpace(told), "\n")+1 : len(told)-1])
			if want := n.judge(entries); got != want {
				t.Fatalf("%s, always %t: live %s, naive %s\n%s%+v", n.text, n.always, got, want, told, entries)
			}
			seen[fmt.Sprintf("%s early=%t", got, !strings.HasPrefix(told, "end"))]++
		}
	}
	for _, k := range []string{"met early=false", "diverged early=true", "diverged early=false"} {
		if seen[k] < 100 {
			t.Errorf("%s only %d times of %v: the generator tests too little", k, seen[k], seen)
		}
	}
}
