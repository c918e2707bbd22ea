package lab

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/timeline"
)

func TestPredict(t *testing.T) {
	_, fsys := files(t, "testdata/good.txtar")
	labs, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := Find(labs, "never-with-limit")
	want := []Question{
		{ID: "how-many", Ask: Text{"en": "How many?", "ko": "몇 개?"}},
		{ID: "when", Ask: Text{"en": "When?", "ko": "언제?"}, Within: 2 * time.Second},
		{ID: "status", Ask: Text{"en": "Which?", "ko": "무엇?"}, Choices: []Choice{
			{"Error", Text{"en": "Error", "ko": "Error"}},
			{"StartError", Text{"en": "It does not start", "ko": "시작되지 않아요"}},
		}},
		{ID: "again", Ask: Text{"en": "Again?", "ko": "다시?"}},
	}
	if diff := cmp.Diff(want, l.Predict, cmpopts.IgnoreFields(Question{}, "Expression")); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}

	var recorded timeline.View
	if err := json.Unmarshal(l.Trace, &recorded); err != nil {
		t.Fatal(err)
	}
	wantAnswers := []Answer{
		{ID: "how-many", Type: query.Int, Value: int64(2)},
		{ID: "when", Type: query.Seconds, Value: 5.0},
		{ID: "status", Type: query.String, Value: "StartError"},
		{ID: "again", Type: query.Bool, Value: false},
	}
	if diff := cmp.Diff(wantAnswers, l.Answers(recorded.Entries)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if err := l.CheckAnswers(recorded.Entries); err != nil {
		t.Error(err)
	}
	const unanswered = "the answer to when has no value: index out of bounds: 0\nthe answer to status is \"Pending\", which is none of the choices"
	if err := l.CheckAnswers(recorded.Entries[:1]); err == nil || err.Error() != unanswered {
		t.Errorf("of the first entry alone: %v, want %s", err, unanswered)
	}
	for _, a := range l.Answers(nil)[1:] {
		if a.Value != nil || a.Problem == nil {
			t.Errorf("without a run: %s is %v, %v", a.ID, a.Value, a.Problem)
		}
	}
}
