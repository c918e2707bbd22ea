package run

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/joblab/joblab/internal/cluster"
)

func TestCheckSaysWhatStartWould(t *testing.T) {
	unknown := apierrors.NewBadRequest(`strict decoding error: unknown field "spec.parellelism"`)
	play(t, Config{}, func(t *testing.T, s *stage) {
		for _, c := range []struct {
			name, manifest string
			err            error
			want           int
		}{
			{"the lab's own", "", nil, 0},
			{"another good one", job("again"), nil, 0},
			{"one that is not YAML", "kind: [\n", nil, 1},
			{"one against the rules of a run", strings.Replace(job(""), "spec: {", "spec: {template: {spec: {hostNetwork: true}}, ", 1), nil, 1},
			{"one that the API server refuses", retry, unknown, 1},
		} {
			s.api.refuse("jobs", c.err)
			before := len(s.api.lines())
			got, err := s.Check(t.Context(), s.lab, []byte(c.manifest))
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if len(got) != c.want {
				t.Errorf("%s: got %+v, want %d problems", c.name, got, c.want)
			}
			for _, line := range s.api.lines()[before:] {
				if !strings.HasSuffix(line, "(dry run)") {
					t.Errorf("%s: a check does %s", c.name, line)
				}
			}
			if c.want == 0 {
				continue
			}
			_, err = s.Start(t.Context(), s.lab, []byte(c.manifest))
			var refused *Refused
			if !errors.As(err, &refused) {
				t.Fatalf("%s starts: %v", c.name, err)
			}
			if diff := cmp.Diff(got, refused.Problems); diff != "" {
				t.Errorf("%s (-check +start):\n%s", c.name, diff)
			}
		}
	})
}

func TestCheckNeedsNoPlace(t *testing.T) {
	play(t, Config{MaxRuns: 1}, func(t *testing.T, s *stage) {
		s.begin()
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.As(err, new(ErrFull)) {
			t.Fatalf("another run starts: %v", err)
		}
		if problems, err := s.Check(t.Context(), s.lab, nil); err != nil || len(problems) > 0 {
			t.Errorf("got %v, %v, want no problem", problems, err)
		}
	})
}

func TestCheckWithoutCluster(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.cluster.Set(cluster.Status{State: cluster.Restarting, Generation: 1})
		synctest.Wait()
		if _, err := s.Check(t.Context(), s.lab, nil); !errors.Is(err, ErrNotReady) {
			t.Errorf("got %v, want %v", err, ErrNotReady)
		}
		problems, err := s.Check(t.Context(), s.lab, []byte("kind: Job\nkind: Pod\n"))
		if err != nil || len(problems) != 1 || problems[0].Line != 2 {
			t.Errorf("a field given twice: got %+v, %v, want it told", problems, err)
		}
	})
}

func TestFewChecksAtATime(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		for range maxChecks {
			s.checking <- struct{}{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Check(ctx, s.lab, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("a request that has gone: got %v, want %v", err, context.Canceled)
		}
		start := time.Now()
		if _, err := s.Check(t.Context(), s.lab, nil); !errors.Is(err, ErrNotReady) {
			t.Errorf("got %v, want %v", err, ErrNotReady)
		}
		if waited := time.Since(start); waited != checkTimeout {
			t.Errorf("it waited %s, want %s", waited, checkTimeout)
		}
		<-s.checking
		if _, err := s.Check(t.Context(), s.lab, nil); err != nil {
			t.Error(err)
		}
		if n := len(s.checking); n != maxChecks-1 {
			t.Errorf("%d places are taken after a check, want %d", n, maxChecks-1)
		}
	})
}
