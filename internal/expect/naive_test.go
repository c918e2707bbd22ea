package expect

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// naive judges a pods or job check by reading a finished timeline as a whole. It
// shares nothing with the judge but the entries.
type naive struct {
	of             string
	min, max       int
	pattern        *regexp.Regexp // over letters
	order          []int          // nil if any
	maxRestarts    int            // -1 if any
	end            string
	within         float64 // 0 if any time
	job            string  // the condition wanted; empty for a pods check
	reason         string
	notBefore      float64
	continuationsN int
}

// life is what a timeline says about one pod.
type life struct {
	owner, word    string
	restarts       []int
	kept           bool
	deleted, ended bool
}

// lives reads the pods of entries, in the order in which they appeared.
func lives(entries []timeline.Entry) []*life {
	var all []*life
	byUID := map[string]*life{}
	for _, e := range entries {
		if e.Pod == nil {
			continue
		}
		l := byUID[e.UID]
		if l == nil {
			l = &life{owner: e.Pod.Owner, kept: true}
			byUID[e.UID] = l
			all = append(all, l)
		}
		if e.Type == timeline.Deleted {
			l.deleted, l.ended, l.kept = true, true, false
			continue
		}
		if s := letters[e.Pod.Status]; !strings.HasSuffix(l.word, s) {
			l.word += s
		}
		if n := len(l.restarts); n == 0 || l.restarts[n-1] != e.Pod.Restarts {
			l.restarts = append(l.restarts, e.Pod.Restarts)
		}
		l.kept = l.kept && e.Pod.DeletionTimestamp == nil
		l.ended = e.Pod.Phase == "Succeeded" || e.Pod.Phase == "Failed"
	}
	return all
}

// judge says what a settled run's check must be.
func (n *naive) judge(entries []timeline.Entry) timeline.State {
	if n.job != "" {
		return n.judgeJob(entries)
	}
	ok := n.holds(entries, false)
	if n.within > 0 {
		// A run that ended before the time had come has not missed it.
		inTime := len(entries) == 0 || entries[len(entries)-1].T < n.within
		for i := range entries {
			inTime = inTime || entries[i].T < n.within && n.holds(entries[:i+1], true)
		}
		ok = ok && inTime
	}
	if ok {
		return timeline.Met
	}
	return timeline.Diverged
}

// holds reports whether a timeline that ends here fulfils the check; strictly
// means that living pods, too, must have come to the end of their sequence.
func (n *naive) holds(entries []timeline.Entry, strictly bool) bool {
	count := 0
	for _, l := range lives(entries) {
		if n.of == "Job" && l.owner == "" || n.of == "none" && l.owner != "" {
			continue
		}
		count++
		if n.pattern != nil && !n.pattern.MatchString(l.word) && (strictly || l.ended || !n.mayGoOn(l.word)) {
			return false
		}
		if n.order != nil && !slices.Equal(l.restarts, n.order) {
			return false
		}
		if n.maxRestarts >= 0 && len(l.restarts) > 0 && slices.Max(l.restarts) > n.maxRestarts {
			return false
		}
		if n.end == "kept" && !l.kept || n.end == "deleted" && !l.deleted {
			return false
		}
	}
	return count >= n.min && (n.max < 0 || count <= n.max)
}

func (n *naive) mayGoOn(word string) bool {
	last := ""
	if word != "" {
		last = word[len(word)-1:]
	}
	return slices.ContainsFunc(collapsed(last, n.continuationsN), func(w string) bool { return n.pattern.MatchString(word + w) })
}

func (n *naive) judgeJob(entries []timeline.Entry) timeline.State {
	for _, e := range entries {
		if e.Job == nil {
			continue
		}
		for _, c := range e.Job.Conditions {
			if c.Type == n.job {
				if (n.reason == "" || c.Reason == n.reason) && (n.within == 0 || e.T < n.within) && e.T >= n.notBefore {
					return timeline.Met
				}
				return timeline.Diverged
			}
		}
	}
	return timeline.Diverged
}

