package run

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// aStep is a step that patches the Job j once a condition holds.
func aStep(t *testing.T, id, when string) lab.Step {
	t.Helper()
	r := strictyaml.NewReader("when")
	condition := query.Condition(r.Parse([]byte(`"` + when + `"`)))
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return lab.Step{
		ID: id, When: condition, Say: lab.Text{"en": "Scale it"},
		Do: lab.Action{Verb: lab.Patch, Kind: "Job", Name: "j", Merge: []byte(`{"spec":{"parallelism":0}}`)},
	}
}

func wantStep(t *testing.T, r *Run, i int, state StepState) {
	t.Helper()
	if got := r.Info().Steps[i].State; got != state {
		t.Fatalf("step %d is %s, want %s", i, got, state)
	}
}

func TestStepIsDoneOnceItsConditionHolds(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Steps = []lab.Step{aStep(t, "scale", "jobs.exists(j, j.active == 1)")}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(""))
		synctest.Wait()
		wantStep(t, r, 0, StepWaiting)
		if err := r.Step(t.Context(), "scale"); !errors.Is(err, ErrNotNow) {
			t.Errorf("too early: got %v, want ErrNotNow", err)
		}
		if err := r.Step(t.Context(), "other"); !errors.Is(err, ErrNoStep) {
			t.Errorf("unknown: got %v, want ErrNoStep", err)
		}
		active := aJob("")
		active.Status.Active = 1
		sink.Job(timeline.Modified, active)
		synctest.Wait()
		wantStep(t, r, 0, StepReady)
		if err := r.Step(t.Context(), "scale"); err != nil {
			t.Fatal(err)
		}
		lines := s.api.lines()
		if got, want := lines[len(lines)-1], "PATCH /apis/batch/v1/namespaces/"+r.Info().Namespace+"/jobs/j"; got != want {
			t.Errorf("got request %s, want %s", got, want)
		}
		synctest.Wait()
		step := r.Info().Steps[0]
		want := Step{
			ID: "scale", Say: lab.Text{"en": "Scale it"}, Command: `kubectl patch job j --type=merge -p '{"spec":{"parallelism":0}}'`,
			State: StepDone, Seq: step.Seq, Message: "job.batch/j patched",
		}
		if diff := cmp.Diff(step, want); diff != "" {
			t.Errorf("step (-got +want):\n%s", diff)
		}
		note := r.Log().Records()[step.Seq-1].Entry.Note
		if diff := cmp.Diff(note, &timeline.Note{Code: timeline.NoteStep, Step: "scale", Text: "job.batch/j patched"}); diff != "" {
			t.Errorf("note (-got +want):\n%s", diff)
		}
		if err := r.Step(t.Context(), "scale"); !errors.Is(err, ErrNotNow) {
			t.Errorf("a second time: got %v, want ErrNotNow", err)
		}
	})
}

func TestRunDoesNotSettleBeforeAReadyStep(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Steps = []lab.Step{aStep(t, "again", "jobs.exists(j, j.complete)"), aStep(t, "never", "jobs.exists(j, j.failed == 7)")}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		s.lists(nil, []batchv1.Job{*aJob(batchv1.JobComplete)})
		pass(time.Minute)
		if r.ended() {
			t.Fatal("settled, though a step is ready")
		}
		if err := r.Step(t.Context(), "again"); err != nil {
			t.Fatal(err)
		}
		s.wantEnd(r, Finished, timeline.NoteSettled)
		wantStep(t, r, 0, StepDone)
		wantStep(t, r, 1, StepPassed)
		if err := r.Step(t.Context(), "never"); !errors.Is(err, ErrNotNow) {
			t.Errorf("after the end: got %v, want ErrNotNow", err)
		}
	})
}

func TestRunEndsAtItsLimitThoughAStepIsReady(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Steps = []lab.Step{aStep(t, "again", "jobs.exists(j, j.complete)")}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		pass(s.lab.Run.Limit)
		s.wantEnd(r, Finished, timeline.NoteLimit)
		wantStep(t, r, 0, StepPassed)
	})
}

