package lab

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// Question is asked before a run. The right answer is computed from the run, so
// that it is right for a changed manifest, too.
type Question struct {
	ID  string
	Ask Text
	// Expression computes the answer; its type is that of the question.
	Expression *query.Expression
	// Choices are what may be answered to a question for a [query.String].
	Choices []Choice
	// Within is how far off an answer in [query.Seconds] is still right.
	Within time.Duration
}

// Choice is one of the answers that may be given.
type Choice struct {
	Value string
	// Text is the value in words.
	Text Text
}

// Answer is the right answer to a question.
type Answer struct {
	ID   string
	Type query.Type
	// Value is nil if the run has no answer, such as how a pod ended that never
	// was; Problem then says why.
	Value   any
	Problem error
}

// Answers computes the right answers from the entries of a run that has ended.
func (l *Lab) Answers(entries []timeline.Entry) []Answer {
	run := query.Replay(entries)
	answers := make([]Answer, len(l.Predict))
	for i, q := range l.Predict {
		value, err := q.answer(run)
		answers[i] = Answer{ID: q.ID, Type: q.Expression.Type(), Value: value, Problem: err}
	}
	return answers
}

// answer computes the right answer. A moment or a number below 0 stands for what
// has not come.
func (q *Question) answer(run *query.Run) (any, error) {
	value, err := q.Expression.Eval(run)
	switch v := value.(type) {
	case int64:
		if v < 0 {
			return nil, fmt.Errorf("it is %d", v)
		}
	case float64:
		if v < 0 {
			return nil, fmt.Errorf("it is %g", v)
		}
	}
	return value, err
}

// parsePredict parses the list of questions, which may be missing. Each must be
// answerable by the recorded run; nil if there is none.
func parsePredict(list strictyaml.Value, recorded []timeline.Entry) []Question {
	if !list.Present() {
		return nil
	}
	var run *query.Run
	if recorded != nil {
		run = query.Replay(recorded)
	}
	var questions []Question
	values := list.List()
	if list.IsList() && len(values) == 0 {
		list.Problemf("is empty: want at least one question")
	}
	for _, value := range values {
		m := value.Mapping("id", "ask", "answer", "choices", "within")
		if !value.IsMapping() {
			continue
		}
		q := Question{ID: m.Get("id").Text(), Ask: parseText(m.Get("ask")), Expression: query.Answer(m.Get("answer"))}
		if q.ID != "" && !expect.IsID(q.ID) {
			m.Get("id").Problemf("want lower case words joined by -, not %q", q.ID)
		}
		if slices.ContainsFunc(questions, func(other Question) bool { return q.ID != "" && q.ID == other.ID }) {
			m.Get("id").Problemf("%q is the id of another question", q.ID)
		}
		if q.Expression != nil {
			q.parseKind(m)
			if run != nil {
				if err := q.check(run); err != nil {
					m.Get("answer").Problemf("in the recorded run it %v", err)
				}
			}
		}
		questions = append(questions, q)
	}
	return questions
}

// parseKind parses what a question has that depends on the type of its answer.
func (q *Question) parseKind(m strictyaml.Mapping) {
	choices, within := m.Get("choices"), m.Get("within")
	typ := q.Expression.Type()
	switch {
	case typ == query.String:
		q.Choices = parseChoices(choices)
	case choices.Present():
		choices.Problemf("are for an answer that is a text, not %s", typ)
	}
	switch {
	case typ == query.Seconds:
		q.Within = within.Duration()
	case within.Present():
		within.Problemf("is for an answer in seconds, not %s", typ)
	}
}

// parseChoices parses a list of values, or of values with a text.
func parseChoices(list strictyaml.Value) []Choice {
	var choices []Choice
	values := list.List()
	if list.IsList() && len(values) < 2 {
		list.Problemf("want at least two")
	}
	for _, value := range values {
		var c Choice
		if value.IsMapping() {
			m := value.Mapping("value", "text")
			c = Choice{Value: m.Get("value").Text(), Text: parseText(m.Get("text"))}
		} else {
			c.Value, c.Text = value.Text(), Text{}
			for _, lang := range Languages {
				c.Text[lang] = c.Value
			}
		}
		if slices.ContainsFunc(choices, func(other Choice) bool { return c.Value != "" && c.Value == other.Value }) {
			value.Problemf("%q is given twice", c.Value)
		}
		choices = append(choices, c)
	}
	return choices
}

// CheckAnswers reports questions to which a run of the lab's own manifest has no
// answer that could be given.
func (l *Lab) CheckAnswers(entries []timeline.Entry) error {
	run := query.Replay(entries)
	var problems []error
	for _, q := range l.Predict {
		if err := q.check(run); err != nil {
			problems = append(problems, fmt.Errorf("the answer to %s %w", q.ID, err))
		}
	}
	return errors.Join(problems...)
}

// check reports that there is no answer, or that it is none of the choices.
func (q *Question) check(run *query.Run) error {
	value, err := q.answer(run)
	isAnswer := func(c Choice) bool { return c.Value == value }
	switch {
	case err != nil:
		return fmt.Errorf("has no value: %w", err)
	case len(q.Choices) > 0 && !slices.ContainsFunc(q.Choices, isAnswer):
		return fmt.Errorf("is %q, which is none of the choices", value)
	}
	return nil
}
