// Package export writes a run in forms that other programs read: JSON, CSV, and
// Chrome's trace events, which Perfetto opens.
//
// Guarantees:
//   - What is written depends on nothing but the run: the same run gives the same
//     bytes.
//   - It is written as it is made; a long run is not held in memory a second time.
//   - No text of the run, such as a pod's message, is a formula in the CSV.
//
// The package does no I/O but to the writer that it is given.
package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/joblab/joblab/internal/timeline"
)

// JSON writes a run as GET /api/runs/{id}/timeline gives it, with what there is to
// say about the run in "info". The entries are those of the records, in the form in
// which they were encoded once.
func JSON(w io.Writer, info any, v timeline.View, records []timeline.Record) error {
	b := bufio.NewWriter(w)
	fields := []struct {
		name  string
		value any
	}{{"info", info}, {"run", v.Run}, {"lanes", v.Lanes}, {"jobs", v.Jobs}, {"marks", v.Marks}, {"verdict", v.Verdict}}
	b.WriteByte('{')
	for _, f := range fields {
		value, err := json.Marshal(f.value)
		if err != nil {
			return fmt.Errorf("encode %s: %w", f.name, err)
		}
		if f.name == "marks" && len(v.Marks) == 0 {
			continue
		}
		fmt.Fprintf(b, "%q:%s,\n", f.name, value)
	}
	b.WriteString(`"entries":[`)
	for i, r := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(r.JSON)
	}
	b.WriteString("\n]}\n")
	// A bufio.Writer keeps its first error.
	return b.Flush()
}
