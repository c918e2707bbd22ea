package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/run"
)

// place is where a fakeRun is on the cluster, and what it has seen there.
type place struct {
	space   run.Space
	objects []run.Object
	last    map[string]runtime.Object // by kind and name
}

func (r *fakeRun) Space() (run.Space, bool) {
	if r.place == nil {
		return run.Space{}, true
	}
	return r.place.space, r.place.space.Name == ""
}

func (r *fakeRun) Objects() []run.Object {
	if r.place == nil {
		return []run.Object{}
	}
	return r.place.objects
}

func (r *fakeRun) LastVersion(kind, name string) (runtime.Object, error) {
	if r.place != nil && r.place.last[kind+"/"+name] != nil {
		return r.place.last[kind+"/"+name], nil
	}
	return nil, run.ErrNotFound
}

// onCluster puts a run on a cluster whose API server knows one pod, gives
// everybody an identity, and goes on with a watch until the reader goes.
func (s *site) onCluster(t *testing.T, r *fakeRun) {
	t.Helper()
	pod := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"lab-x","resourceVersion":"1","managedFields":[{"manager":"m"}]}}`
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch path := r.URL.Path; {
		case r.URL.Query().Get("watch") == "true":
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case path == "/api":
			io.WriteString(w, `{"kind":"APIVersions","versions":["v1"]}`)
		case path == "/apis":
			io.WriteString(w, `{"kind":"APIGroupList","groups":[]}`)
		case path == "/api/v1":
			io.WriteString(w, `{"groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","kind":"Pod","namespaced":true,"verbs":["get","list","watch"]}]}`)
		case path == "/api/v1/namespaces/lab-x/pods":
			fmt.Fprintf(w, `{"apiVersion":"v1","kind":"PodList","metadata":{"resourceVersion":"1"},"items":[%s]}`, pod)
		case path == "/api/v1/namespaces/lab-x/pods/a":
			io.WriteString(w, pod)
		case strings.HasSuffix(path, "/events"):
			io.WriteString(w, `{"apiVersion":"v1","kind":"EventList","items":[]}`)
		case strings.HasSuffix(path, "/token"):
			fmt.Fprintf(w, `{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","status":{"token":"t","expirationTimestamp":%q}}`, time.Now().Add(time.Hour).Format(time.RFC3339))
		case strings.HasSuffix(path, "/selfsubjectaccessreviews"):
			io.WriteString(w, `{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","status":{"allowed":true}}`)
		case r.Method == http.MethodPost:
			io.WriteString(w, `{}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"not found"}`)
		}
	}))
	t.Cleanup(api.Close)
	s.cluster.config = &rest.Config{Host: api.URL, QPS: -1, BearerToken: "admin"}
	r.place = &place{space: run.Space{Name: "lab-x", Expires: time.Now().Add(time.Hour)}}
}

func TestConsolePrintsAsItGoes(t *testing.T) {
	s := newSite(t)
	s.onCluster(t, s.runs.add("r", "first-job"))
	got := s.do(t, http.MethodPost, "/api/runs/r/console", `{"line": "kubectl get pods -o name"}`)
	resp, text := got.Response, got.body
	if want := `{"out":"pod/a\n"}` + "\n" + `{"exit":0}` + "\n"; text != want || resp.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("got %s %q, want %q", resp.Header.Get("Content-Type"), text, want)
	}
	text = s.do(t, http.MethodPost, "/api/runs/r/console", `{"line": "get pods -A"}`).body
	if !strings.HasPrefix(text, `{"err":"refused: `) || !strings.HasSuffix(text, `{"exit":1}`+"\n") {
		t.Errorf("got %q, want it refused", text)
	}
	text = s.do(t, http.MethodGet, "/api/runs/r/console/complete?at=6&line="+url.QueryEscape("get po and more"), "").body
	if want := `{"from":4,"candidates":[{"text":"pods","note":"po"}]}` + "\n"; text != want {
		t.Errorf("completion %s, want %s", text, want)
	}
}

