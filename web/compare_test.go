package web

import (
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

func TestCompareNeverWithOnFailure(t *testing.T) {
	s := newLabSite(t)
	a := s.get(t, "/runs/never-with-limit/compare/recorded:on-failure")
	if a.StatusCode != http.StatusOK {
		t.Fatalf("status %d", a.StatusCode)
	}
	p := parse(t, a.body)
	p.want(map[string]string{
		"[data-point='0']": "differs Pods made: 4 in A, 1 in B.",
		"[data-point='1']": "differs Restarts of containers: 0 in A, 3 in B.",
		"[data-point='2']": "the same The Job ended the same way: Failed (BackoffLimitExceeded).",
		"[data-point='3']": "differs Pods left at the end: 4 in A, 0 in B.",
		"[data-point='4']": "differs It took 73 s in A, 39.6 s in B.",
		"[data-other-lab]": "These are runs of two labs, which expect different things.",
	})
	if n := len(p.all("[data-manifests] [data-line=removed]")); n == 0 {
		t.Error("the manifests do not differ")
	}
	if n := len(p.all("[data-twin] tbody tr")); n < 20 {
		t.Errorf("without a script there are %d rows of states", n)
	}
	if n := len(p.all("[data-side=B] [data-twin] a")); n != 0 {
		t.Errorf("a recorded run has %d explanations", n)
	}
	if n := len(p.all("[data-checks-compared] td[data-state=met]")); n < 8 {
		t.Errorf("%d expectations are met, want those of both", n)
	}
	ko := parse(t, s.get(t, "/runs/never-with-limit/compare/recorded:on-failure?lang=ko").body)
	ko.want(map[string]string{"[data-point='0']": "다름 만든 파드: A는 4개, B는 1개예요."})
}

// TestCompareMarksWhatDiffers compares two runs of one lab, of which one went on.
func TestCompareMarksWhatDiffers(t *testing.T) {
	s := newSite(t)
	s.runs.add("one", "first-job").complete()
	live := s.runs.add("two", "first-job")
	live.begin()
	t.Cleanup(live.end)
	p := parse(t, s.get(t, "/runs/one/compare/two").body)
	p.want(map[string]string{
		"[data-still-live]":     "B is still going on: this is how far it had come. Reload the page to see more.",
		"[data-manifests] > p":  "Both ran the same manifest.",
		"[data-point='0']":      "the same Both made the same number of pods: 1.",
		"[data-side=A] h2":      "A Run one of “Your first Job”",
		"[data-point='2']":      "the same The Job ended the same way: not ended.",
		"[data-side=B] caption": "Every state in order, as kubectl get pods --watch prints it",
	})
	if len(p.all("[data-other-lab]")) != 0 {
		t.Error("it says that these are two labs")
	}
}

func TestChooseWhatToCompareWith(t *testing.T) {
	s := newLabSite(t)
	me := rand.Text()
	s.runs.runs["never-with-limit"].info.Learner = me
	other := s.runs.add("other", "never-with-limit")
	other.complete()
	other.info.Learner = me
	s.runs.add("foreign", "never-with-limit").complete()
	p := parse(t, s.get(t, "/runs/never-with-limit/compare", "Cookie: learner="+me).body)
	if got := p.text("[data-earlier] li a"); got != "other" {
		t.Errorf("it offers %q, want the learner's other run alone", got)
	}
	if got := p.attr("[data-choices=recorded] a", "href"); got != "/runs/never-with-limit/compare/recorded:never-with-limit" {
		t.Errorf("the recorded run is at %s", got)
	}
	if n := len(p.all("[data-choices=meant] a")); n < 3 {
		t.Errorf("it offers %d other labs", n)
	}
	lab := parse(t, s.get(t, "/labs/never-with-limit").body)
	if got := attr(lab.all("[data-menu=compare] a[href*='recorded:on-failure']")[0], "href"); got != "/runs/recorded:never-with-limit/compare/recorded:on-failure" {
		t.Errorf("before a run the lab compares %s", got)
	}
}

func TestCompareSaysWhatCannotBe(t *testing.T) {
	s := newLabSite(t)
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/runs/never/compare/never":                     {http.StatusBadRequest, "A run is as it is"},
		"/runs/recorded:never/compare/recorded:never":   {http.StatusBadRequest, "A run is as it is"},
		"/runs/recorded%3Anever/compare/recorded:never": {http.StatusBadRequest, "A run is as it is"},
		"/runs/gone/compare/never":                      {http.StatusNotFound, "This run is not here"},
		"/runs/never/compare/gone":                      {http.StatusNotFound, "This run is not here"},
		"/runs/gone/compare":                            {http.StatusNotFound, "This run is not here"},
		"/runs/never/compare/recorded:nowhere":          {http.StatusNotFound, "There is no such lab"},
		"/runs/never/compare/recorded:":                 {http.StatusNotFound, "There is no such lab"},
		"/runs/never/export/pdf":                        {http.StatusNotFound, "There is no such page"},
		"/runs/gone/export/csv":                         {http.StatusNotFound, "This run is not here"},
	} {
		a := s.get(t, path)
		if a.StatusCode != want.status || !strings.Contains(a.body, want.text) {
			t.Errorf("%s answers %d, want %d and %q", path, a.StatusCode, want.status, want.text)
		}
	}
}

