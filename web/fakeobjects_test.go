package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// fakeObjects answers what the tabs ask about the objects of a run, in front of a
// site.
type fakeObjects struct {
	*httptest.Server

	mu       sync.Mutex
	list     []map[string]any
	describe map[string]string // by kind/name; one that is not there is gone
	yaml     map[string]string
	deleted  map[string]bool
	// console answers a line with messages; nil is closed by the reader.
	console func(line string, w io.Writer, closed <-chan struct{})
}

// newFakeObjects puts objects in front of a site until the test ends.
func newFakeObjects(t *testing.T, s *site) *fakeObjects {
	t.Helper()
	f := &fakeObjects{describe: map[string]string{}, yaml: map[string]string{}, deleted: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/runs/{id}/objects", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		_ = json.NewEncoder(w).Encode(f.list)
	})
	mux.HandleFunc("GET /api/runs/{id}/objects/{kind}/{name}/describe", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		text, ok := f.describe[r.PathValue("kind")+"/"+r.PathValue("name")]
		if !ok {
			w.WriteHeader(http.StatusGone)
			return
		}
		_, _ = io.WriteString(w, text)
	})
	mux.HandleFunc("GET /api/runs/{id}/objects/{kind}/{name}/yaml", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		key := r.PathValue("kind") + "/" + r.PathValue("name")
		if f.deleted[key] {
			w.Header().Set("X-Joblab-Deleted", "true")
		}
		_, _ = io.WriteString(w, f.yaml[key])
	})
	mux.HandleFunc("GET /api/runs/{id}/kubeconfig", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusGone)
	})
	mux.HandleFunc("GET /api/runs/{id}/console/complete", func(w http.ResponseWriter, r *http.Request) {
		line := r.URL.Query().Get("line")
		from := strings.LastIndex(line, " ") + 1
		type candidate struct {
			Text string `json:"text"`
		}
		found := []candidate{}
		for _, word := range []string{"describe", "get", "pods", "podtemplates"} {
			if strings.HasPrefix(word, line[from:]) {
				found = append(found, candidate{word})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"from": from, "candidates": found})
	})
	mux.HandleFunc("POST /api/runs/{id}/console", func(w http.ResponseWriter, r *http.Request) {
		var command struct{ Line string }
		_ = json.NewDecoder(r.Body).Decode(&command)
		w.Header().Set("Content-Type", "application/x-ndjson")
		f.console(command.Line, flushing{w}, r.Context().Done())
	})
	mux.Handle("/", s.web)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		s.web.Close()
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

type flushing struct{ http.ResponseWriter }

func (f flushing) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	f.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

const jobYAML = `apiVersion: batch/v1
kind: Job
metadata:
  labels:
    app: "<b>bold</b>"
  managedFields:
  - apiVersion: batch/v1
    fieldsV1:
      f:spec: {}
    manager: joblab
  name: never-with-limit
  namespace: lab-x
spec:
  backoffLimit: 3
`

const jobDescribed = "Name:             never-with-limit\nNamespace:        lab-x\nAnnotations:      <script>alert(1)</script> \x1b[31mred\x1b[0m\nBackoff Limit:    3\nEvents:\n  Type    Reason            Age   From            Message\n  Normal  SuccessfulCreate  52s   job-controller  Created pod: never-927gm\n"

// fill gives a run's objects some content.
func (f *fakeObjects) fill(job, pod string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = []map[string]any{
		{"kind": "Job", "apiVersion": "batch/v1", "name": job, "uid": "job-1", "deleted": false},
		{"kind": "Pod", "apiVersion": "v1", "name": pod, "uid": "pod-gone", "deleted": true},
	}
	f.describe["Job/"+job] = jobDescribed
	f.yaml["Job/"+job] = jobYAML
	f.yaml["Pod/"+pod] = "kind: Pod\nmetadata:\n  name: " + pod + "\n"
	f.deleted["Pod/"+pod] = true
	f.console = func(line string, w io.Writer, closed <-chan struct{}) {
		switch {
		case line == "get pods -w":
			fmt.Fprintln(w, `{"out":"NAME          READY   STATUS    RESTARTS   AGE\n"}`)
			fmt.Fprintln(w, `{"out":"never-927gm   0/1     Pending   0          0s\n"}`)
			<-closed
		case strings.HasPrefix(line, "get"):
			fmt.Fprintln(w, `{"out":"NAME          READY   STATUS       RESTARTS   AGE\n"}`)
			fmt.Fprintln(w, `{"out":"never-927gm   0/1     StartError   0          52s <i>not italic</i> \u001b[31mred\n"}`)
			fmt.Fprintln(w, `{"exit":0}`)
		default:
			fmt.Fprintf(w, "{\"err\":\"error: %s is not allowed here: the console has get, describe, logs and a few more\\n\"}\n", strings.Fields(line)[0])
			fmt.Fprintln(w, `{"exit":1}`)
		}
	}
}
