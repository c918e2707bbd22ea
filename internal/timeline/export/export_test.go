package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

var update = flag.Bool("update", false, "write the golden files")

// labs are those whose recorded runs are written: failures with waits, a pod without
// a Job, restarts and a deletion, an index, steps, and a Job that is made again.
var labs = []string{"08-never-with-limit", "03-pod-vs-job", "06-on-failure", "18-indexed", "28-suspend-resume", "31-run-it-again"}

// recorded is the recorded run of a lab, drawn as a run is.
func recorded(t testing.TB, lab string) (timeline.View, []timeline.Record) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../labs", lab, "trace.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v timeline.View
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	records := make([]timeline.Record, len(v.Entries))
	for i, e := range v.Entries {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		records[i] = timeline.Record{Entry: e, JSON: line}
	}
	drawn := timeline.Draw(records)
	drawn.Run = lab
	return drawn, records
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestGoldens(t *testing.T) {
	for _, lab := range labs {
		t.Run(lab, func(t *testing.T) {
			v, _ := recorded(t, lab)
			var table, trace bytes.Buffer
			if err := CSV(&table, v); err != nil {
				t.Fatal(err)
			}
			golden(t, lab+".csv", table.String())
			if err := Trace(&trace, v, map[string]string{"lab": lab}); err != nil {
				t.Fatal(err)
			}
			golden(t, lab+".trace.json", trace.String())
		})
	}
}

func TestJSONIsTheTimeline(t *testing.T) {
	v, records := recorded(t, "28-suspend-resume")
	var b bytes.Buffer
	if err := JSON(&b, map[string]string{"lab": "suspend-resume"}, v, records); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Info map[string]string `json:"info"`
		timeline.View
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, got.View); diff != "" {
		t.Errorf("the timeline (-want +got):\n%s", diff)
	}
	if got.Info["lab"] != "suspend-resume" || len(got.Marks) == 0 {
		t.Errorf("it tells of itself %v, with %d steps", got.Info, len(got.Marks))
	}
}

// TestCSVIsATable reads what was written, with what could break a table in it.
func TestCSVIsATable(t *testing.T) {
	v, _ := recorded(t, "08-never-with-limit")
	v.Lanes[0].Segments[0].Message = "=HYPERLINK(\"x\"), two\nlines"
	v.Lanes[0].Pod = "-pod"
	v.Jobs[0].Name = "@SUM(1)"
	v.Lanes[1].Pod = "+1"
	var b bytes.Buffer
	if err := CSV(&b, v); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Columns, rows[0]); diff != "" {
		t.Errorf("the head (-want +got):\n%s", diff)
	}
	if bare := strings.Count(strings.ReplaceAll(b.String(), "\r\n", ""), "\r"); bare != 0 || strings.Count(b.String(), "\r\n") < len(rows) {
		t.Errorf("lines do not end as RFC 4180 says")
	}
	cells := map[string]bool{}
	for _, r := range rows[1:] {
		for _, c := range r {
			cells[c] = true
		}
	}
	for _, want := range []string{"'=HYPERLINK(\"x\"), two\nlines", "'-pod", "'@SUM(1)", "'+1"} {
		if !cells[want] {
			t.Errorf("no cell %q", want)
		}
	}
	wantRows := 1
	for _, j := range v.Jobs {
		wantRows += len(j.Segments)
	}
	for _, l := range v.Lanes {
		wantRows += len(l.Segments) + len(l.Marks)
	}
	if len(rows) != wantRows {
		t.Errorf("%d rows, want %d", len(rows), wantRows)
	}
}

