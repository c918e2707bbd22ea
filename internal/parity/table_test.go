package parity_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/parity"
	"github.com/joblab/joblab/internal/timeline"
)

var update = flag.Bool("update", false, "write goldens instead of comparing")

// TestTable renders one scenario of each kind: identical, the same by the rule,
// as recorded, reviewed,
// as recorded but late, and different. The rule itself is left out.
func TestTable(t *testing.T) {
	silent := without(func(e *timeline.Entry) bool { return e.Event != nil && e.Event.Reason == "Killing" })
	inferred := pods(func(e *timeline.Entry) { e.Inferred = e.Pod.Status == "Running" })
	var results []*parity.Result
	for _, s := range []struct {
		name, recording          string
		embedded, kind, recorded func([]timeline.Entry) []timeline.Entry
	}{
		{"identical", "job-ok", inferred, nil, nil},
		{"same", "onfailure-badcmd", without(status("CrashLoopBackOff")), nil, nil},
		{"recorded", "deadline5", nil, silent, nil},
		{"reviewed", "deadline5", silent, nil, nil},
		{"late", "job-ok", later(2.5, status("Completed")), without(status("ContainerCreating")), nil},
		{"different", "job-ok", without(status("ContainerCreating")), nil, nil},
	} {
		results = append(results, parity.Compare(parity.Scenario{
			Name:     s.name,
			Embedded: observed(t, s.recording, s.embedded),
			Kind:     observed(t, s.recording, s.kind),
			Recorded: observed(t, s.recording, s.recorded),
		}))
	}
	reviewed := []parity.Reviewed{{Scenario: "reviewed", Aspect: parity.Events, Object: "pod 1 of Job/test-job", Reason: "it was looked at"}}
	about := parity.About{Date: "2026-11-25", Embedded: "embedded (Kubernetes v1.37.2)", Kind: "kind (Kubernetes v1.37.2)", Machine: "2 cores"}
	got := strings.Replace(parity.Table(results, reviewed, about), strings.TrimSpace(parity.Rule), "(the rule)", 1)
	file := filepath.Join("testdata", "table.golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
