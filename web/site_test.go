package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/stream"
)

// site is a server with its fakes.
type site struct {
	*httptest.Server
	web     *Server
	runs    *fakeRuns
	cluster *fakeCluster
	logged  *strings.Builder
}

// newSite serves the test labs until the test ends.
func newSite(t testing.TB) *site {
	t.Helper()
	return serveLabs(t, testLabs(t))
}

// serveLabs serves labs until the test ends.
func serveLabs(t testing.TB, labs []*lab.Lab) *site {
	t.Helper()
	s := &site{
		runs:    &fakeRuns{labs: labs, runs: map[string]*fakeRun{}},
		cluster: &fakeCluster{},
		logged:  &strings.Builder{},
	}
	s.cluster.Set(cluster.Status{State: cluster.Ready, Generation: 1})
	log := slog.New(slog.NewTextHandler(&lockedWriter{w: s.logged}, nil))
	streams := stream.New(log)
	var err error
	s.web, err = newServer(Config{Labs: lab.Collection{Labs: labs}, Cluster: s.cluster, Stream: streams, Logger: log, Metrics: prometheus.NewRegistry()}, s.runs)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(s.web)
	t.Cleanup(func() {
		s.web.Close()
		if err := streams.Shutdown(context.Background()); err != nil {
			t.Errorf("shut streams down: %v", err)
		}
		s.Server.Close()
	})
	s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// answer is what came back for a request.
type answer struct {
	*http.Response
	body string
}

// do sends a request with headers given as "Name: value".
func (s *site) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(b)}
}

func (s *site) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodGet, path, "", headers...)
}
