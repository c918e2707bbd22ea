// Package recording reads what kubectl recorded of a real cluster and replays it
// through a [timeline.Recorder], as if a run saw it now: the goldens of the
// timeline are made so. It also writes what a run saw as a lab's trace.json.
//
// A recording is a directory of files, of which pods.txt and pods.jsonl are
// required:
//
//	pods.jsonl    the pods' raw watch events, one JSON object a line:
//	              {"t": seconds since the create command, "type": "ADDED", "object": {…}}
//	pods.txt      what kubectl get pods -w --output-watch-events printed for the
//	              same events, t in front of each line
//	jobs.jsonl    the Jobs' raw watch events
//	events.jsonl  the core Events' raw watch events
//
// The package is deterministic: the same recording gives the same View.
package recording

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// A Recording is what one directory holds, in order of arrival.
type Recording struct {
	Changes []Change
	// Begin is when the create command was started, t = 0.
	Begin time.Time
}

// Change is one recorded watch event. One of Pod, Job and Event is set; Row
// belongs to Pod.
type Change struct {
	T     float64 // seconds since Begin, in whole milliseconds
	Type  timeline.Type
	Row   timeline.Row
	Pod   *corev1.Pod
	Job   *batchv1.Job
	Event *corev1.Event
	// Object is the recorded object.
	Object json.RawMessage
}

// line is a line of a .jsonl file.
type line struct {
	T      float64         `json:"t"`
	Wall   float64         `json:"wall"`
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
}

// Read reads the recording in a directory.
func Read(fsys fs.FS) (*Recording, error) {
	rec := &Recording{}
	pods, err := read(fsys, "pods.jsonl", rec, func(c *Change) any { c.Pod = new(corev1.Pod); return c.Pod })
	if err != nil {
		return nil, err
	}
	if err := addRows(fsys, pods); err != nil {
		return nil, err
	}
	jobs, err := read(fsys, "jobs.jsonl", rec, func(c *Change) any { c.Job = new(batchv1.Job); return c.Job })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	events, err := read(fsys, "events.jsonl", rec, func(c *Change) any { c.Event = new(corev1.Event); return c.Event })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	rec.Changes = slices.Concat(jobs, pods, events)
	rec.sort()
	return rec, nil
}

// read reads a .jsonl file; object sets up where a line's object is decoded to.
func read(fsys fs.FS, name string, rec *Recording, object func(*Change) any) ([]Change, error) {
	body, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var changes []Change
	n := 0
	for text := range bytes.Lines(body) {
		n++
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		c := Change{T: l.T, Type: timeline.Type(strings.ToLower(l.Type)), Object: l.Object}
		switch c.Type {
		case timeline.Added, timeline.Modified, timeline.Deleted:
		default:
			return nil, fmt.Errorf("%s:%d: type %q", name, n, l.Type)
		}
		if err := json.Unmarshal(l.Object, object(&c)); err != nil {
			return nil, fmt.Errorf("%s:%d: object: %w", name, n, err)
		}
		if rec.Begin.IsZero() {
			rec.Begin = time.UnixMilli(int64(math.Round((l.Wall - l.T) * 1000))).UTC()
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// addRows adds the printed cells to the pods' changes.
func addRows(fsys fs.FS, pods []Change) error {
	const name = "pods.txt"
	body, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Scan() // the header
	n := 0
	for ; lines.Scan(); n++ {
		// t EVENT NAME READY STATUS RESTARTS… AGE; RESTARTS may be "3 (27s ago)".
		f := strings.Fields(lines.Text())
		if len(f) < 7 || n >= len(pods) {
			return fmt.Errorf("%s:%d: not a row of pods.jsonl: %s", name, n+2, lines.Text())
		}
		c := &pods[n]
		if typ := timeline.Type(strings.ToLower(f[1])); typ != c.Type || f[2] != c.Pod.Name {
			return fmt.Errorf("%s:%d: %s of %s, but pods.jsonl has %s of %s", name, n+2, typ, f[2], c.Type, c.Pod.Name)
		}
		c.Row = timeline.Row{Ready: f[3], Status: f[4], Restarts: strings.Join(f[5:len(f)-1], " ")}
	}
	if n != len(pods) {
		return fmt.Errorf("%s: %d rows for %d events of pods.jsonl", name, n, len(pods))
	}
	return nil
}