// TestConsoleEndsWithTheServer: a command that goes on has printed what there
// was, uncompressed, and ends when the server does.
func TestConsoleEndsWithTheServer(t *testing.T) {
	s := newSite(t)
	s.onCluster(t, s.runs.add("r", "first-job"))
	resp, err := s.Client().Post(s.URL+"/api/runs/r/console", "application/json", strings.NewReader(`{"line": "get pods -w -o name"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if coding := resp.Header.Get("Content-Encoding"); coding != "" || resp.Uncompressed {
		t.Errorf("Content-Encoding %q", coding)
	}
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != `{"out":"pod/a\n"}` {
		t.Fatalf("got %q, %v", lines.Text(), lines.Err())
	}
	s.web.Close()
	if !lines.Scan() || lines.Text() != `{"exit":1}` || lines.Scan() {
		t.Errorf("got %q, %v, want the end", lines.Text(), lines.Err())
	}
}

func TestKubeconfig(t *testing.T) {
	s := newSite(t)
	s.onCluster(t, s.runs.add("r", "first-job"))
	got := s.do(t, http.MethodGet, "/api/runs/r/kubeconfig", "")
	resp, text := got.Response, got.body
	if got, want := resp.Header.Get("Content-Disposition"), `attachment; filename="joblab-r.kubeconfig"`; got != want {
		t.Errorf("Content-Disposition %q, want %q", got, want)
	}
	if !strings.Contains(text, "namespace: lab-x\n") || !strings.Contains(text, "token: t\n") || strings.Contains(text, "admin") {
		t.Errorf("kubeconfig:\n%s", text)
	}
}

func TestObjects(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("r", "first-job")
	s.onCluster(t, r)
	r.place.objects = []run.Object{{Kind: "Pod", APIVersion: "v1", Name: "a", UID: "1"}, {Kind: "Pod", APIVersion: "v1", Name: "b", UID: "2", Deleted: true}}
	b := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{Name: "b"}}
	r.place.last = map[string]runtime.Object{"Pod/b": b}

	text := s.do(t, http.MethodGet, "/api/runs/r/objects", "").body
	if want := `[{"kind":"Pod","apiVersion":"v1","name":"a","uid":"1","deleted":false},{"kind":"Pod","apiVersion":"v1","name":"b","uid":"2","deleted":true}]` + "\n"; text != want {
		t.Errorf("objects %s, want %s", text, want)
	}
	for _, row := range []struct {
		path    string
		status  int
		deleted string
		want    string
	}{
		{"Pod/a/describe", http.StatusOK, "", "Namespace:    lab-x"},
		{"Pod/a/yaml", http.StatusOK, "", "managedFields"},
		{"Pod/b/yaml", http.StatusOK, "true", "name: b"},
		{"Pod/b/describe", http.StatusGone, "", "not there any more"},
		{"Pod/c/yaml", http.StatusNotFound, "", "no such object"},
		{"Pod/c/describe", http.StatusNotFound, "", "no such object"},
		{"Secret/s/yaml", http.StatusNotFound, "", "not shown"},
		{"Secret/s/describe", http.StatusNotFound, "", "not shown"},
	} {
		got := s.do(t, http.MethodGet, "/api/runs/r/objects/"+row.path, "")
		resp, text := got.Response, got.body
		if resp.StatusCode != row.status || resp.Header.Get("X-Joblab-Deleted") != row.deleted || !strings.Contains(text, row.want) {
			t.Errorf("%s: %s, deleted %q, %s; want %d, %q, %q", row.path, resp.Status, resp.Header.Get("X-Joblab-Deleted"), text, row.status, row.deleted, row.want)
		}
	}
}

// TestCleanedUpRun: a run that is not on the cluster says so, and shows what it
// kept.
func TestCleanedUpRun(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("r", "first-job")
	r.place = &place{last: map[string]runtime.Object{
		"Pod/b": &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{Name: "b"}},
	}}
	for _, row := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodGet, "/api/runs/r/kubeconfig", "", http.StatusGone},
		{http.MethodPost, "/api/runs/r/console", `{"line":"get pods"}`, http.StatusGone},
		{http.MethodGet, "/api/runs/r/console/complete?line=get", "", http.StatusGone},
		{http.MethodGet, "/api/runs/r/objects/Pod/b/describe", "", http.StatusGone},
		{http.MethodGet, "/api/runs/r/objects/Pod/b/yaml", "", http.StatusOK},
		{http.MethodGet, "/api/runs/nobody/kubeconfig", "", http.StatusNotFound},
	} {
		got := s.do(t, row.method, row.path, row.body)
		resp, text := got.Response, got.body
		if resp.StatusCode != row.status {
			t.Errorf("%s: %s %s, want %d", row.path, resp.Status, text, row.status)
		}
		if row.status == http.StatusGone {
			var answer apiError
			if err := json.Unmarshal([]byte(text), &answer); err != nil || !strings.Contains(answer.Error, "cleaned up") {
				t.Errorf("%s: %s", row.path, text)
			}
		}
	}
}

// TestConsoleWithoutTheAPIServer: whoever asks is told to ask again.
func TestConsoleWithoutTheAPIServer(t *testing.T) {
	s := newSite(t)
	s.onCluster(t, s.runs.add("r", "first-job"))
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	s.cluster.config = &rest.Config{Host: nobody.URL}
	for _, path := range []string{"kubeconfig", "objects/Pod/a/describe", "objects/Pod/a/yaml", "console/complete?line=get"} {
		if got := s.get(t, "/api/runs/r/"+path); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %s %s, want 503 and when to ask again", path, got.Status, got.body)
		}
	}
}

// TestConsoleOfANamespaceThatIsGone: the cluster is another one by now, or
// somebody has deleted the namespace.
func TestConsoleOfANamespaceThatIsGone(t *testing.T) {
	s := newSite(t)
	s.onCluster(t, s.runs.add("r", "first-job"))
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"no such namespace"}`)
	}))
	defer empty.Close()
	s.cluster.config = &rest.Config{Host: empty.URL}
	if got := s.get(t, "/api/runs/r/kubeconfig"); got.StatusCode != http.StatusGone {
		t.Errorf("%s %s, want 410", got.Status, got.body)
	}
}

