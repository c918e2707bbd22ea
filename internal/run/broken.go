package run

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxBack is how many lines before the one at which the parser gave up are tried.
const maxBack = 50

// brokenLine is the line at which a text that is not YAML stops to be it, and its
// number, from 1; 0 if it cannot be told. The parser itself names the line at which the mapping or
// list around it begins, which is not the one to mend.
func brokenLine(text []byte) (number int, line []byte) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	source := &lineReader{lines: lines}
	if err := yaml.NewDecoder(source).Decode(new(yaml.Node)); err == nil || errors.Is(err, io.EOF) {
		return 0, nil
	}
	end := 0
	for _, l := range lines[:source.read] {
		end += len(l)
	}
	for n := source.read - 1; n >= max(0, source.read-maxBack); n-- {
		end -= len(lines[n])
		if err := yaml.NewDecoder(bytes.NewReader(text[:end])).Decode(new(yaml.Node)); err == nil || errors.Is(err, io.EOF) {
			return n + 1, lines[n]
		}
	}
	return 0, nil
}

// lineReader reads no more lines than it is asked for.
type lineReader struct {
	lines [][]byte
	read  int
	rest  []byte
}

func (r *lineReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.read == len(r.lines) {
			return 0, io.EOF
		}
		r.rest = r.lines[r.read]
		r.read++
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// yamlAdvice says what to look for in a broken line, "" if that is not known.
func yamlAdvice(line []byte, message string) string {
	indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
	switch {
	case bytes.IndexByte(indent, '\t') >= 0:
		return "; indent by spaces, not by tabs"
	case strings.Contains(message, "',' or ']'"), strings.Contains(message, "',' or '}'"):
		return "; close what this line opens"
	case strings.Contains(message, "expected key"), strings.Contains(message, "'-' indicator"), strings.Contains(message, "mapping values are not allowed"):
		return "; indent the line as its neighbours of the same level"
	}
	return ""
}
