package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// fakeAPI answers a client's requests at once and in its own goroutine, and
// remembers them: what a run asks for and in which order. What an API server
// makes of it, these tests do not show.
type fakeAPI struct {
	// versions maps an apiVersion to a kind that it has.
	versions map[string]string

	mu         sync.Mutex
	refusals   map[string]error // of a POST by the last part of its path
	all        []request
	namespaces []corev1.Namespace // those that are there
	made       int                // namespaces
}

type request struct {
	Method, Path string
	Query        url.Values
	Name         string // of the object that is created
}

// own reports whether a request is about the namespace for checks itself.
func (r request) own() bool {
	return !r.Query.Has("dryRun") && strings.Contains(r.Path+r.Name, "joblab-check-")
}

func newFakeAPI() *fakeAPI { return &fakeAPI{refusals: make(map[string]error)} }

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

// refuse sets the answer to a POST by the last part of its path; nil for none.
func (f *fakeAPI) refuse(last string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refusals[last] = err
}

// hold sets which namespaces there are.
func (f *fakeAPI) hold(namespaces ...corev1.Namespace) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.namespaces = namespaces
}

// held returns the namespaces that there are, by name.
func (f *fakeAPI) held() map[string]corev1.Namespace {
	f.mu.Lock()
	defer f.mu.Unlock()
	byName := make(map[string]corev1.Namespace)
	for _, ns := range f.namespaces {
		byName[ns.Name] = ns
	}
	return byName
}

var checkName = regexp.MustCompile(`joblab-check-[a-z2-7]{8}`)

// lines returns those that change something, as "POST /path", without those that
// make the namespace for checks. In paths that is called CHECK.
func (f *fakeAPI) lines() []string {
	var lines []string
	for _, r := range f.requests() {
		if r.Method != http.MethodGet && !r.own() {
			line := r.Method + " " + checkName.ReplaceAllString(r.Path, "CHECK")
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
	var sent struct {
		Metadata      metav1.ObjectMeta    `json:"metadata"`
		Preconditions metav1.Preconditions `json:"preconditions"`
	}
	var text []byte
	if r.Body != nil {
		var err error
		if text, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &sent); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	f.all = append(f.all, request{r.Method, r.URL.Path, r.URL.Query(), sent.Metadata.Name})
	f.mu.Unlock()
	code, answer := f.namespace(r, sent.Metadata, sent.Preconditions)
	if answer == nil {
		code, answer = f.answer(r, text)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: code, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// namespace answers requests for one namespace; nil for all others.
func (f *fakeAPI) namespace(r *http.Request, meta metav1.ObjectMeta, only metav1.Preconditions) (int, any) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	if path[0] != "namespaces" || len(path) > 2 {
		return 0, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(path) == 1 {
		if r.Method != http.MethodPost || f.refusals["namespaces"] != nil {
			return 0, nil
		}
		f.made++
		meta.UID = types.UID(fmt.Sprintf("made-%d", f.made))
		ns := corev1.Namespace{ObjectMeta: meta}
		f.namespaces = append(f.namespaces, ns)
		return http.StatusCreated, ns
	}
	i := slices.IndexFunc(f.namespaces, func(ns corev1.Namespace) bool { return ns.Name == path[1] })
	switch {
	case i < 0:
		return failure(apierrors.NewNotFound(corev1.Resource("namespaces"), path[1]))
	case r.Method == http.MethodGet:
		return http.StatusOK, f.namespaces[i]
	case only.UID == nil || *only.UID != f.namespaces[i].UID:
		return failure(apierrors.NewConflict(corev1.Resource("namespaces"), path[1], errors.New("another UID")))
	}
	f.namespaces = slices.Delete(f.namespaces, i, i+1)
	return http.StatusOK, metav1.Status{Status: metav1.StatusSuccess}
}

func (f *fakeAPI) answer(r *http.Request, text []byte) (int, any) {
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
			return http.StatusOK, corev1.NamespaceList{Items: slices.Clone(f.namespaces)}
		}
		return failure(apierrors.NewNotFound(corev1.Resource("x"), last))
	case http.MethodDelete:
		return http.StatusOK, metav1.Status{Status: metav1.StatusSuccess}
	}
	f.mu.Lock()
	refused := f.refusals[last]
	f.mu.Unlock()
	if refusal := (apierrors.APIStatus)(nil); errors.As(refused, &refusal) {
		return failure(refusal)
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return failure(apierrors.NewBadRequest(err.Error()))
	}
	return http.StatusCreated, object
}

func failure(err apierrors.APIStatus) (int, any) {
	status := err.Status()
	status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	return int(status.Code), status
}