func TestExport(t *testing.T) {
	s := newLabSite(t)
	for format, contentType := range map[string]string{"json": "application/json", "csv": "text/csv; charset=utf-8; header=present", "trace": "application/json"} {
		a := s.get(t, "/runs/suspend-resume/export/"+format)
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %d %s", format, a.StatusCode, a.Header.Get("Content-Type"))
		}
		ending := format
		if format == "trace" {
			ending = "trace.json"
		}
		if got, want := a.Header.Get("Content-Disposition"), `attachment; filename="joblab-suspend-resume-suspend-resume.`+ending+`"`; got != want {
			t.Errorf("%s is saved as %s, want %s", format, got, want)
		}
		switch format {
		case "csv":
			if rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll(); err != nil || len(rows) < 10 {
				t.Errorf("%d rows: %v", len(rows), err)
			}
		case "json":
			var got struct {
				Info struct{ Lab, State string }
				timeline.View
			}
			if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.Info.Lab != "suspend-resume" || got.Run != "suspend-resume" || len(got.Entries) == 0 || got.Verdict == nil {
				t.Errorf("json: %v, of %+v with %d entries", err, got.Info, len(got.Entries))
			}
		case "trace":
			var got struct {
				TraceEvents []struct{ Ph string }
				OtherData   map[string]string
			}
			if err := json.Unmarshal([]byte(a.body), &got); err != nil || len(got.TraceEvents) == 0 || got.OtherData["kubernetes"] != "v1.37.2" {
				t.Errorf("trace: %v, %v, %d events", err, got.OtherData, len(got.TraceEvents))
			}
		}
	}
	if a := s.get(t, "/runs/recorded:never/export/csv"); !strings.Contains(a.Header.Get("Content-Disposition"), "joblab-never-recorded.csv") {
		t.Errorf("a recorded run is saved as %s", a.Header.Get("Content-Disposition"))
	}
}

func TestRunPageWithoutScript(t *testing.T) {
	s := newLabSite(t)
	p := parse(t, s.get(t, "/runs/never-with-limit").body)
	p.want(map[string]string{
		"[data-run-outcome]": "All went as expected",
		"[data-run-took]":    "73 s",
		"#predict-title":     "The answers",
	})
	for _, selector := range []string{"[data-export=json]", "[data-export=csv]", "[data-export=trace]", "[data-menu=compare] a[href$='/compare']", "[data-run-again]", "[data-events] tr", "[data-twin] tbody tr", "[data-log-links] a"} {
		if len(p.all(selector)) == 0 {
			t.Errorf("there is no %s", selector)
		}
	}
}