// randomCheck returns a check in YAML and for the naive judge.
func randomCheck(r *rand.Rand) (string, *naive) {
	for {
		n := &naive{min: 1, max: -1, maxRestarts: -1}
		var keys []string
		add := func(format string, args ...any) { keys = append(keys, fmt.Sprintf(format, args...)) }
		if r.IntN(3) == 0 {
			n.within = float64(1 + r.IntN(12))
			add("within: %gs", n.within)
		}
		if r.IntN(5) == 0 {
			n.job = []string{complete, failed, failureTarget, successCriteriaMet}[r.IntN(4)]
			add("condition: %s", n.job)
			if r.IntN(2) == 0 {
				n.reason = []string{"A", "B"}[r.IntN(2)]
				add("reason: %s", n.reason)
			}
			if n.within == 0 && r.IntN(2) == 0 {
				n.notBefore = float64(1 + r.IntN(8))
				add("notBefore: %gs", n.notBefore)
			}
			return "job: {" + strings.Join(keys, ", ") + "}", n
		}
		if r.IntN(3) == 0 {
			n.of = []string{"Job", "none"}[r.IntN(2)]
			add("of: %s", n.of)
		}
		if r.IntN(2) == 0 {
			n.min = 1 + r.IntN(2)
			n.max = n.min + r.IntN(2)
			add("count: {min: %d, max: %d}", n.min, n.max)
		}
		switch r.IntN(4) {
		case 0:
			n.maxRestarts = r.IntN(3)
			add("restarts: {max: %d}", n.maxRestarts)
		case 1:
			n.order = []int{0, 1, 2}[:1+r.IntN(3)]
			add("restarts: %s", strings.ReplaceAll(fmt.Sprint(n.order), " ", ", "))
		}
		if r.IntN(3) == 0 {
			n.end = []string{"kept", "deleted"}[r.IntN(2)]
			add("end: %s", n.end)
		}
		ours, gos := randomExpression(r, 2)
		if _, err := podStatuses.parse(ours); err != nil {
			continue
		}
		n.pattern = regexp.MustCompile("^(?:" + gos + ")$")
		n.continuationsN = 5
		add("each: %q", ours)
		return "pods: {" + strings.Join(keys, ", ") + "}", n
	}
}

// randomTimeline returns the entries of up to three pods and one Job, such as an
// API server could publish.
func randomTimeline(r *rand.Rand) []timeline.Entry {
	type live struct {
		name string
		pod  timeline.Pod
		gone bool
	}
	var entries []timeline.Entry
	var pods []*live
	conditions := []timeline.Condition{}
	ending := [][]string{{failureTarget, failed}, {successCriteriaMet, complete}}[r.IntN(2)]
	reason := []string{"A", "B"}[r.IntN(2)]
	t := 0.0
	for range 3 + r.IntN(15) {
		t += float64(r.IntN(3)) * 0.75
		e := timeline.Entry{Seq: timeline.Seq(len(entries) + 1), T: t, Type: timeline.Modified}
		switch n := r.IntN(12); {
		case n == 0:
			if len(ending) > 0 {
				conditions = append(slices.Clone(conditions), timeline.Condition{Type: ending[0], Status: "True", Reason: reason})
				ending = ending[1:]
			}
			e.Kind, e.Name, e.UID, e.Job = timeline.KindJob, "j", "j", &timeline.Job{Conditions: conditions}
		case len(pods) == 0, n < 3 && len(pods) < 3:
			name := string(rune('p' + len(pods)))
			pods = append(pods, &live{name: name, pod: timeline.Pod{Status: "Pending", Owner: []string{"", "Job/j"}[r.IntN(2)]}})
			e.Type = timeline.Added
			e.Kind, e.Name, e.UID, e.Pod = timeline.KindPod, name, name, clone(pods[len(pods)-1].pod)
		default:
			l := pods[r.IntN(len(pods))]
			if l.gone {
				continue
			}
			switch m := r.IntN(10); {
			case m == 0:
				l.gone, e.Type = true, timeline.Deleted
			case m == 1:
				l.pod.Restarts++
			case m == 2 && l.pod.Phase == "":
				l.pod.Phase = "Failed"
			case l.pod.Phase == "":
				l.pod.Status = statuses[r.IntN(3)]
			}
			e.Kind, e.Name, e.UID, e.Pod = timeline.KindPod, l.name, l.name, clone(l.pod)
		}
		entries = append(entries, e)
	}
	return entries
}

func clone(p timeline.Pod) *timeline.Pod { return &p }

// TestLiveVerdictEqualsNaive judges random timelines live and as a whole.
// Besides, tell checks that no verdict is taken back.
func TestLiveVerdictEqualsNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	seen := map[string]int{}
	for range 2000 {
		text, n := randomCheck(r)
		c := mustParse(t, "expect:\n  - id: x\n    "+text)
		for range 4 {
			entries := randomTimeline(r)
			told := tell(t, c, entries, true)
			got := timeline.State(told[strings.LastIndex(strings.TrimSpace(told), "\n")+1 : len(told)-1])
			want := n.judge(entries)
			if got != want {
				var b strings.Builder
				for _, e := range entries {
					fmt.Fprintf(&b, "%d %g %s %s %+v %+v\n", e.Seq, e.T, e.Type, e.Name, e.Pod, e.Job)
				}
				t.Fatalf("%s: live %s, naive %s\n%s\n%s", text, got, want, told, &b)
			}
			early := !strings.HasPrefix(told, "end")
			seen[fmt.Sprintf("%s early=%t", got, early)]++
		}
	}
	t.Log(seen)
	for _, k := range []string{"met early=true", "met early=false", "diverged early=true", "diverged early=false"} {
		if seen[k] < 50 {
			t.Errorf("%s only %d times: the generator tests too little", k, seen[k])
		}
	}
}
