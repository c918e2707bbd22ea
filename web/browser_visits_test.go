package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// visit is a page in a state that looks different from others. The tests that look
// at all pages look at each visit, so a page or a state that is new belongs here.
type visit struct {
	name, path string
	// prepare brings the page, which is loaded, to its state; it may be nil.
	prepare func(*browsertest.Tab, *site)
}

var visits = []visit{
	{"catalogue", "/", nil},
	{"lab", "/labs/never-with-limit", wait(`.segment.expected`)},
	{"lab-editor", "/labs/never-with-limit", wait(`[data-editor][data-loaded] .cm-content`)},
	{"lab-steps", "/labs/live-scaling", wait(`.segment.expected`)},
	{"lab-cron", "/labs/schedule", wait(`.segment.expected`)},
	{"lab-refused", "/labs/first-job", refuse},
	{"lab-predicted", "/labs/first-job?run=first-job", comparePredictions},
	{"run", "/runs/never-with-limit", wait(`.segment.observed`)},
	{"run-table", "/runs/never-with-limit", asTable},
	{"run-diverged", "/runs/diverged", wait(`.plot .diverged`)},
	{"run-logs", "/runs/never-with-limit", tab("logs")},
	{"run-describe", "/runs/never-with-limit", tab("describe")},
	{"run-yaml", "/runs/never-with-limit", tab("yaml")},
	{"run-console", "/runs/never-with-limit", tab("console")},
	{"compare", "/runs/never-with-limit/compare/diverged", wait(`.segment`)},
	{"compare-with", "/runs/never-with-limit/compare", nil},
	{"run-live", "/runs/live", wait(`.segment.observed`)},
	{"run-why", "/runs/never-with-limit", explainFirst},
	{"keys", "/labs/never-with-limit", listKeys},
	{"why", "/runs/never-with-limit/why?seq=3", nil},
	{"no-lab", "/labs/never-with-limits", nil},
	{"no-run", "/runs/nothing", nil},
}

// open opens a visit in a language and brings it to its state.
func (v visit) open(tab *browsertest.Tab, s *site, lang string) {
	tab.T.Helper()
	tab.Open(s.URL + withLanguage(v.path, lang))
	tab.Wait("the page", `document.querySelector("#content")`)
	if v.prepare != nil {
		v.prepare(tab, s)
	}
}

// newVisitSite serves what visits are about.
func newVisitSite(t *testing.T) *site {
	t.Helper()
	s := newLabSite(t)
	s.runs.addDiverged(t)
	s.runs.addLive()
	return s
}

// addDiverged adds the ended run diverged: one of never-with-limit, in which
// happened what is recorded of on-failure.
func (f *fakeRuns) addDiverged(t *testing.T) {
	t.Helper()
	l, ok := lab.Find(f.labs, "never-with-limit")
	other, found := lab.Find(f.labs, "on-failure")
	if !ok || !found {
		t.Fatal("the labs never-with-limit and on-failure are not there")
	}
	var trace timeline.View
	if err := json.Unmarshal(other.Trace, &trace); err != nil {
		t.Fatal(err)
	}
	verdict := l.Contract.Review(trace.Entries)
	if verdict.Outcome != timeline.Diverged {
		t.Fatalf("on-failure judged as never-with-limit is %s", verdict.Outcome)
	}
	entries := slices.Clip(trace.Entries)
	last := entries[len(entries)-1]
	last.Kind, last.Pod, last.Job, last.Event, last.Note = timeline.KindVerdict, nil, nil, nil, nil
	for _, v := range append(verdict.Checks, verdict) {
		last.Seq, last.Verdict = last.Seq+1, &v
		entries = append(entries, last)
	}
	log, err := timeline.Restore(entries)
	if err != nil {
		t.Fatal(err)
	}
	r := f.add("diverged", l.Slug)
	r.recorded = log
	r.info.State, r.info.Verdict = run.Finished, &verdict
	r.info.Manifest = string(other.Manifest)
	r.info.StartedAt, r.info.FinishedAt = entries[0].At, &last.At
	r.log = f.runs["never-with-limit"].log
}

// addLive adds the run live, which is judged and goes on, with a Job and its pod.
func (f *fakeRuns) addLive() *fakeRun {
	r := f.add("live", "never-with-limit")
	r.rec = timeline.NewRecorder(r.lab.Contract.Judge(), time.Now)
	r.log = f.runs["never-with-limit"].log
	r.rec.Begin(time.Now())
	r.rec.Note(timeline.Note{Code: timeline.NoteApplied, Text: "created Job never"})
	r.rec.Job(timeline.Added, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "never", UID: "job-1"}})
	r.pod(timeline.Added, "Pending")
	r.pod(timeline.Modified, "ContainerCreating")
	return r
}

// withLanguage is a path that asks for a language.
func withLanguage(path, lang string) string {
	if strings.Contains(path, "?") {
		return path + "&lang=" + lang
	}
	return path + "?lang=" + lang
}

// quote is a text as a script writes it.
func quote(text string) string { return strconv.Quote(text) }

// wait waits until a selector finds something.
func wait(selector string) func(*browsertest.Tab, *site) {
	return func(tab *browsertest.Tab, _ *site) {
		tab.T.Helper()
		tab.Wait(selector, "document.querySelector("+quote(selector)+")")
	}
}

// tab opens one of the tabs below the timeline.
func tab(name string) func(*browsertest.Tab, *site) {
	return func(tab *browsertest.Tab, _ *site) {
		tab.T.Helper()
		tab.Wait("the tabs", `document.querySelector("[data-tabs=ready]")`)
		tab.Click("[data-tab=" + name + "]")
		tab.Wait("the panel", `document.querySelector("[data-panel=`+name+`]").checkVisibility()`)
	}
}

func refuse(tab *browsertest.Tab, s *site) {
	tab.T.Helper()
	s.runs.fail(&run.Refused{Problems: []run.Problem{{Path: "spec.template.spec.restartPolicy", Line: 8, Message: `Unsupported value: "Sometimes"`}}})
	defer s.runs.fail(nil)
	tab.Click("[data-start]")
	tab.Wait("the problem", `document.querySelector("[data-problems] [data-line='8']")`)
}

// comparePredictions has predictions of the run first-job compared with it, a right
// one and a wrong one.
func comparePredictions(tab *browsertest.Tab, _ *site) {
	tab.T.Helper()
	given := `{"last-state":"Completed","ready-at-the-end":"1/1"}`
	tab.Text(`localStorage.setItem("predict:first-job", ` + quote(`{"now":`+given+`,"runs":[["first-job",`+given+`]]}`) + `), ""`)
	tab.Open(tab.Text(`location.href`))
	tab.Wait("the score", `document.querySelector("[data-score]").textContent`)
}

func listKeys(tab *browsertest.Tab, _ *site) {
	tab.T.Helper()
	tab.Press("?")
	tab.Wait("the list", helpIsOpen)
}

func asTable(tab *browsertest.Tab, _ *site) {
	tab.T.Helper()
	tab.Click("[data-tool=table]")
	tab.Wait("the table", `document.querySelector("[data-twin]").checkVisibility()`)
}

// explainFirst opens the explanation of an early entry below the timeline.
func explainFirst(tab *browsertest.Tab, _ *site) {
	tab.T.Helper()
	tab.Text(`document.querySelector("joblab-timeline").dispatchEvent(new CustomEvent("why", { detail: 4 })), ""`)
	tab.Wait("the explanation", `document.querySelector("[data-why-panel]:not([hidden]) li")`)
}
