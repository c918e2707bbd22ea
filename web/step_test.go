package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// stepped is a site with a run that has one step to do and one that is too early.
func stepped(t *testing.T) *site {
	s := newSite(t)
	r := s.runs.add("abc", "first-job")
	r.info.Steps = []run.Step{
		{ID: "scale", Say: lab.Text{"en": "Scale it down", "ko": "줄여요"}, Command: "kubectl patch job hello", State: run.StepReady},
		{ID: "later", Say: lab.Text{"en": "Delete it", "ko": "지워요"}, Command: "kubectl delete job hello", State: run.StepWaiting},
	}
	return s
}

func TestDoStep(t *testing.T) {
	s := stepped(t)
	if a := s.do(t, http.MethodPost, "/api/runs/abc/steps/nothing", ""); a.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown step: %d, want 404", a.StatusCode)
	}
	if a := s.do(t, http.MethodPost, "/api/runs/abc/steps/later", ""); a.StatusCode != http.StatusConflict {
		t.Errorf("a step that is not ready: %d, want 409", a.StatusCode)
	}
	a := s.do(t, http.MethodPost, "/api/runs/abc/steps/scale", "")
	if got := decode[run.Info](t, a); a.StatusCode != http.StatusOK || got.Steps[0].State != run.StepDone {
		t.Errorf("answer %d, steps %+v; want 200 and the step done", a.StatusCode, got.Steps)
	}
	if a := s.do(t, http.MethodPost, "/api/runs/abc/steps/scale", ""); a.StatusCode != http.StatusConflict {
		t.Errorf("the same step again: %d, want 409", a.StatusCode)
	}
}

func TestStepNeedsNoScript(t *testing.T) {
	s := stepped(t)
	p := parse(t, s.get(t, "/runs/abc").body)
	p.want(map[string]string{
		"[data-step=scale] button":      "Scale it down",
		"[data-step=scale] .command":    "kubectl patch job hello",
		"[data-step=scale] [data-word]": "now",
		"[data-step=later] [data-word]": "not yet",
	})
	if got := len(p.all("[data-step=later] button[disabled]")); got != 1 || len(p.all("[data-step=scale] button[disabled]")) != 0 {
		t.Error("the step that is ready, and no other, should be enabled")
	}
	a := s.do(t, http.MethodPost, p.attr("[data-step=scale] form", "action"), url.Values{}.Encode(), "Content-Type: application/x-www-form-urlencoded")
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/runs/abc" {
		t.Fatalf("answer %d to %q, want 303 to the run", a.StatusCode, a.Header.Get("Location"))
	}
	p = parse(t, s.get(t, "/runs/abc").body)
	p.want(map[string]string{
		"[data-step=scale] [data-word]":        "done",
		"[data-step=scale] [data-detail]":      "job.batch/hello patched",
		"[data-twin] tr[data-done=scale] code": "scale",
	})
	if row := p.text("[data-twin] tr[data-done=scale]"); !strings.HasSuffix(row, "done: job.batch/hello patched") {
		t.Errorf("the table says %q of the step", row)
	}
}

func TestRefusalIsJudged(t *testing.T) {
	s := newSite(t)
	s.runs.err = &run.Refused{
		Problems: []run.Problem{{Path: "kind", Line: 2, Message: "no matches for kind"}},
		Verdict:  &timeline.Verdict{Outcome: timeline.Met, Checks: []timeline.Verdict{{ID: "one-pod", State: timeline.Met}, {ID: "completes", State: timeline.Met}}},
	}
	a := s.do(t, http.MethodPost, "/api/labs/first-job/runs", "a: 1")
	if got := decode[apiError](t, a); a.StatusCode != http.StatusBadRequest || got.Verdict == nil || got.Verdict.Outcome != timeline.Met {
		t.Errorf("answer %d, verdict %+v; want 400 and met", a.StatusCode, got.Verdict)
	}
	form := s.do(t, http.MethodPost, "/labs/first-job/runs", url.Values{"manifest": {"a: 1"}}.Encode(), "Content-Type: application/x-www-form-urlencoded")
	p := parse(t, form.body)
	if got := p.attr(".outcome", "data-outcome"); got != "met" {
		t.Errorf("the page shows the outcome %q, want met", got)
	}
	if len(p.all("[data-check=one-pod][data-state=met]")) != 1 || len(p.all("[data-problems] [data-line='2']")) != 1 {
		t.Error("the page does not show the check met and the refusal at its line")
	}
}
