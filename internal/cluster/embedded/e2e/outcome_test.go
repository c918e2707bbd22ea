package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/ginkgo/v2/types"
)

// it is ginkgo's report of a spec that was run.
func it(container, text string, state types.SpecState, message string) types.SpecReport {
	return types.SpecReport{
		ContainerHierarchyTexts: []string{container}, LeafNodeText: text, LeafNodeType: types.NodeTypeIt,
		State: state, Failure: types.Failure{Message: message}, NumAttempts: 1,
	}
}

func writeReport(t *testing.T, specs ...types.SpecReport) string {
	t.Helper()
	data, err := json.Marshal([]types.Report{{SpecReports: specs}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadReports(t *testing.T) {
	filtered := it("[sig-apps] Job", "is serial", types.SpecStateSkipped, "")
	filtered.NumAttempts = 0
	quick := writeReport(t,
		it("[sig-node] Pods", "connect", types.SpecStateFailed, "timed out\nand more"),
		it("[sig-apps] Job", "runs", types.SpecStatePassed, ""),
		it("[sig-network] DNS", "resolves", types.SpecStatePassed, ""),
		filtered)
	slow := writeReport(t,
		it("[sig-apps] Job", "panics", types.SpecStatePanicked, "boom"),
		it("[sig-apps] Job", "needs two nodes", types.SpecStateSkipped, "requires two nodes"))
	got, err := parseSome(t).ReadReports(quick, slow)
	if err != nil {
		t.Fatal(err)
	}
	want := []Outcome{
		{Spec: "[sig-apps] Job needs two nodes", State: Skipped, Detail: "requires two nodes"},
		{Spec: "[sig-apps] Job panics", State: Failed, Detail: "boom"},
		{Spec: "[sig-apps] Job runs", State: Passed},
		{Spec: "[sig-node] Pods connect", Group: 1, State: Failed, Detail: "timed out", Reason: "needs a network"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestASuiteThatFailsAsAWholeIsAnError(t *testing.T) {
	before := types.SpecReport{
		LeafNodeType: types.NodeTypeSynchronizedBeforeSuite, State: types.SpecStateFailed,
		Failure: types.Failure{Message: "no node is ready"}, NumAttempts: 1,
	}
	_, err := parseSome(t).ReadReports(writeReport(t, before))
	if err == nil || !strings.Contains(err.Error(), "no node is ready") {
		t.Errorf("got error %v, want that no node is ready", err)
	}
}

func TestUnexpected(t *testing.T) {
	job := Outcome{Spec: "[sig-apps] Job runs", State: Passed}
	pod := Outcome{Spec: "[sig-node] Pods connect", Group: 1, State: Failed, Reason: "needs a network"}
	change := func(o Outcome, s State) Outcome { o.State = s; return o }
	for name, c := range map[string]struct {
		outcomes []Outcome
		want     []string
	}{
		"all as expected":           {[]Outcome{job, pod}, nil},
		"a spec fails":              {[]Outcome{change(job, Failed), pod}, []string{"failed: [sig-apps] Job runs: "}},
		"a spec skips itself":       {[]Outcome{change(job, Skipped), pod}, []string{"skipped: [sig-apps] Job runs: "}},
		"an exception passes":       {[]Outcome{job, change(pod, Passed)}, []string{"passed, take it off the exceptions: [sig-node] Pods connect"}},
		"an exception skips itself": {[]Outcome{job, change(pod, Skipped)}, nil},
		"a group is empty": {[]Outcome{pod},
			[]string{"no spec of group Job was run"}},
		"an exception is no spec": {[]Outcome{job, {Spec: "[sig-node] Pods live", Group: 1, State: Passed}},
			[]string{"was not run, take it off the exceptions: [sig-node] Pods connect"}},
	} {
		if diff := cmp.Diff(c.want, parseSome(t).Unexpected(c.outcomes)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
