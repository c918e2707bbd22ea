package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/timeline"
)

const traceFile = "trace.json"

// readTrace reads the recorded run, which may be missing, and returns its entries.
func (l *loader) readTrace(lab *Lab, dir string) []timeline.Entry {
	name := path.Join(dir, traceFile)
	if _, err := fs.Stat(l.fsys, name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	data, ok := l.file(name)
	if !ok {
		return nil
	}
	lab.Trace = data
	var view timeline.View
	if err := json.Unmarshal(data, &view); err != nil {
		l.add(&expect.Problem{File: name, Line: lineOf(err, data), Message: err.Error()})
		return nil
	}
	if len(view.Entries) == 0 {
		l.add(&expect.Problem{File: name, Line: 1, Message: "has no entries: want a timeline as the API gives it"})
		return nil
	}
	lab.Recorded = time.Duration(view.End() * float64(time.Second))
	lab.Long = lab.Long || lab.Recorded > LongRun
	return view.Entries
}

// reviewTrace judges the recorded run. It is what the lab shows as expected, so it
// must meet the contract.
func (l *loader) reviewTrace(lab *Lab, dir string, recorded []timeline.Entry) {
	if lab.Contract == nil || recorded == nil {
		return
	}
	for _, v := range lab.Contract.Review(recorded).Checks {
		if v.State != timeline.Met {
			l.add(&expect.Problem{File: path.Join(dir, traceFile), Message: fmt.Sprintf("the recorded run does not meet %s: expected %s, got %s (entry %d)", v.ID, v.Expected, v.Got, v.Seq)})
		}
	}
}

// lineOf returns the line of an error of the JSON decoder.
func lineOf(err error, data []byte) int {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	offset := int64(0)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	}
	return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n"))
}
