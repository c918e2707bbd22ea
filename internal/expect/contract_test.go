package expect

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestParseReportsAllProblemsAtOnce(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"shape", `
expect:
  - pods: {count: 4}
  - id: Four Pods
    pods: {count: four, colour: red, end: gone}
  - id: twice
    say: {en: " "}
    job: {condition: Done}
  - id: twice
    job: {}
  - id: both
    pods: {count: 1}
    job: {condition: Failed}
  - id: nothing
  - word
`, `
lab.yaml:3:5: expect[0].id: is missing: want a string
lab.yaml:4:9: expect[1].id: want lower case words joined by -, not "Four Pods"
lab.yaml:5:19: expect[1].pods.count: want a whole number, not "four"
lab.yaml:5:25: expect[1].pods: unknown key "colour": want of, name, completionIndex, count, each, restarts, end, within, notBefore
lab.yaml:5:43: expect[1].pods.end: want one of kept, deleted, not "gone"
lab.yaml:7:15: expect[2].say.en: is empty
lab.yaml:8:22: expect[2].job.condition: want one of Complete, Failed, FailureTarget, SuccessCriteriaMet, Suspended, not "Done"
lab.yaml:9:9: expect[3].id: "twice" is the id of the check at line 6, too
lab.yaml:10:10: expect[3].job: says nothing of the Job: want condition, states, or a counter such as failed
lab.yaml:11:5: expect[4]: want one kind of check, not pods and job: make each a check of its own
lab.yaml:14:5: expect[5]: says nothing to check: want one of cel, events, gaps, job, pods, refused
lab.yaml:15:5: expect[6]: want a mapping, not "word"
`},
		{"values", `
expect:
  - id: a
    pods:
      count: {min: 3, max: 2}
      each: Pending (Running
      restarts: [0, 0, -1]
      within: 30
  - id: b
    pods: {count: 0, each: Pending, restarts: {}, within: 5m}
  - id: c
    pods: {each: "Pending Running Running", restarts: []}
  - id: d
    job: {condition: Failed, reason: 3, within: 10s, notBefore: 20s}
  - id: e
    pods: {}
  - id: f
    pods: {count: {max: 3}, within: 5s}
`, `
lab.yaml:5:28: expect[0].pods.count.max: 2 is less than min, 3
lab.yaml:6:21: expect[0].pods.each: ( without )
lab.yaml:7:21: expect[0].pods.restarts[1]: 0 comes right after 0: repeats count as one
lab.yaml:7:24: expect[0].pods.restarts[2]: want a whole number of at least 0, not -1
lab.yaml:8:15: expect[0].pods.within: want a duration such as 90s, not 30
lab.yaml:10:28: expect[1].pods.each: says something of pods, but count says that there are none
lab.yaml:10:47: expect[1].pods.restarts: is empty: want min or max
lab.yaml:10:47: expect[1].pods.restarts: says something of pods, but count says that there are none
lab.yaml:10:59: expect[1].pods.within: says something of pods, but count says that there are none
lab.yaml:12:27: expect[2].pods.each: Running can never be seen here: repeats of a STATUS count as one, and Running comes next to it
lab.yaml:12:55: expect[2].pods.restarts: is empty: want the values that RESTARTS takes
lab.yaml:14:38: expect[3].job.reason: want a string, not 3
lab.yaml:14:65: expect[3].job.notBefore: 20s is not before within, 10s
lab.yaml:16:11: expect[4].pods: is empty: want count, each, restarts or end
lab.yaml:18:37: expect[5].pods.within: is met by no pods at all: give count a minimum
`},
		{"refusals", `
expect:
  - {id: d, refused: {step: up}}
  - {id: e, refused: no}
  - {id: f, refused: {message: x, line: 3}}
`, `
lab.yaml:3:22: expect[0].refused.message: is missing: want a string
lab.yaml:4:22: expect[1].refused: want a mapping, not "no"
lab.yaml:5:35: expect[2].refused: unknown key "line": want step, message, path
`},
		{"until", `
run: {until: "pods.exists(p, p.restart >= 3) && nodes == 1"}
expect: []
`, `
lab.yaml:2:31: run.until: undefined field 'restart'
lab.yaml:2:49: run.until: undeclared reference to 'nodes'
lab.yaml:3:9: expect: want at least one check
`},
		{"until is a condition on the run", `
run: {until: 1 + 1}
expect: [{id: a, pods: {count: 1}}]
`, `
lab.yaml:2:14: run.until: want a condition that is true or false, not int
`},
		{"until needs something that changes", `
run: {until: 1 < 2}
expect: [{id: a, pods: {count: 1}}]
`, `
lab.yaml:2:14: run.until: looks at nothing of the run: want one of cronjobs, events, jobs, pods, refusals, steps, t
`},
		{"aliases", `
expect:
  - &a {id: a, pods: {count: 1}}
  - *a
`, `
lab.yaml:3:5: expect[0]: anchors and aliases are not allowed here
lab.yaml:4:5: expect[1]: anchors and aliases are not allowed here
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			contract, err := parse(c.text)
			if err == nil || contract != nil {
				t.Fatalf("got %v, %v, want problems only", contract, err)
			}
			if diff := cmp.Diff(strings.TrimSpace(c.want), err.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			var problem *Problem
			if !errors.As(err, &problem) || problem.Line == 0 || problem.Path == "" {
				t.Errorf("got %#v, want a *Problem with line and path", problem)
			}
		})
	}
}

func TestParseWithoutExpectations(t *testing.T) {
	if _, err := Parse("lab.yaml", nil, nil); err == nil || err.Error() != "lab.yaml: expect: is missing: want a list" {
		t.Errorf("got %v", err)
	}
}

func TestChecksSayThemselves(t *testing.T) {
	c := mustParse(t, `
expect:
  - id: all
    say: {en: "four pods", ko: "파드 네 개"}
    pods: {of: Job, count: 4, each: "Pending   (Running | Error)", restarts: [0, 1], end: kept, within: 90s}
  - id: some
    pods: {count: {min: 3, max: 5}, restarts: {max: 3}}
  - id: bare
    pods: {of: none, end: deleted}
  - id: job
    job: {condition: Failed, reason: Why, notBefore: 4s, within: 1h}
`)
	want := []Check{
		{ID: "all", Say: map[string]string{"en": "four pods", "ko": "파드 네 개"}, Text: "pods of a Job: 4, each Pending (Running | Error), restarts 0, 1, kept, within 1m30s"},
		{ID: "some", Text: "pods: 3 to 5, restarts at most 3"},
		{ID: "bare", Text: "bare pods: any number, deleted"},
		{ID: "job", Text: "job: Failed (Why) not before 4s within 1h"},
	}
	if diff := cmp.Diff(want, c.Checks()); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

func TestUntil(t *testing.T) {
	for _, c := range []struct{ until, story, want string }{
		{"pods[0].restarts == 1", "1 a - X\n2 a - X 1", "2"},
		{"pods.exists(p, p.deleted && p.name == 'b')", "1 a - X\n2 b - X\n3 b deleted", "3"},
		{"pods.filter(p, p.owner == '').size() == 2", "1 a - X\n2 b Job/j X\n3 c - X", "3"},
		{"pods.all(p, p.phase == 'Failed' && p.ready == '')", "1 a - X\n2 a - Failed=X", "2"},
		{"jobs.exists(j, j.conditions.exists(c, c.type == 'Suspended' && c.status == 'True' && c.reason == 'Why'))", "1 job\n2 job Suspended(Why)", "2"},
		{"jobs[0].active + jobs[0].ready + jobs[0].succeeded + jobs[0].failed == 0 && jobs[0].deleted", "1 job\n2 job deleted", "2"},
		{"pods.size() > 0 && jobs.size() > 0", "1 a - X\n2 a - Y\n3 job", "3"},
		{"pods[7].restarts == 1", "1 a - X\n2 a - X 1", ""},
	} {
		j := mustParse(t, "run: {until: "+quote(c.until)+"}\nexpect: [{id: a, pods: {count: 1}}]").Judge()
		got := ""
		entries := story(t, c.story)
		for i := range entries {
			j.Observe(&entries[i])
			if j.Done() && got == "" {
				got = strings.TrimSpace(string(rune('0' + entries[i].Seq)))
			}
		}
		if got != c.want {
			t.Errorf("%s: first holds at entry %q, want %q", c.until, got, c.want)
		}
	}
}

func quote(s string) string { return `"` + s + `"` }

func FuzzParse(f *testing.F) {
	f.Add(never)
	f.Add("run: {until: \"pods.size() > 1\"}\nexpect: [{id: a, pods: {restarts: [0, 1], within: 3s}}, {id: b, job: {condition: Failed}}]")
	f.Add("expect: [{id: a, cel: \"pods.all(p, p.restarts == 0)\", always: true}, {id: b, cel: \"t\"}]")
	f.Add("expect: [{id: a, pods: &x {count: {min: 1}}}, *x]")
	f.Fuzz(func(t *testing.T, text string) {
		var doc struct{ Expect, Run yaml.Node }
		if yaml.Unmarshal([]byte(text), &doc) != nil {
			return
		}
		c, err := Parse("f", &doc.Expect, &doc.Run)
		if (c == nil) == (err == nil) {
			t.Fatalf("contract %v, error %v", c, err)
		}
		if err != nil {
			return
		}
		told := tell(t, c, story(t, "1 a Job/j Pending\n2 a Job/j Running\n3 job Failed(X)\n4 a deleted"), true)
		if strings.Contains(told, "pending") {
			t.Fatal(told)
		}
	})
}
