package web

import (
	"fmt"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	s.runs.add("def", "first-job")
	s.get(t, "/labs/first-job")
	s.do(t, "BREW", "/labs/first-job", "")
	body := s.get(t, "/metrics").body
	if strings.Contains(body, "BREW") {
		t.Error("a method that a client made up is counted by its name")
	}
	for _, want := range []string{
		`joblab_runs{state="finished"} 1`,
		`joblab_runs{state="running"} 1`,
		fmt.Sprintf("joblab_timeline_entries %d", s.runs.runs["abc"].Log().Len()),
		`joblab_http_request_duration_seconds_count{code="200",method="GET",route="/labs/{slug}"} 1`,
		"joblab_stream_connections 0",
		"go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}
