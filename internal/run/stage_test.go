package run

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/watch"
)

// These tests are about when a run does what. The cluster's part is played by
// the test; the runs of the labs on a real one are in cmd/joblab.

// stage is a manager in a bubble, with a cluster that the test plays.
type stage struct {
	*Manager
	t       *testing.T
	api     *fakeAPI
	cluster *fakeCluster
	hub     *fakeHub // the newest
	lab     *lab.Lab
	refusal error // of the next hub
}

func play(t *testing.T, cfg Config, script func(t *testing.T, s *stage)) {
	playOn(t, false, cfg, script)
}

func playOn(t *testing.T, shared bool, cfg Config, script func(t *testing.T, s *stage)) {
	synctest.Test(t, func(t *testing.T) {
		api := newFakeAPI()
		s := &stage{t: t, api: api, cluster: &fakeCluster{api: api}}
		s.cluster.shared = shared
		cfg.Cluster, cfg.Logger = s.cluster, slog.New(slog.DiscardHandler)
		var err error
		if s.Manager, err = New(cfg); err != nil {
			t.Fatal(err)
		}
		s.newHub = func(_ *rest.Config, namespace string, _ *slog.Logger) (hub, error) {
			s.hub = newFakeHub()
			s.hub.namespace, s.hub.refusal = namespace, s.refusal
			return s.hub, nil
		}
		s.lab = &lab.Lab{Slug: "a-lab", Backends: []string{"embedded"}, File: "job.yaml", Manifest: []byte(job("")), Run: lab.Run{Limit: 2 * time.Minute}}
		go s.Manager.Run(t.Context())
		defer func() {
			if err := s.Close(context.Background()); err != nil {
				t.Error(err)
			}
		}()
		s.ready(1)
		script(t, s)
	})
}

// ready makes the cluster ready.
func (s *stage) ready(generation int) {
	s.t.Helper()
	s.cluster.Set(cluster.Status{State: cluster.Ready, Generation: generation})
	synctest.Wait()
	if err := s.Ready(); err != nil {
		s.t.Fatalf("the manager is not ready: %v", err)
	}
}

// begin starts a run and returns it with the sink of its namespace.
func (s *stage) begin() (*Run, watch.Sink) {
	s.t.Helper()
	r, err := s.Start(s.t.Context(), s.lab, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return r, <-s.hub.sinks
}

// pass lets the clock go on.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (s *stage) wantEnd(r *Run, state State, code string) {
	s.t.Helper()
	synctest.Wait()
	if !r.ended() {
		s.t.Fatalf("the run goes on, want %s", state)
	}
	info := r.Info()
	if info.State != state || info.FinishedAt == nil || info.Verdict == nil {
		s.t.Errorf("got %+v, want it %s", info, state)
	}
	records := r.Log().Records()
	if len(records) < 2 || !r.Log().Sealed() {
		s.t.Fatalf("the log has %d entries, sealed %t", len(records), r.Log().Sealed())
	}
	note := records[len(records)-2].Entry.Note
	if note == nil || note.Code != code || note.Text != info.Reason {
		s.t.Errorf("got note %+v for reason %q, want %s", note, info.Reason, code)
	}
}

func aPod(name string, phase corev1.PodPhase, deleting bool) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, UID: "pod-1"}, Status: corev1.PodStatus{Phase: phase}}
	if deleting {
		p.DeletionTimestamp = &metav1.Time{Time: time.Now()}
	}
	return p
}

func aJob(condition batchv1.JobConditionType) *batchv1.Job {
	j := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "j", UID: "job-1"}}
	if condition != "" {
		j.Status.Conditions = []batchv1.JobCondition{{Type: condition, Status: corev1.ConditionTrue}}
	}
	return j
}

// lists makes the barrier return these at once, however often it is raised.
func (s *stage) lists(pods []corev1.Pod, jobs []batchv1.Job) {
	s.hub.list(func(context.Context) ([]corev1.Pod, []batchv1.Job, error) { return pods, jobs, nil })
}

// wantCleared expects the workloads' deletion as the last requests.
func (s *stage) wantCleared(r *Run) {
	s.t.Helper()
	synctest.Wait()
	ns := r.Info().Namespace
	want := []string{
		"DELETE /apis/batch/v1/namespaces/" + ns + "/cronjobs",
		"DELETE /apis/batch/v1/namespaces/" + ns + "/jobs",
		"DELETE /api/v1/namespaces/" + ns + "/pods",
	}
	lines := s.api.lines()
	if diff := cmp.Diff(lines[max(0, len(lines)-3):], want); diff != "" {
		s.t.Errorf("last requests (-got +want):\n%s", diff)
	}
}
