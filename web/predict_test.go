package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/web/view"
)

// testQuestions are a question of each type, and one that the fakes' runs do not
// answer.
func testQuestions(t testing.TB) []lab.Question {
	t.Helper()
	r := strictyaml.NewReader("lab.yaml")
	compile := func(text string) *query.Expression {
		return query.Answer(r.Value(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}, ""))
	}
	ask := func(en string) lab.Text { return lab.Text{"en": en, "ko": "질문: " + en} }
	questions := []lab.Question{
		{ID: "how-many", Ask: ask("How many `pods` & such?"), Expression: compile("size(pods)")},
		{ID: "when", Ask: ask("When?"), Expression: compile("12.5 + jobs[0].finishedAt + 1.0"), Within: 1500 * time.Millisecond},
		{ID: "which", Ask: ask("Which?"), Expression: compile("pods[0].status"), Choices: []lab.Choice{
			{Value: "Completed", Text: lab.Text{"en": "Completed", "ko": "Completed"}},
			{Value: "<b>Odd</b>", Text: lab.Text{"en": "Something odd", "ko": "이상한 것"}},
		}},
		{ID: "again", Ask: ask("Again?"), Expression: compile("pods[0].restarts > 0")},
		{ID: "second", Ask: ask("And the second?"), Expression: compile("pods[1].restarts")},
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return questions
}

func TestAnswers(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("r1", "first-job")
	a := s.get(t, "/api/runs/r1/answers")
	if got := decode[apiError](t, a); a.StatusCode != http.StatusConflict || got.Error != "the run has not ended yet" {
		t.Errorf("before the end: %d %+v", a.StatusCode, got)
	}
	live.complete()
	want := []apiAnswer{
		{ID: "how-many", Type: "int", Answer: 1.0}, // as JSON has it
		{ID: "when", Type: "seconds", Answer: 12.5},
		{ID: "which", Type: "string", Answer: "<b>Odd</b>"},
		{ID: "again", Type: "bool", Answer: false},
		{ID: "second", Type: "int", Problem: "index out of bounds: 1"},
	}
	if diff := cmp.Diff(want, decode[[]apiAnswer](t, s.get(t, "/api/runs/r1/answers"))); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}

	s.runs.add("r2", "on-failure").complete()
	if a := s.get(t, "/api/runs/r2/answers"); strings.TrimSpace(a.body) != "[]" {
		t.Errorf("a lab without questions: %d %s", a.StatusCode, a.body)
	}
	if a := s.get(t, "/api/runs/nothing/answers"); a.StatusCode != http.StatusNotFound {
		t.Errorf("no run: %d", a.StatusCode)
	}
}

// TestAnswersOfARefusal: where there is to be no run, the refusal has the answers.
func TestAnswersOfARefusal(t *testing.T) {
	s := newSite(t)
	s.runs.err = &run.Refused{
		Problems: []run.Problem{{Path: "kind", Line: 2, Message: "unknown"}},
		Answers:  []lab.Answer{{ID: "how-many", Type: query.Int, Value: int64(0)}},
	}
	a := s.do(t, http.MethodPost, "/api/labs/first-job/runs", "")
	got := decode[apiError](t, a)
	want := apiError{
		Error: "line 2: kind: unknown", Problems: []view.Problem{{Path: "kind", Line: 2, Message: "unknown"}},
		Answers: []apiAnswer{{ID: "how-many", Type: "int", Answer: 0.0}},
	}
	if diff := cmp.Diff(want, got); a.StatusCode != http.StatusBadRequest || diff != "" {
		t.Errorf("%d (-want +got):\n%s", a.StatusCode, diff)
	}
	p := parse(t, s.do(t, http.MethodPost, "/labs/first-job/runs", "manifest=a", "Content-Type: application/x-www-form-urlencoded").body)
	p.want(map[string]string{"[data-question=how-many] [data-result]:not([hidden])": "The answer is 0."})
}

