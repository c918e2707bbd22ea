package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/labs"
)

// TestLabs runs the labs, and their variations, and checks what they are judged:
// on the embedded cluster, or on kind's with make test-kind. JOBLAB_TEST_LABS says
// which of them:
//
//	       every one but those that are long
//	long   those alone that are long (make test-long)
//	shown  each lab as it is shown, without variations; not the long ones, and no
//	       more, the shortest first, than the cluster can run in three minutes
func TestLabs(t *testing.T) {
	loaded, err := lab.Load(labs.FS)
	if err != nil {
		t.Fatal(err)
	}
	which := os.Getenv("JOBLAB_TEST_LABS")
	attempts, leftOut, err := chooseAttempts(loaded, labsBackend(), which)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range leftOut {
		t.Logf("left out: %s, which took %s when it was recorded", a, a.about.Round(time.Second))
	}
	if len(attempts) == 0 {
		t.Logf("no lab is %s", which)
		return
	}
	limits := limitsOn[labsBackend()]
	manager := startManager(t, limits.atOnce)
	begun := time.Now()
	finish := runAttempts(t.Context(), manager, attempts, limits)
	defer func() {
		finish()
		t.Logf("%d runs took %s", len(attempts), time.Since(begun).Round(time.Second))
	}()
	for _, ofLab := range byLab(attempts) {
		t.Run(ofLab[0].lab.Slug, func(t *testing.T) {
			for _, a := range ofLab {
				t.Run(a.variation.ID, func(t *testing.T) {
					<-a.done
					if a.err != nil {
						t.Fatal(a.err)
					}
					problems := append(judged(a.variation, a.verdict), unexplained(a)...)
					if len(a.variation.Edits) == 0 {
						if err := a.lab.CheckAnswers(timeline.Entries(a.records)); err != nil {
							problems = append(problems, err.Error())
						}
					}
					for _, p := range problems {
						t.Error(p)
					}
					if len(problems) > 0 {
						t.Logf("timeline:\n%s", printed(a.records))
					}
				})
			}
		})
	}
}

// TestDeletedPodKeepsItsLog reads both lines of a pod that its Job's deadline
// has deleted.
func TestDeletedPodKeepsItsLog(t *testing.T) {
	loaded, err := lab.Load(labs.FS)
	if err != nil {
		t.Fatal(err)
	}
	l, ok := lab.Find(loaded, "active-deadline")
	if !ok {
		t.Fatal("there is no lab active-deadline")
	}
	r, err := startManager(t, 1).Start(t.Context(), l, nil)
	if err != nil {
		t.Fatal(err)
	}
	waitVerdict(t, r)
	var pod string
	for _, record := range r.Log().Records() {
		if e := record.Entry; e.Kind == timeline.KindPod && e.Type == timeline.Deleted {
			pod = e.Name
		}
	}
	if pod == "" {
		t.Fatalf("no pod was deleted:\n%s", printed(r.Log().Records()))
	}
	if got, want := readLog(t, r, pod), "hello muzzi\nmuzzi bye\n"; got != want {
		t.Errorf("log of the deleted pod = %q, want %q", got, want)
	}
}

// judged says what is wrong with a verdict on a variation.
func judged(v lab.Variation, got timeline.Verdict) []string {
	var problems []string
	if got.Outcome != v.Outcome {
		problems = append(problems, fmt.Sprintf("judged %s, want %s", got.Outcome, v.Outcome))
	}
	if v.Outcome == timeline.Diverged {
		for _, check := range got.Checks {
			if check.ID != v.Check {
				continue
			}
			if check.State != timeline.Diverged {
				problems = append(problems, fmt.Sprintf("check %s is %s, want diverged", check.ID, check.State))
			}
			if v.Got != "" && !strings.Contains(check.Got, v.Got) {
				problems = append(problems, fmt.Sprintf("check %s got %q, want %q", check.ID, check.Got, v.Got))
			}
		}
	}
	if len(problems) > 0 {
		for _, check := range got.Checks {
			problems = append(problems, fmt.Sprintf("  %+v", check))
		}
	}
	return problems
}

// labsBackend is the backend on which labs are run here.
func labsBackend() string {
	if os.Getenv("JOBLAB_TEST_KIND") != "" {
		return onKind
	}
	return onEmbedded
}

// startManager starts a cluster of labsBackend and a manager of runs on it.
func startManager(t testing.TB, maxRuns int) *run.Manager {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	backend := clusterFlags{backendFlags: backendFlags{backend: labsBackend(), data: t.TempDir()}}
	if _, err := backend.readLabs(); err != nil { // for their images
		t.Fatal(err)
	}
	kube, err := backend.start(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kube.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := cluster.WaitReady(t.Context(), kube); err != nil {
		t.Fatal(err)
	}
	manager, _ := manage(t, run.Config{Cluster: kube, Logger: log, MaxPods: 20, MaxRuns: maxRuns})
	return manager
}

// manage starts a manager of runs. It is closed by stop, or with the test.
func manage(t testing.TB, cfg run.Config) (manager *run.Manager, stop func()) {
	t.Helper()
	manager, err := run.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- manager.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		if err := manager.Close(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	if err := manager.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return manager, stop
}

// waitVerdict waits for the end of a run and returns its last entry.
func waitVerdict(t testing.TB, r *run.Run) timeline.Verdict {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	verdict, err := awaitVerdict(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}
