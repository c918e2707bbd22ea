package run

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
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
	hub     *fakeHub // of the newest generation
	lab     *lab.Lab
}

func play(t *testing.T, cfg Config, script func(t *testing.T, s *stage)) {
	synctest.Test(t, func(t *testing.T) {
		api := newFakeAPI()
		s := &stage{t: t, api: api, cluster: newFakeCluster(api)}
		cfg.Cluster, cfg.Logger = s.cluster, slog.New(slog.DiscardHandler)
		var err error
		if s.Manager, err = New(cfg); err != nil {
			t.Fatal(err)
		}
		s.newHub = func(*rest.Config, *slog.Logger) (hub, error) {
			s.hub = newFakeHub()
			return s.hub, nil
		}
		s.lab = &lab.Lab{Slug: "a-lab", File: "job.yaml", Manifest: []byte(job("")), Run: lab.Run{Limit: 2 * time.Minute}}
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
	s.cluster.set(cluster.Status{State: cluster.Ready, Generation: generation})
	synctest.Wait()
	if !s.Ready() {
		s.t.Fatal("the manager is not ready")
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

func TestRunIsPreparedBeforeItIsApplied(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Manifest = []byte(pod + "---\n" + job(""))
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		synctest.Wait()
		if got := r.Info().State; got != Running {
			t.Errorf("got state %s, want running", got)
		}
		lines := s.api.lines()
		ns := r.Info().Namespace
		if !regexp.MustCompile(`^lab-a-lab-[a-z2-7]{8}$`).MatchString(ns) {
			t.Errorf("got namespace %q", ns)
		}
		in := "/api/v1/namespaces/" + ns
		var got []string
		prepared := map[string]bool{}
		for _, line := range lines {
			if strings.HasPrefix(line, "POST "+in+"/") && !strings.HasSuffix(line, "/pods") || strings.HasPrefix(line, "PUT ") {
				prepared[line] = true
			} else {
				got = append(got, line)
			}
		}
		want := []string{
			"POST /api/v1/namespaces/default/pods (dry run)",
			"POST /apis/batch/v1/namespaces/default/jobs (dry run)",
			"POST /api/v1/namespaces",
			"POST " + in + "/pods",
			"POST /apis/batch/v1/namespaces/" + ns + "/jobs",
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("requests (-got +want):\n%s", diff)
		}
		wantPrepared := map[string]bool{
			"POST " + in + "/resourcequotas": true, "PUT " + in + "/resourcequotas/run/status": true,
			"POST " + in + "/limitranges": true, "POST " + in + "/serviceaccounts": true,
		}
		if diff := cmp.Diff(prepared, wantPrepared); diff != "" {
			t.Errorf("preparation (-got +want):\n%s", diff)
		}
		if last := lines[len(lines)-2]; last != want[3] {
			t.Errorf("got %s before the last request, want the objects after the preparation", last)
		}
	})
}

func TestRunSettles(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		sink.Pod(timeline.Added, timeline.Row{Status: "Pending"}, aPod("p", corev1.PodPending, false))
		s.lists([]corev1.Pod{*aPod("p", corev1.PodSucceeded, false)}, []batchv1.Job{*aJob(batchv1.JobComplete)})
		sink.Job(timeline.Modified, aJob(batchv1.JobComplete))
		synctest.Wait()
		if r.ended() {
			t.Fatal("ended when the Job was Complete, though a pod runs")
		}
		sink.Pod(timeline.Modified, timeline.Row{Status: "Completed"}, aPod("p", corev1.PodSucceeded, true))
		synctest.Wait()
		if r.ended() {
			t.Fatal("ended when the pod was over, though it is being deleted")
		}
		sink.Pod(timeline.Modified, timeline.Row{Status: "Completed"}, aPod("p", corev1.PodSucceeded, false))
		s.wantEnd(r, Finished, timeline.NoteSettled)
	})
}

