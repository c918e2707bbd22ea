package run

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// deletions are the requests that delete something.
func (s *stage) deletions() []string {
	return slices.DeleteFunc(s.api.lines(), func(line string) bool { return !strings.HasPrefix(line, "DELETE ") })
}

// TestForeignNamespaceIsLeftAlone puts somebody else's namespace in the place of a
// run's.
func TestForeignNamespaceIsLeftAlone(t *testing.T) {
	for name, change := range map[string]func(*corev1.Namespace){
		"another UID": func(ns *corev1.Namespace) { ns.UID = "another" },
		"no labels":   func(ns *corev1.Namespace) { ns.Labels = nil },
		"another server's run, not expired": func(ns *corev1.Namespace) {
			ns.Labels[labelRun], ns.Labels[labelInstance] = "another", "another"
			ns.Annotations[annotationExpires] = time.Now().Add(24 * time.Hour).Format(time.RFC3339)
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, Config{}, func(t *testing.T, s *stage) {
				r, sink := s.begin()
				sink.Job(timeline.Added, aJob(""))
				synctest.Wait()
				ns := s.api.held()[r.Info().Namespace]
				change(&ns)
				s.api.hold(ns)
				if err := r.Stop(t.Context()); err != nil {
					t.Fatal(err)
				}
				pass(time.Hour)
				if got := s.deletions(); len(got) != 0 {
					t.Errorf("got %q, want nothing deleted", got)
				}
			})
		})
	}
}

// TestNamespaceIsDeletedWhenItCanBe: an outage at the end of its time does not
// leave it behind.
func TestNamespaceIsDeletedWhenItCanBe(t *testing.T) {
	play(t, Config{Keep: time.Minute}, func(t *testing.T, s *stage) {
		s.lists(nil, []batchv1.Job{*aJob(batchv1.JobComplete)})
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		s.wantEnd(r, Finished, timeline.NoteSettled)
		s.vanish()
		before := len(s.api.requests())
		pass(10 * time.Minute)
		if after := len(s.api.requests()); after != before {
			t.Errorf("%d requests to an API server that does not answer", after-before)
		}
		s.ready(1)
		pass(deleteAgain)
		if _, there := s.api.held()[r.Info().Namespace]; there {
			t.Error("the namespace is still there")
		}
	})
}
