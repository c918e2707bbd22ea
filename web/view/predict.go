package view

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// answerText says the right answer to a question, in the words of the script.
func answerText(w *Words, q Question) string {
	switch {
	case !q.Answered:
		return ""
	case q.Answer == nil:
		return w.Script.NoAnswer
	}
	return strings.ReplaceAll(w.Script.Answer, "{right}", valueText(w, q))
}

// valueText is a right answer as people say it.
func valueText(w *Words, q Question) string {
	switch v := q.Answer.(type) {
	case bool:
		if v {
			return w.Yes
		}
		return w.No
	case float64:
		return duration(w, v)
	case string:
		if i := slices.IndexFunc(q.Choices, func(c Choice) bool { return c.Value == v }); i >= 0 {
			return q.Choices[i].Text
		}
	}
	return fmt.Sprint(q.Answer)
}

// duration is a length of time as the script says it.
func duration(w *Words, s float64) string {
	if s >= 120 {
		whole := int(math.Round(s))
		return strings.NewReplacer("{m}", strconv.Itoa(whole/60), "{s}", strconv.Itoa(whole%60)).Replace(w.Script.MinutesFormat)
	}
	digits := 1
	switch {
	case s < 1:
		digits = 2
	case s >= 60:
		digits = 0
	}
	return strings.ReplaceAll(w.Script.SecondsFormat, "{n}", strconv.FormatFloat(s, 'f', digits, 64))
}

// predictTitle heads the questions: before a run they are to be answered, in one that
// goes on they have been, and after it there are the answers.
func predictTitle(w *Words, b Bench) string {
	switch {
	case b.Run == nil:
		return w.Predict
	case answered(b.Predict):
		return w.OfRun.Answers
	}
	return w.OfRun.Predicted
}

// answered reports whether questions have been answered by a run.
func answered(questions []Question) bool {
	return slices.ContainsFunc(questions, func(q Question) bool { return q.Answered })
}

// predictHint says what becomes of what is predicted; nothing when that is to be seen.
func predictHint(w *Words, b Bench) string {
	switch {
	case b.Run == nil:
		return w.PredictHint
	case b.Run.Live:
		return w.OfRun.PredictedHint
	case !answered(b.Predict):
		return w.OfRun.NotCompared
	}
	return ""
}