func TestRunDoesNotSettleOnWhatItHasNotSeen(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		// Nothing was seen yet when the barrier is first raised; what it lists shows
		// a Job at work, which is Complete by the time that the run looks again.
		lists := make(chan []corev1.Pod)
		s.hub.list(func(ctx context.Context) ([]corev1.Pod, []batchv1.Job, error) {
			select {
			case pods := <-lists:
				return pods, []batchv1.Job{*aJob(batchv1.JobComplete)}, nil
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			}
		})
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		lists <- []corev1.Pod{*aPod("p", corev1.PodRunning, false)}
		synctest.Wait()
		if r.ended() {
			t.Fatal("ended though the API server lists a pod that runs")
		}
		// What is seen while the next barrier is up counts, too.
		sink.Pod(timeline.Added, timeline.Row{Status: "Running"}, aPod("p", corev1.PodRunning, false))
		lists <- nil
		synctest.Wait()
		if r.ended() {
			t.Fatal("ended though a pod that runs was seen")
		}
		sink.Pod(timeline.Deleted, timeline.Row{}, aPod("p", corev1.PodRunning, false))
		synctest.Wait()
		lists <- nil
		s.wantEnd(r, Finished, timeline.NoteSettled)
	})
}

func TestBarrierThatFailsIsRaisedAgain(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		tries := 0
		s.hub.list(func(context.Context) ([]corev1.Pod, []batchv1.Job, error) {
			if tries++; tries < 3 {
				return nil, nil, errors.New("no answer")
			}
			return nil, nil, nil
		})
		start := time.Now()
		r, _ := s.begin()
		<-r.Done()
		s.wantEnd(r, Finished, timeline.NoteSettled)
		if took := time.Since(start); took != 2*retryAfter {
			t.Errorf("took %v, want %v", took, 2*retryAfter)
		}
	})
}

func TestRunEndsAtItsLimit(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.lists(nil, nil)
		pass(s.lab.Run.Limit - time.Nanosecond)
		if r.ended() {
			t.Fatal("ended before its limit")
		}
		pass(time.Nanosecond)
		s.wantEnd(r, Finished, timeline.NoteLimit)
		s.wantCleared(r)
	})
}

func TestEditedManifestHasTime(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, err := s.Start(t.Context(), s.lab, []byte(job("backoffLimit: 1")))
		if err != nil {
			t.Fatal(err)
		}
		(<-s.hub.sinks).Job(timeline.Added, aJob(""))
		pass(EditedLimit - time.Nanosecond)
		if r.ended() {
			t.Fatal("ended before its limit")
		}
		pass(time.Nanosecond)
		s.wantEnd(r, Finished, timeline.NoteLimit)
	})
}

func TestStop(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		for range 2 {
			if err := r.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.wantEnd(r, Stopped, timeline.NoteStopped)
		s.wantCleared(r)
		// The namespace itself stays for a while.
		remove := "DELETE /api/v1/namespaces/" + r.Info().Namespace
		pass(30*time.Minute - time.Nanosecond)
		if lines := s.api.lines(); lines[len(lines)-1] == remove {
			t.Error("the namespace was deleted before it was kept")
		}
		pass(time.Nanosecond)
		if lines := s.api.lines(); lines[len(lines)-1] != remove {
			t.Errorf("got %s last, want %s", lines[len(lines)-1], remove)
		}
		if _, err := s.Get(r.Info().ID); err != nil {
			t.Errorf("the run is gone with its namespace: %v", err)
		}
	})
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

func TestLostClusterInterrupts(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.cluster.set(cluster.Status{State: cluster.Restarting, Generation: 1, Err: errors.New("exit status 2")})
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
		if want := "The cluster was lost: exit status 2."; r.Info().Reason != want {
			t.Errorf("got reason %q, want %q", r.Info().Reason, want)
		}
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.Is(err, ErrNotReady) {
			t.Errorf("start without a cluster: got %v, want ErrNotReady", err)
		}
		s.ready(2)
		s.lists(nil, nil)
		next, _ := s.begin()
		s.wantEnd(next, Finished, timeline.NoteSettled)
	})
}

func TestGenerationThatChangesUnseenInterrupts(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		s.ready(2)
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
	})
}

func TestRefusedWhileApplying(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.api.refuse["namespaces"] = apierrors.NewForbidden(corev1.Resource("namespaces"), "x", errors.New("no"))
		r, err := s.Start(t.Context(), s.lab, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.wantEnd(r, Failed, timeline.NoteInterrupted)
		if !strings.Contains(r.Info().Reason, "create namespace") {
			t.Errorf("got reason %q", r.Info().Reason)
		}
	})
}

