package web

import (
	"testing"

	"github.com/joblab/joblab/internal/run"
)

func TestHealth(t *testing.T) {
	s := newSite(t)
	if a := s.get(t, "/healthz"); a.StatusCode != 200 {
		t.Errorf("healthz answers %d", a.StatusCode)
	}
	if a := s.get(t, "/readyz"); a.StatusCode != 200 {
		t.Errorf("readyz answers %d", a.StatusCode)
	}
	s.runs.notReady = run.ErrNotReady
	if a := s.get(t, "/readyz"); a.StatusCode != 503 || a.Header.Get("Retry-After") == "" {
		t.Errorf("readyz answers %d while the cluster starts", a.StatusCode)
	}
}
