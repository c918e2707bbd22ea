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

// renderGuide renders a guide's Markdown.
func renderGuide(source []byte) (template.HTML, error) {
	var b bytes.Buffer
	context := parser.NewContext(parser.WithIDs(lab.NewAnchors()))
	if err := markdown.Convert(source, &b, parser.WithContext(context)); err != nil {
		return "", fmt.Errorf("render guide: %w", err)
	}
	return template.HTML(b.String()), nil
}

// renderLine renders a sentence in which words may be code or emphasized.
func renderLine(text string) (template.HTML, error) {
	html, err := renderGuide([]byte(text))
	line := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(html)), "<p>"), "</p>")
	return template.HTML(line), err
}
