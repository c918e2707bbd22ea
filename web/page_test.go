package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/run"
)

func TestCatalogue(t *testing.T) {
	s := newSite(t)
	p := parse(t, s.get(t, "/").body)
	p.want(map[string]string{
		"title":                          "Labs · Job Lab",
		"[data-track=basics] h2":         "Basics",
		"[data-lab=first-job] .number":   "02",
		"[data-lab=first-job] h3":        "Your first Job",
		"[data-lab=first-job] .minutes":  "4 min",
		"[data-lab=on-failure] .summary": "It runs once & ends.",
		"joblab-cluster":                 "embedded · Kubernetes v1.37.2 · ready",
	})
	if got := p.attr("[data-lab=on-failure] a", "href"); got != "/labs/on-failure" {
		t.Errorf("the card leads to %s", got)
	}
	s.cluster.Set(cluster.Status{State: cluster.Restarting, Step: "start etcd"})
	parse(t, s.get(t, "/").body).want(map[string]string{"joblab-cluster": "embedded · Kubernetes v1.37.2 · restarting: start etcd"})
}

func TestLabPageBeforeARun(t *testing.T) {
	s := newSite(t)
	p := parse(t, s.get(t, "/labs/first-job").body)
	p.want(map[string]string{
		"h1":                         "Your first Job",
		"[data-guide] h2":            "A title",
		"[data-guide] h3":            "Part",
		"[data-guide] td:last-child": "2",
		".goal":                      "Goal See it end.",
		"a[rel=next]":                "Next lab › 06 The pod that disappears",
		"[data-check=one-pod] .say":  "one pod",
		"[data-check=one-pod] .word": "pending",
		"[data-start-word]":          "Run",
		"label[for=manifest]":        "job.yaml",
	})
	if got := raw(p.all("textarea")[0]); got != manifest {
		t.Errorf("the editor holds %q, want %q", got, manifest)
	}
	if got := len(p.all("[data-gutter] li")); got != 4 {
		t.Errorf("%d lines are numbered, want 4", got)
	}
	if got := p.attr("form", "action"); got != "/labs/first-job/runs" {
		t.Errorf("the form goes to %s", got)
	}
	if len(p.all(".goal code")) != 1 || len(p.all(".goal b")) != 0 {
		t.Error("the goal's Markdown is not rendered, or its HTML is")
	}
	if len(p.all("[data-guide] script")) > 0 || strings.Contains(raw(p.all("[data-guide]")[0]), "<script>") {
		t.Error("the guide's raw HTML is in the page")
	}
	if got := p.attr("[data-guide] a", "href"); strings.HasPrefix(got, "javascript:") {
		t.Errorf("the guide links to %s", got)
	}
	if len(p.all("a[rel=prev]")) > 0 {
		t.Error("the first lab has a previous one")
	}
}

func TestRunPageShowsAllWithoutScript(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	p := parse(t, s.get(t, "/runs/abc").body)
	p.want(map[string]string{
		"h1":                   "Run abc",
		".facts code":          "lab-first-job-x",
		".outcome [data-word]": "Ended before all was decided",
		"[data-twin] tr[data-status='<b>Odd</b>'] td:nth-child(4)": "<b>Odd</b>",
		"[data-events] tr[data-type=Warning] .reason":              "Failed ×2",
		"[data-events] tr[data-type=Warning] .message":             `exec: "x": not found`,
		"[data-events] tr[data-note=settled] .message":             "over",
		"[data-log-links] a":                                       "hello-x7k2p/main",
	})
	if got := p.text("[data-twin] tbody tr:first-child"); !regexp.MustCompile(`^\d\.\d{3} hello-x7k2p 0/1 Pending 0$`).MatchString(got) {
		t.Errorf("the first state is %q", got)
	}
	if got := p.attr("[data-log-links] a", "href"); got != "/api/runs/abc/pods/hello-x7k2p/log?container=main" {
		t.Errorf("the log is at %s", got)
	}
	if got := raw(p.all("pre.paint")[0]); got != manifest {
		t.Errorf("the manifest is shown as %q", got)
	}
	if len(p.all("textarea, form")) > 0 {
		t.Error("the manifest of a run can be edited")
	}
}

