package expect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// TestOutage: what was not seen in time may have happened in time.
func TestOutage(t *testing.T) {
	const bounds = `
expect:
  - {id: job, job: {condition: Complete, within: 10s}}
  - {id: pods, pods: {each: Pending Running Completed, within: 10s}}`
	const early = `
expect: [{id: job, job: {condition: Complete, notBefore: 10s}}]`
	judgeAll(t, []judged{
		{"the deadline passes before the outage is noticed, and all that was missed came late", bounds, `
			1 job
			1 a - Pending
			15 unreachable
			30 a - Running
			31 a - Succeeded=Completed
			31 job Complete
			32 reachable
			32 tick
		`, `
			5 pods undecided #5 pod a: expected within 10s; got Completed while the API server did not answer
			6 job undecided #6: expected Complete within 10s; got Complete while the API server did not answer
			end
			undecided
		`},
		{"nothing was missed, but the cluster may have been held up", bounds, `
			1 job
			1 a - Pending
			8 unreachable
			30 reachable
			30 tick
		`, `
			4 job undecided: expected Complete within 10s; got not Complete, and the API server did not answer for a while
			4 pods undecided pod a: expected Running within 10s; got nothing after Pending, and the API server did not answer for a while
			end
			undecided
		`},
		{"seen in time though after an outage", bounds, `
			1 job
			1 a - Pending
			3 unreachable
			8 a - Running
			9 a - Succeeded=Completed
			9 job Complete
			9 reachable
			20 tick
		`, `
			6 job met #6: got Complete
			end
			0 pods met #7
			met
		`},
		{"another reason or order is wrong at any time", `
expect:
  - {id: job, job: {condition: Failed, reason: DeadlineExceeded, within: 10s}}
  - {id: pods, pods: {each: Pending Running Completed, within: 10s}}`, `
			1 job
			1 a - Pending
			9 unreachable
			30 a - Failed=Error
			31 job Failed(BackoffLimitExceeded)
			31 reachable
		`, `
			4 pods diverged #4 pod a: expected Running; got Error
			5 job diverged #5: expected Failed (DeadlineExceeded); got Failed (BackoffLimitExceeded); cause message of BackoffLimitExceeded
			end
			diverged
		`},
		{"it may have come too early, unseen", early, `
			1 job
			8 unreachable
			12 job Complete
			12 reachable
		`, `
			3 job undecided #3: expected Complete not before 10s; got Complete while the API server did not answer
			end
			undecided
		`},
		{"it has come too early, whatever was unseen", early, `
			1 job
			2 unreachable
			9 job Complete
			9 reachable
		`, `
			3 job diverged #3: expected Complete not before 10s; got Complete at 9s
			end
			diverged
		`},
		{"it was not there when the time had come", early, `
			1 job
			11 job
			12 unreachable
			20 job Complete
			20 reachable
		`, `
			4 job met #4: got Complete
			end
			met
		`},
	})
}

// delay makes the entries from i to j of a timeline come late, since the API
// server did not answer: at the time at which it did again.
func delay(r *rand.Rand, entries []timeline.Entry, i, j int) []timeline.Entry {
	note := func(t float64, code string) timeline.Entry {
		return timeline.Entry{T: t, Kind: timeline.KindNote, Note: &timeline.Note{Code: code}}
	}
	back := entries[j-1].T + r.Float64()*20
	noticed := entries[i].T + r.Float64()*(back-entries[i].T)
	out := append([]timeline.Entry{}, entries[:i]...)
	out = append(out, note(noticed, timeline.NoteUnreachable))
	for _, e := range entries[i:j] {
		e.T = back
		out = append(out, e)
	}
	out = append(out, note(back, timeline.NoteReachable))
	for _, e := range entries[j:] {
		e.T = max(e.T, back)
		out = append(out, e)
	}
	for k := range out {
		out[k].Seq = timeline.Seq(k + 1)
	}
	return out
}

// TestOutageMakesNoDivergence delays parts of timelines that meet a check. What
// would have diverged then is at most undecided, and vice versa nothing that
// diverged by itself is met.
func TestOutageMakesNoDivergence(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 8))
	seen := map[timeline.State]int{}
	for range 6000 {
		text, n := randomCheck(r)
		if n.within == 0 && n.notBefore == 0 {
			continue
		}
		c := mustParse(t, "expect:\n  - id: x\n    "+text)
		for range 4 {
			entries := randomTimeline(r)
			if len(entries) < 2 {
				continue
			}
			i, n := r.IntN(len(entries)), len(entries)
			entries = append(entries, timeline.Entry{T: 60, Kind: timeline.KindVerdict}) // a tick past all bounds
			before := c.Review(entries).Outcome
			late := delay(r, entries, i, n)
			got := c.Review(late)
			seen[got.Outcome]++
			if before == timeline.Met && got.Outcome == timeline.Diverged || before == timeline.Diverged && got.Outcome == timeline.Met {
				var b strings.Builder
				for _, e := range late {
					fmt.Fprintf(&b, "%d %g %s %s %+v %+v %+v\n", e.Seq, e.T, e.Type, e.Name, e.Pod, e.Job, e.Note)
				}
				t.Fatalf("%s: %s became %v\n%s", text, before, got.Checks, &b)
			}
		}
	}
	if seen[timeline.Met] < 100 || seen[timeline.Undecided] < 100 || seen[timeline.Diverged] < 100 {
		t.Errorf("outcomes %v: the generator tests too little", seen)
	}
}
