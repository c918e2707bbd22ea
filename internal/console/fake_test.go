package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// fakeAPI serves the little of an API server that kubectl needs to find a pod and
// a Job, to a client that can reach nothing else.
type fakeAPI struct {
	server *httptest.Server

	mu       sync.Mutex
	requests []string
	dialed   []string // what was dialed that is not the server
	// hold, if set, is called for a watch, before which the server answers.
	hold func(ctx context.Context)
}

const testNamespace = "lab-x"

func newFakeAPI(t testing.TB) *fakeAPI {
	f := &fakeAPI{}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// console returns a console on the API server, and its target.
func (f *fakeAPI) console(t testing.TB) (*Console, Target) {
	cfg := &rest.Config{Host: f.server.URL, QPS: -1, Dial: f.dial}
	return New(func() *rest.Config { return rest.CopyConfig(cfg) }, slog.New(slog.NewTextHandler(t.Output(), nil))), Target{testNamespace, cfg}
}

func (f *fakeAPI) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if address != f.server.Listener.Addr().String() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.dialed = append(f.dialed, address)
		return nil, errors.New("there is no way there")
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

var testPod = corev1.Pod{
	TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
	ObjectMeta: metav1.ObjectMeta{Name: "hello-abcde", Namespace: testNamespace, UID: "1", ResourceVersion: "7"},
	Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "busybox"}}},
	Status:     corev1.PodStatus{Phase: corev1.PodRunning},
}

var testJob = batchv1.Job{
	TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
	ObjectMeta: metav1.ObjectMeta{Name: "hello", Namespace: testNamespace, UID: "2", ResourceVersion: "8"},
	Spec:       batchv1.JobSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"job-name": "hello"}}},
	Status:     batchv1.JobStatus{Conditions: []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}},
}

// ServeHTTP implements [http.Handler].
func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests = append(f.requests, r.Method+" "+r.URL.RequestURI())
	hold := f.hold
	f.mu.Unlock()
	if r.URL.Query().Get("watch") == "true" || r.URL.Query().Get("follow") == "true" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		if hold != nil {
			hold(r.Context())
		}
		return
	}
	base := "/api/v1/namespaces/" + testNamespace
	jobs := "/apis/batch/v1/namespaces/" + testNamespace + "/jobs"
	var answer any
	switch r.URL.Path {
	case "/api":
		answer = metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}}
	case "/apis":
		version := metav1.GroupVersionForDiscovery{GroupVersion: "batch/v1", Version: "v1"}
		answer = metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList"}, Groups: []metav1.APIGroup{{
			Name: "batch", Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version,
		}}}
	case "/api/v1":
		answer = metav1.APIResourceList{GroupVersion: "v1", APIResources: []metav1.APIResource{
			{Name: "pods", SingularName: "pod", Kind: "Pod", Namespaced: true, ShortNames: []string{"po"}, Verbs: []string{"get", "list", "watch", "delete", "patch"}},
			{Name: "events", SingularName: "event", Kind: "Event", Namespaced: true, Verbs: []string{"get", "list", "watch"}},
			{Name: "nodes", SingularName: "node", Kind: "Node", Verbs: []string{"get", "list"}},
		}}
	case "/apis/batch/v1":
		answer = metav1.APIResourceList{GroupVersion: "batch/v1", APIResources: []metav1.APIResource{
			{Name: "jobs", SingularName: "job", Kind: "Job", Namespaced: true, Verbs: []string{"get", "list", "watch", "delete", "patch", "create"}},
		}}
	case "/version":
		answer = map[string]string{"gitVersion": "v1.37.2"}
	case base + "/pods":
		answer = f.table(r, corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}, ListMeta: metav1.ListMeta{ResourceVersion: "9"}, Items: []corev1.Pod{testPod}})
	case base + "/pods/hello-abcde":
		answer = f.table(r, testPod)
	case base + "/pods/hello-abcde/log":
		io.WriteString(w, "hello muzzi\nmuzzi bye\n")
		return
	case base + "/events":
		answer = corev1.EventList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "EventList"}}
	case jobs:
		answer = batchv1.JobList{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "JobList"}, ListMeta: metav1.ListMeta{ResourceVersion: "9"}, Items: []batchv1.Job{testJob}}
	case jobs + "/hello":
		answer = testJob
	default:
		w.WriteHeader(http.StatusNotFound)
		answer = metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure, Reason: metav1.StatusReasonNotFound, Code: http.StatusNotFound, Message: "not found"}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

// table makes a table of an object if the client wants one.
func (f *fakeAPI) table(r *http.Request, object any) any {
	if !strings.Contains(r.Header.Get("Accept"), "as=Table") {
		return object
	}
	raw, _ := json.Marshal(testPod)
	return metav1.Table{
		TypeMeta: metav1.TypeMeta{APIVersion: "meta.k8s.io/v1", Kind: "Table"}, ListMeta: metav1.ListMeta{ResourceVersion: "9"},
		ColumnDefinitions: []metav1.TableColumnDefinition{{Name: "Name", Type: "string"}, {Name: "Status", Type: "string"}},
		Rows:              []metav1.TableRow{{Cells: []any{"hello-abcde", "Running"}, Object: runtime.RawExtension{Raw: raw}}},
	}
}

// asked returns the requests so far that are about the namespace.
func (f *fakeAPI) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var asked []string
	for _, line := range f.requests {
		if strings.Contains(line, "/namespaces/") {
			asked = append(asked, line)
		}
	}
	return asked
}

// buffer is a writer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
	// wrote, if set, is sent to after each write.
	wrote chan struct{}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	n, err := b.b.Write(p)
	b.mu.Unlock()
	if b.wrote != nil {
		select {
		case b.wrote <- struct{}{}:
		default:
		}
	}
	return n, err
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
