package cluster_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/joblab/joblab/internal/cluster"
)

// scripted is a cluster that goes through states, one each time its channel is
// asked for; the last one stays.
type scripted struct {
	cluster.Cluster
	states []cluster.Status
}

func (s *scripted) Status() (cluster.Status, <-chan struct{}) {
	status, changed := s.states[0], make(chan struct{})
	if len(s.states) > 1 {
		s.states = s.states[1:]
		close(changed)
	}
	return status, changed
}

func TestWaitReady(t *testing.T) {
	broken := errors.New("broken")
	starting := cluster.Status{State: cluster.Starting, Step: "start it"}
	for _, test := range []struct {
		name   string
		states []cluster.Status
		want   error
	}{
		{"ready after a restart", []cluster.Status{starting, {State: cluster.Restarting, Err: broken}, {State: cluster.Ready}}, nil},
		{"failed", []cluster.Status{starting, {State: cluster.Failed, Err: broken}}, broken},
		{"closed", []cluster.Status{starting, {State: cluster.Closed}}, cluster.ErrClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := cluster.WaitReady(t.Context(), &scripted{states: test.states}); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestWaitReadySaysWhatItWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			synctest.Wait()
			cancel()
		}()
		_, err := cluster.WaitReady(ctx, &scripted{states: []cluster.Status{{State: cluster.Starting, Step: "start it"}}})
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "start it") {
			t.Errorf("got %v", err)
		}
	})
}
