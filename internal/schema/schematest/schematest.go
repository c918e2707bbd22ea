// Package schematest serves the OpenAPI v3 of a recorded cluster, Kubernetes
// v1.37.2, as far as Jobs and CronJobs need it.
package schematest

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the recording
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"
)

// recorded is what the API server answers at /openapi/v3/apis/batch/v1, without
// paths and without schemas that neither kind refers to.
//
//go:embed testdata/batch-v1.json.gz
var recorded []byte

// API is an API server that has only schemas, until the test ends.
type API struct {
	Config *rest.Config
	// Asked counts the schemas that were read.
	Asked atomic.Int64
	// Down makes it answer that it cannot.
	Down atomic.Bool
}

// Serve starts it. It has batch/v1 with the schema given, that of a real cluster if
// it is nil.
func Serve(t *testing.T, batch []byte) *API {
	t.Helper()
	if batch == nil {
		batch = read(t)
	}
	api := &API{}
	list, err := json.Marshal(map[string]any{"paths": map[string]any{
		"apis/batch/v1": map[string]string{"serverRelativeURL": "/openapi/v3/apis/batch/v1?hash=1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	send := func(body []byte, count int64) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if api.Down.Load() {
				http.Error(w, "etcd is away", http.StatusInternalServerError)
				return
			}
			api.Asked.Add(count)
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body) // the client tells what it misses
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /openapi/v3", send(list, 0))
	mux.HandleFunc("GET /openapi/v3/apis/batch/v1", send(batch, 1))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	api.Config = &rest.Config{Host: server.URL}
	return api
}

func read(t *testing.T) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(recorded))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