func TestRefusedManifestCreatesNothing(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.api.refuse["jobs"] = apierrors.NewBadRequest("no")
		var refused *Refused
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.As(err, &refused) {
			t.Errorf("got %v, want a refusal", err)
		}
		if _, err := s.Start(t.Context(), s.lab, []byte("kind: [")); !errors.As(err, &refused) {
			t.Errorf("got %v, want a refusal", err)
		}
		for _, r := range s.api.requests() {
			if r.Method != http.MethodGet && !r.Query.Has("dryRun") {
				t.Errorf("a refused manifest led to %s %s", r.Method, r.Path)
			}
		}
		if n := len(s.List("")); n != 0 {
			t.Errorf("got %d runs, want none", n)
		}
	})
}

func TestRequestThatVanishesChangesNothing(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		ctx, vanish := context.WithCancel(t.Context())
		r, err := s.Start(ctx, s.lab, nil)
		if err != nil {
			t.Fatal(err)
		}
		sink := <-s.hub.sinks
		sink.Job(timeline.Added, aJob(""))
		vanish()
		pass(time.Minute)
		if r.ended() {
			t.Fatal("the run ended with the request that started it")
		}
		s.lists(nil, nil)
		sink.Job(timeline.Modified, aJob(batchv1.JobFailed))
		s.wantEnd(r, Finished, timeline.NoteSettled)
	})
}

func TestFull(t *testing.T) {
	play(t, Config{MaxRuns: 1}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		pass(90 * time.Second)
		var full ErrFull
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.As(err, &full) || full.RetryAfter != 30*time.Second {
			t.Errorf("got %v, want ErrFull for the 30s that are left of the run", err)
		}
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.lists(nil, nil)
		if _, err := s.Start(t.Context(), s.lab, nil); err != nil {
			t.Errorf("with a place: %v", err)
		}
	})
}

func TestHistoryIsBounded(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lists(nil, nil)
		var first *Run
		for range History + 2 {
			r, _ := s.begin()
			<-r.Done()
			if first == nil {
				first = r
			}
		}
		synctest.Wait()
		if _, err := s.Get(first.Info().ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("the first run: got %v, want ErrNotFound", err)
		}
		if n := len(s.List("a-lab")); n != History+1 {
			t.Errorf("got %d runs, want %d that have ended before the last", n, History+1)
		}
		deleted := false
		for _, line := range s.api.lines() {
			deleted = deleted || line == "DELETE /api/v1/namespaces/"+first.Info().Namespace
		}
		if !deleted {
			t.Error("the namespace of a forgotten run stays")
		}
		if len(s.List("other")) != 0 {
			t.Error("another lab has runs")
		}
	})
}

func TestClose(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.wantEnd(r, Interrupted, timeline.NoteInterrupted)
		lines := s.api.lines()
		if want := "DELETE /api/v1/namespaces/" + r.Info().Namespace; lines[len(lines)-1] != want {
			t.Errorf("got %s last, want %s", lines[len(lines)-1], want)
		}
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("start after close: got %v, want ErrClosed", err)
		}
		if s.Ready() {
			t.Error("ready after close")
		}
	})
}

func TestSweep(t *testing.T) {
	left := func(name, instance string, expires time.Duration) corev1.Namespace {
		ns := corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{labelInstance: instance}}}
		if expires != 0 {
			ns.Annotations = map[string]string{annotationExpires: time.Now().Add(expires).UTC().Format(time.RFC3339)}
		}
		return ns
	}
	play(t, Config{Instance: "me"}, func(t *testing.T, s *stage) {
		living, foreign := left("living", "other", 10*time.Minute), left("foreign", "other", 0)
		s.api.hold(left("mine", "me", time.Hour), left("expired", "other", -time.Second), living, foreign)
		s.ready(2)
		deletes := func() (names []string) {
			for _, line := range s.api.lines() {
				if name, ok := strings.CutPrefix(line, "DELETE /api/v1/namespaces/"); ok {
					names = append(names, name)
				}
			}
			return names
		}
		if diff := cmp.Diff(deletes(), []string{"mine", "expired"}); diff != "" {
			t.Errorf("deleted at the start (-got +want):\n%s", diff)
		}
		s.api.hold(living, foreign)
		pass(10 * time.Minute)
		if diff := cmp.Diff(deletes(), []string{"mine", "expired", "living"}); diff != "" {
			t.Errorf("deleted later (-got +want):\n%s", diff)
		}
	})
}
