package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/parity"
	"github.com/joblab/joblab/internal/timeline"
)

const (
	labs      = "../../labs"
	reference = "../../internal/timeline/recording/testdata"
)

// TestLoad loads all that there is to compare: each has a manifest, something
// recorded, and a name of its own.
func TestLoad(t *testing.T) {
	all, err := load(labs, reference, "")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range all {
		if names[s.Name] || len(s.lab.Manifest) == 0 || s.Recorded == nil {
			t.Errorf("%s: name seen %t, manifest of %d bytes, recorded %v", s.Name, names[s.Name], len(s.lab.Manifest), s.Recorded)
		}
		names[s.Name] = true
		if settles := s.Until == (parity.Until{}); !settles {
			last := s.Recorded.Pods[0].States
			if n := len(last); n != s.Until.States && last[n-1].Restarts != s.Until.Restarts {
				t.Errorf("%s: recorded up to %v, want its end at %+v", s.Name, last, s.Until)
			}
		}
	}
	for _, name := range []string{"01-bare-pod", "bare-pod", "run-testpod", "noimage-hub", "08-never-with-limit"} {
		if !names[name] {
			t.Errorf("there is no scenario %s", name)
		}
	}
}

func TestLoadSome(t *testing.T) {
	some, err := load(labs, reference, "job-ok,02-first-job")
	if err != nil {
		t.Fatal(err)
	}
	if len(some) != 2 || some[0].Name != "job-ok" || some[1].Name != "02-first-job" {
		t.Errorf("loaded %d scenarios, want job-ok and 02-first-job", len(some))
	}
	for _, c := range []struct{ labs, reference, wanted, want string }{
		{labs, reference, "job-ok,nothing", `no scenario "nothing"`},
		{labs, t.TempDir(), "", "there are none"},
		{t.TempDir(), reference, "", "labs in"},
	} {
		if _, err := load(c.labs, c.reference, c.wanted); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("load(%s, %s, %q) = %v, want an error with %q", c.labs, c.reference, c.wanted, err, c.want)
		}
	}
}

// TestNotMet judges recorded runs by contracts of labs.
func TestNotMet(t *testing.T) {
	all, err := load(labs, reference, "01-bare-pod,08-never-with-limit")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		entries := traced(t, s)
		if got := notMet(s, "kind", entries); got != "" {
			t.Errorf("its own recording: %s", got)
		}
		if got := notMet(s, "kind", entries[:len(entries)/2]); !strings.HasPrefix(got, s.Name+" on kind does not meet its contract; ") {
			t.Errorf("half of its recording: %q, want that it is not met", got)
		}
	}
}

// traced are the entries of a lab's recording.
func traced(t *testing.T, s *scenario) []timeline.Entry {
	t.Helper()
	var view timeline.View
	if err := json.Unmarshal(s.lab.Trace, &view); err != nil {
		t.Fatal(err)
	}
	return view.Entries
}