func TestLabPageWithARun(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	s.runs.add("other", "on-failure")
	s.runs.add("live", "first-job").rec.Begin(s.web.now())
	for _, c := range []struct {
		path, run, live, notice string
	}{
		{"/labs/first-job?run=abc", "abc", "no", ""},
		{"/labs/first-job?run=live", "live", "yes", ""},
		{"/labs/first-job?run=other", "", "no", ""},
		{"/labs/first-job?run=gone", "", "no", "The run in this address is not kept any more. Press Run to start another."},
	} {
		p := parse(t, s.get(t, c.path).body)
		if got := p.attr("joblab-run", "data-run"); got != c.run {
			t.Errorf("%s shows run %q, want %q", c.path, got, c.run)
		}
		if got := len(p.all("joblab-run[data-live]")) == 1; got != (c.live == "yes") {
			t.Errorf("%s is live: %t", c.path, got)
		}
		if got := p.text("[data-notice]"); got != c.notice {
			t.Errorf("%s says %q, want %q", c.path, got, c.notice)
		}
	}
}

func TestForm(t *testing.T) {
	s := newSite(t)
	post := func(values url.Values) answer {
		return s.do(t, http.MethodPost, "/labs/first-job/runs", values.Encode(), "Content-Type: application/x-www-form-urlencoded")
	}
	t.Run("leads to the run", func(t *testing.T) {
		a := post(url.Values{"manifest": {"a: 1\r\nb: 2\r\n"}})
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/runs/run1" {
			t.Errorf("answer %d, Location %q", a.StatusCode, a.Header.Get("Location"))
		}
		if got := string(s.runs.started); got != "a: 1\nb: 2\n" {
			t.Errorf("started %q", got)
		}
	})
	t.Run("does not take what it cannot read for nothing", func(t *testing.T) {
		s.runs.started = nil
		for _, contentType := range []string{"", "application/yaml", "multipart/form-data; boundary=b"} {
			a := s.do(t, http.MethodPost, "/labs/first-job/runs", "a: 1\n", "Content-Type: "+contentType)
			if a.StatusCode != http.StatusBadRequest || s.runs.started != nil {
				t.Errorf("%q: answer %d, started %q", contentType, a.StatusCode, s.runs.started)
			}
			if a := s.do(t, http.MethodPost, "/labs/first-job/runs", "", "Content-Type: "+contentType); a.StatusCode != http.StatusSeeOther {
				t.Errorf("%q without a body: answer %d", contentType, a.StatusCode)
			}
		}
	})
	t.Run("shows problems at the manifest and keeps the text", func(t *testing.T) {
		s.runs.err = &run.Refused{Problems: []run.Problem{{Path: "spec.x", Line: 2, Message: "is <wrong>"}, {Message: "all of it"}}}
		defer func() { s.runs.err = nil }()
		text := "a: 1\n</textarea><script>x</script>: 2\n"
		a := post(url.Values{"manifest": {text}})
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("answer %d, want 400", a.StatusCode)
		}
		p := parse(t, a.body)
		p.want(map[string]string{
			"[data-problems] [data-line='2']": "line 2 spec.x is <wrong>",
			"[data-problems] [data-line='0']": "all of it",
			"[data-gutter] [data-problem]":    "2",
		})
		if got := raw(p.all("textarea")[0]); got != text {
			t.Errorf("the editor holds %q, want %q", got, text)
		}
		if got := p.attr("textarea", "data-original"); got != manifest {
			t.Errorf("reset would give %q", got)
		}
		if got := p.attr("[data-language]", "href"); got != "/labs/first-job?lang=ko" {
			t.Errorf("the language switch leads to %s, which takes no GET", got)
		}
	})
	t.Run("says that there is no place", func(t *testing.T) {
		s.runs.err = run.ErrFull{RetryAfter: 1}
		defer func() { s.runs.err = nil }()
		a := post(url.Values{"manifest": {"a: 1"}})
		if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "1" {
			t.Errorf("answer %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
		}
		if got := parse(t, a.body).text("[data-notice]"); !strings.HasPrefix(got, "As many runs") {
			t.Errorf("the page says %q", got)
		}
	})
}