// A barrier that was raised before a step was done has not seen what the step did.
func TestAStepIsSeenBeforeTheRunSettles(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Steps = []lab.Step{aStep(t, "again", "jobs.exists(j, j.complete)")}
		r, sink := s.begin()
		barriers := make(chan []batchv1.Job)
		s.hub.list(func(ctx context.Context) ([]corev1.Pod, []batchv1.Job, error) {
			select {
			case jobs := <-barriers:
				return nil, jobs, nil
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			}
		})
		complete := aJob(batchv1.JobComplete)
		active := aJob("")
		active.UID = "job-2"
		sink.Job(timeline.Added, complete)
		synctest.Wait()
		if err := r.Step(t.Context(), "again"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // a barrier is raised, since all that was seen is at rest
		sink.Job(timeline.Added, active)
		barriers <- []batchv1.Job{*complete, *active}
		synctest.Wait()
		if r.ended() {
			t.Fatal("settled, though the Job runs that the step made")
		}
		active.Status.Conditions = complete.Status.Conditions
		sink.Job(timeline.Modified, active)
		barriers <- []batchv1.Job{*complete, *active}
		s.wantEnd(r, Finished, timeline.NoteSettled)
	})
}

func TestStepRefused(t *testing.T) {
	jobs := schema.GroupResource{Group: "batch", Resource: "jobs"}
	for _, c := range []struct {
		name string
		err  error
		text string
	}{
		{"an object that is not there", apierrors.NewNotFound(jobs, "j"),
			"Error from server (NotFound): jobs.batch \"j\" not found\nThis run has no Job \"j\": the manifest may have given it another name, or it has been deleted."},
		{"forbidden", apierrors.NewForbidden(jobs, "j", errors.New("no")), `Error from server (Forbidden): jobs.batch "j" is forbidden: no`},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, Config{}, func(t *testing.T, s *stage) {
				s.lab.Steps = []lab.Step{aStep(t, "scale", "jobs.exists(j, j.complete)")}
				r, sink := s.begin()
				s.api.refuse("j", c.err)
				sink.Job(timeline.Added, aJob(batchv1.JobComplete))
				s.lists(nil, []batchv1.Job{*aJob(batchv1.JobComplete)})
				synctest.Wait()
				if err := r.Step(t.Context(), "scale"); err != nil {
					t.Fatal(err)
				}
				wantStep(t, r, 0, StepRefused)
				if got := r.Info().Steps[0].Message; got != c.text {
					t.Errorf("got %q, want %q", got, c.text)
				}
				s.wantEnd(r, Finished, timeline.NoteSettled) // nothing hangs
			})
		})
	}
}

func TestStepCanBeTriedAgainIfTheAPIServerFails(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Steps = []lab.Step{aStep(t, "scale", "jobs.exists(j, j.complete)")}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		synctest.Wait()
		s.api.refuse("j", apierrors.NewInternalError(errors.New("etcd")))
		if err := r.Step(t.Context(), "scale"); !errors.Is(err, ErrNotReady) {
			t.Errorf("got %v, want ErrNotReady", err)
		}
		wantStep(t, r, 0, StepReady)
		s.api.refuse("j", nil)
		if err := r.Step(t.Context(), "scale"); err != nil {
			t.Error(err)
		}
		wantStep(t, r, 0, StepDone)
	})
}

// What steps bring is checked like the manifest of the run.
func TestStepsManifestIsAdmitted(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		step := aStep(t, "apply", "jobs.exists(j, j.complete)")
		step.Do = lab.Action{Verb: lab.Create, Manifest: []byte(pod + "  hostNetwork: true\n")}
		s.lab.Steps = []lab.Step{step}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		synctest.Wait()
		before := len(s.api.lines())
		if err := r.Step(t.Context(), "apply"); err != nil {
			t.Fatal(err)
		}
		wantStep(t, r, 0, StepRefused)
		if got := r.Info().Steps[0].Message; !strings.Contains(got, "hostNetwork is not accepted") {
			t.Errorf("got %q, want that hostNetwork is not accepted", got)
		}
		if lines := s.api.lines(); len(lines) != before {
			t.Errorf("asked the API server: %v", lines[before:])
		}
	})
}

