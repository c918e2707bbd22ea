package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// endedRun is what a server says of a run that has ended, by address.
type endedRun struct {
	id    string
	says  map[string]string
	entry []timeline.Entry
}

// runToItsEnd runs a lab as a learner, and reads all that there is of the run.
func (s *server) runToItsEnd(t testing.TB, slug, manifest string) *endedRun {
	t.Helper()
	resp := s.asLearner(t, http.MethodPost, "/api/labs/"+slug+"/runs", manifest)
	var info run.Info
	if err := json.Unmarshal([]byte(resp), &info); err != nil {
		t.Fatalf("%v: %s", err, resp)
	}
	r := &endedRun{id: info.ID, says: map[string]string{}}
	pod := ""
	for e := range s.stream(t, r.id, 0) {
		r.entry = append(r.entry, e)
		if e.Pod != nil {
			pod = e.Name
		}
	}
	for _, path := range []string{"", "/timeline", "/answers", "/explain?seq=2", "/pods/" + pod + "/log"} {
		r.says[path] = s.get(t, "/api/runs/"+r.id+path)
	}
	return r
}

// wantIn asks another server on the same data, which needs no cluster for it.
func (r *endedRun) wantIn(t testing.TB, s *server) {
	t.Helper()
	for path, want := range r.says {
		if diff := cmp.Diff(want, s.get(t, "/api/runs/"+r.id+path)); diff != "" {
			t.Errorf("%q of the run after a restart (-before +after):\n%s", path, diff)
		}
	}
	var entries []timeline.Entry
	for e := range s.stream(t, r.id, 0) {
		entries = append(entries, e)
	}
	if diff := cmp.Diff(r.entry, entries); diff != "" {
		t.Errorf("stream after a restart (-before +after):\n%s", diff)
	}
	if page := s.get(t, "/runs/"+r.id); !strings.Contains(page, r.id) {
		t.Error("the page of the run does not name it")
	}
	list := s.asLearner(t, http.MethodGet, "/api/runs?lab=first-job", "")
	var latest []run.Info
	if err := json.Unmarshal([]byte(list), &latest); err != nil {
		t.Fatalf("%v: %s", err, list)
	}
	if len(latest) != 1 || latest[0].ID != r.id || latest[0].State != run.Finished {
		t.Errorf("the learner's runs are %s, want the one that finished", list)
	}
}

// wantInterrupted asks for a run in the middle of which the server was killed, after
// these entries.
func (s *server) wantInterrupted(t testing.TB, id string, seen []timeline.Entry) {
	t.Helper()
	if info := s.info(t, id); info.State != run.Interrupted || info.Reason == "" || info.Verdict == nil || info.Verdict.Outcome != timeline.Undecided {
		t.Errorf("the run is %s (%q) with verdict %+v, want interrupted and undecided", info.State, info.Reason, info.Verdict)
	}
	var entries []timeline.Entry
	for e := range s.stream(t, id, 0) {
		if entries = append(entries, e); e.Seq != timeline.Seq(len(entries)) {
			t.Fatalf("entry %d has seq %d", len(entries), e.Seq)
		}
	}
	n := min(len(seen), len(entries))
	for n > 0 && seen[n-1].Kind == timeline.KindPod && entries[n-1].Note != nil {
		n-- // it was of the last moment
	}
	if diff := cmp.Diff(seen[:n], entries[:n]); n == 0 || diff != "" {
		t.Errorf("of the %d entries that were seen (-before +after):\n%s", len(seen), diff)
	}
	if page := s.get(t, "/runs/"+id); !strings.Contains(page, "in the middle of the run") {
		t.Error("the page of the run does not say why it ended")
	}
}

// asLearner sends a request with the cookie of a learner and returns the answer.
func (s *server) asLearner(t testing.TB, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "learner", Value: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s\n%s", method, path, resp.Status, answer)
	}
	return string(answer)
}
