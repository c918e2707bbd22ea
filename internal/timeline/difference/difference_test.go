package difference

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

// recorded is the recorded run of a lab, "08-never-with-limit".
func recorded(t *testing.T, lab string) timeline.View {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../labs", lab, "trace.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v timeline.View
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNeverAgainstOnFailure(t *testing.T) {
	never, onFailure := Of(recorded(t, "08-never-with-limit")), Of(recorded(t, "06-on-failure"))
	failed := []End{{timeline.JobFailed, "BackoffLimitExceeded"}}
	for _, c := range []struct {
		name      string
		got, want Facts
	}{
		{"never", never, Facts{Pods: 4, Left: 4, Jobs: failed, Statuses: never.Statuses, Length: never.Length}},
		{"on failure", onFailure, Facts{Pods: 1, Restarts: 3, Jobs: failed, Statuses: onFailure.Statuses, Length: onFailure.Length}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	want := []Difference{{Pods, false}, {Restarts, false}, {Jobs, true}, {Left, false}, {Length, false}, {Statuses, false}}
	if diff := cmp.Diff(want, Between(never, onFailure)); diff != "" {
		t.Errorf("between them (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"RunContainerError", "CrashLoopBackOff", "Terminating"}, Only(onFailure, never)); diff != "" {
		t.Errorf("only on failure (-want +got):\n%s", diff)
	}
}

func TestARunIsLikeItself(t *testing.T) {
	for _, lab := range []string{"01-bare-pod", "03-pod-vs-job", "27-ttl-after-finished", "46-schedule"} {
		f := Of(recorded(t, lab))
		for _, d := range Between(f, f) {
			if !d.Same {
				t.Errorf("%s differs from itself in point %d", lab, d.Point)
			}
		}
	}
}

func TestADeletedJobEndedAsItStoodBefore(t *testing.T) {
	f := Of(recorded(t, "27-ttl-after-finished"))
	if diff := cmp.Diff([]End{{timeline.JobComplete, "CompletionsReached"}}, f.Jobs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNothingIsSaidOfWhatNeitherHas(t *testing.T) {
	want := []Difference{{Pods, true}, {Length, true}}
	if diff := cmp.Diff(want, Between(Facts{}, Facts{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       [][]Line
	}{
		{"the same", "a\nb\n", "a\nb", nil},
		{"a line changed", "a\nb\nc\n", "a\nx\nc\n", [][]Line{{{1, 1, "a"}, {2, 0, "b"}, {0, 2, "x"}, {3, 3, "c"}}}},
		{"a line added", "a\n", "a\nb\n", [][]Line{{{1, 1, "a"}, {0, 2, "b"}}}},
		{"all is new", "", "a", [][]Line{{{1, 0, ""}, {0, 1, "a"}}}},
		{"two parts", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n2\n3\n4\n5\n6\n7\n8\n0\n", [][]Line{
			{{1, 0, "1"}, {0, 1, "0"}, {2, 2, "2"}, {3, 3, "3"}, {4, 4, "4"}},
			{{6, 6, "6"}, {7, 7, "7"}, {8, 8, "8"}, {9, 0, "9"}, {0, 9, "0"}},
		}},
	} {
		got, err := Texts(c.a, c.b)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func FuzzTexts(f *testing.F) {
	f.Add("a\nb\n", "b\nc")
	f.Fuzz(func(t *testing.T, a, b string) {
		parts, err := Texts(a, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if len(part) == 0 {
				t.Error("a part without lines")
			}
		}
	})
}
