package web

import (
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// page is a parsed HTML page.
type page struct {
	t    *testing.T
	root *html.Node
}

func parse(t *testing.T, body string) page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return page{t, root}
}

// all are the elements that a selector finds.
func (p page) all(selector string) []*html.Node {
	p.t.Helper()
	s, err := cascadia.ParseGroup(selector)
	if err != nil {
		p.t.Fatalf("selector %s: %v", selector, err)
	}
	return cascadia.QueryAll(p.root, s)
}

// text is the text of the only element that a selector finds, its white space
// collapsed.
func (p page) text(selector string) string {
	p.t.Helper()
	found := p.all(selector)
	if len(found) != 1 {
		p.t.Errorf("%s finds %d elements, want 1", selector, len(found))
		return ""
	}
	return strings.Join(strings.Fields(spaced(found[0])), " ")
}

// attr is an attribute of the only element that a selector finds.
func (p page) attr(selector, name string) string {
	p.t.Helper()
	found := p.all(selector)
	if len(found) != 1 {
		p.t.Errorf("%s finds %d elements, want 1", selector, len(found))
		return ""
	}
	return attr(found[0], name)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// spaced is the text of an element, with a space after each cell of a table.
func spaced(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(spaced(c))
		if c.Data == "td" {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func raw(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(raw(c))
	}
	return b.String()
}

// want compares what selectors find with what they should.
func (p page) want(texts map[string]string) {
	p.t.Helper()
	for selector, want := range texts {
		if got := p.text(selector); got != want {
			p.t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
}
