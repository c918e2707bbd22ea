package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/store"
	"github.com/joblab/joblab/internal/stream"
	"github.com/joblab/joblab/internal/timeline"
)

// manifest has characters that HTML gives a meaning.
const manifest = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: hello # <b>&amp;\n"

const guide = `# A title

Text with <script>alert(1)</script> and [a link](javascript:alert(1)).

## Part

| a | b |
|---|---|
| 1 | 2 |
`

const expectations = `
- {id: one-pod, say: {en: "one pod", ko: "파드 하나"}, pods: {count: 1, each: "Pending Running Completed"}}
- {id: completes, say: {en: "the Job completes", ko: "Job이 완료돼요"}, job: {condition: Complete, within: 1m}}
`

// labs are two labs, the first with a trace.
func testLabs(t testing.TB) []*lab.Lab {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(expectations), &node); err != nil {
		t.Fatal(err)
	}
	contract, err := expect.Parse("lab.yaml", node.Content[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	first := &lab.Lab{
		Slug: "first-job", Number: 2, Minutes: 4, Kubernetes: ">=1.31", Backends: []string{"embedded"},
		Track:   lab.Track{ID: "basics", Title: lab.Text{"en": "Basics", "ko": "기초"}},
		Title:   lab.Text{"en": "Your first Job", "ko": "첫 번째 Job"},
		Summary: lab.Text{"en": "It runs `once` & ends.", "ko": "한 번 실행돼요."},
		Goal:    lab.Text{"en": "See `it` <b>end</b>.", "ko": "끝나는 것을 봐요."},
		Sources: []lab.Source{{Title: "KEP", URL: "https://kep.example/"}},
		File:    "job.yaml", Manifest: []byte(manifest),
		Guides:   map[string][]byte{"en": []byte(guide), "ko": []byte("## 안내\n")},
		Trace:    []byte(`{"lanes":[{"pod":"a","segments":[],"marks":[]},{"pod":"b","segments":[],"marks":[]}],"jobs":[{"name":"j","segments":[]}],"entries":[{"seq":1,"t":12.5,"kind":"note","note":{"code":"settled","text":""}}],"source":"kind"}`),
		Contract: contract,
		Predict:  testQuestions(t),
	}
	second := *first
	second.Slug, second.Number, second.Trace, second.Predict = "on-failure", 6, nil, nil
	second.Title = lab.Text{"en": "The pod that disappears", "ko": "사라지는 파드"}
	second.Track = lab.Track{ID: "failure", Title: lab.Text{"en": "Failure", "ko": "실패"}}
	return []*lab.Lab{first, &second}
}

// fakeRun is a run whose timeline the test writes.
type fakeRun struct {
	rec *timeline.Recorder
	// recorded is the timeline instead of rec's, if it is set.
	recorded *timeline.Log
	lab      *lab.Lab
	info     run.Info
	place    *place // nil if it is not on the cluster
	log      func(pod, container string, previous, follow bool) (io.ReadCloser, error)

	mu      sync.Mutex
	stopped bool
}

func (r *fakeRun) Info() run.Info {
	r.mu.Lock()
	defer r.mu.Unlock()
	info := r.info
	if r.stopped {
		info.State = run.Stopped
	}
	return info
}

func (r *fakeRun) Log() *timeline.Log {
	if r.recorded != nil {
		return r.recorded
	}
	return r.rec.Log()
}

func (r *fakeRun) Why() *explain.Live {
	return explain.Follow(r.Log(), r.Info().Manifest, manifest)
}

func (r *fakeRun) Lab() *lab.Lab { return r.lab }

func (r *fakeRun) Stop(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	return nil
}

func (r *fakeRun) Step(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.info.Steps {
		step := &r.info.Steps[i]
		switch {
		case step.ID != id:
		case step.State != run.StepReady:
			return fmt.Errorf("%w: it is %s", run.ErrNotNow, step.State)
		default:
			r.rec.Note(timeline.Note{Code: timeline.NoteStep, Text: "job.batch/hello patched", Step: id})
			step.State, step.Message = run.StepDone, "job.batch/hello patched"
			return nil
		}
	}
	return fmt.Errorf("%w: %q", run.ErrNoStep, id)
}

func (r *fakeRun) PodLog(_ context.Context, pod, container string, previous, follow bool) (io.ReadCloser, error) {
	return r.log(pod, container, previous, follow)
}

// fakeRuns starts what the test prepared.
type fakeRuns struct {
	labs []*lab.Lab

	mu  sync.Mutex
	err error
	// notReady is why no run can start; nil if one can.
	notReady error
	runs     map[string]*fakeRun
	started  []byte // the manifest of the last StartFor
	progress map[string]store.Progress
	// judged has the arguments of each Judge, forgotten those of each Forget.
	judged, forgotten []string
	// check is what Check answers; nil for no problems.
	check   func(ctx context.Context, manifest string) ([]run.Problem, error)
	checked []string // the manifests of all Checks
}

// answerChecks sets what Check answers from now on.
func (f *fakeRuns) answerChecks(check func(context.Context, string) ([]run.Problem, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.check = check
}

// manifests are those that were checked.
func (f *fakeRuns) manifests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.checked)
}

