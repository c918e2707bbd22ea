package recording_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

var update = flag.Bool("update", false, "write goldens instead of comparing")

// names are all recordings in testdata.
func names(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("testdata/*/pods.jsonl")
	if err != nil || len(dirs) != 9 {
		t.Fatalf("found %d recordings, want 9 (%v)", len(dirs), err)
	}
	for i := range dirs {
		dirs[i] = filepath.Base(filepath.Dir(dirs[i]))
	}
	return dirs
}

func read(t *testing.T, name string) *recording.Recording {
	t.Helper()
	rec, err := recording.Read(os.DirFS(filepath.Join("testdata", name)))
	if err != nil {
		t.Fatalf("read recording %s: %v", name, err)
	}
	return rec
}

// TestLanes compares what is drawn of each recording with its golden.
func TestLanes(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			compare(t, filepath.Join("testdata", name, "lanes.golden"), text(read(t, name).Replay(nil)))
		})
	}
}

// TestSegmentsAreWhatKubectlPrinted derives the segments a second time, from the
// lines that kubectl printed.
func TestSegmentsAreWhatKubectlPrinted(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			printed, err := os.ReadFile(filepath.Join("testdata", name, "pods.txt"))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]string{}
			for _, line := range strings.Split(strings.TrimSpace(string(printed)), "\n")[1:] {
				f := strings.Fields(line)
				if f[1] == "DELETED" {
					continue
				}
				state, states := f[4]+" "+f[5], want[f[2]]
				if len(states) == 0 || states[len(states)-1] != state {
					want[f[2]] = append(states, state)
				}
			}
			got := map[string][]string{}
			for _, lane := range read(t, name).Replay(nil).Lanes {
				for i, s := range lane.Segments {
					if s.Inferred {
						t.Errorf("%s: inferred %s, but everything was published", lane.Pod, s.Status)
					}
					if i > 0 && (lane.Segments[i-1].To == nil || *lane.Segments[i-1].To != s.From) {
						t.Errorf("%s: a hole before %s at %g", lane.Pod, s.Status, s.From)
					}
					got[lane.Pod] = append(got[lane.Pod], fmt.Sprintf("%s %d", s.Status, s.Restarts))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("segments (-printed +drawn):\n%s", diff)
			}
		})
	}
}

// TestTraces checks that each lab's trace.json is in the form that Trace writes,
// and draws its own entries.
func TestTraces(t *testing.T) {
	files, err := filepath.Glob("../../../labs/*/trace.json")
	if err != nil || len(files) < 6 {
		t.Fatalf("found traces %v, want 6 at least (%v)", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var view timeline.View
			if err := json.Unmarshal(want, &view); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(view.Source, "Recorded on kind, Kubernetes v1.") {
				t.Errorf("source %q, want one that names kind and the version", view.Source)
			}
			drawn := recording.Published(view.Entries)
			drawn.Source = view.Source
			got, err := recording.Trace(drawn)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				want = got
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("trace (-file +drawn from its entries):\n%s", diff)
			}
		})
	}
}

// TestPublished takes out of a run what the server itself said in it.
func TestPublished(t *testing.T) {
	rec := read(t, "deadline5")
	judged := rec.Replay(&judge{deadline: 1.5})
	if want := rec.Replay(nil); len(judged.Entries) != len(want.Entries)+2 {
		t.Fatalf("%d entries with verdicts, %d without, want 2 more", len(judged.Entries), len(want.Entries))
	} else if diff := cmp.Diff(want, recording.Published(judged.Entries)); diff != "" {
		t.Errorf("Published (-without a judge +taken out):\n%s", diff)
	}
}

func TestReplayJudges(t *testing.T) {
	for _, c := range []struct {
		recording string
		settled   bool
	}{
		{"bare-pod", false},
		{"noimage-hub", false},
		{"job-ok", true},
		{"deadline5", true},
	} {
		t.Run(c.recording, func(t *testing.T) {
			j := &judge{deadline: 1.5}
			v := read(t, c.recording).Replay(j)
			if j.settled != c.settled {
				t.Errorf("settled = %t, want %t", j.settled, c.settled)
			}
			if v.Verdict == nil || v.Verdict.Outcome != timeline.Met {
				t.Errorf("verdict = %+v, want the judge's", v.Verdict)
			}
			i := slices.IndexFunc(v.Entries, func(e timeline.Entry) bool { return e.Verdict != nil })
			if i < 0 || v.Entries[i].T != 1.5 || v.Entries[i].Verdict.ID != "in-time" {
				t.Errorf("first verdict = %+v, want in-time at t 1.5", v.Entries[max(i, 0)])
			}
			if j.observed != len(v.Entries)-2 {
				t.Errorf("judge observed %d entries, want all %d but the two verdicts", j.observed, len(v.Entries))
			}
		})
	}
}

