package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/schema/schematest"
)

func TestCheckManifest(t *testing.T) {
	s := newSite(t)
	problem := run.Problem{Path: "spec.x", Line: 3, Message: `unknown field "spec.x"`}
	for _, c := range []struct {
		name     string
		problems []run.Problem
		err      error
		status   int
		body     string
	}{
		{"a good one", nil, nil, http.StatusOK, `{"problems":[]}`},
		{"one with a problem", []run.Problem{problem}, nil, http.StatusOK, `{"problems":[{"path":"spec.x","line":3,"message":"unknown field \"spec.x\""}]}`},
		{"no cluster", nil, run.ErrNotReady, http.StatusServiceUnavailable, `{"error":"the cluster is not ready"}`},
		{"too large", nil, run.ErrTooLarge, http.StatusRequestEntityTooLarge, `{"error":"the manifest is larger than 256 KiB"}`},
	} {
		s.runs.check = func(context.Context, string) ([]run.Problem, error) { return c.problems, c.err }
		a := s.do(t, http.MethodPost, "/api/labs/first-job/check", "kind: Job\n", "Content-Type: application/yaml")
		if a.StatusCode != c.status || strings.TrimSpace(a.body) != c.body {
			t.Errorf("%s: got %d %s, want %d %s", c.name, a.StatusCode, a.body, c.status, c.body)
		}
		if c.status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: nobody is told when to try again", c.name)
		}
	}
	if got := s.runs.checked[0]; got != "kind: Job\n" {
		t.Errorf("checked %q", got)
	}
	if a := s.do(t, http.MethodPost, "/api/labs/nothing/check", "x"); a.StatusCode != http.StatusNotFound {
		t.Errorf("of no lab: %d", a.StatusCode)
	}
	if a := s.do(t, http.MethodPost, "/api/labs/first-job/check", strings.Repeat("x", maxBody+1)); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge body: %d", a.StatusCode)
	}
	if a := s.do(t, http.MethodPost, "/api/labs/first-job/check", "x", "Sec-Fetch-Site: cross-site"); a.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", a.StatusCode)
	}
}

// Who types on gives up the earlier request; the check ends with it.
func TestCheckEndsWithItsRequest(t *testing.T) {
	s := newSite(t)
	began, ended := make(chan struct{}), make(chan error, 1)
	s.runs.check = func(ctx context.Context, _ string) ([]run.Problem, error) {
		close(began)
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/labs/first-job/check", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-began
		cancel()
	}()
	if answer, err := s.Client().Do(r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", answer, err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the check ended with %v", err)
	}
	if logged := s.logged.String(); strings.Contains(logged, "level=ERROR") {
		t.Errorf("logged %s", logged)
	}
}

func TestSchema(t *testing.T) {
	s := newSite(t)
	api := schematest.Serve(t, nil)
	s.cluster.config = api.Config
	const path = "/api/cluster/schema?kind=Job&apiVersion=batch/v1"
	a := s.get(t, path)
	var got struct {
		Kind, APIVersion, Type string
		Types                  map[string]struct {
			Fields map[string]struct{ Type string }
		}
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatalf("%d %s: %v", a.StatusCode, a.body, err)
	}
	if diff := cmp.Diff([]string{got.Kind, got.APIVersion, got.Types["io.k8s.api.batch.v1.JobSpec"].Fields["backoffLimit"].Type}, []string{"Job", "batch/v1", "integer"}); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
	compressed := s.get(t, path, "Accept-Encoding: gzip")
	t.Logf("%d bytes, %d compressed", len(a.body), len(compressed.body))
	if n := len(compressed.body); n > 80_000 {
		t.Errorf("it has %d bytes compressed", n)
	}
	tag := a.Header.Get("ETag")
	if again := s.get(t, path, "If-None-Match: "+tag); again.StatusCode != http.StatusNotModified || again.body != "" {
		t.Errorf("with tag %s: %d, %d bytes", tag, again.StatusCode, len(again.body))
	}
	if other := s.get(t, path, `If-None-Match: W/"other"`); other.StatusCode != http.StatusOK {
		t.Errorf("with another tag: %d", other.StatusCode)
	}
	for _, query := range []string{"?kind=Jab&apiVersion=batch/v1", "?kind=Job&apiVersion=apps/v1", "?kind=Job", "?apiVersion=batch/v1", ""} {
		if a := s.get(t, "/api/cluster/schema"+query); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", query, a.StatusCode)
		}
	}
	s.cluster.Set(cluster.Status{State: cluster.Unreachable, Generation: 1})
	if a := s.get(t, path); a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("without a cluster: %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
}
