package web

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/store"
	"github.com/joblab/joblab/internal/timeline"
)

// known is a learner's cookie.
const known = "Cookie: learner=ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// shown are the labs of a catalogue that are not hidden.
func (p page) shown() []string {
	slugs := []string{}
	for _, n := range p.all("[data-lab]:not([hidden])") {
		slugs = append(slugs, attr(n, "data-lab"))
	}
	return slugs
}

func TestCatalogueFinds(t *testing.T) {
	s := newSite(t)
	s.runs.progress = map[string]store.Progress{"first-job": {Best: timeline.Met, Runs: 1}}
	both, none := []string{"first-job", "on-failure"}, []string{}
	for query, want := range map[string][]string{
		"":             both,
		"q=":           both,
		"q=disappears": {"on-failure"},
		"q=사라지는":       {"on-failure"},
		"q=" + url.QueryEscape("\u1109\u1161\u1105\u1161"): {"on-failure"}, // Hangul as single letters
		"q=DISAPP+pod":       {"on-failure"},
		"q=disappears+first": none,
		"q=06":               {"on-failure"},
		"q=batch/v1":         both,
		"q=Completed":        both,
		"q=zebra":            none,
		"q=%3Cb%3E":          both, // it is in the manifest
		"minutes=3":          none,
		"minutes=4":          both,
		"minutes=many":       both,
		"left=1":             {"on-failure"},
		"left=1&q=first":     none,
		"here=1":             both,
	} {
		p := parse(t, s.get(t, "/?"+query, known).body)
		if diff := cmp.Diff(want, p.shown()); diff != "" {
			t.Errorf("%s finds (-want +got):\n%s", query, diff)
		}
		if got := len(p.all("[data-no-match]:not([hidden])")) == 1; got != (len(want) == 0) {
			t.Errorf("%s: that nothing was found is said: %t", query, got)
		}
		for _, track := range p.all("[data-track]:not([hidden])") {
			if !slices.ContainsFunc(want, func(slug string) bool {
				return strings.Contains(raw(track), map[string]string{"first-job": "first", "on-failure": "disappears"}[slug])
			}) {
				t.Errorf("%s shows a track without labs", query)
			}
		}
		asked, _ := url.ParseQuery(query)
		if got := p.attr("#find", "value"); got != asked.Get("q") {
			t.Errorf("%s: the field holds %q", query, got)
		}
	}
	p := parse(t, s.get(t, "/?q=disappears&minutes=4", known).body)
	p.want(map[string]string{"[data-find] [data-count]": "1 of 2 labs", "option[selected]": "up to 4 min"})
	if got := p.attr("[data-language]", "href"); got != "/?minutes=4&q=disappears&lang=ko" {
		t.Errorf("the other language is at %s", got)
	}
}

func TestEveryLabIsFoundByWhatItIsAbout(t *testing.T) {
	labs, err := lab.Load(os.DirFS("../labs"))
	if err != nil {
		t.Fatal(err)
	}
	s := serveLabs(t, labs)
	for query, want := range map[string]string{
		"backoffLimit": "never-with-limit", "CrashLoopBackOff": "bare-pod", "크론잡": "schedule", "ttlSecondsAfterFinished": "ttl-after-finished",
		"liveness": "liveness-and-restart-policy", "StartError": "never-with-limit", "오해": "sleep5", "misconception 30": "cron-that-never-fires",
	} {
		if got := parse(t, s.get(t, "/?q="+url.QueryEscape(query)).body).shown(); !slices.Contains(got, want) || len(got) == len(labs) {
			t.Errorf("%s finds %v, not %s", query, got, want)
		}
	}
}