func TestConsoleWithBadRequests(t *testing.T) {
	s := newSite(t)
	s.onCluster(t, s.runs.add("r", "first-job"))
	for _, row := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPost, "/api/runs/r/console", `no JSON`, http.StatusBadRequest},
		{http.MethodPost, "/api/runs/r/console", `{"line": "get 'pods"}`, http.StatusBadRequest},
		{http.MethodPost, "/api/runs/r/console", fmt.Sprintf(`{"line": %q}`, strings.Repeat("x", 5000)), http.StatusBadRequest},
		{http.MethodPost, "/api/runs/r/console", fmt.Sprintf(`{"line": %q}`, strings.Repeat("x", 50000)), http.StatusRequestEntityTooLarge},
		{http.MethodGet, "/api/runs/r/console/complete?line=get&at=4", "", http.StatusBadRequest},
		{http.MethodGet, "/api/runs/r/console/complete?line=get&at=x", "", http.StatusBadRequest},
	} {
		if got := s.do(t, row.method, row.path, row.body); got.StatusCode != row.status {
			t.Errorf("%s %.40s: %s %s, want %d", row.path, row.body, got.Status, got.body, row.status)
		}
	}
	long := decode[apiError](t, s.do(t, http.MethodPost, "/api/runs/r/console", fmt.Sprintf(`{"line": %q}`, strings.Repeat("x", 50000))))
	if strings.Contains(long.Error, "manifest") || !strings.Contains(long.Error, "too large") {
		t.Errorf("of a line that is too long it says: %s", long.Error)
	}
	if got := s.do(t, http.MethodPost, "/api/runs/r/console", `{"line": "delete pods --all"}`, "Sec-Fetch-Site: cross-site"); got.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %s, want it refused", got.Status)
	}
}