func TestQuestionsInTheAPI(t *testing.T) {
	labs := decode[[]apiLab](t, newSite(t).get(t, "/api/labs"))
	want := []apiQuestion{
		{ID: "how-many", Type: "int", Ask: map[string]string{"en": "How many `pods` & such?", "ko": "질문: How many `pods` & such?"}},
		{ID: "when", Type: "seconds", Within: 1.5, Ask: map[string]string{"en": "When?", "ko": "질문: When?"}},
		{ID: "which", Type: "string", Ask: map[string]string{"en": "Which?", "ko": "질문: Which?"}, Choices: []apiChoice{
			{Value: "Completed", Text: map[string]string{"en": "Completed", "ko": "Completed"}},
			{Value: "<b>Odd</b>", Text: map[string]string{"en": "Something odd", "ko": "이상한 것"}},
		}},
		{ID: "again", Type: "bool", Ask: map[string]string{"en": "Again?", "ko": "질문: Again?"}},
		{ID: "second", Type: "int", Ask: map[string]string{"en": "And the second?", "ko": "질문: And the second?"}},
	}
	if diff := cmp.Diff(want, labs[0].Predict); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	if labs[1].Predict != nil {
		t.Errorf("a lab without questions has %+v", labs[1].Predict)
	}
}

// TestQuestionsOnPages: they are asked on the lab's page, answered on that of a
// run that has ended, all without a script.
func TestQuestionsOnPages(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("r1", "first-job")
	for _, address := range []string{"/labs/first-job", "/runs/r1"} {
		p := parse(t, s.get(t, address).body)
		p.want(map[string]string{
			"[data-question=how-many] label":            "How many pods & such?",
			"[data-question=how-many] label code":       "pods",
			"[data-question=which] legend":              "Which?",
			"[data-question=which] .choice:last-child":  "Something odd",
			"[data-question=again] .choice:first-child": "Yes",
		})
		for _, want := range []string{
			"[data-question=how-many] label[for=predict-how-many] + .give input#predict-how-many[type=number][step='1']",
			"[data-question=when][data-within='1.5'] input[step=any][aria-describedby]",
			"[data-question=which] input[type=radio][name=predict-which][value=Completed]",
			"[data-question=again] input[type=radio][value=false]",
		} {
			if len(p.all(want)) != 1 {
				t.Errorf("%s has no %s", address, want)
			}
		}
		if n := len(p.all("[data-result]:not([hidden])")); n > 0 {
			t.Errorf("%s shows %d answers before the end", address, n)
		}
		if hidden := len(p.all("[data-predict][hidden]")) > 0; hidden != (address == "/runs/r1") {
			t.Errorf("%s: that the questions are hidden is %t", address, hidden)
		}
	}
	live.complete()
	for lang, want := range map[string][]string{
		"en": {"The answer is 1.", "The answer is 12.5 s.", "The answer is Something odd.", "The answer is No.", "This run has no answer to it."},
		"ko": {"실제: 1", "실제: 12.5초", "실제: 이상한 것", "실제: 아니요", "이번 실행에서는 답이 나오지 않았어요."},
	} {
		p := parse(t, s.get(t, "/runs/r1?lang="+lang).body)
		if len(p.all("[data-predict]:not([hidden])")) != 1 {
			t.Errorf("the answers in %s are hidden", lang)
		}
		var got []string
		for _, n := range p.all("[data-result]:not([hidden]) [data-text]") {
			got = append(got, strings.TrimSpace(raw(n)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answers in %s (-want +got):\n%s", lang, diff)
		}
	}
	if err := live.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := parse(t, s.get(t, "/runs/r1").body); len(p.all("[data-result]:not([hidden])")) > 0 || len(p.all("[data-predict][hidden]")) != 1 {
		t.Error("a run that was stopped is compared, or its page asks")
	}
	if p := parse(t, s.get(t, "/labs/on-failure").body); len(p.all("[data-predict]")) > 0 {
		t.Error("a lab without questions asks")
	}
}
