package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/watch"
)

// fakeAPI answers a client's requests at once and in its own goroutine, and
// remembers them: what a run asks for and in which order. What an API server
// makes of it, these tests do not show.
type fakeAPI struct {
	// refuse holds the answer to a POST by the last part of its path.
	refuse map[string]error
	// versions maps an apiVersion to a kind that it has.
	versions map[string]string

	mu         sync.Mutex
	all        []request
	namespaces []corev1.Namespace // what a list of them holds
}

type request struct {
	Method, Path string
	Query        url.Values
}

func newFakeAPI() *fakeAPI { return &fakeAPI{refuse: make(map[string]error)} }

func (f *fakeAPI) client(t *testing.T) kubernetes.Interface {
	client, err := kubernetes.NewForConfig(f.config())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (f *fakeAPI) config() *rest.Config {
	return &rest.Config{
		Host: "http://api", QPS: -1, Transport: f,
		ContentConfig: rest.ContentConfig{ContentType: runtime.ContentTypeJSON},
	}
}

// requests returns the requests so far.
func (f *fakeAPI) requests() []request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

// hold sets what a list of namespaces holds.
func (f *fakeAPI) hold(namespaces ...corev1.Namespace) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.namespaces = namespaces
}

// lines returns those that change something, as "POST /path".
func (f *fakeAPI) lines() []string {
	var lines []string
	for _, r := range f.requests() {
		if r.Method != http.MethodGet {
			line := r.Method + " " + r.Path
			if r.Query.Has("dryRun") {
				line += " (dry run)"
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// RoundTrip implements [http.RoundTripper].
func (f *fakeAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.all = append(f.all, request{r.Method, r.URL.Path, r.URL.Query()})
	f.mu.Unlock()
	code, answer := f.answer(r)
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: code, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

func (f *fakeAPI) answer(r *http.Request) (int, any) {
	last := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch r.Method {
	case http.MethodGet:
		version := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/apis/"), "/api/")
		if kind := f.versions[version]; kind != "" {
			return http.StatusOK, metav1.APIResourceList{GroupVersion: version, APIResources: []metav1.APIResource{{Name: "x", Kind: kind}}}
		}
		if last == "namespaces" {
			f.mu.Lock()
			defer f.mu.Unlock()
			return http.StatusOK, corev1.NamespaceList{Items: f.namespaces}
		}
		return failure(apierrors.NewNotFound(corev1.Resource("x"), last))
	case http.MethodDelete:
		return http.StatusOK, metav1.Status{Status: metav1.StatusSuccess}
	}
	if refusal := (apierrors.APIStatus)(nil); errors.As(f.refuse[last], &refusal) {
		return failure(refusal)
	}
	var object map[string]any
	if err := json.NewDecoder(r.Body).Decode(&object); err != nil {
		return failure(apierrors.NewBadRequest(err.Error()))
	}
	return http.StatusCreated, object
}

func failure(err apierrors.APIStatus) (int, any) {
	status := err.Status()
	status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	return int(status.Code), status
}

// fakeCluster is a cluster whose status the test sets.
type fakeCluster struct {
	cluster.Cluster
	api *fakeAPI

	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{}
}

func newFakeCluster(api *fakeAPI) *fakeCluster {
	return &fakeCluster{api: api, changed: make(chan struct{})}
}

func (f *fakeCluster) Info() cluster.Info   { return cluster.Info{Backend: "fake", Version: "v1.37.2"} }
func (f *fakeCluster) Config() *rest.Config { return f.api.config() }

func (f *fakeCluster) Status() (cluster.Status, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status, f.changed
}

func (f *fakeCluster) set(s cluster.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = s
	close(f.changed)
	f.changed = make(chan struct{})
}

// fakeHub hands the test the sink of the one namespace that is routed. A
// barrier is not passed before the test has said what is listed.
type fakeHub struct {
	established chan struct{}
	sinks       chan watch.Sink

	mu     sync.Mutex
	lists  lists
	listed chan struct{} // closed when lists is set
}

type lists func(context.Context) ([]corev1.Pod, []batchv1.Job, error)

func newFakeHub() *fakeHub {
	return &fakeHub{established: make(chan struct{}), sinks: make(chan watch.Sink, 1), listed: make(chan struct{})}
}

// list sets what is asked by Barrier.
func (f *fakeHub) list(l lists) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lists == nil {
		close(f.listed)
	}
	f.lists = l
}

func (f *fakeHub) Run(ctx context.Context) error {
	close(f.established)
	<-ctx.Done()
	return ctx.Err()
}

func (f *fakeHub) Established() <-chan struct{} { return f.established }

func (f *fakeHub) Route(_ string, s watch.Sink) func() {
	f.sinks <- s
	return func() {}
}

func (f *fakeHub) Barrier(ctx context.Context, _ string) ([]corev1.Pod, []batchv1.Job, error) {
	select {
	case <-f.listed:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	f.mu.Lock()
	lists := f.lists
	f.mu.Unlock()
	return lists(ctx)
}

func replace(t *testing.T, s, old, new string) string {
	t.Helper()
	if strings.Count(s, old) != 1 {
		t.Fatalf("%q is not there exactly once", old)
	}
	return strings.Replace(s, old, new, 1)
}