// checkTrace says what the trace event format forbids.
func checkTrace(t *testing.T, trace []byte) []Event {
	t.Helper()
	var file struct {
		TraceEvents     []Event `json:"traceEvents"`
		DisplayTimeUnit string  `json:"displayTimeUnit"`
	}
	if err := json.Unmarshal(trace, &file); err != nil {
		t.Fatal(err)
	}
	if file.DisplayTimeUnit != "ms" {
		t.Errorf("displayTimeUnit %q", file.DisplayTimeUnit)
	}
	type place struct{ process, thread int }
	named := map[place]bool{}
	processes := map[int]bool{}
	ends := map[place]int64{}
	of := map[int]int{} // threads' processes
	for _, e := range file.TraceEvents {
		at := place{e.Process, e.Thread}
		if e.Name == "" || e.Time < 0 || e.Process < 1 || e.Thread < 1 {
			t.Errorf("event %+v", e)
		}
		if p, ok := of[e.Thread]; ok && p != e.Process {
			t.Errorf("%s is on thread %d of process %d, and there is one of process %d", e.Name, e.Thread, e.Process, p)
		}
		of[e.Thread] = e.Process
		switch e.Phase {
		case "M":
			if e.Name == "process_name" {
				processes[e.Process] = true
			}
			if e.Name == "thread_name" {
				named[at] = true
			}
			continue
		case "X":
			if e.Length == nil || *e.Length < 0 {
				t.Errorf("%s has no length", e.Name)
				continue
			}
			if e.Time < ends[at] {
				t.Errorf("%s at %d begins before what stands before it on %v ends, at %d", e.Name, e.Time, at, ends[at])
			}
			ends[at] = e.Time + *e.Length
			if !named[at] {
				t.Errorf("%s is on %v, which has no name", e.Name, at)
			}
		case "i":
			if e.Scope != "t" && e.Scope != "g" {
				t.Errorf("%s has the scope %q", e.Name, e.Scope)
			}
		case "C":
			for name, n := range e.Args {
				if _, ok := n.(float64); !ok {
					t.Errorf("the counter %s is %v", name, n)
				}
			}
		default:
			t.Errorf("%s has the phase %q", e.Name, e.Phase)
		}
		if !processes[e.Process] {
			t.Errorf("%s is of process %d, which has no name", e.Name, e.Process)
		}
	}
	return file.TraceEvents
}

func TestTraceKeepsTheFormat(t *testing.T) {
	for _, lab := range labs {
		t.Run(lab, func(t *testing.T) {
			v, _ := recorded(t, lab)
			var b bytes.Buffer
			if err := Trace(&b, v, nil); err != nil {
				t.Fatal(err)
			}
			segments := 0
			for _, e := range checkTrace(t, b.Bytes()) {
				if e.Phase == "X" {
					segments++
				}
			}
			want := 0
			for _, l := range v.Lanes {
				want += len(l.Segments)
			}
			for _, j := range v.Jobs {
				want += len(j.Segments)
			}
			if segments != want {
				t.Errorf("%d segments, want %d", segments, want)
			}
		})
	}
}

func FuzzExport(f *testing.F) {
	f.Add("pod", "Job/a", "=1", 1.5, 2.25, 0.1)
	f.Add("\x00\xff", "", "\r\n\"", 0.0, 0.0, 1e9)
	f.Fuzz(func(t *testing.T, pod, owner, message string, a, b, c float64) {
		for _, x := range []float64{a, b, c} {
			if x < 0 || x > 1e9 || x != x {
				return // no times of a run
			}
		}
		from, middle, end := min(a, b, c), a+b+c-min(a, b, c)-max(a, b, c), max(a, b, c)
		middle = min(max(middle, from), end) // sums round
		v := timeline.View{
			Entries: []timeline.Entry{{Seq: 1, T: end}},
			Jobs:    []timeline.JobLane{{Name: pod, Segments: []timeline.JobSegment{{State: "Active", From: from, Message: message}}}},
			Lanes: []timeline.Lane{{
				Pod: pod, Owner: owner,
				Segments: []timeline.Segment{{Status: "Pending", From: from, To: &middle, Message: message}, {Status: "Running", From: middle}},
				Marks:    []timeline.Mark{{Kind: timeline.MarkCreated, T: from}, {Kind: timeline.MarkExit, T: end, Text: message}},
			}},
		}
		var table, trace bytes.Buffer
		if err := CSV(&table, v); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&table).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			for i, cell := range r {
				if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("the column %s has %q", Columns[i], cell)
				}
			}
		}
		if err := Trace(&trace, v, nil); err != nil {
			t.Fatal(err)
		}
		checkTrace(t, trace.Bytes())
	})
}
