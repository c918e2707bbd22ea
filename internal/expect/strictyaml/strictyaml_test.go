package strictyaml

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// offsets is a document with a scalar in each style.
const offsets = `plain: abc
single: 'abc'
double: "abc"
block: |
  abc
list: [abc]
`

func TestProblemAtOffset(t *testing.T) {
	r := NewReader("f")
	m := r.Parse([]byte(offsets)).Mapping()
	for _, key := range m.Keys() {
		m.Get(key).ProblemAtOffset(1, "b")
	}
	m.Get("missing").ProblemAtOffset(1, "b")
	want := `f:1:1: missing: b
f:1:9: plain: b
f:2:11: single: b
f:3:11: double: b
f:4:8: block: b
f:6:7: list: b`
	if diff := cmp.Diff(want, r.Err().Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestProblemAtPosition(t *testing.T) {
	r := NewReader("f")
	m := r.Parse([]byte("single: 'abc'\nliteral: |\n  abc\n  def\nfolded: >\n  abc\n")).Mapping()
	for _, key := range m.Keys() {
		m.Get(key).ProblemAtPosition(0, 1, "first")
		m.Get(key).ProblemAtPosition(1, 1, "second")
	}
	want := `f:1:9: single: second
f:1:11: single: first
f:3: literal: first
f:4: literal: second
f:5:9: folded: first
f:5:9: folded: second`
	if diff := cmp.Diff(want, r.Err().Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestValues(t *testing.T) {
	r := NewReader("f")
	m := r.Parse([]byte("text: a\nnumber: 3\nlength: 90s\nempty: ''\nlist: [x]\n")).Mapping("text", "number", "length", "empty", "list")
	n, ok := m.Get("number").Int(3)
	if m.Get("text").Text() != "a" || n != 3 || !ok || m.Get("length").Duration() != 90*time.Second || !m.Get("empty").Empty() ||
		m.Get("text").Empty() || len(m.Get("list").List()) != 1 || m.Get("list").List()[0].OneOf("x") != "x" || m.Get("list").Line() != 5 || m.Get("none").Line() != 1 {
		t.Errorf("values differ from the document: %d %t", n, ok)
	}
	if err := r.Err(); err != nil {
		t.Errorf("problems: %v", err)
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"none", "a: x", ""},
		{"no document", "", "f:1: the file is empty"},
		{"two documents", "a: x\n---\na: y", "f:2:1: want one YAML document"},
		{"no YAML", "a: x\n b: {", "f:2: mapping values are not allowed in this context"},
		{"another key", "b: x", "f:1:1: unknown key \"b\": want a\nf:1:1: a: is missing: want a string"},
		{"a key twice", "a: x\na: y", "f:2:1: key \"a\" is given twice"},
		{"no word as key", "a: x\n[1]: y", "f:2:1: want a word as key"},
		{"a merge", "a: x\n<<: {a: y}", "f:2:1: unknown key \"<<\": want a"},
		{"a number", "a: 1", "f:1:4: a: want a string, not 1"},
		{"nothing", "a:", "f:1:3: a: want a string, not nothing"},
		{"a list", "a: []", "f:1:4: a: want a string, not a list"},
		{"a mapping", "a: {}", "f:1:4: a: want a string, not a mapping"},
		{"an anchor", "a: &x y", "f:1:4: a: anchors and aliases are not allowed here"},
		{"a tag", "a: !!binary aGk=", "f:1:4: a: want a string, not aGk="},
	} {
		r := NewReader("f")
		if root := r.Parse([]byte(c.text)); root.Present() {
			root.Mapping("a").Get("a").Text()
		}
		got := ""
		if err := r.Err(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestErrJoinsProblems(t *testing.T) {
	r := NewReader("f")
	r.Parse([]byte("1")).Mapping()
	var p *Problem
	if err := r.Err(); !errors.As(err, &p) || p.File != "f" || p.Line != 1 || p.Column != 1 {
		t.Errorf("got %#v, want a problem at f:1:1", p)
	}
}
