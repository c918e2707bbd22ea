package expect

import (
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
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

// randomJob is a check of states and counters of one Job, or of a condition
// besides.
func randomJob(r *rand.Rand) naiveCheck {
	keys, in := randomWindow(r)
	name, nth := []string{"", "k", "[jk]"}[r.IntN(3)], r.IntN(2)
	head := "job"
	if nth > 0 || r.IntN(2) == 0 {
		head = fmt.Sprintf(`"job[%d]"`, nth)
	}
	if name != "" {
		keys = append(keys, fmt.Sprintf("name: %q", name))
	}
	// Each test says whether a Job that is so now may stay so. In the end, one
	// that lives may be anywhere in its sequence.
	var tests []func(job []timeline.Entry) bool
	inSequence := func([]timeline.Entry) bool { return true }
	sequence := false // the first test is of the sequence, which inSequence replaces in the end
	add := func(key string, test func(job []timeline.Entry) bool) {
		keys = append(keys, key)
		tests = append(tests, test)
	}
	if r.IntN(2) == 0 {
		s := randomStates[r.IntN(len(randomStates))]
		word := regexp.MustCompile("[A-Z][a-zA-Z]*")
		pattern := regexp.MustCompile("^(?:" + strings.ReplaceAll(word.ReplaceAllString(s, "(?:$0,)"), " ", "") + ")$")
		add(fmt.Sprintf("states: %q", s), func(job []timeline.Entry) bool { return pattern.MatchString(stateWord(job)) })
		sequence = true
		inSequence = func(job []timeline.Entry) bool {
			last := job[len(job)-1]
			over := last.Type == timeline.Deleted || ending(last.Job) != nil
			state, _ := last.JobState()
			return slices.ContainsFunc(courses(state, 4), func(more string) bool {
				return (more == "" || !over) && pattern.MatchString(stateWord(job)+more)
			})
		}
	}
	if r.IntN(2) == 0 {
		low := r.IntN(2)
		high := low + r.IntN(3)
		add(fmt.Sprintf("succeeded: {min: %d, max: %d}", low, high), func(job []timeline.Entry) bool {
			return job[len(job)-1].Job.Succeeded >= low && !slices.ContainsFunc(job, func(e timeline.Entry) bool { return e.Job.Succeeded > high })
		})
	}
	if r.IntN(3) == 0 || len(tests) == 0 {
		key := []string{"failed: [0, 1]", "failed: [1, 3]", "failed: [0, 2, 3]"}[r.IntN(3)]
		add(key, func(job []timeline.Entry) bool {
			return passes(key, job, func(j *timeline.Job) int { return j.Failed })
		})
	}
	if r.IntN(3) == 0 {
		key := []string{"active: [0, 2, 0]", "active: [0, 1]", "active: [2, 1, 0]"}[r.IntN(3)]
		add(key, func(job []timeline.Entry) bool {
			return passes(key, job, func(j *timeline.Job) int { return j.Active })
		})
	}
	if r.IntN(3) == 0 {
		condition := []string{complete, failed, suspended}[r.IntN(3)]
		add("condition: "+condition, func(job []timeline.Entry) bool {
			return slices.ContainsFunc(job, func(e timeline.Entry) bool { return isTrue(e.Job.Conditions, condition) != nil })
		})
	}
	return naiveCheck{head + ": {" + strings.Join(keys, ", ") + "}", func(entries []timeline.Entry) bool {
		find := func(entries []timeline.Entry) []timeline.Entry {
			jobs := map[string][]timeline.Entry{}
			var order []string
			for _, e := range entries {
				if ok, _ := path.Match(name, e.Name); e.Job == nil || name != "" && !ok {
					continue
				}
				if jobs[e.UID] == nil {
					order = append(order, e.UID)
				}
				jobs[e.UID] = append(jobs[e.UID], e)
			}
			if nth >= len(order) {
				return nil
			}
			return jobs[order[nth]]
		}
		holds := func(job []timeline.Entry, ended bool) bool {
			for i, test := range tests {
				if job == nil || !(ended && sequence && i == 0) && !test(job) {
					return false
				}
			}
			return !ended || inSequence(job)
		}
		return holds(find(entries), true) && in(entries, func(entries []timeline.Entry) bool { return holds(find(entries), false) })
	}}
}

var randomStates = []string{
	"Active", "Active (Suspended Active)* Complete?", "Active+ Suspended? (FailureTarget | Failed)* Deleted?",
	"(Active | Suspended)+ SuccessCriteriaMet? (Complete | Failed)? Deleted?", "Active (Suspended Active?)? Failed? Deleted", "Active Suspended Active Suspended",
}

// courses are the ways in which a Job may go on from a state, by up to n more,
// each with a comma after it.
func courses(from string, n int) []string {
	all := []string{""}
	if n == 0 {
		return all
	}
	for _, to := range jobStates.words {
		if jobMayGo(from, to) {
			for _, more := range courses(to, n-1) {
				all = append(all, to+","+more)
			}
		}
	}
	return all
}

// stateWord is the states of a Job, each with a comma after it.
func stateWord(job []timeline.Entry) string {
	var lane timeline.View
	records := make([]timeline.Record, len(job))
	for i := range job {
		records[i].Entry = job[i]
	}
	lane = timeline.Draw(records)
	word, last := "", ""
	for _, s := range lane.Jobs[0].Segments {
		if s.State != last {
			word += s.State + ","
		}
		last = s.State
	}
	return word
}

// passes reports whether a counter passes the values of a list and ends at the
// last.
func passes(key string, job []timeline.Entry, value func(*timeline.Job) int) bool {
	// Every value that is passed, one by one.
	var way []int
	for _, e := range job {
		n := value(e.Job)
		for len(way) > 0 && way[len(way)-1] != n {
			step := 1
			if n < way[len(way)-1] {
				step = -1
			}
			way = append(way, way[len(way)-1]+step)
		}
		if len(way) == 0 {
			way = append(way, n)
		}
	}
	_, list, _ := strings.Cut(key, "[")
	last := 0
	for _, text := range strings.Split(strings.TrimSuffix(list, "]"), ", ") {
		if _, err := fmt.Sscan(text, &last); err != nil {
			return false
		}
		i := slices.Index(way, last)
		if i < 0 {
			return false
		}
		way = way[i:]
	}
	return value(job[len(job)-1].Job) == last
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
