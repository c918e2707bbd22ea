package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// me is the cookie of a learner.
const me = "Cookie: learner=ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func TestRunsOfALearner(t *testing.T) {
	s := newSite(t)
	for i, slug := range []string{"first-job", "on-failure", "first-job"} {
		r := s.runs.add([]string{"one", "two", "three"}[i], slug)
		r.info.Learner = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		r.info.StartedAt = time.Unix(int64(i), 0)
	}
	s.runs.add("theirs", "first-job").info.Learner = "ANOTHERLEARNERANOTHERLEARN"
	s.runs.add("nobodys", "first-job")
	for _, c := range []struct {
		query, cookie string
		want          []string
	}{
		{"", me, []string{"three", "two", "one"}},
		{"?lab=first-job", me, []string{"three", "one"}},
		{"?lab=first-job&limit=1", me, []string{"three"}},
		{"?lab=nothing", me, []string{}},
		{"", "Cookie: learner=", []string{}},
		{"", "Accept: */*", []string{}},
	} {
		a := s.get(t, "/api/runs"+c.query, c.cookie)
		got := []string{}
		for _, listed := range decode[[]map[string]any](t, a) {
			got = append(got, listed["id"].(string))
			if _, there := listed["manifest"]; there || listed["lab"] == nil || listed["state"] == nil {
				t.Errorf("%s: listed %v, want a run without its manifest", c.query, listed)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || strings.Contains(a.body, "ABCDEFG") {
			t.Errorf("%s as %q: %s (-want +got):\n%s", c.query, c.cookie, a.body, diff)
		}
	}
	for _, limit := range []string{"0", "101", "many", ""} {
		if a := s.get(t, "/api/runs?limit="+limit, me); a.StatusCode != http.StatusBadRequest {
			t.Errorf("limit %q: status %d, want 400", limit, a.StatusCode)
		}
	}
}

// TestRunOfALabThatIsGone reads all that there is of a run whose lab is not there
// any more: it is shown without, and nothing leads to the lab.
func TestRunOfALabThatIsGone(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("one", "old-lab")
	r.complete()
	other := s.runs.add("two", "first-job")
	other.complete()
	if r.Lab() != nil {
		t.Fatal("the lab is there")
	}
	for _, lang := range []string{"en", "ko"} {
		a := s.get(t, "/runs/one?lang="+lang)
		if a.StatusCode != http.StatusOK || !strings.Contains(a.body, "data-lab-gone") || !strings.Contains(a.body, "old-lab") {
			t.Errorf("page of the run: status %d: %s", a.StatusCode, a.body)
		}
		if strings.Contains(a.body, `href="/labs/old-lab`) {
			t.Error("the page of the run leads to a lab that is not there")
		}
	}
	for path, want := range map[string]int{
		"/runs/one/why?seq=2":         http.StatusOK,
		"/runs/one/compare":           http.StatusOK,
		"/runs/one/compare/two":       http.StatusOK,
		"/runs/two/compare/one":       http.StatusOK,
		"/runs/one/export/json":       http.StatusOK,
		"/runs/one/export/csv":        http.StatusOK,
		"/runs/one/export/trace":      http.StatusOK,
		"/labs/first-job?run=one":     http.StatusOK,
		"/labs/old-lab?run=one":       http.StatusNotFound,
		"/api/runs/one":               http.StatusOK,
		"/api/runs/one/timeline":      http.StatusOK,
		"/api/runs/one/answers":       http.StatusOK,
		"/api/runs/one/explain?seq=2": http.StatusOK,
	} {
		if a := s.get(t, path); a.StatusCode != want {
			t.Errorf("%s: status %d, want %d: %s", path, a.StatusCode, want, a.body)
		}
	}
}

// TestChecksOfAnotherContract shows a run whose lab has other checks by now: those
// that the run had, with what is known of them.
func TestChecksOfAnotherContract(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("one", "first-job")
	at := time.Now()
	verdict := timeline.Verdict{Outcome: timeline.Diverged, Checks: []timeline.Verdict{
		{ID: "removed-since", State: timeline.Diverged, Expected: "x", Got: "y"}, {ID: "completes", State: timeline.Met},
	}}
	log, err := timeline.Restore([]timeline.Entry{{Seq: 1, At: at, Kind: timeline.KindVerdict, Verdict: &verdict}})
	if err != nil {
		t.Fatal(err)
	}
	r.recorded, r.info.State, r.info.Verdict, r.info.FinishedAt = log, run.Finished, &verdict, &at
	page := s.get(t, "/runs/one?lang=en").body
	for _, want := range []string{`data-check="removed-since" data-state="diverged"`, `data-check="completes" data-state="met"`, "the Job completes"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has not %q", want)
		}
	}
	if strings.Contains(page, `data-check="one-pod"`) {
		t.Error("the page has a check that the run did not have")
	}
}
