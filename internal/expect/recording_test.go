package expect

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// TestRecordings judges what real clusters did by contracts such as labs have,
// and by contracts with one thing changed, which must diverge there.
func TestRecordings(t *testing.T) {
	type change struct{ from, to, want string }
	for _, c := range []struct {
		recordings []string
		contract   string
		changes    []change
	}{
		{[]string{"bare-pod"}, `
run: {until: "pods.exists(p, p.restarts >= 3)"}
expect:
  - id: loop
    pods:
      count: 1
      each: Pending ContainerCreating (Running Completed CrashLoopBackOff?)+
      restarts: [0, 1, 2, 3]
      end: kept
`, []change{
			{"CrashLoopBackOff?", "", "loop diverged #18 pod test-pod: expected Running, or nothing more; got CrashLoopBackOff"},
			{"restarts: [0, 1, 2, 3]", "restarts: 0", "loop diverged #14 pod test-pod: expected RESTARTS 0; got RESTARTS 1"},
			{"Completed Crash", "Error Crash", "loop diverged #11 pod test-pod: expected Error; got Completed"},
			{"count: 1", "count: 2", "loop diverged: expected 2 pods; got 1 pod"},
		}},
		{[]string{"job-ok"}, `
expect:
  - id: pod
    pods: {of: Job, count: 1, each: Pending ContainerCreating Running Completed, restarts: 0, end: kept}
  - id: job
    job: {condition: Complete, reason: CompletionsReached, within: 30s, notBefore: 10s}
`, []change{
			{"Running Completed", "Running Error", "pod diverged #14 pod test-job-84wnb: expected Error; got Completed"},
			{"of: Job", "of: none", "pod diverged: expected 1 bare pod; got 0 pods"},
			{"kept", "deleted", "pod diverged #18 pod test-job-84wnb: expected deleted; got kept"},
			{"notBefore: 10s", "notBefore: 20s", "job diverged #19: expected Complete (CompletionsReached) not before 20s; got Complete (CompletionsReached) at 13.68s"},
			{"within: 30s, notBefore: 10s", "within: 5s", "job diverged: expected Complete (CompletionsReached) within 5s; got not Complete"},
			{"CompletionsReached", "SuccessPolicy", "job diverged #19: expected Complete (SuccessPolicy); got Complete (CompletionsReached)"},
		}},
		{[]string{"job-ok", "bare-pod"}, `
run: {until: "pods.exists(p, p.restarts >= 2)"}
expect:
  - id: bare
    pods: {of: none, count: 1, each: "Pending ContainerCreating (Running Completed CrashLoopBackOff?)+", restarts: [0, 1, 2]}
  - id: owned
    pods: {of: Job, count: 1, each: Pending ContainerCreating Running Completed, restarts: 0}
  - id: job
    job: {condition: Complete}
`, []change{
			{"of: none, count: 1", "count: 1", "bare diverged #8 pod test-pod: expected 1 pod; got 2 pods"},
			{"of: Job", "of: none", "owned diverged #28 pod test-pod: expected nothing more; got Running"},
		}},
		{[]string{"onfailure-badcmd"}, `
expect:
  - id: one-pod
    pods:
      count: 1
      each: Pending ContainerCreating (RunContainerError CrashLoopBackOff?)+ Terminating? StartError?
      restarts: [0, 1, 2, 3]
      end: deleted
  - id: gives-up
    job: {condition: Failed, reason: BackoffLimitExceeded, within: 2m}
`, []change{
			{"[0, 1, 2, 3]", "[0, 1, 2]", "one-pod diverged #30 pod test-job-px5vl: expected RESTARTS to stay 2; got RESTARTS 3"},
			{"[0, 1, 2, 3]", "{max: 2}", "one-pod diverged #30 pod test-job-px5vl: expected RESTARTS at most 2; got RESTARTS 3"},
			{"deleted", "kept", "one-pod diverged #31 pod test-job-px5vl: expected kept; got deleted"},
			{"BackoffLimitExceeded", "DeadlineExceeded", "gives-up diverged #39: expected Failed (DeadlineExceeded); got Failed (BackoffLimitExceeded)"},
			{"Failed, reason: BackoffLimitExceeded", "Complete", "gives-up diverged #32: expected Complete; got FailureTarget (BackoffLimitExceeded)"},
		}},
		{[]string{"never-badcmd"}, `
expect:
  - id: four-pods
    pods: {count: 4, each: Pending ContainerCreating StartError, restarts: 0, end: kept, within: 80s}
  - id: gives-up
    job: {condition: Failed, reason: BackoffLimitExceeded, within: 2m}
`, []change{
			{"count: 4", "count: 3", "four-pods diverged #47 pod test-job-vmgzh: expected 3 pods; got 4 pods"},
			{"count: 4", "count: 5", "four-pods diverged #61: expected 5 pods; got 4 pods"},
			{"within: 80s", "within: 60s", "four-pods diverged: expected 4 pods within 1m; got 3 pods"},
			{"StartError", "Error", "four-pods diverged #12 pod test-job-nrvtk: expected Error; got StartError"},
			{"within: 2m", "within: 1m", "gives-up diverged: expected Failed (BackoffLimitExceeded) within 1m; got not Failed"},
		}},
		{[]string{"never-badcmd"}, `
expect:
  - {id: backoff, gaps: {of: Job, from: pod.finished, to: nextPod.created, about: [10s, 20s, 40s], within: 3s}}
  - {id: seen, gaps: {clock: seen, from: pod.created, to: nextPod.created, between: [[8s, 15s], [18s, 26s], [38s, 48s]]}}
  - {id: last, gaps: {clock: seen, from: pod.finished, to: nextPod.finished, about: [11s, 21s, 41s], within: 4s}}
  - id: second
    pods[1]: {each: Pending ContainerCreating StartError, restarts: 0, notBefore: 8s}
  - {id: states, job: {states: "Active FailureTarget? Failed", failed: [0, 1, 2, 3, 4], active: [0, 1, 0], succeeded: 0}}
  - {id: at-most-one, job: {active: {max: 1}, condition: Failed}}
  - {id: says-why, events: {reason: BackoffLimitExceeded, of: Job, type: Warning, count: 1}}
  - {id: created, events: {reason: SuccessfulCreate, of: Job, count: 4}}
`, []change{
			{"about: [10s, 20s, 40s]", "about: [10s, 20s, 50s]", "backoff diverged #47 pod test-job-vmgzh: expected gap 3 about 50s (within 3s) from pod.finished to nextPod.created; got 40s"},
			{"about: [10s, 20s, 40s]", "about: [10s, 20s]", "backoff diverged #47 pod test-job-vmgzh: expected 2 gaps from pod.finished to nextPod.created; got gap 3"},
			{"[38s, 48s]", "[50s, 60s]", "seen diverged #47 pod test-job-vmgzh: expected gap 3 50s to 1m from pod.created to nextPod.created; got 40s"},
			{"[38s, 48s]", "[20s, 30s]", "seen diverged pod test-job-sk2df: expected gap 3 20s to 30s from pod.created to nextPod.created; got no nextPod.created"},
			{"pods[1]", "pods[4]", "second diverged #61: expected pods[4]; got 4 pods"},
			{"failed: [0, 1, 2, 3, 4]", "failed: [0, 1, 2, 3]", "states diverged #61: expected failed 3 in the end; got failed 4"},
			{"Active FailureTarget? Failed", "Active SuccessCriteriaMet? Complete", "states diverged #59: expected SuccessCriteriaMet or Complete; got FailureTarget (BackoffLimitExceeded)"},
			{"count: 4", "count: 3", "created diverged #50: expected 3 SuccessfulCreate of Job; got 4 events"},
			{"type: Warning, count: 1", "type: Normal, count: 1", "says-why diverged: expected 1 BackoffLimitExceeded of Job, Normal; got 0 events"},
		}},
		{[]string{"onfailure-badcmd"}, `
expect:
  - {id: backoff, gaps: {clock: seen, from: pod.finished, to: pod.nextFinish, between: [[0s, 3s], [8s, 16s], [18s, 30s]], more: true}}
  - {id: states, job: {states: "Active FailureTarget? Failed", failed: {max: 1}}}
  - {id: back-off, events: {reason: BackOff, of: Pod}}
`, nil},
		{[]string{"deadline5"}, `
expect:
  - id: terminated
    pods: {count: 1, each: "Pending ContainerCreating Running Terminating Completed?", end: deleted}
  - id: deadline
    job: {condition: Failed, reason: DeadlineExceeded, within: 1m, notBefore: 4s}
`, []change{
			{"Terminating Completed?", "Completed", "terminated diverged #14 pod test-job-66pw2: expected Completed; got Terminating"},
			{"Completed?", "Error", "terminated diverged #21 pod test-job-66pw2: expected Error; got Completed"},
		}},
	} {
		t.Run(c.recordings[0], func(t *testing.T) {
			var recs []*recording.Recording
			for _, name := range c.recordings {
				rec, err := recording.Read(os.DirFS("../timeline/recording/testdata/" + name))
				if err != nil {
					t.Fatal(err)
				}
				recs = append(recs, rec)
			}
			rec := recording.Merge(recs...)
			final := rec.Replay(mustParse(t, c.contract).Judge()).Verdict
			if final.Outcome != timeline.Met {
				t.Errorf("as recorded: got %s, want met: %v", final.Outcome, lines(final))
			}
			for _, ch := range c.changes {
				got := lines(rec.Replay(mustParse(t, replaceOnce(t, c.contract, ch.from, ch.to)).Judge()).Verdict)
				if !slices.Contains(got, ch.want) {
					t.Errorf("%s → %s (-want +got):\n%s", ch.from, ch.to, cmp.Diff([]string{ch.want}, got))
				}
			}
		})
	}
}

// lines are the checks that are not met, in words, without their causes.
func lines(final *timeline.Verdict) []string {
	var s []string
	for _, v := range final.Checks {
		if v.State != timeline.Met {
			v.Cause = ""
			s = append(s, line(v))
		}
	}
	return s
}

func replaceOnce(t *testing.T, s, from, to string) string {
	t.Helper()
	before, after, ok := strings.Cut(s, from)
	if !ok {
		t.Fatalf("%q is not in the contract", from)
	}
	return before + to + after
}