func TestProgress(t *testing.T) {
	s := newSite(t)
	p := parse(t, s.get(t, "/").body)
	p.want(map[string]string{
		"[data-lab=first-job] [data-progress]": "not run yet",
		"[data-next] .eyebrow":                 "Start with",
		"[data-next] strong":                   "02 Your first Job",
		"[data-overall]":                       "0 of 2 as expected",
		"[data-track=basics] [data-track-met]": "4 min",
	})
	if len(p.all("[data-forget]")) > 0 {
		t.Error("there is something to forget of who has done nothing")
	}
	s.runs.progress = map[string]store.Progress{"first-job": {Best: timeline.Met, Runs: 2}, "gone": {Best: timeline.Met}}
	mine := s.runs.add("mine", "on-failure")
	mine.info.Learner = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	p = parse(t, s.get(t, "/", known).body)
	p.want(map[string]string{
		"[data-lab=first-job][data-state=met] [data-progress]":      "as expected",
		"[data-lab=on-failure][data-state=pending] [data-progress]": "running",
		"[data-next] .eyebrow":                 "Continue with",
		"[data-next=on-failure] strong":        "06 The pod that disappears",
		"[data-overall]":                       "1 of 2 as expected",
		"[data-track=basics] [data-track-met]": "1 of 1 as expected",
	})
	mine.info.State, mine.info.Verdict = run.Finished, &timeline.Verdict{Outcome: timeline.Diverged}
	parse(t, s.get(t, "/", known).body).want(map[string]string{"[data-lab=on-failure][data-state=diverged] [data-progress]": "diverged"})
	mine.info.Verdict = &timeline.Verdict{Outcome: timeline.Met}
	if p := parse(t, s.get(t, "/", known).body); len(p.all("[data-next]")) > 0 || !strings.Contains(p.text(".standing .next"), "Every lab") {
		t.Error("there is a next lab when every one has been met")
	}
	if p := parse(t, s.get(t, "/labs/no-such", known).body); len(p.all("[data-lab][data-state=met]")) != 2 {
		t.Error("labs that may have been meant are shown without progress")
	}
}

func TestNextLabIsOneThatCanBeRun(t *testing.T) {
	s := newSite(t)
	s.cluster.version = "v1.30.9"
	p := parse(t, s.get(t, "/?here=1").body)
	if len(p.all("[data-next]")) > 0 || len(p.shown()) > 0 || len(p.all(".next")) > 0 {
		t.Error("a lab that the cluster cannot run is offered, or all are said to be met")
	}
}

func TestLearnerIsKnownFromTheFirstRunOn(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/labs/first-job", "/runs/none"} {
		if got := s.get(t, path).Cookies(); len(got) > 0 {
			t.Errorf("reading %s sets %v", path, got)
		}
	}
	form := "Content-Type: application/x-www-form-urlencoded"
	a := s.do(t, http.MethodPost, "/labs/first-job/runs", "", form)
	cookies := a.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("a first run sets %v", cookies)
	}
	c := cookies[0]
	if c.Name != "learner" || !learnerPattern.MatchString(c.Value) || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != int((365*24*time.Hour).Seconds()) {
		t.Errorf("the cookie is %v", c)
	}
	again := s.do(t, http.MethodPost, "/api/labs/first-job/runs", "", "Cookie: learner="+c.Value)
	if again.StatusCode != http.StatusCreated || len(again.Cookies()) != 1 || again.Cookies()[0].Value != c.Value {
		t.Errorf("a second run sets %v", again.Cookies())
	}
	for _, r := range s.runs.All() {
		if got := r.Info().Learner; got != c.Value {
			t.Errorf("run %s is of %q, want %q", r.Info().ID, got, c.Value)
		}
	}
	forged := s.do(t, http.MethodPost, "/labs/first-job/runs", "", form, "Cookie: learner=' OR 1=1")
	if got := forged.Cookies(); len(got) != 1 || !learnerPattern.MatchString(got[0].Value) {
		t.Errorf("who made up an id gets %v", got)
	}
	s.runs.err = run.ErrNotReady
	if got := s.do(t, http.MethodPost, "/labs/first-job/runs", "", form).Cookies(); len(got) > 0 {
		t.Errorf("a run that was not started sets %v", got)
	}
}

func TestRefusalThatIsThePointIsProgress(t *testing.T) {
	s := newSite(t)
	s.runs.err = &run.Refused{}
	if a := s.do(t, http.MethodPost, "/api/labs/first-job/runs", "", known); len(a.Cookies()) > 0 || len(s.runs.judged) > 0 {
		t.Errorf("any refusal is kept: %v", s.runs.judged)
	}
	s.runs.err = &run.Refused{Verdict: &timeline.Verdict{Outcome: timeline.Met}}
	a := s.do(t, http.MethodPost, "/api/labs/first-job/runs", "", known)
	if diff := cmp.Diff([]string{"ABCDEFGHIJKLMNOPQRSTUVWXYZ first-job met"}, s.runs.judged); diff != "" || a.StatusCode != http.StatusBadRequest || len(a.Cookies()) != 1 {
		t.Errorf("it answers %d with %v (-want +got):\n%s", a.StatusCode, a.Cookies(), diff)
	}
}

