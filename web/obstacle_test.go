package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/web/view"
)

const tooOld = "This lab needs Kubernetes 1.31 or newer. The cluster here runs v1.30.9."

func TestLabThatIsNotAvailable(t *testing.T) {
	s := newSite(t)
	s.cluster.version = "v1.30.9"
	catalogue := parse(t, s.get(t, "/").body)
	if n := len(catalogue.all(".lab-card[data-unavailable]")); n != 2 {
		t.Errorf("%d labs are shown as not available, want 2", n)
	}
	catalogue.want(map[string]string{"[data-lab=first-job] [data-obstacle]": "Not available here. " + tooOld})

	p := parse(t, s.get(t, "/labs/first-job").body)
	p.want(map[string]string{"[data-obstacle]": "Not available here. " + tooOld})
	if len(p.all("[data-start][disabled]")) != 1 || p.attr("[data-start]", "title") != tooOld {
		t.Error("the Run button is not disabled with the reason")
	}
	korean := parse(t, s.get(t, "/labs/first-job?lang=ko").body)
	if got := korean.text("[data-obstacle]"); !strings.Contains(got, "1.31 이상") || !strings.Contains(got, "v1.30.9") {
		t.Errorf("in Korean it says %q", got)
	}

	type listed struct {
		Slug      string
		Available bool
		Reason    map[string]string
	}
	for _, l := range decode[[]listed](t, s.get(t, "/api/labs")) {
		if l.Available || l.Reason["en"] != tooOld || l.Reason["ko"] == "" {
			t.Errorf("the API lists %+v", l)
		}
	}
	s.cluster.version = ""
	if l := decode[[]listed](t, s.get(t, "/api/labs"))[0]; !l.Available || l.Reason != nil {
		t.Errorf("the API lists %+v of a cluster that can run it", l)
	}
	if p := parse(t, s.get(t, "/labs/first-job").body); len(p.all("[data-obstacle], [disabled]")) > 0 {
		t.Error("a lab that can run has an obstacle")
	}
}

func TestStartOfALabThatIsNotAvailable(t *testing.T) {
	s := newSite(t)
	s.runs.err = &lab.Obstacle{Gate: "MyGate", Since: "1.36", Has: "v1.33.0"}
	a := s.do(t, http.MethodPost, "/api/labs/first-job/runs", "")
	want := "this lab needs the feature gate MyGate, which is on by default from Kubernetes 1.36 on: this cluster runs v1.33.0"
	if got := decode[apiError](t, a).Error; a.StatusCode != 400 || got != want {
		t.Errorf("got %d %q, want 400 %q", a.StatusCode, got, want)
	}
	a = s.do(t, http.MethodPost, "/labs/first-job/runs", "", "Content-Type: application/x-www-form-urlencoded")
	if a.StatusCode != 400 {
		t.Errorf("the form answers %d, want 400", a.StatusCode)
	}
	parse(t, a.body).want(map[string]string{
		"[data-notice]": "This lab needs the feature gate MyGate, which is on by default from Kubernetes 1.36 on. The cluster here runs v1.33.0.",
	})
}

func TestObstacleTexts(t *testing.T) {
	got := obstacleText(&lab.Obstacle{Backends: []string{"embedded", "kind"}, Has: "kubeconfig"}, view.In("en"))
	if want := "This lab runs only on these clusters: embedded, kind. The cluster here is: your cluster."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUnreachable(t *testing.T) {
	s := newSite(t)
	since := time.Date(2026, 11, 25, 13, 38, 17, 0, time.UTC)
	s.cluster.Set(cluster.Status{State: cluster.Unreachable, Generation: 1, Since: since, Err: errors.New("connection refused")})
	s.runs.notReady = fmt.Errorf("%w, since 13:38:17 UTC: connection refused", run.ErrUnreachable)
	s.runs.err = s.runs.notReady
	s.runs.add("abc", "first-job")
	for _, path := range []string{"/", "/labs/first-job", "/runs/abc"} {
		p := parse(t, s.get(t, path).body)
		p.want(map[string]string{
			"joblab-cluster [data-word]": "not answering",
			"[data-cluster-notice]":      "The API server has not answered since 13:38:17 UTC. Runs go on and show what they missed when it answers again. connection refused",
		})
		if len(p.all("[data-cluster-notice][hidden]")) > 0 {
			t.Errorf("%s hides the notice", path)
		}
	}
	want := view.Cluster{Backend: "embedded", Version: "v1.37.2", State: "unreachable", Since: since, Generation: 1, Error: "connection refused"}
	if diff := cmp.Diff(decode[view.Cluster](t, s.get(t, "/api/cluster")), want); diff != "" {
		t.Errorf("cluster (-got +want):\n%s", diff)
	}
	for _, a := range []answer{s.get(t, "/readyz"), s.do(t, http.MethodPost, "/api/labs/first-job/runs", "")} {
		got := decode[apiError](t, a).Error
		if a.StatusCode != 503 || a.Header.Get("Retry-After") == "" || got != "the cluster is not ready: the API server does not answer, since 13:38:17 UTC: connection refused" {
			t.Errorf("%s answers %d %q", a.Request.URL.Path, a.StatusCode, got)
		}
	}
	s.cluster.Set(cluster.Status{State: cluster.Ready, Generation: 1})
	if p := parse(t, s.get(t, "/").body); len(p.all("[data-cluster-notice][hidden]")) != 1 {
		t.Error("the notice stays")
	}
}
