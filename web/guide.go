package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/web/view"
)

// markdown renders guides. Raw HTML and dangerous links in them are left out.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(headings{}, 100))),
)

// headings puts a guide's headings below the page's own: the highest becomes
// the second level.
type headings struct{}

// Transform implements parser.ASTTransformer.
func (headings) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var all []*ast.Heading
	highest := 6
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			all = append(all, h)
			highest = min(highest, h.Level)
		}
	}
	for _, h := range all {
		h.Level = min(h.Level-highest+2, 6)
	}
}

// renderGuide renders a guide's Markdown, cut at the sections of which the page
// makes something of its own.
func renderGuide(source []byte) (view.Guide, error) {
	context := parser.NewContext(parser.WithIDs(lab.NewAnchors()))
	doc := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(context))
	var idea, try, heading, why = ast.NewDocument(), ast.NewDocument(), ast.NewDocument(), ast.NewDocument()
	to, asked := idea, 0
	for n := doc.FirstChild(); n != nil; {
		next := n.NextSibling()
		into := to
		if h, ok := n.(*ast.Heading); ok && to != why {
			section := lab.SectionOf(string(h.Lines().Value(source)))
			switch {
			case section == lab.Explanation:
				into, to = heading, why
			case to == idea && h.Level <= asked:
				into, to = try, try
			case section == lab.Prediction:
				asked = h.Level
			}
		}
		into.AppendChild(into, n)
		n = next
	}
	var g view.Guide
	for _, part := range []struct {
		doc  ast.Node
		html *template.HTML
	}{{idea, &g.Idea}, {try, &g.Try}, {heading, &g.Heading}, {why, &g.Why}} {
		var b bytes.Buffer
		if err := markdown.Renderer().Render(&b, source, part.doc); err != nil {
			return view.Guide{}, fmt.Errorf("render guide: %w", err)
		}
		*part.html = template.HTML(b.String())
	}
	return g, nil
}

// renderLine renders a sentence in which words may be code or emphasized.
func renderLine(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("render %q: %w", text, err)
	}
	return template.HTML(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), "<p>"), "</p>")), nil
}
