package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/expect/expecttest"
	"github.com/joblab/joblab/internal/timeline"
)

// judged adds the verdicts of a contract, given as YAML, to a recorded run.
func judged(t *testing.T, r *told, contract string) (*Story, timeline.Verdict) {
	t.Helper()
	c := expecttest.Parse(t, contract)
	final := c.Review(r.entries)
	s := r.story()
	s.Add(&timeline.Entry{Seq: timeline.Seq(len(r.entries) + 1), Kind: timeline.KindVerdict, Verdict: &final})
	return s, final.Checks[0]
}

// TestDivergences judges recorded runs by contracts that do not fit them.
func TestDivergences(t *testing.T) {
	byName := map[string]*told{}
	for _, r := range records(t) {
		byName[r.name] = &r
	}
	for _, c := range []struct {
		run, check string
		// rule is that of the first explanation; text is part of what is said.
		rule, field, text string
	}{
		{"08-never-with-limit", "pods: {count: 3}", "check/more-pods", "spec.backoffLimit", "1 try + backoffLimit 3"},
		{"08-never-with-limit", "pods: {count: 5}", "check/fewer-pods", "spec.backoffLimit", "Only 4 pods"},
		{"08-never-with-limit", "pods: {restarts: {min: 1}}", "check/fewer-restarts-failed", "spec.template.spec.restartPolicy", "restartPolicy is Never"},
		{"08-never-with-limit", "pods: {each: Pending ContainerCreating Running Completed}", "pod/start-error", "spec.template.spec.containers[0].command", "`bashmuzzibabo`"},
		{"08-never-with-limit", "pods: {end: deleted}", "check/kept", "spec.template.spec.restartPolicy", "phase was final, Failed"},
		{"08-never-with-limit", "job: {condition: Complete}", "job/target-limit", "spec.backoffLimit", "1 try + 3 retries = 4; 4 failed, and 4 > 3"},
		{"06-on-failure", "pods: {restarts: 0}", "check/more-restarts", "spec.template.spec.restartPolicy", "restartPolicy is OnFailure"},
		{"06-on-failure", "pods: {restarts: [0, 1, 2, 3, 4]}", "check/fewer-restarts-cut", "spec.backoffLimit", "something ended the pod before"},
		{"06-on-failure", "pods: {end: kept}", "pod/terminating-limit", "spec.backoffLimit", "the Job has given up"},
		{"02-first-job", "pods: {restarts: {min: 1}}", "check/fewer-restarts", "spec.template.spec.restartPolicy", "restartPolicy is Never"},
		{"02-first-job", "job: {condition: Failed}", "job/met-completions", "spec.completions", "CompletionsReached"},
		{"24-active-deadline", "job: {condition: Complete}", "job/target-deadline", "spec.activeDeadlineSeconds", "DeadlineExceeded"},
		{"24-active-deadline", "pods: {end: kept}", "pod/terminating-deadline", "spec.activeDeadlineSeconds", "+ 5 s ="},
		{"01-bare-pod", "job: {condition: Complete}", "check/in-the-end", "spec.restartPolicy", "got `no Job`"},
	} {
		t.Run(c.run+" "+c.check, func(t *testing.T) {
			r := byName[c.run]
			s, v := judged(t, r, fmt.Sprintf("[{id: wrong, %s}]", c.check))
			if v.State != timeline.Diverged {
				t.Fatalf("the check is %s", v.State)
			}
			for _, lang := range Languages {
				list, ok := s.Check("wrong", lang)
				if !ok || len(list) == 0 {
					t.Fatalf("no explanation in %s of %+v", lang, v)
				}
				x := list[0]
				if x.Rule != c.rule || x.Field == nil || x.Field.Path != c.field {
					t.Errorf("in %s: %s, field %+v, want %s, %s", lang, x.Rule, x.Field, c.rule, c.field)
				}
				if all := strings.Join([]string{x.Title, x.Text, x.Value}, "\n"); lang == "en" && !strings.Contains(all, c.text) || holes.MatchString(all) {
					t.Errorf("in %s it says %q, want %q in it", lang, all, c.text)
				}
				if x.Field != nil {
					if problem := misplaced(r.manifest, x.Field); problem != "" {
						t.Errorf("%+v: %s", *x.Field, problem)
					}
				}
			}
		})
	}
}

func TestMetNeedsNoExplanation(t *testing.T) {
	all := records(t)
	s, v := judged(t, &all[0], "[{id: right, pods: {count: {min: 1}}}]")
	if list, ok := s.Check("right", "en"); v.State != timeline.Met || !ok || len(list) != 0 {
		t.Errorf("%s, explained %t by %v", v.State, ok, list)
	}
}

// TestWhatWasChangedIsSaid compares the manifest that ran with the lab's own.
func TestWhatWasChangedIsSaid(t *testing.T) {
	for _, r := range records(t) {
		if r.name != "08-never-with-limit" {
			continue
		}
		s := New(r.manifest, strings.Replace(r.manifest, "backoffLimit: 3", "backoffLimit: 6", 1))
		for i := range r.entries {
			s.Add(&r.entries[i])
		}
		last := r.entries[len(r.entries)-1]
		for _, e := range r.entries {
			if e.Job != nil {
				last = e
			}
		}
		list, _ := s.Entry(last.Seq, "en")
		x := list[0]
		if x.Field == nil || x.Field.Was != "6" || !strings.Contains(x.Text, "You changed `backoffLimit`") {
			t.Errorf("%s: %+v: %s", x.Rule, x.Field, x.Text)
		}
		return
	}
	t.Fatal("the lab's trace is gone")
}
