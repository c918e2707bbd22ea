package lab

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/joblab/joblab/internal/expect"
)

// markdown parses guides as the pages do.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
).Parser()

// guide is a guide as far as it can be checked.
type guide struct {
	file   string
	source []byte
	// parts are what each language must have alike, by kind and in their order.
	parts map[partKind][]part
	// anchors are the ids of its headings.
	anchors map[string]bool
	// links are what it leads to, foreign what a page would leave out.
	links, foreign []part
}

// partKind is a kind of the parts of a guide, in words.
type partKind string

const (
	headings   partKind = "headings"
	lists      partKind = "lists"
	codeBlocks partKind = "code blocks"
	tables     partKind = "tables"
)

// partKinds are those whose order is the same in each language. That of links in a
// sentence is not.
var partKinds = []partKind{headings, lists, codeBlocks, tables}

// part is a part of a guide: what it is, in words by which it is compared, and
// where.
type part struct {
	is           string
	line, column int
}

// parseGuide finds the parts of a guide.
func parseGuide(file string, source []byte) *guide {
	g := &guide{file: file, source: source, parts: map[partKind][]part{}, anchors: map[string]bool{}}
	context := parser.NewContext(parser.WithIDs(NewAnchors()))
	root := markdown.Parse(text.NewReader(source), parser.WithContext(context))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			g.add(n)
		}
		return ast.WalkContinue, nil // so that there is no error
	})
	return g
}

func (g *guide) add(n ast.Node) {
	here := func(format string, args ...any) part {
		line, column := g.at(n)
		return part{fmt.Sprintf(format, args...), line, column}
	}
	put := func(kind partKind, format string, args ...any) {
		g.parts[kind] = append(g.parts[kind], here(format, args...))
	}
	switch n := n.(type) {
	case *ast.Heading:
		is := fmt.Sprintf("a heading of level %d", n.Level)
		if section := SectionOf(string(n.Lines().Value(g.source))); section != "" {
			is += " of the " + string(section)
		}
		put(headings, "%s", is)
		if id, ok := n.AttributeString("id"); ok {
			g.anchors[string(id.([]byte))] = true
		}
	case *ast.List:
		kind := "list"
		if n.IsOrdered() {
			kind = "numbered list"
		}
		put(lists, "a %s of %d items", kind, n.ChildCount())
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		put(codeBlocks, "the code %q", n.Lines().Value(g.source))
	case *extast.Table:
		put(tables, "a table of %d rows and %d columns", n.ChildCount(), len(n.Alignments))
	case *ast.Link:
		g.links = append(g.links, here("%s", n.Destination))
	case *ast.AutoLink:
		g.links = append(g.links, here("%s", n.URL(g.source)))
	case *ast.Image:
		g.foreign = append(g.foreign, here("a picture: a lab has none"))
	case *ast.HTMLBlock, *ast.RawHTML:
		g.foreign = append(g.foreign, here("HTML, which is not shown: write Markdown"))
	}
}

// at is where a node begins: its text, or the block that it is in.
func (g *guide) at(n ast.Node) (line, column int) {
	offset := -1
	_ = ast.Walk(n, func(inner ast.Node, entering bool) (ast.WalkStatus, error) {
		switch t, ok := inner.(*ast.Text); {
		case !entering || offset >= 0:
		case ok:
			offset = t.Segment.Start
		case inner.Type() == ast.TypeBlock && inner.Lines().Len() > 0:
			offset = inner.Lines().At(0).Start
		}
		if offset >= 0 {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	for ; offset < 0 && n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			offset = n.Lines().At(0).Start
		}
	}
	if offset < 0 {
		return 1, 1
	}
	before := g.source[:offset]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
}

// compare returns, for each kind of parts, the first place in which a guide is not
// like the same guide in another language; and every link that one has alone.
func (g *guide) compare(other *guide) []*expect.Problem {
	var problems []*expect.Problem
	name := other.file[strings.LastIndexByte(other.file, '/')+1:]
	for _, kind := range partKinds {
		got, want := g.parts[kind], other.parts[kind]
		for i := 0; i < max(len(got), len(want)); i++ {
			var p *expect.Problem
			switch {
			case i == len(want):
				p = g.problemf(got[i], "%s, which %s has not", got[i].is, name)
			case i == len(got):
				p = g.problemf(part{line: 1 + bytes.Count(g.source, []byte("\n"))}, "%s is missing, which %s:%d has", want[i].is, name, want[i].line)
			case got[i].is != want[i].is:
				p = g.problemf(got[i], "%s, where %s:%d has %s", got[i].is, name, want[i].line, want[i].is)
			default:
				continue
			}
			problems = append(problems, p)
			break
		}
	}
	for _, l := range without(g.links, other.links) {
		problems = append(problems, g.problemf(l, "a link to %s, which %s has not", l.is, name))
	}
	for _, l := range without(other.links, g.links) {
		problems = append(problems, g.problemf(part{line: 1 + bytes.Count(g.source, []byte("\n"))}, "a link to %s is missing, which %s:%d has", l.is, name, l.line))
	}
	return problems
}

// without are the links that are not among others, each of which stands for one.
// The same page of Kubernetes' documentation in Korean is the same.
func without(links, others []part) []part {
	left := map[string]int{}
	key := func(l part) string {
		if strings.HasPrefix(l.is, "#") {
			return "#" // headings are called otherwise
		}
		return strings.Replace(l.is, "https://kubernetes.io/ko/", "https://kubernetes.io/", 1)
	}
	for _, l := range others {
		left[key(l)]++
	}
	var alone []part
	for _, l := range links {
		if left[key(l)]--; left[key(l)] < 0 {
			alone = append(alone, l)
		}
	}
	return alone
}

func (g *guide) problemf(at part, format string, args ...any) *expect.Problem {
	return &expect.Problem{File: g.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)}
}
