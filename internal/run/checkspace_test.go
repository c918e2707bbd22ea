package run

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/cluster"
)

// checkSpaces are the names of the namespaces for checks that there are.
func (s *stage) checkSpaces() []string {
	synctest.Wait()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.api.held())), func(name string) bool { return !strings.HasPrefix(name, "joblab-check-") })
}

func (s *stage) onlyCheckSpace() string {
	s.t.Helper()
	names := s.checkSpaces()
	if len(names) != 1 {
		s.t.Fatalf("got namespaces for checks %q, want one", names)
	}
	return names[0]
}

func TestChecksAreMadeInANamespaceLikeARuns(t *testing.T) {
	play(t, Config{MaxPods: 7}, func(t *testing.T, s *stage) {
		name := s.onlyCheckSpace()
		ns := s.api.held()[name]
		if ns.Labels["pod-security.kubernetes.io/enforce"] != "baseline" || ns.Labels[labelManagedBy] != fieldManager || ns.Annotations[annotationExpires] == "" {
			t.Errorf("got labels %v and annotations %v", ns.Labels, ns.Annotations)
		}
		var made []string
		for _, r := range s.api.requests() {
			if r.own() && strings.HasPrefix(r.Path, "/api/v1/namespaces/"+name+"/") {
				made = append(made, r.Path[strings.LastIndexByte(r.Path, '/')+1:])
			}
		}
		slices.Sort(made)
		if want := []string{"limitranges", "resourcequotas", "serviceaccounts", "status"}; !slices.Equal(made, want) {
			t.Errorf("got %q made in it, want %q", made, want)
		}
	})
}

func TestNamespaceForChecksIsReplaced(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		first := s.onlyCheckSpace()
		// It is used as long as its time to expire is far away.
		pass(checkKept)
		if names := s.checkSpaces(); len(names) != 2 {
			t.Errorf("got %q, want the old one beside the new one", names)
		}
		pass(checkKept)
		if names := s.checkSpaces(); slices.Contains(names, first) {
			t.Errorf("the first one of %q is still there", names)
		}

		// Somebody deletes it.
		s.api.hold()
		gone := apierrors.NewNotFound(corev1.Resource("namespaces"), "x")
		gone.ErrStatus.Details.Kind = "namespaces"
		s.api.refuse("jobs", gone)
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.Is(err, ErrNotReady) {
			t.Errorf("got %v, want ErrNotReady", err)
		}
		s.onlyCheckSpace()
		terminating := apierrors.NewForbidden(corev1.Resource("jobs"), "x", errors.New("it is being terminated"))
		terminating.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
		s.api.refuse("jobs", terminating)
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.Is(err, ErrNotReady) {
			t.Errorf("got %v, want ErrNotReady", err)
		}
		s.api.refuse("jobs", nil)
		s.lists(nil, nil)
		s.begin()
	})
}

func TestNamespaceForChecksThatCannotBeMade(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.api.refuse("namespaces", apierrors.NewForbidden(corev1.Resource("namespaces"), "x", errors.New("no right")))
		s.cluster.Set(cluster.Status{State: cluster.Ready, Generation: 2})
		synctest.Wait()
		_, err := s.Start(t.Context(), s.lab, nil)
		if !errors.Is(err, ErrNotReady) || !strings.Contains(err.Error(), "make a namespace for checks") || !strings.Contains(err.Error(), "no right") {
			t.Errorf("got %v, want why the namespace cannot be made", err)
		}
		s.api.refuse("namespaces", nil)
		pass(retryAfter)
		s.lists(nil, nil)
		s.begin()
	})
}

// TestNamespaceForChecksWaitsForAnAPIServer: it is replaced when that answers again.
func TestNamespaceForChecksWaitsForAnAPIServer(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		first := s.onlyCheckSpace()
		s.vanish()
		before := len(s.api.requests())
		pass(checkKept + time.Hour)
		if after := len(s.api.requests()); after != before {
			t.Errorf("%d requests to an API server that does not answer", after-before)
		}
		s.ready(1)
		if names := s.checkSpaces(); len(names) != 2 || !slices.Contains(names, first) {
			t.Errorf("got namespaces for checks %q, want a new one beside %s", names, first)
		}
	})
}

// TestLostClusterIsNotCleanedUp: nobody waits for a cluster that is gone.
func TestLostClusterIsNotCleanedUp(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		before := len(s.api.requests())
		s.cluster.Set(cluster.Status{State: cluster.Restarting, Generation: 1})
		pass(time.Minute)
		if after := len(s.api.requests()); after != before {
			t.Errorf("%d requests to a cluster that was lost", after-before)
		}
	})
}
