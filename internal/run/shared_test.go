package run

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/joblab/joblab/internal/timeline"
)

// TestSharedClusterIsWatchedByRun: each run has watches of its namespace, which
// end with it.
func TestSharedClusterIsWatchedByRun(t *testing.T) {
	playOn(t, true, Config{}, func(t *testing.T, s *stage) {
		if s.hub != nil {
			t.Fatalf("a shared cluster is watched before any run, in %q", s.hub.namespace)
		}
		one, err := s.Start(t.Context(), s.lab, nil)
		if err != nil {
			t.Fatal(err)
		}
		first := s.hub
		two, err := s.Start(t.Context(), s.lab, nil)
		if err != nil {
			t.Fatal(err)
		}
		second := s.hub
		if first.namespace != one.Info().Namespace || second.namespace != two.Info().Namespace {
			t.Errorf("watched %q and %q", first.namespace, second.namespace)
		}
		first.list(func(context.Context) ([]corev1.Pod, []batchv1.Job, error) { return nil, nil, nil })
		(<-first.sinks).Job(timeline.Added, aJob(batchv1.JobComplete))
		s.wantEnd(one, Finished, timeline.NoteSettled)
		if !first.ended.Load() || second.ended.Load() {
			t.Errorf("watches ended: of the run that has %t, of the other %t", first.ended.Load(), second.ended.Load())
		}
	})
}

// TestSharedClusterThatCannotBeWatched: nothing is applied that would not be seen,
// and the run says why.
func TestSharedClusterThatCannotBeWatched(t *testing.T) {
	playOn(t, true, Config{}, func(t *testing.T, s *stage) {
		s.refusal = apierrors.NewForbidden(corev1.Resource("pods"), "", errors.New("no right"))
		r, err := s.Start(t.Context(), s.lab, nil)
		if err != nil {
			t.Fatal(err)
		}
		pass(prepareTimeout)
		synctest.Wait()
		s.wantEnd(r, Failed, timeline.NoteInterrupted)
		if reason := r.Info().Reason; !strings.Contains(reason, "watch the namespace") || !strings.Contains(reason, "no right") {
			t.Errorf("got reason %q", reason)
		}
		for _, line := range s.api.lines() {
			if line == "POST /apis/batch/v1/namespaces/"+r.Info().Namespace+"/jobs" {
				t.Error("the Job was created though nobody would have seen it")
			}
		}
	})
}
