package lab

import "testing"

func TestSectionOf(t *testing.T) {
	for heading, want := range map[string]Section{
		"Predict": Prediction, " 예상해 보기": Prediction, "What happened, and why": Explanation, "무슨 일이 일어났고, 왜 그럴까요": Explanation,
		"The idea": "", "Run it": "", "": "",
	} {
		if got := SectionOf(heading); got != want {
			t.Errorf("%q begins %q, want %q", heading, got, want)
		}
	}
}
