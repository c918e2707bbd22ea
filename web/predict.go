package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

// apiQuestion is a question in GET /api/labs.
type apiQuestion struct {
	ID      string            `json:"id"`
	Ask     map[string]string `json:"ask"`
	Type    string            `json:"type"`
	Choices []apiChoice       `json:"choices,omitempty"`
	// Within is how many seconds an answer may be off.
	Within float64 `json:"within,omitempty"`
}

type apiChoice struct {
	Value string            `json:"value"`
	Text  map[string]string `json:"text"`
}

// apiAnswer is the right answer to a question; it is null, and Problem says why,
// if the run has none.
type apiAnswer struct {
	ID      string `json:"id"`
	Answer  any    `json:"answer"`
	Type    string `json:"type"`
	Problem string `json:"problem,omitempty"`
}

// errGoingOn is why a run has no answers yet.
var errGoingOn = errors.New("the run has not ended yet")

func apiQuestions(questions []lab.Question) []apiQuestion {
	var all []apiQuestion
	for _, q := range questions {
		a := apiQuestion{ID: q.ID, Ask: q.Ask, Type: string(q.Expression.Type()), Within: q.Within.Seconds()}
		for _, c := range q.Choices {
			a.Choices = append(a.Choices, apiChoice{Value: c.Value, Text: c.Text})
		}
		all = append(all, a)
	}
	return all
}

// getAnswers says what there was to predict of a run that has ended.
func (s *Server) getAnswers(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	if !live.Log().Sealed() {
		return errGoingOn
	}
	l, err := s.pagesOf(live)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, apiAnswers(l.Answers(timeline.Entries(live.Log().Records()))))
	return nil
}

func apiAnswers(answers []lab.Answer) []apiAnswer {
	all := []apiAnswer{}
	for _, a := range answers {
		answer := apiAnswer{ID: a.ID, Answer: a.Value, Type: string(a.Type)}
		if a.Problem != nil {
			answer.Problem = a.Problem.Error()
		}
		all = append(all, answer)
	}
	return all
}

// newQuestions are what a lab asks, in a language.
func newQuestions(l *lab.Lab, lang string) ([]view.Question, error) {
	var all []view.Question
	for _, q := range l.Predict {
		ask, err := renderLine(q.Ask.In(lang))
		if err != nil {
			return nil, err
		}
		v := view.Question{ID: q.ID, Ask: ask, Type: string(q.Expression.Type()), Within: strconv.FormatFloat(q.Within.Seconds(), 'f', -1, 64)}
		for _, c := range q.Choices {
			v.Choices = append(v.Choices, view.Choice{Value: c.Value, Text: c.Text.In(lang)})
		}
		all = append(all, v)
	}
	return all, nil
}

// answered are the questions with their right answers.
func (p *labPages) answered(lang string, answers []lab.Answer) []view.Question {
	all := slices.Clone(p.questions[lang])
	for i, a := range answers {
		all[i].Answered, all[i].Answer = true, a.Value
	}
	return all
}