func TestReplaceWaitsUntilTheObjectIsGone(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		step := aStep(t, "replace", "jobs.exists(j, j.complete)")
		step.Do = lab.Action{Verb: lab.Replace, Manifest: []byte(job(""))}
		s.lab.Steps = []lab.Step{step}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		synctest.Wait()
		s.api.refuse("jobs", apierrors.NewAlreadyExists(schema.GroupResource{Group: "batch", Resource: "jobs"}, "j"))
		done := make(chan error, 1)
		go func() { done <- r.Step(t.Context(), "replace") }()
		pass(3 * time.Second)
		wantStep(t, r, 0, StepDoing)
		s.api.refuse("jobs", nil)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		wantStep(t, r, 0, StepDone)
		var deletes int
		for _, line := range s.api.lines() {
			if strings.HasPrefix(line, http.MethodDelete) && strings.HasSuffix(line, "/jobs/j") {
				deletes++
			}
		}
		if deletes != 1 {
			t.Errorf("deleted %d times, want once", deletes)
		}
	})
}

// The end of a run waits for the step that is being done, and cuts it off.
func TestStopCutsAStepOff(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		step := aStep(t, "replace", "jobs.exists(j, j.complete)")
		step.Do = lab.Action{Verb: lab.Replace, Manifest: []byte(job(""))}
		s.lab.Steps = []lab.Step{step}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		synctest.Wait()
		s.api.refuse("jobs", apierrors.NewAlreadyExists(schema.GroupResource{Group: "batch", Resource: "jobs"}, "j"))
		done := make(chan error, 1)
		go func() { done <- r.Step(t.Context(), "replace") }()
		synctest.Wait()
		if err := r.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err == nil {
			t.Error("the step was done, want it cut off")
		}
		s.wantEnd(r, Stopped, timeline.NoteStopped)
		wantStep(t, r, 0, StepPassed)
	})
}

func TestAJobWithATimeToLiveIsNotAtRest(t *testing.T) {
	for _, c := range []struct {
		name    string
		ttl     int32
		settled bool
	}{
		{"within the run's limit", 30, false},
		{"beyond it", 3600, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, Config{}, func(t *testing.T, s *stage) {
				ended := aJob(batchv1.JobComplete)
				ended.Spec.TTLSecondsAfterFinished = ptr.To(c.ttl)
				ended.Status.Conditions[0].LastTransitionTime.Time = time.Now()
				r, sink := s.begin()
				sink.Job(timeline.Added, ended)
				s.lists(nil, []batchv1.Job{*ended})
				pass(20 * time.Second)
				if r.ended() != c.settled {
					t.Fatalf("ended: %t, want %t", r.ended(), c.settled)
				}
				s.lists(nil, nil)
				sink.Job(timeline.Deleted, ended)
				pass(time.Second)
				s.wantEnd(r, Finished, timeline.NoteSettled)
			})
		})
	}
}

func TestNoStepWhileTheAPIServerDoesNotAnswer(t *testing.T) {
	play(t, Config{}, func(t *testing.T, s *stage) {
		s.lab.Steps = []lab.Step{aStep(t, "scale", "jobs.exists(j, j.complete)")}
		r, sink := s.begin()
		sink.Job(timeline.Added, aJob(batchv1.JobComplete))
		synctest.Wait()
		s.cluster.Set(cluster.Status{State: cluster.Unreachable, Generation: 1, Since: time.Now()})
		synctest.Wait()
		if err := r.Step(t.Context(), "scale"); !errors.Is(err, ErrUnreachable) {
			t.Errorf("got %v, want ErrUnreachable", err)
		}
		wantStep(t, r, 0, StepReady)
	})
}