func TestForget(t *testing.T) {
	s := newSite(t)
	if a := s.do(t, http.MethodPost, "/progress/forget", ""); a.StatusCode != http.StatusSeeOther || len(s.runs.forgotten) > 0 {
		t.Errorf("of nobody it answers %d and forgets %v", a.StatusCode, s.runs.forgotten)
	}
	a := s.do(t, http.MethodPost, "/progress/forget", "", known)
	if diff := cmp.Diff([]string{"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, s.runs.forgotten); diff != "" {
		t.Errorf("forgotten (-want +got):\n%s", diff)
	}
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/" || len(a.Cookies()) != 1 || a.Cookies()[0].MaxAge >= 0 {
		t.Errorf("it answers %d, %v", a.StatusCode, a.Header)
	}
	if a := s.do(t, http.MethodPost, "/progress/forget", "", known, "Origin: https://elsewhere.example"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site makes a learner forgotten: %d", a.StatusCode)
	}
}

func TestGuideIsFoldedUntilItIsKnown(t *testing.T) {
	s := newSite(t)
	l := *s.runs.labs[0]
	l.Guides = map[string][]byte{
		"en": []byte("## The idea\n\nOne.\n\n## Predict\n\nTwo.\n\n### Well?\n\n## Run it\n\nThree.\n\n## What happened, and why\n\nFour.\n\n## Change it\n\nFive.\n"),
		"ko": []byte("## 핵심\n\n하나.\n\n## 무슨 일이 일어났고, 왜 그럴까요\n\n넷.\n"),
	}
	s.web.SetLabs(lab.Collection{Labs: []*lab.Lab{&l}})
	s.runs.labs = []*lab.Lab{&l}
	p := parse(t, s.get(t, "/labs/first-job").body)
	p.want(map[string]string{
		"[data-explanation]:not([open]) > summary h2": "What happened, and why",
		"[data-explanation] > [data-guide]":           "Four. Change it Five.",
	})
	text := strings.Join(strings.Fields(spaced(p.all("[data-guide-pane]")[0])), " ")
	for _, part := range []string{"One.", "Two.", "Well?", "Which?", "Run it Three.", "What happened, and why"} {
		before, after, found := strings.Cut(text, part)
		if !found {
			t.Errorf("%q is not where it should be: after %q", part, before)
		}
		text = after
	}
	parse(t, s.get(t, "/labs/first-job?lang=ko").body).want(map[string]string{"[data-explanation]:not([open]) > [data-guide]": "넷."})
	r := s.runs.add("abc", "first-job")
	if p := parse(t, s.get(t, "/labs/first-job?run=abc").body); len(p.all("[data-explanation][open]")) > 0 {
		t.Error("it is open while the run goes on")
	}
	r.complete()
	if p := parse(t, s.get(t, "/labs/first-job?run=abc").body); len(p.all("[data-explanation][open]")) != 1 || len(p.all("[data-to-reason]:not([hidden])")) != 1 {
		t.Error("it is folded when the run has ended")
	}
	s.runs.progress = map[string]store.Progress{"first-job": {Best: timeline.Diverged}}
	if p := parse(t, s.get(t, "/labs/first-job", known).body); len(p.all("[data-explanation][open]")) != 1 {
		t.Error("it is folded for who has run the lab before")
	}
}

func TestDescription(t *testing.T) {
	s := newSite(t)
	p := parse(t, s.get(t, "/labs/first-job").body)
	for selector, want := range map[string]string{
		"meta[property='og:title']": "Your first Job · Job Lab", "meta[property='og:description']": "It runs once & ends.", "meta[name=description]": "It runs once & ends.",
	} {
		if got := p.attr(selector, "content"); got != want {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	if got := parse(t, s.get(t, "/").body).attr("meta[name=description]", "content"); !strings.Contains(got, "Kubernetes Jobs") {
		t.Errorf("the catalogue is described as %q", got)
	}
	if got := p.attr("link[rel=icon]", "href"); !strings.HasPrefix(got, "/static/") {
		t.Errorf("the icon is at %s", got)
	}
}

func TestBadgeSaysWhatIsBeingDone(t *testing.T) {
	s := newSite(t)
	for state, want := range map[cluster.State]string{cluster.Ready: "", cluster.Starting: ": start etcd"} {
		s.cluster.Set(cluster.Status{State: state, Step: "start etcd"})
		if got := parse(t, s.get(t, "/").body).text("joblab-cluster [data-step]"); got != strings.TrimSpace(want) {
			t.Errorf("%s: it says %q, want %q", state, got, want)
		}
	}
}
