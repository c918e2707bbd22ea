package export

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// Columns are the columns of the CSV, which doc/api.md describes.
var Columns = []string{
	"row", "object", "name", "owner", "index", "what", "from", "to", "length",
	"ready", "restarts", "active", "succeeded", "failed", "terminating", "container", "exit_code", "inferred", "seq", "text",
}

// row is a row of the CSV by its columns; what is missing is empty.
type row map[string]string

// CSV writes a run as a table, as RFC 4180 has it: a row for each segment and each
// mark, first those of the Jobs, then those of the pods, each in order of time, last
// the steps. A cell with text of the run that a spreadsheet could take for a formula,
// because it begins with = + - @ or a control character, has an apostrophe before it.
func CSV(w io.Writer, v timeline.View) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	write := func(r row) {
		cells := make([]string, len(Columns))
		for i, c := range Columns {
			cells[i] = r[c]
		}
		// A csv.Writer keeps its first error.
		_ = out.Write(cells)
	}
	_ = out.Write(Columns)
	for _, j := range v.Jobs {
		for _, s := range j.Segments {
			write(jobRow(j, s))
		}
	}
	for _, l := range v.Lanes {
		for _, r := range laneRows(l) {
			write(r)
		}
	}
	for _, m := range v.Marks {
		write(row{"row": "mark", "object": "Run", "name": text(m.Step), "what": m.Kind, "from": seconds(m.T), "seq": number(m.Seq), "text": text(m.Text)})
	}
	out.Flush()
	return out.Error()
}

func jobRow(j timeline.JobLane, s timeline.JobSegment) row {
	r := row{
		"row": "segment", "object": "Job", "name": text(j.Name), "owner": text(j.Owner), "what": text(s.State),
		"ready": number(s.Ready), "active": number(s.Active), "succeeded": number(s.Succeeded), "failed": number(s.Failed), "terminating": number(s.Terminating),
		"seq": number(s.Seq), "text": text(strings.TrimSpace(s.Reason + " " + s.Message)),
	}
	r.span(s.From, s.To)
	return r
}

// laneRows are the rows of a pod, in order of time.
func laneRows(l timeline.Lane) []row {
	type timed struct {
		t float64
		row
	}
	var rows []timed
	pod := func() row {
		r := row{"object": "Pod", "name": text(l.Pod), "owner": text(l.Owner)}
		if l.Index != nil {
			r["index"] = number(*l.Index)
		}
		return r
	}
	for _, s := range l.Segments {
		r := pod()
		r["row"], r["what"], r["ready"], r["restarts"] = "segment", text(s.Status), text(s.Ready), number(s.Restarts)
		r["inferred"], r["seq"], r["text"] = strconv.FormatBool(s.Inferred), number(s.Seq), text(s.Message)
		r.exit(s.ExitCode)
		r.span(s.From, s.To)
		rows = append(rows, timed{s.From, r})
	}
	for _, m := range l.Marks {
		r := pod()
		r["row"], r["what"], r["from"], r["container"], r["seq"], r["text"] = "mark", m.Kind, seconds(m.T), text(m.Container), number(m.Seq), text(m.Text)
		r.exit(m.ExitCode)
		rows = append(rows, timed{m.T, r})
	}
	slices.SortStableFunc(rows, func(a, b timed) int { return cmp.Compare(a.t, b.t) })
	list := make([]row, len(rows))
	for i, r := range rows {
		list[i] = r.row
	}
	return list
}

// span says from when to when; to and length stay empty if it is still so.
func (r row) span(from float64, to *float64) {
	r["from"] = seconds(from)
	if to != nil {
		r["to"], r["length"] = seconds(*to), seconds(*to-from)
	}
}

func (r row) exit(code *int32) {
	if code != nil {
		r["exit_code"] = number(*code)
	}
}

// text is a cell with text of the run, which must not be taken for a formula.
func text(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

func seconds(t float64) string { return strconv.FormatFloat(t, 'f', 6, 64) }

func number[N ~int | ~int32 | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }
