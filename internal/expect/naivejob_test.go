package expect

import (
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

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
