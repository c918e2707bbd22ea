// Package strictyaml reads YAML that people write, strictly, and reports all
// problems of a file at once, each at its line and column.
//
// Guarantees:
//   - A key that is not known, a key given twice and a value of the wrong type
//     are problems; nothing is converted silently (1 is not a string, 30 is not
//     a duration).
//   - Anchors and aliases are refused, so that a small file cannot expand.
//   - Reading goes on after a problem with the zero value; a node is reported
//     at most once for one reason. No input makes it panic.
package strictyaml

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	File string
	// Line and Column count from 1; 0 means the file as a whole.
	Line, Column int
	// Path leads from the root to the node, "expect[1].pods.count".
	Path    string
	Message string
}

// Error is "file:line:column: path: message", without the parts that are empty.
func (p *Problem) Error() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	s += ": "
	if p.Path != "" {
		s += p.Path + ": "
	}
	return s + p.Message
}

// A Reader collects the problems of one file.
type Reader struct {
	file     string
	problems []*Problem
}

// NewReader returns a Reader that has seen no problem. The file is how problems
// name it.
func NewReader(file string) *Reader { return &Reader{file: file} }

// yamlLine finds the line in an error of the parser, which gives it in no other
// way.
var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// Parse returns the root of a document. For input that is not YAML, or has no or
// several documents, it adds a problem and returns a missing value.
func (r *Reader) Parse(data []byte) Value {
	docs, p := Documents(data)
	switch {
	case p != nil:
	case len(docs) == 0:
		p = &Problem{Line: 1, Message: "the file is empty"}
	case len(docs) > 1:
		p = &Problem{Line: docs[1].Line, Column: docs[1].Column, Message: "want one YAML document"}
	default:
		return r.Value(docs[0], "")
	}
	p.File = r.file
	r.Add(p)
	return Value{reader: r}
}

// Documents parses the documents of a file. Input that is not YAML gives a
// problem without a file.
func Documents(data []byte) ([]*yaml.Node, *Problem) {
	var docs []*yaml.Node
	for dec := yaml.NewDecoder(bytes.NewReader(data)); ; {
		doc := new(yaml.Node)
		err := dec.Decode(doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			p := &Problem{Line: 1, Message: err.Error()}
			if m := yamlLine.FindStringSubmatch(p.Message); m != nil {
				p.Line, _ = strconv.Atoi(m[1])
				p.Message = p.Message[len(m[0]):]
			}
			return nil, p
		}
		docs = append(docs, doc)
	}
}

// Value wraps a node, which may be nil for one that is missing.
func (r *Reader) Value(n *yaml.Node, path string) Value {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	return Value{reader: r, node: n, path: path}
}

// Add adds a problem.
func (r *Reader) Add(p *Problem) { r.problems = append(r.problems, p) }

// Err returns all problems joined, in the order of lines, or nil.
func (r *Reader) Err() error {
	slices.SortStableFunc(r.problems, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var errs []error
	for _, p := range r.problems {
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}

// Value is a node of the file, or one that is missing from it.
type Value struct {
	reader *Reader
	node   *yaml.Node
	// parent is where a missing value is reported.
	parent *yaml.Node
	path   string
}

// Problemf reports a problem at the value, or at its parent if it is missing.
func (v Value) Problemf(format string, args ...any) { v.problemAt(0, format, args...) }

// ProblemAtOffset reports a problem at an offset, in bytes, into a scalar that is
// written on one line; for other values it is reported at their start.
func (v Value) ProblemAtOffset(offset int, format string, args ...any) {
	if v.node == nil || v.node.Kind != yaml.ScalarNode {
		offset = 0
	} else {
		switch v.node.Style &^ yaml.TaggedStyle {
		case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
			offset++
		case yaml.LiteralStyle, yaml.FoldedStyle:
			offset = 0
		}
	}
	v.problemAt(offset, format, args...)
}

// ProblemAtPosition reports a problem at a line, counted from 0, of a scalar and
// an offset into that line, as far as the scalar's place in the file tells it: a
// literal block has its lines, but they may be indented by any number of spaces.
func (v Value) ProblemAtPosition(line, offset int, format string, args ...any) {
	switch {
	case v.node != nil && v.node.Style&yaml.LiteralStyle != 0:
		p := &Problem{File: v.reader.file, Line: v.node.Line + 1 + line, Path: v.path, Message: fmt.Sprintf(format, args...)}
		v.reader.Add(p)
	case line > 0:
		v.problemAt(0, format, args...)
	default:
		v.ProblemAtOffset(offset, format, args...)
	}
}

func (v Value) problemAt(offset int, format string, args ...any) {
	p := &Problem{File: v.reader.file, Path: v.path, Message: fmt.Sprintf(format, args...)}
	at := v.node
	if at == nil {
		at = v.parent
	}
	if at != nil {
		p.Line, p.Column = at.Line, at.Column+offset
	}
	v.reader.Add(p)
}

// Present reports whether the value is in the file, a null included.
func (v Value) Present() bool { return v.node != nil }

// Node is the value's node, nil if it is missing.
func (v Value) Node() *yaml.Node { return v.node }

// Line is the value's line, counted from 1; its parent's if it is missing.
func (v Value) Line() int {
	switch {
	case v.node != nil:
		return v.node.Line
	case v.parent != nil:
		return v.parent.Line
	}
	return 0
}
