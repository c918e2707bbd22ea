package recording

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/joblab/joblab/internal/timeline"
)

// Published draws what the cluster itself published in a run, and what that
// proves, and the steps that were done: the entries without the server's other
// notes and its verdicts, numbered anew. A
// trace is judged whenever it is read, by the contract of that day; a verdict in
// it would only grow old.
func Published(entries []timeline.Entry) timeline.View {
	var d timeline.Drawer
	seq := timeline.Seq(0)
	for _, e := range entries {
		if e.Verdict != nil || e.Note != nil && !e.Note.OfStep() {
			continue
		}
		seq++
		e.Seq = seq
		d.Add(&e)
	}
	return d.View()
}

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
	if len(v.Marks) > 0 {
		if err := addLines(&b, "marks", v.Marks); err != nil {
			return nil, err
		}
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
