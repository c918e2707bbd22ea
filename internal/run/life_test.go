package run

import (
	"context"
	"errors"
	"io"
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

	"github.com/joblab/joblab/internal/timeline"
)

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
			"POST /api/v1/namespaces/CHECK/pods (dry run)",
			"POST /apis/batch/v1/namespaces/CHECK/jobs (dry run)",
			"POST /api/v1/namespaces/CHECK/pods (dry run)",
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
		if last := lines[len(lines)-2]; last != want[4] {
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

func TestRefusedWhileApplying(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.api.refuse("namespaces", apierrors.NewForbidden(corev1.Resource("namespaces"), "x", errors.New("no")))
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
		s.api.refuse("jobs", apierrors.NewBadRequest("no"))
		var refused *Refused
		if _, err := s.Start(t.Context(), s.lab, nil); !errors.As(err, &refused) {
			t.Errorf("got %v, want a refusal", err)
		}
		if _, err := s.Start(t.Context(), s.lab, []byte("kind: [")); !errors.As(err, &refused) {
			t.Errorf("got %v, want a refusal", err)
		}
		for _, r := range s.api.requests() {
			if r.Method != http.MethodGet && !r.Query.Has("dryRun") && !r.own() {
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

func TestCronJobDoesNotSettle(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		cronJob := &batchv1.CronJob{ObjectMeta: metav1.ObjectMeta{Name: "c", UID: "cronjob-1"}}
		sink.CronJob(timeline.Added, cronJob)
		s.lists(nil, nil)
		pass(time.Minute)
		if r.ended() {
			t.Fatal("ended though a CronJob is there")
		}
		sink.CronJob(timeline.Deleted, cronJob)
		s.wantEnd(r, Finished, timeline.NoteSettled)
	})
}

func TestLogOfAnEndedRunEnds(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		r, sink := s.begin()
		// The API server has not got the log, and no change of the pod will tell
		// when it has.
		sink.Pod(timeline.Added, timeline.Row{Status: "Running"}, status("a", "", ""))
		synctest.Wait()
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		log, err := r.PodLog(t.Context(), "p", "c", false, true)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { _, err := io.Copy(io.Discard, log); ended <- err }()
		pass(time.Minute)
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		default:
			t.Error("the log goes on after the run has ended")
			log.Close()
		}
	})
}
