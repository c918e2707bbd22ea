package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/parity"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// runEach runs each scenario on both clusters at the same time, atOnce scenarios
// at a time. One begins only after the pods of the one before have got past
// their creation, where a cluster works hardest. Those that never settle take the
// longest and begin first.
func runEach(ctx context.Context, scenarios []*scenario, ours, theirs *side, atOnce int, stdout io.Writer) error {
	places := make(chan struct{}, atOnce)
	var going sync.WaitGroup
	var mu sync.Mutex // guards errs and stdout
	var errs []error
	for _, s := range slices.SortedStableFunc(slices.Values(scenarios), endlessFirst) {
		places <- struct{}{}
		var created sync.WaitGroup
		created.Add(2)
		going.Go(func() {
			defer func() { <-places }()
			begin := time.Now()
			err := s.run(ctx, ours, theirs, created.Done)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			fmt.Fprintf(stdout, "%s: %.0f s\n", s.Name, time.Since(begin).Seconds())
		})
		created.Wait()
	}
	going.Wait()
	return errors.Join(errs...)
}

func endlessFirst(a, b *scenario) int {
	rank := func(s *scenario) int {
		if s.Until == (parity.Until{}) {
			return 1
		}
		return 0
	}
	return rank(a) - rank(b)
}

// run runs a scenario on both clusters. It calls created once for each, when its
// first pod has got past its creation or will not any more.
func (s *scenario) run(ctx context.Context, ours, theirs *side, created func()) error {
	errs := make([]error, 2)
	var going sync.WaitGroup
	var verdicts [2]string
	for i, c := range []struct {
		on   *side
		seen **parity.Observation
	}{{ours, &s.Embedded}, {theirs, &s.Kind}} {
		going.Go(func() {
			entries, err := c.on.run(ctx, s, created)
			if err != nil {
				errs[i] = fmt.Errorf("%s on %s: %w", s.Name, c.on.name(), err)
				return
			}
			*c.seen = parity.Observe(entries, s.Until)
			verdicts[i] = notMet(s, c.on.name(), entries)
		})
	}
	going.Wait()
	s.notMet = nil
	for _, v := range verdicts {
		if v != "" {
			s.notMet = append(s.notMet, v)
		}
	}
	return errors.Join(errs...)
}

// notMet says that a lab's contract was not met, or nothing.
func notMet(s *scenario, on string, entries []timeline.Entry) string {
	if s.lab.Contract == nil {
		return ""
	}
	verdict := s.lab.Contract.Review(entries)
	text := ""
	for _, c := range verdict.Checks {
		if c.State != timeline.Met {
			text += fmt.Sprintf("; %s %s: expected %s, got %s", c.ID, c.State, c.Expected, c.Got)
		}
	}
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%s on %s does not meet its contract%s", s.Name, on, text)
}

// run runs a scenario on one cluster to its end and returns its timeline, with
// the events that came when it had settled.
func (c *side) run(ctx context.Context, s *scenario, created func()) ([]timeline.Entry, error) {
	created = sync.OnceFunc(created)
	defer created()
	r, err := c.runs.Start(ctx, s.lab, nil)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { c.end(r) })()
	var entries []timeline.Entry
	var stopping sync.WaitGroup
	defer stopping.Wait()
	enough := false
	for record := range r.Log().Follow(context.WithoutCancel(ctx), 0) {
		e := record.Entry
		entries = append(entries, e)
		if e.Note != nil && e.Note.Code == timeline.NoteGap {
			return nil, fmt.Errorf("changes were missed: %s", e.Note.Text)
		}
		if pastCreation(&e) {
			created()
		}
		if !enough && s.Until.Reached(entries) {
			enough = true
			stopping.Go(func() { c.end(r) })
		}
	}
	info := r.Info()
	switch {
	case enough:
		return entries, nil
	case info.State != run.Finished:
		return nil, fmt.Errorf("the run is %s: %s", info.State, info.Reason)
	case !settled(entries):
		return entries, nil
	}
	late, err := c.lateEvents(ctx, info.Namespace, entries)
	return append(entries, late...), err
}

// pastCreation reports whether an entry shows a pod that is created, or that
// waits for a registry.
func pastCreation(e *timeline.Entry) bool {
	return e.Pod != nil && e.Pod.Status != "Pending" && e.Pod.Status != "ContainerCreating" ||
		e.Event != nil && e.Event.Reason == "Pulling"
}

// end stops a run. That it does not end in time is told by its log.
func (c *side) end(r *run.Run) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = r.Stop(ctx)
}

func settled(entries []timeline.Entry) bool {
	return slices.ContainsFunc(entries, func(e timeline.Entry) bool { return e.Note != nil && e.Note.Code == timeline.NoteSettled })
}

// eventsSettle is for how long events may come after what they tell: Kubernetes
// sends them in the background.
const eventsSettle = 3 * time.Second

// lateEvents returns the events of a namespace that are not among entries, those
// that come in the next moments included, in the order in which they came.
func (c *side) lateEvents(ctx context.Context, namespace string, entries []timeline.Entry) ([]timeline.Entry, error) {
	seconds := int64(eventsSettle / time.Second)
	w, err := c.client.CoreV1().Events(namespace).Watch(ctx, metav1.ListOptions{TimeoutSeconds: &seconds})
	if err != nil {
		return nil, fmt.Errorf("watch events: %w", err)
	}
	defer w.Stop()
	var late []*corev1.Event
	for change := range w.ResultChan() {
		ev, ok := change.Object.(*corev1.Event)
		if ok && !slices.ContainsFunc(entries, func(e timeline.Entry) bool { return e.UID == string(ev.UID) }) {
			late = append(late, ev)
		}
	}
	version := func(ev *corev1.Event) int { n, _ := strconv.Atoi(ev.ResourceVersion); return n }
	slices.SortStableFunc(late, func(a, b *corev1.Event) int { return version(a) - version(b) })
	rec := timeline.NewRecorder(nil, time.Now)
	for _, ev := range late {
		rec.Event(timeline.Added, ev)
	}
	var more []timeline.Entry
	for _, record := range rec.Log().Records() {
		more = append(more, record.Entry)
	}
	return more, nil
}
