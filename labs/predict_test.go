package labs_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// answers are what a person says who has watched the recorded run.
var answers = map[string]map[string]string{
	"bare-pod":         {"after-success": "Completed", "how-often": "endlessly", "crash": "true"},
	"first-job":        {"last-state": "Completed", "ready-at-the-end": "0/1", "deleted": "false", "seconds": "14"},
	"pod-vs-job":       {"restarts": "pod", "last-state": "Completed", "pods-of-the-job": "1"},
	"on-failure":       {"how-many-pods": "1", "ever-running": "false", "restarts": "3", "what-is-left": "nothing"},
	"never-with-limit": {"how-many-pods": "4", "restarts": "0", "kept": "true", "gives-up": "73"},
	"suspend-resume":   {"how-many-pods": "2", "first-pod": "deleted", "how-it-ends": "Complete"},
	"deletion":         {"background-first": "job", "foreground-first": "pod", "orphan-ends": "Completed"},
	"run-it-again":     {"refused": "1", "how-many-pods": "3", "first-pod": "false"},
	"active-deadline":  {"deadline-acts": "4", "last-state": "Completed", "still-there": "false", "job": "Failed"},
}

func TestAnswersOfRecordings(t *testing.T) {
	loaded := load(t)
	for slug, want := range answers {
		t.Run(slug, func(t *testing.T) {
			l, ok := lab.Find(loaded, slug)
			if !ok {
				t.Fatal("there is no such lab")
			}
			var recorded timeline.View
			if err := json.Unmarshal(l.Trace, &recorded); err != nil {
				t.Fatalf("trace.json: %v", err)
			}
			got := map[string]string{}
			for _, a := range l.Answers(recorded.Entries) {
				if seconds, ok := a.Value.(float64); ok {
					got[a.ID] = fmt.Sprintf("%.0f", seconds)
				} else {
					got[a.ID] = fmt.Sprint(a.Value)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEveryLabAsks: two to four questions.
func TestEveryLabAsks(t *testing.T) {
	each(t, func(t *testing.T, l *lab.Lab) {
		if n := len(l.Predict); n < 2 || n > 4 {
			t.Errorf("%d questions, want 2 to 4", n)
		}
	})
}
