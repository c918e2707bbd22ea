package lab

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"github.com/joblab/joblab/internal/expect"
)

// heading is a heading of a guide.
type heading struct{ level, line int }

// headings returns the headings of a guide.
func headings(guide []byte) []heading {
	var all []heading
	root := goldmark.DefaultParser().Parse(text.NewReader(guide))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			line := 1
			if h.Lines().Len() > 0 {
				line += bytes.Count(guide[:h.Lines().At(0).Start], []byte("\n"))
			}
			all = append(all, heading{h.Level, line})
		}
	}
	return all
}

// compareGuides returns the first place in which the headings of a guide are not
// like those of the same guide in another language, or nil.
func compareGuides(file string, guide []byte, otherFile string, other []byte) *expect.Problem {
	got, want := headings(guide), headings(other)
	for i, h := range got {
		switch {
		case i == len(want):
			return &expect.Problem{File: file, Line: h.line, Message: fmt.Sprintf("%s has no such heading: it has %d", otherFile, len(want))}
		case h.level != want[i].level:
			return &expect.Problem{File: file, Line: h.line, Message: fmt.Sprintf("heading of level %d, where %s:%d has one of level %d", h.level, otherFile, want[i].line, want[i].level)}
		}
	}
	if len(got) < len(want) {
		return &expect.Problem{File: file, Line: 1 + bytes.Count(guide, []byte("\n")), Message: fmt.Sprintf("a heading is missing: %s:%d has one of level %d", otherFile, want[len(got)].line, want[len(got)].level)}
	}
	return nil
}