// manifest is that of the last Start.
func (f *fakeRuns) manifest() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.started
}

// refuse makes Start fail.
func (f *fakeRuns) refuse(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeRuns) Check(ctx context.Context, _ *lab.Lab, m []byte) ([]run.Problem, error) {
	f.mu.Lock()
	check := f.check
	f.checked = append(f.checked, string(m))
	f.mu.Unlock()
	if check == nil {
		return nil, nil
	}
	return check(ctx, string(m))
}

func (f *fakeRuns) Ready() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.notReady
}

func (f *fakeRuns) StartFor(_ context.Context, learner string, l *lab.Lab, m []byte) (liveRun, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started = m
	if f.err != nil {
		return nil, f.err
	}
	r := f.addLocked(fmt.Sprintf("run%d", len(f.runs)+1), l.Slug)
	r.info.Learner = learner
	return r, nil
}

func (f *fakeRuns) Latest(_ context.Context, learner, slug string, limit int) ([]run.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var latest []run.Info
	for _, r := range f.runs {
		if info := r.Info(); learner != "" && info.Learner == learner && (slug == "" || info.Lab == slug) {
			info.Manifest = ""
			latest = append(latest, info)
		}
	}
	slices.SortFunc(latest, func(a, b run.Info) int { return b.StartedAt.Compare(a.StartedAt) })
	return latest[:min(limit, len(latest))], nil
}

func (f *fakeRuns) Judge(_ context.Context, learner, slug string, verdict timeline.Verdict) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.judged = append(f.judged, learner+" "+slug+" "+string(verdict.Outcome))
	return nil
}

func (f *fakeRuns) Forget(_ context.Context, learner string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgotten = append(f.forgotten, learner)
	return nil
}

func (f *fakeRuns) Progress(context.Context, string) (map[string]store.Progress, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.progress, nil
}

func (f *fakeRuns) addLocked(id, slug string) *fakeRun {
	r := &fakeRun{
		rec: timeline.NewRecorder(nil, time.Now),
		info: run.Info{
			ID: id, Lab: slug, Namespace: "lab-" + slug + "-x", Manifest: manifest, State: run.Running,
			Cluster: run.Cluster{Backend: "embedded", Version: "v1.37.2"},
		},
	}
	r.lab, _ = lab.Find(f.labs, slug)
	f.runs[id] = r
	return r
}

func (f *fakeRuns) add(id, slug string) *fakeRun {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.addLocked(id, slug)
}

func (f *fakeRuns) Get(id string) (liveRun, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r, ok := f.runs[id]; ok {
		return r, nil
	}
	return nil, fmt.Errorf("run %q %w", id, run.ErrNotFound)
}

func (f *fakeRuns) All() []liveRun {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []liveRun
	for _, r := range f.runs {
		all = append(all, r)
	}
	return all
}

// noLog is the log of containers that wrote nothing.
func noLog(string, string, bool, bool) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("")), nil
}

