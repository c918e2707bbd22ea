package query

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/traits"
	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// read compiles an expression as the value of a file, and returns its problems.
func read(text string, compile func(strictyaml.Value) *Expression) (*Expression, error) {
	r := strictyaml.NewReader("f")
	e := compile(r.Value(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: 1, Column: 1}, ""))
	return e, r.Err()
}

// replay returns the entries of a recording.
func replay(t *testing.T, name string) []timeline.Entry {
	t.Helper()
	rec, err := recording.Read(os.DirFS("../../timeline/recording/testdata/" + name))
	if err != nil {
		t.Fatal(err)
	}
	return rec.Replay(nil).Entries
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		recording, expression string
		want                  any
	}{
		{"never-badcmd", "size(pods)", int64(4)},
		{"never-badcmd", "size(timeline.pods)", int64(4)},
		{"never-badcmd", "pods[0].status", "StartError"},
		{"never-badcmd", "pods[0].states.join(' ')", "Pending ContainerCreating StartError"},
		{"never-badcmd", "pods.all(p, p.exitCode == 128 && p.reason == 'StartError' && p.startedAt == -1.0 && p.finishedAt > p.createdAt)", true},
		{"never-badcmd", "pods.all(p, p.job != '' && p.owner == 'Job/' + p.job && p.index == -1 && p.node != '' && !p.deleted && p.deletedAt < 0)", true},
		{"never-badcmd", "jobs[0].failedWith", "BackoffLimitExceeded"},
		{"never-badcmd", "jobs[0].complete || jobs[0].suspended", false},
		{"never-badcmd", "jobs[0].parallelism + jobs[0].completions + jobs[0].failed + jobs[0].terminating", int64(6)},
		{"never-badcmd", "jobs[0].finishedAt > pods[3].createdAt && jobs[0].startedAt > 0", true},
		{"never-badcmd", "events.filter(e, e.reason == 'Failed' && e.type == 'Warning' && e.object.startsWith('Pod/')).size()", int64(4)},
		{"job-ok", "pods[0].exitCode", int64(0)},
		{"job-ok", "pods[0].startedAt > 0 && pods[0].finishedAt > pods[0].startedAt + 9.0", true},
		{"job-ok", "jobs[0].complete && jobs[0].failedWith == '' && jobs[0].owner == ''", true},
		{"bare-pod", "pods[0].owner == '' && pods[0].job == ''", true},
		{"deadline5", "pods[0].deleted && pods[0].createdAt <= pods[0].scheduledAt && pods[0].terminatingAt < pods[0].finishedAt && pods[0].finishedAt <= pods[0].deletedAt", true},
		{"deadline5", "size(cronjobs) + size(refusals)", int64(0)},
		{"deadline5", "steps['any']", false},
		{"deadline5", "t > 0", true},
		{"onfailure-badcmd", "pods[0].restarts", int64(3)},
		{"onfailure-badcmd", "math.greatest(pods.map(p, p.restarts)) + size(lists.range(2))", int64(5)},
	} {
		e, err := read(c.expression, Answer)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if got, err := e.Eval(Replay(replay(t, c.recording))); err != nil || got != c.want {
			t.Errorf("%s of %s: got %v (%T), %v, want %v (%T)", c.expression, c.recording, got, got, err, c.want, c.want)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		expression string
		compile    func(strictyaml.Value) *Expression
		want       string
	}{
		{"pods.size() >", Condition, "f:1:14: Syntax error"},
		{"pods[0].restart == 0", Condition, "f:1:8: undefined field 'restart'"},
		{"pod.size() == 0", Condition, "f:1:1: undeclared reference to 'pod'"},
		{"pods[0].status.matches('(')", Condition, "f:1:24: invalid matches argument"},
		{"size(pods)", Condition, "f:1:1: want a condition that is true or false, not int"},
		{"pods[0].states", Answer, "f:1:1: want a number, seconds, a text, or true or false, not list(string)"},
		{"1 + 1", Answer, "f:1:1: looks at nothing of the run: want one of cronjobs, events, jobs, pods, refusals, steps, t"},
	} {
		e, err := read(c.expression, c.compile)
		if e != nil || err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.expression, err, c.want)
		}
	}
}