// judge decides one check when its deadline comes.
type judge struct {
	deadline         float64
	observed         int
	decided, settled bool
}

func (j *judge) Observe(*timeline.Entry) []timeline.Verdict { j.observed++; return nil }
func (j *judge) Deadline() (float64, bool)                  { return j.deadline, !j.decided }
func (j *judge) Done() bool                                 { return false }

func (j *judge) Tick(float64) []timeline.Verdict {
	j.decided = true
	return j.Checks()
}

func (j *judge) Settle(settled bool) timeline.Verdict {
	j.settled = settled
	return timeline.Verdict{Outcome: timeline.Met, Checks: j.Checks()}
}

func (j *judge) Checks() []timeline.Verdict {
	if j.decided {
		return []timeline.Verdict{{ID: "in-time", State: timeline.Met}}
	}
	return []timeline.Verdict{{ID: "in-time", State: timeline.Pending}}
}

func TestReadRefuses(t *testing.T) {
	const (
		event  = `{"t":0.1,"wall":1795447285.1,"type":"ADDED","object":{"metadata":{"name":"p","uid":"1"}}}` + "\n"
		header = "   0.1  EVENT  NAME  READY  STATUS  RESTARTS  AGE\n"
		row    = "   0.1  ADDED  p  0/1  Pending  0  0s\n"
	)
	for _, c := range []struct {
		name, jsonl, txt, want string
	}{
		{"not JSON", "{\n", header, "pods.jsonl:1"},
		{"an unknown type", strings.Replace(event, "ADDED", "BOOKMARK", 1), header + row, `type "bookmark"`},
		{"a row too few", event, header, "0 rows for 1 events"},
		{"a row too many", event, header + row + row, "pods.txt:3"},
		{"rows of another pod", event, header + strings.Replace(row, " p ", " q ", 1), "added of q, but pods.jsonl has added of p"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := recording.Read(fstest.MapFS{"pods.jsonl": {Data: []byte(c.jsonl)}, "pods.txt": {Data: []byte(c.txt)}})
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want)) {
				t.Errorf("Read = %v, want an error with %q", err, c.want)
			}
		})
	}
	if _, err := recording.Read(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of nothing = %v, want ErrNotExist", err)
	}
}

// text writes a View for people: a line a segment or mark, times in front.
func text(v timeline.View) []byte {
	var b bytes.Buffer
	to := func(t *float64) string {
		if t == nil {
			return "…"
		}
		return fmt.Sprintf("%.3f", *t)
	}
	code := func(c *int32) string {
		if c == nil {
			return ""
		}
		return fmt.Sprintf(" exit %d", *c)
	}
	for _, l := range v.Lanes {
		fmt.Fprintf(&b, "pod %s %s\n", l.Pod, l.Owner)
		for _, s := range l.Segments {
			fmt.Fprintf(&b, "%9.3f %9s  #%-3d %s %s %d%s\n", s.From, to(s.To), s.Seq, s.Ready, s.Status, s.Restarts, code(s.ExitCode))
			if s.Message != "" {
				fmt.Fprintf(&b, "%28s%s\n", "", s.Message)
			}
		}
		for _, m := range l.Marks {
			fmt.Fprintf(&b, "%9.3f %9s  #%-3d %s\n", m.T, "", m.Seq, strings.Join(strings.Fields(m.Kind+code(m.ExitCode)+" "+m.Text), " "))
		}
	}
	for _, j := range v.Jobs {
		fmt.Fprintf(&b, "job %s\n", j.Name)
		for _, s := range j.Segments {
			fmt.Fprintf(&b, "%9.3f %9s  #%-3d %s active %d ready %d succeeded %d failed %d terminating %d %s\n",
				s.From, to(s.To), s.Seq, s.State, s.Active, s.Ready, s.Succeeded, s.Failed, s.Terminating, s.Reason)
		}
	}
	return b.Bytes()
}

// compare compares with a file, or writes it.
func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the recording gives, see -update (-file +recording):\n%s", file, diff)
	}
}