// addRecorded adds the recorded run of a lab, as one that has ended.
func (f *fakeRuns) addRecorded(l *lab.Lab, entries []timeline.Entry) error {
	last := entries[len(entries)-1]
	verdict := l.Contract.Review(entries)
	last.Seq, last.Kind, last.Note, last.Verdict = last.Seq+1, timeline.KindVerdict, nil, &verdict
	last.Pod, last.Job, last.CronJob, last.Event = nil, nil, nil, nil
	log, err := timeline.Restore(append(slices.Clip(entries), last))
	if err != nil {
		return err
	}
	r := f.add(l.Slug, l.Slug)
	r.recorded = log
	r.info.State, r.info.Verdict = run.Finished, last.Verdict
	r.info.Manifest = string(l.Manifest)
	r.info.StartedAt, r.info.FinishedAt = entries[0].At, &last.At
	r.log = func(pod, _ string, _, _ bool) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("the log of " + pod + "\n")), nil
	}
	return nil
}

// complete writes the timeline of a Job with one pod that completes.
func (r *fakeRun) complete() {
	r.begin()
	r.end()
}

// begin writes it up to the Job, so that the run goes on.
func (r *fakeRun) begin() {
	r.rec.Begin(time.Now())
	r.rec.Note(timeline.Note{Code: timeline.NoteApplied, Text: "created Job hello"})
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "hello-x7k2p", UID: types.UID("pod-1"), ResourceVersion: "1"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
	}
	r.rec.Pod(timeline.Added, timeline.Row{Ready: "0/1", Status: "Pending", Restarts: "0"}, pod)
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", ContainerID: "fake://1"}}
	r.rec.Pod(timeline.Modified, timeline.Row{Ready: "0/1", Status: "<b>Odd</b>", Restarts: "0"}, pod)
	r.rec.Event(timeline.Added, &corev1.Event{
		Type: "Warning", Reason: "Failed", Message: `exec: "x": not found`, Count: 2,
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "hello-x7k2p", UID: "pod-1"},
	})
	r.rec.Job(timeline.Added, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "hello", UID: types.UID("job-1")}})
}

// end writes its end.
func (r *fakeRun) end() {
	r.rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.info.State = run.Finished
}

// fakeCluster is in the state that the test sets.
type fakeCluster struct {
	version string // v1.37.2 if empty
	config  *rest.Config

	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{}
}

func (c *fakeCluster) Info() cluster.Info {
	return cluster.Info{Backend: "embedded", Version: cmp.Or(c.version, "v1.37.2")}
}
func (c *fakeCluster) Config() *rest.Config        { return c.config }
func (c *fakeCluster) Kubeconfig() ([]byte, error) { return nil, nil }
func (c *fakeCluster) Close(context.Context) error { return nil }

func (c *fakeCluster) Status() (cluster.Status, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.changed
}

func (c *fakeCluster) set(s cluster.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = s
	close(c.changed)
	c.changed = make(chan struct{})
}

// site is a server with its fakes.
type site struct {
	*httptest.Server
	web     *Server
	runs    *fakeRuns
	cluster *fakeCluster
	logged  *strings.Builder
}

// newSite serves the test labs until the test ends.
func newSite(t testing.TB) *site {
	t.Helper()
	return serveLabs(t, testLabs(t))
}

// serveLabs serves labs until the test ends.
func serveLabs(t testing.TB, labs []*lab.Lab) *site {
	t.Helper()
	s := &site{
		runs:    &fakeRuns{labs: labs, runs: map[string]*fakeRun{}},
		cluster: &fakeCluster{status: cluster.Status{State: cluster.Ready, Generation: 1}, changed: make(chan struct{})},
		logged:  &strings.Builder{},
	}
	log := slog.New(slog.NewTextHandler(&lockedWriter{w: s.logged}, nil))
	streams := stream.New(log)
	var err error
	s.web, err = newServer(Config{Labs: lab.Collection{Labs: labs}, Cluster: s.cluster, Stream: streams, Logger: log, Metrics: prometheus.NewRegistry()}, s.runs)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(s.web)
	t.Cleanup(func() {
		s.web.Close()
		if err := streams.Shutdown(context.Background()); err != nil {
			t.Errorf("shut streams down: %v", err)
		}
		s.Server.Close()
	})
	s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// answer is what came back for a request.
type answer struct {
	*http.Response
	body string
}

// do sends a request with headers given as "Name: value".
func (s *site) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(b)}
}

func (s *site) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodGet, path, "", headers...)
}
