package web

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/web/view"
)

func TestClusterEvents(t *testing.T) {
	s := newSite(t)
	resp, err := s.Client().Get(s.URL + "/api/cluster/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	next := func() view.Cluster {
		t.Helper()
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var c view.Cluster
		if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &c); err != nil {
			t.Fatalf("event %q: %v", line, err)
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got := next(); got.State != "ready" || got.Backend != "embedded" || got.Generation != 1 {
		t.Errorf("first event %+v", got)
	}
	s.cluster.Set(cluster.Status{State: cluster.Restarting, Generation: 1, Err: errors.New("child exited"), Restarts: 1})
	if got := next(); got.State != "restarting" || got.Error != "child exited" || got.Restarts != 1 {
		t.Errorf("second event %+v", got)
	}
	if got := decode[view.Cluster](t, s.get(t, "/api/cluster")); got.State != "restarting" {
		t.Errorf("cluster %+v", got)
	}
	s.web.Close()
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("after Close: %q, %v", rest, err)
	}
}
