package lab

import (
	"slices"
	"strings"
)

// Section is a section of a guide of which the page makes something of its own. It
// begins with a heading that is called as every lab calls it.
type Section string

// The sections, in the order in which guides have them.
const (
	// Prediction is followed by the questions of the lab.
	Prediction Section = "prediction"
	// Explanation, and all after it, tells how the run goes. It opens when the
	// reader's own run has ended.
	Explanation Section = "explanation"
)

var sectionNames = map[Section][]string{
	Prediction:  {"Predict", "예상해 보기"},
	Explanation: {"What happened, and why", "무슨 일이 일어났고, 왜 그럴까요"},
}

// SectionOf is the section that begins with a heading; empty for any other heading.
func SectionOf(heading string) Section {
	for section, names := range sectionNames {
		if slices.Contains(names, strings.TrimSpace(heading)) {
			return section
		}
	}
	return ""
}