func TestLanguages(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name, path, lang string
		headers          []string
	}{
		{"default", "/", "en", nil},
		{"browser", "/", "ko", []string{"Accept-Language: ko-KR,ko;q=0.9,en;q=0.5"}},
		{"browser that prefers another", "/", "en", []string{"Accept-Language: fr, en;q=0.5, ko;q=0.2"}},
		{"cookie before browser", "/", "en", []string{"Accept-Language: ko", "Cookie: lang=en"}},
		{"query before cookie", "/?lang=ko", "ko", []string{"Cookie: lang=en"}},
		{"unknown query", "/?lang=xx", "en", nil},
		{"error page", "/nothing", "ko", []string{"Accept-Language: ko"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := s.get(t, c.path, c.headers...)
			if got := parse(t, a.body).attr("html", "lang"); got != c.lang {
				t.Errorf("language %s, want %s", got, c.lang)
			}
			if !strings.Contains(a.Header.Get("Vary"), "Accept-Language") {
				t.Errorf("Vary: %s", a.Header.Get("Vary"))
			}
		})
	}
	a := s.get(t, "/labs/first-job?run=abc&lang=ko")
	if got := a.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "lang=ko; Path=/;") {
		t.Errorf("Set-Cookie: %s", got)
	}
	p := parse(t, a.body)
	if got := p.attr("[data-language]", "href"); got != "/labs/first-job?run=abc&lang=en" {
		t.Errorf("the switch leads to %s", got)
	}
	p.want(map[string]string{"h1": "첫 번째 Job", "[data-check=one-pod] .say": "파드 하나", "[data-guide] h2": "안내"})
}

func TestErrorPages(t *testing.T) {
	s := newSite(t)
	t.Run("a lab that does not exist leads to those that are near", func(t *testing.T) {
		a := s.get(t, "/labs/on-failures")
		p := parse(t, a.body)
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("answer %d, want 404", a.StatusCode)
		}
		p.want(map[string]string{"h1": "There is no such lab", ".back": "All labs"})
		if got := p.all(".lab-card"); len(got) == 0 || attr(got[0], "data-lab") != "on-failure" {
			t.Errorf("on-failure is not the first of %d labs offered", len(got))
		}
	})
	t.Run("a run that does not exist says why", func(t *testing.T) {
		a := s.get(t, "/runs/gone")
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("answer %d, want 404", a.StatusCode)
		}
		parse(t, a.body).want(map[string]string{"h1": "This run is not here"})
	})
	t.Run("a wrong method", func(t *testing.T) {
		a := s.do(t, http.MethodDelete, "/labs/first-job", "")
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != http.MethodGet {
			t.Errorf("answer %d, Allow %q, want 405 and GET", a.StatusCode, a.Header.Get("Allow"))
		}
		parse(t, a.body).want(map[string]string{"h1": "This address does not take such requests"})
	})
	t.Run("a fault is named by its request and told to the log only", func(t *testing.T) {
		s.runs.err = errSecret
		defer func() { s.runs.err = nil }()
		a := s.do(t, http.MethodPost, "/labs/first-job/runs", "manifest=a", "Content-Type: application/x-www-form-urlencoded")
		if a.StatusCode != http.StatusInternalServerError || strings.Contains(a.body, "secret") {
			t.Errorf("answer %d: %s", a.StatusCode, a.body)
		}
		id := parse(t, a.body).text("main code")
		if id == "" || id != a.Header.Get("X-Request-Id") || !strings.Contains(s.logged.String(), id) {
			t.Errorf("request %q is not in the log:\n%s", id, s.logged)
		}
	})
}
