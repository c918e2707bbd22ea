package timeline_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// FuzzPod records versions of a pod that no API server would publish. A timeline
// must stay whole whatever comes: numbered, encoded and drawable.
func FuzzPod(f *testing.F) {
	files, err := filepath.Glob("recording/testdata/*/pods.jsonl")
	if err != nil || len(files) == 0 {
		f.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		lines := bytes.SplitAfter(bytes.TrimSpace(body), []byte("\n"))
		f.Add(lines[len(lines)-1], "Running", "3 (27s ago)")
	}
	f.Add([]byte(`{"object":{"status":{"containerStatuses":[{"lastState":{"terminated":{"startedAt":"2026-11-23T15:21:25Z","containerID":"a"}},"containerID":"b","restartCount":1}]}}}`), "Completed", "-1")
	f.Fuzz(func(t *testing.T, lines []byte, status, restarts string) {
		r := timeline.NewRecorder(nil, time.Now)
		dec := json.NewDecoder(bytes.NewReader(lines))
		for {
			var l struct {
				Type   string     `json:"type"`
				Object corev1.Pod `json:"object"`
			}
			if err := dec.Decode(&l); err != nil {
				break
			}
			typ := timeline.Modified
			if l.Type == "DELETED" {
				typ = timeline.Deleted
			}
			r.Pod(typ, timeline.Row{Status: status, Restarts: restarts}, &l.Object)
		}
		records := r.Log().Records()
		for i := range records {
			if records[i].Entry.Seq != timeline.Seq(i+1) {
				t.Fatalf("place %d has seq %d", i, records[i].Entry.Seq)
			}
		}
		if _, err := json.Marshal(timeline.Draw(records)); err != nil {
			t.Error(err)
		}
	})
}
