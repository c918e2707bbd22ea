package web

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// TestTableOfManyStates shows 10,000 states as a table: all of them, in order, each
// appended on its own in little time, and copied as kubectl prints them.
func TestTableOfManyStates(t *testing.T) {
	const pods, states = 500, 20
	s := newLabSite(t)
	r := s.runs.addLive()
	for i := range pods * states {
		pod := i % pods
		r.rec.Pod(timeline.Modified, timeline.Row{Ready: "0/1", Status: fmt.Sprintf("State%d", i/pods), Restarts: "0"}, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("pod-%03d", pod), UID: types.UID(fmt.Sprint("many-", pod))},
		})
	}
	written := parse(t, s.get(t, "/runs/live").body)
	if got := len(written.all("[data-twin] tbody tr")); got != 500 {
		t.Errorf("the page has %d rows without a script, want the newest 500", got)
	}
	if got := written.attr("[data-twin] .no-script a:first-of-type", "href"); got != "/runs/live/export/csv" {
		t.Errorf("all states are at %q", got)
	}
	if got := written.attr("[data-twin] .no-script a:last-of-type", "href"); got != "/api/runs/live/timeline" {
		t.Errorf("all entries are at %q", got)
	}
	if got := strings.Count(s.get(t, "/runs/live/export/csv").body, ",State"); got != pods*states {
		t.Errorf("the table of all states has %d of them, want %d", got, pods*states)
	}
	tab := browsertest.Start(t).Tab(t)
	tab.BeforeScripts(`navigator.clipboard.writeText = async (text) => void (window.copied = text)`)
	tab.Open(s.URL + "/runs/live?lang=en")
	tab.Wait("the stream", `document.querySelector("joblab-run").dataset.connection === "open" && document.querySelector("joblab-timeline").view.lanes.length === 501`)
	if n := browsertest.Evaluate[int](tab, `document.querySelectorAll("[data-twin] tbody tr").length`); n > 800 {
		t.Errorf("%d rows are made while nobody sees the table", n)
	}
	tab.Press("t")
	want := pods*states + 2
	tab.Wait("all rows", fmt.Sprintf(`document.querySelectorAll("[data-twin] tbody tr").length === %d`, want))
	if !tab.Holds(`((seqs) => seqs.every((s, i) => i === 0 || s > seqs[i - 1]))([...document.querySelectorAll("[data-twin] tbody tr")].map((r) => Number(r.dataset.seq)))`) {
		t.Error("rows are not in the order of their entries")
	}
	r.pod(timeline.Modified, "StartError")
	tab.Wait("the new row", `document.querySelector("[data-twin] tbody").lastElementChild.dataset.status === "StartError"`)
	tab.Click("[data-twin-copy]")
	tab.Wait("the text", `window.copied`)
	lines := strings.Split(tab.Text(`copied`), "\n")
	if got := strings.Fields(lines[0]); strings.Join(got, " ") != "NAME READY STATUS RESTARTS AGE" {
		t.Errorf("the text begins with %q", lines[0])
	}
	if len(lines) != want+3 { // the columns, the new row, and what is after the last line
		t.Errorf("%d lines were copied, want %d", len(lines), want+3)
	}
	if got := strings.Fields(lines[len(lines)-2]); len(got) != 5 || got[0] != "never-x7k2p" || got[2] != "StartError" {
		t.Errorf("the last line is %q", lines[len(lines)-2])
	}
	tab.NoErrors()
}
