package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/lab"
)

// TestBrokenLabs serves a good lab beside a broken one.
func TestBrokenLabs(t *testing.T) {
	s := newSite(t)
	good := testLabs(t)[0]
	s.web.SetLabs(lab.Collection{
		Labs: []*lab.Lab{good},
		Broken: []lab.Broken{{
			Dir: "08-never", Number: 8, Slug: "never", Title: lab.Text{"en": "Why <four>?", "ko": "왜?"},
			Problems: []*expect.Problem{{File: "08-never/lab.yaml", Line: 9, Column: 3, Path: "run.limit", Message: "want a duration"}},
		}},
		Problems: []*expect.Problem{{File: "tracks.yaml", Message: "is missing"}},
	})
	catalogue := parse(t, s.get(t, "/").body)
	catalogue.want(map[string]string{
		"[data-lab=first-job] h3":                       "Your first Job",
		"[data-broken=never] h3":                        "Why <four>?",
		"[data-broken=never] [data-lab-problem] > code": "08-never/lab.yaml:9:3",
		"[data-broken=never] [data-lab-problem] > span": "run.limit: want a duration",
		"[data-lab-problem='tracks.yaml'] > span":       "is missing",
	})
	page := parse(t, s.get(t, "/labs/never", "Accept-Language: ko").body)
	page.want(map[string]string{
		"h1": "왜?",
		"[data-lab-problem='08-never/lab.yaml:9:3'] > span": "run.limit: want a duration",
	})
	if a := s.get(t, "/labs/first-job"); a.StatusCode != http.StatusOK {
		t.Errorf("the good lab answers %d", a.StatusCode)
	}
	if a := s.get(t, "/labs/on-failure"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a lab that is gone answers %d", a.StatusCode)
	}
	if a := s.do(t, http.MethodPost, "/api/labs/never/runs", ""); a.StatusCode != http.StatusNotFound || !strings.Contains(a.body, "want a duration") {
		t.Errorf("a run of a broken lab: %d %s", a.StatusCode, a.body)
	}
}

// TestRunKeepsItsLab replaces a lab while a run of it goes on.
func TestRunKeepsItsLab(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("one", "first-job")
	changed := *r.lab
	changed.Contract = nil
	s.web.SetLabs(lab.Collection{Labs: []*lab.Lab{&changed}})
	if n := len(parse(t, s.get(t, "/labs/first-job").body).all("[data-check]")); n != 0 {
		t.Errorf("the changed lab has %d expectations, want none", n)
	}
	for _, address := range []string{"/runs/one", "/labs/first-job?run=one"} {
		if n := len(parse(t, s.get(t, address).body).all("[data-check]")); n != 2 {
			t.Errorf("%s shows %d expectations, want the 2 of the lab that the run was started with", address, n)
		}
	}
	s.web.SetLabs(lab.Collection{})
	if a := s.get(t, "/runs/one"); a.StatusCode != http.StatusOK {
		t.Errorf("the run of a lab that is gone answers %d", a.StatusCode)
	}
}

func TestRecording(t *testing.T) {
	s := newSite(t)
	page := parse(t, s.get(t, "/labs/first-job").body)
	address := page.attr("[data-replay]", "data-recording")
	if got := page.text(".replay-note [data-note=recorded]"); got != "A run that was recorded, not yours. kind" {
		t.Errorf("the recorded run is called %q", got)
	}
	a := s.get(t, address)
	if !strings.Contains(a.body, `"settled"`) || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s has no entries, or may not be kept: %v %s", address, a.Header, a.body)
	}
	if n := len(parse(t, s.get(t, "/labs/on-failure").body).all("[data-replay-toggle]")); n != 0 {
		t.Error("a lab without a recorded run offers one")
	}
	if a := s.get(t, "/labs/on-failure/recording.json"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a lab without a recorded run answers %d", a.StatusCode)
	}
}
