package run

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// Start is StartFor for nobody in particular.
func (m *Manager) Start(ctx context.Context, l *lab.Lab, manifest []byte) (*Run, error) {
	return m.StartFor(ctx, "", l, manifest)
}

// StartFor checks a manifest (the lab's own if it is empty) and starts a run of it
// for a learner, by id. It returns when applying has begun, or could not; from then on
// ctx does not matter. What goes wrong later is told by the run.
//
// The error is a [*lab.Obstacle] if the cluster cannot run the lab, a [*Refused]
// or [ErrTooLarge] for a manifest that is not accepted, [ErrFull], [ErrNotReady] or
// [ErrClosed].
func (m *Manager) StartFor(ctx context.Context, learner string, l *lab.Lab, manifest []byte) (*Run, error) {
	if len(manifest) == 0 {
		manifest = l.Manifest
	}
	ok, err := m.examine(ctx, l, manifest, m.ready)
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(l.Run.Limit, EditedLimit)
	if !bytes.Equal(manifest, l.Manifest) {
		limit = max(limit, EditedLimit)
	}
	r := m.newRun(ok.gen, l, manifest, ok.docs, ok.rules, limit)
	r.info.Learner = learner
	if err := m.add(r); err != nil {
		r.end(nil)
		r.release()
		return nil, err
	}
	select {
	case <-r.begun:
	case <-ctx.Done():
	}
	return r, nil
}

// judged has a lab's contract judge a refusal.
func judged(err error, l *lab.Lab) error {
	var refused *Refused
	if errors.As(err, &refused) && l.Contract != nil && l.Contract.Refuses() {
		notes := refused.Notes()
		verdict := l.Contract.Refused(notes)
		refused.Verdict, refused.Answers = &verdict, l.Answers(expect.Refusals(notes))
	}
	return err
}

// check asks the API server about a manifest. One that does not answer, or is
// a new one in which even the namespaces are not there yet, is not ready.
func (m *Manager) check(ctx context.Context, gen *generation, docs []*document, source string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	space, err := gen.checks.use(ctx)
	if err == nil {
		err = checkWithServer(ctx, gen.client, docs, space, source)
	}
	var refused *Refused
	if err == nil || errors.As(err, &refused) {
		return err
	}
	if isWithoutNamespace(err) {
		gen.checks.lost()
	}
	return fmt.Errorf("%w: %w", ErrNotReady, err)
}

// newRun returns a run that has not begun.
func (m *Manager) newRun(gen *generation, l *lab.Lab, manifest []byte, docs []*document, rules rules, limit time.Duration) *Run {
	started := m.cfg.Now()
	info := m.cfg.Cluster.Info()
	id := strings.ToLower(rand.Text())
	space := namespace{
		name:    fmt.Sprintf("lab-%.40s-%s", l.Slug, randomName(8)),
		expires: started.Add(prepareTimeout + limit + maxOutage + m.cfg.Keep + expirySlack),
		maxPods: m.cfg.MaxPods,
		labels:  map[string]string{labelManagedBy: fieldManager, labelRun: id, labelLab: l.Slug, labelInstance: m.cfg.Instance},
	}
	var judge timeline.Judge
	if l.Contract != nil {
		judge = l.Contract.Judge()
	}
	ctx := context.Background()
	rec := timeline.NewRecorder(judge, m.cfg.Now)
	logs := newLogs(ctx, func(ctx context.Context, pod, container string, previous bool, since time.Time) (io.ReadCloser, error) {
		options := &corev1.PodLogOptions{Container: container, Previous: previous, Follow: true, Timestamps: true}
		if !since.IsZero() {
			options.SinceTime = &metav1.Time{Time: since}
		}
		return gen.client.CoreV1().Pods(space.name).GetLogs(pod, options).Stream(ctx)
	})
	r := &Run{
		lab:     l,
		docs:    docs,
		rules:   rules,
		space:   space,
		limit:   limit,
		keep:    m.cfg.Keep,
		now:     m.cfg.Now,
		log:     m.cfg.Logger.With("run", id, "lab", l.Slug),
		gen:     gen,
		cluster: m.cfg.Cluster,
		rec:     rec,
		why:     explain.Follow(rec.Log(), string(manifest), string(l.Manifest)),
		logs:    logs,
		seen:    newObserver(rec, logs, started.Add(limit)),
		steps:   newSteps(l.Steps, rec.Log()),
		begun:   make(chan struct{}),
		done:    make(chan struct{}),
		over:    make(chan struct{}),
		cleaned: make(chan struct{}),
		info: Info{
			ID: id, Lab: l.Slug, Namespace: space.name, Manifest: string(manifest),
			Cluster: Cluster{Backend: info.Backend, Version: info.Version},
			State:   Pending, StartedAt: started.UTC(),
		},
	}
	living, end := context.WithCancelCause(ctx)
	kept, release := context.WithCancel(ctx)
	r.end, r.release = end, release
	r.start = func() {
		defer close(r.over)
		r.live(living)
		r.cleanUp(kept)
	}
	return r
}
