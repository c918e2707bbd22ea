package parity

import (
	"bytes"
	"fmt"
)

// What this package writes of a document stands between these lines.
const (
	begin = "<!-- parity -->\n"
	end   = "<!-- /parity -->\n"
)

// Replace returns a document with text between the marks of this package.
func Replace(document []byte, text string) ([]byte, error) {
	before, _, after, err := cut(document)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{before, []byte(text), after}, nil), nil
}

// Stale says in what the table of a document cannot be one of these results: it
// has another rule, or lacks a scenario. It is nil if it can.
func Stale(document []byte, results []*Result) error {
	_, text, _, err := cut(document)
	if err != nil {
		return err
	}
	if !bytes.Contains(text, bytes.TrimSpace([]byte(Rule))) {
		return fmt.Errorf("it states another rule of comparison")
	}
	for _, r := range results {
		if !bytes.Contains(text, []byte("\n#### "+r.Name+"\n")) {
			return fmt.Errorf("it has no scenario %s", r.Name)
		}
	}
	return nil
}

func cut(document []byte) (before, text, after []byte, err error) {
	i := bytes.Index(document, []byte(begin))
	j := bytes.Index(document, []byte(end))
	if i < 0 || j < i {
		return nil, nil, nil, fmt.Errorf("it lacks the lines %q and %q, in this order", begin, end)
	}
	i += len(begin)
	return document[:i], document[i:j], document[j:], nil
}
