package lab

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
)

// anchors gives the headings of a guide their ids.
type anchors map[string]bool

// NewAnchors returns what gives the headings of one guide their ids, for links
// within it: the heading in lower case, in any script, words joined by -. A second
// one of the same name gets -1. The ids of the page around the guide are taken.
func NewAnchors() parser.IDs {
	return anchors{"content": true, "title": true, "timeline-title": true, "words": true, "explanation": true, "hint-title": true}
}

// Generate implements [parser.IDs].
func (a anchors) Generate(heading []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(string(heading))) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.IsSpace(r), r == '-':
			b.WriteByte('-')
		}
	}
	base := b.String()
	if base == "" {
		base = "heading"
	}
	id := base
	for n := 1; a[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	a[id] = true
	return []byte(id)
}

// Put implements [parser.IDs].
func (a anchors) Put(id []byte) { a[string(id)] = true }
