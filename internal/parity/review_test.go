package parity_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/parity"
	"github.com/joblab/joblab/internal/timeline"
)

// observed is a recording, changed.
func observed(t *testing.T, name string, change func([]timeline.Entry) []timeline.Entry) *parity.Observation {
	t.Helper()
	es := entries(t, name)
	if change != nil {
		es = change(es)
	}
	return parity.Observe(es, parity.Until{})
}

// TestRecordingVouches compares runs of which one is not as the other two.
func TestRecordingVouches(t *testing.T) {
	silent := without(func(e *timeline.Entry) bool { return e.Event != nil && e.Event.Reason == "Killing" })
	for _, c := range []struct {
		name                           string
		embedded, kind, recorded       func([]timeline.Entry) []timeline.Entry
		wantDifferences, wantVariances int
	}{
		{"all agree", silent, silent, silent, 0, 0},
		{"kind today differs", nil, silent, nil, 0, 1},
		{"the recording differs", nil, nil, silent, 0, 0},
		{"embedded differs", silent, nil, nil, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parity.Compare(parity.Scenario{
				Name:     "deadline5",
				Embedded: observed(t, "deadline5", c.embedded),
				Kind:     observed(t, "deadline5", c.kind),
				Recorded: observed(t, "deadline5", c.recorded),
			})
			if got := len(r.Unexplained(nil)); got != c.wantDifferences+c.wantVariances {
				t.Errorf("%d differences are unexplained, want %d", got, c.wantDifferences+c.wantVariances)
			}
			if len(r.Differences) != c.wantDifferences || len(r.Varied) != c.wantVariances {
				t.Errorf("differences %v, varied %v; want %d, %d", r.Differences, r.Varied, c.wantDifferences, c.wantVariances)
			}
		})
	}
}

func TestForgetTimes(t *testing.T) {
	late := later(2.5, func(e *timeline.Entry) bool { return e.Job != nil && len(e.Job.Conditions) > 1 })
	r := parity.Compare(parity.Scenario{
		Name: "deadline5",
		Embedded: observed(t, "deadline5", func(entries []timeline.Entry) []timeline.Entry {
			return late(without(func(e *timeline.Entry) bool { return e.Event != nil && e.Event.Reason == "Killing" })(entries))
		}),
		Kind: observed(t, "deadline5", nil),
	})
	if len(r.Differences) != 2 {
		t.Fatalf("differences %v, want one of the events and one in time", r.Differences)
	}
	r.ForgetTimes()
	if len(r.Differences) != 1 || r.Differences[0].Aspect == parity.Time {
		t.Errorf("differences without times: %v, want that of the events", r.Differences)
	}
}

func TestReview(t *testing.T) {
	different := parity.Compare(parity.Scenario{
		Name:     "deadline5",
		Embedded: observed(t, "deadline5", without(func(e *timeline.Entry) bool { return e.Event != nil && e.Event.Reason == "Killing" })),
		Kind:     observed(t, "deadline5", nil),
	})
	same := parity.Compare(parity.Scenario{Name: "job-ok", Embedded: observed(t, "job-ok", nil), Kind: observed(t, "job-ok", nil)})
	const reviewed = "- {scenario: deadline5, aspect: events, object: pod 1 of Job/test-job, reason: because}\n"
	for _, c := range []struct {
		name, list string
		results    []*parity.Result
		all        bool
		want       string // "" for no problem
	}{
		{"reviewed", reviewed, []*parity.Result{different, same}, true, ""},
		{"not reviewed", "[]", []*parity.Result{different}, true, "deadline5, events of pod 1 of Job/test-job: embedded has Scheduled, Pulled, Created, Started, kind has Scheduled, Pulled, Created, Started, Killing"},
		{"another aspect reviewed", strings.Replace(reviewed, "events", "order", 1) + reviewed, []*parity.Result{different}, true, "deadline5, order of pod 1 of Job/test-job, which no longer occurs"},
		{"no longer occurs", strings.Replace(reviewed, "deadline5", "job-ok", 1), []*parity.Result{same}, true, "which no longer occurs: remove it"},
		{"occasional", strings.Replace(strings.Replace(reviewed, "deadline5", "job-ok", 1), "}", ", occasional: true}", 1), []*parity.Result{same}, true, ""},
		{"no such scenario", reviewed, []*parity.Result{same}, true, "deadline5, which is no scenario"},
		{"a scenario that was not run", reviewed, []*parity.Result{same}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := parity.ParseReviewed([]byte(c.list))
			if err != nil {
				t.Fatal(err)
			}
			if unexplained := different.Unexplained(list); c.name == "reviewed" && len(unexplained) > 0 {
				t.Errorf("unexplained: %v, want nothing", unexplained)
			}
			got := strings.Join(parity.Review(c.results, list, c.all), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("problems: %q, want %q", got, c.want)
			}
		})
	}
}

func TestParseReviewed(t *testing.T) {
	for _, list := range []string{
		"- {scenario: a, aspect: order, object: pod 1}",
		"- {scenario: a, aspect: order, reason: b}",
		"- {scenario: a, aspect: weather, object: pod 1, reason: b}",
		"- {scenario: a, aspect: order, object: pod 1, reason: b, typo: c}",
		"scenario: a",
	} {
		if got, err := parity.ParseReviewed([]byte(list)); err == nil {
			t.Errorf("ParseReviewed(%s) = %v, want an error", list, got)
		}
	}
	data, err := os.ReadFile("reviewed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parity.ParseReviewed(data); err != nil {
		t.Errorf("reviewed.yaml: %v", err)
	}
}

// TestDocument holds the document of this repository to the rule, without which
// its table says nothing.
func TestDocument(t *testing.T) {
	document, err := os.ReadFile("../../doc/parity.md")
	if err != nil {
		t.Fatal(err)
	}
	if err := parity.Stale(document, nil); err != nil {
		t.Errorf("doc/parity.md: %v: write it anew with make parity", err)
	}
}

func TestReplace(t *testing.T) {
	const document = "before\n<!-- parity -->\nold\n<!-- /parity -->\nafter\n"
	got, err := parity.Replace([]byte(document), "new\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("before\n<!-- parity -->\nnew\n<!-- /parity -->\nafter\n", string(got)); diff != "" {
		t.Errorf("Replace (-want +got):\n%s", diff)
	}
	r := parity.Compare(parity.Scenario{Name: "job-ok", Embedded: observed(t, "job-ok", nil), Kind: observed(t, "job-ok", nil)})
	full := []byte(strings.Replace(document, "old\n", parity.Table([]*parity.Result{r}, nil, parity.About{}), 1))
	if err := parity.Stale(full, []*parity.Result{r}); err != nil {
		t.Errorf("Stale of its own table: %v", err)
	}
	for name, other := range map[string]string{
		"another rule":       strings.Replace(string(full), "2 s", "3 s", 1),
		"a scenario less":    strings.Replace(string(full), "#### job-ok", "#### job-fine", 1),
		"no mark at its end": strings.Replace(string(full), "<!-- /parity -->", "", 1),
	} {
		if err := parity.Stale([]byte(other), []*parity.Result{r}); err == nil {
			t.Errorf("Stale of a document with %s = nil", name)
		}
	}
}
