package recording

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/joblab/joblab/internal/timeline"
)

// Trace encodes a View as a lab's trace.json: the wire form, one lane, one Job
// and one entry a line, so that a change shows as a change of lines.
func Trace(v timeline.View) ([]byte, error) {
	var b bytes.Buffer
	run, err := json.Marshal(v.Run)
	if err != nil {
		return nil, fmt.Errorf("encode trace: %w", err)
	}
	fmt.Fprintf(&b, "{\"run\":%s", run)
	if err := addLines(&b, "lanes", v.Lanes); err != nil {
		return nil, err
	}
	if err := addLines(&b, "jobs", v.Jobs); err != nil {
		return nil, err
	}
	if err := addLines(&b, "entries", v.Entries); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name  string
		value any
	}{{"verdict", v.Verdict}, {"source", v.Source}} {
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, fmt.Errorf("encode trace: %s: %w", f.name, err)
		}
		fmt.Fprintf(&b, ",\n%q:%s", f.name, value)
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

func addLines[T any](b *bytes.Buffer, name string, items []T) error {
	fmt.Fprintf(b, ",\n%q:[", name)
	for i := range items {
		line, err := json.Marshal(&items[i])
		if err != nil {
			return fmt.Errorf("encode trace: %s: %w", name, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("]")
	return nil
}