func TestTypes(t *testing.T) {
	for text, want := range map[string]Type{
		"size(pods)": Int, "pods[0].status": String, "pods[0].deleted": Bool, "jobs[0].finishedAt": Seconds, "t - pods[0].createdAt": Seconds,
		"pods[0].restarts > 0 ? 'a' : 'b'": String,
	} {
		if e, err := read(text, Answer); err != nil || e.Type() != want {
			t.Errorf("%s: got %v, %v, want %s", text, e, err, want)
		}
	}
}

func TestLooksAt(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  Subjects
		timed bool
	}{
		{"pods.all(p, p.restarts == 0)", Pods, false},
		{"timeline.jobs[0].active == size(timeline.events)", Jobs | Events, false},
		{"steps['a'] || t > 5.0", Steps | Clock, true},
		{"cronjobs[0].lastScheduledAt > 0", CronJobs, true},
		{"refusals[0].message == ''", Refusals, false},
	} {
		e, err := read(c.text, Condition)
		if err != nil || e.LooksAt() != c.want || e.Timed() != c.timed {
			t.Errorf("%s: got %b, %t, %v, want %b, %t", c.text, e.LooksAt(), e.Timed(), err, c.want, c.timed)
		}
	}
}

// TestNotes: steps and refusals are what notes say.
func TestNotes(t *testing.T) {
	r := Replay([]timeline.Entry{
		{Kind: timeline.KindNote, Note: &timeline.Note{Code: timeline.NoteStep, Step: "scale-down"}},
		{Kind: timeline.KindNote, Note: &timeline.Note{Code: timeline.NoteRefused, Step: "again", Text: "field is immutable"}},
	})
	e, err := read("steps['scale-down'] && !steps['again'] && refusals[0].step == 'again' && refusals[0].message.contains('immutable')", Condition)
	if err != nil || !e.Holds(r) {
		t.Errorf("does not hold: %v", err)
	}
}

// TestObserveSaysWhatChanged: an expression need only be asked again when
// something changed that it looks at.
func TestObserveSaysWhatChanged(t *testing.T) {
	all := make([]*Expression, 0)
	for _, name := range variables() {
		if name == "steps" {
			continue
		}
		text := "size(" + name + ") == 0"
		if name == "t" {
			text = "t == 0.0"
		}
		e, err := read(text, Condition)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	r := new(Run)
	for _, entry := range replay(t, "never-badcmd") {
		before := snapshot(r)
		c := r.Observe(&entry)
		for i, after := range snapshot(r) {
			if changed := c&all[i].LooksAt() != 0; changed != (before[i] != after) {
				t.Errorf("entry %d: %s says changed: %t\nbefore %s\nafter %s", entry.Seq, all[i], changed, before[i], after)
			}
		}
	}
}

// snapshot is all that expressions see but steps, in the order of variables.
func snapshot(r *Run) []string {
	var s []string
	for _, name := range variables() {
		switch v, _ := r.ResolveName(name); v := v.(type) {
		case traits.Lister:
			text := ""
			for it := v.Iterator(); it.HasNext() == types.True; {
				text += fmt.Sprintf("%+v\n", it.Next().Value())
			}
			s = append(s, text)
		case float64, []refusal:
			s = append(s, fmt.Sprint(v))
		}
	}
	return s
}

func BenchmarkObserve(b *testing.B) {
	entries := []timeline.Entry{
		{Kind: timeline.KindPod, UID: "a", Pod: &timeline.Pod{Status: "Running", Containers: []timeline.Container{{State: timeline.Running}}}},
		{Kind: timeline.KindPod, UID: "a", Pod: &timeline.Pod{Status: "Running", Ready: "1/1", Containers: []timeline.Container{{State: timeline.Running}}}},
	}
	r := Replay(entries)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.Observe(&entries[i%2])
	}
}

// TestDocumented: doc/contract.md names every field of each variable.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../../doc/contract.md")
	if err != nil {
		t.Fatal(err)
	}
	for variable, typ := range map[string]reflect.Type{
		"pods": reflect.TypeFor[pod](), "jobs": reflect.TypeFor[job](), "cronjobs": reflect.TypeFor[cronJob](),
		"events": reflect.TypeFor[event](), "refusals": reflect.TypeFor[refusal](),
	} {
		_, row, _ := strings.Cut(string(doc), "\n| `"+variable+"` | ")
		row, _, _ = strings.Cut(row, "\n")
		for i := range typ.NumField() {
			if field := typ.Field(i).Tag.Get("cel"); !strings.Contains(row, "`"+field+"`") {
				t.Errorf("%s: %s is not documented", variable, field)
			}
		}
	}
}
