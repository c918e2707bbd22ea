package web

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/store"
	"github.com/joblab/joblab/internal/timeline"
)

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

// fail makes starts of runs fail from now on, unless the error is nil.
func (f *fakeRuns) fail(err error) {
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
