package expect

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

func TestContradictions(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		// One check against itself.
		{`pods: {count: 1, each: Pending Running Completed Running, restarts: 0}`, "", `lab.yaml:3:28: expect[0].pods.each: can never be met: the sequence needs 1 restart, RESTARTS is 0`},
		{`pods: {each: "Pending (Running Error)+ Running Error Running", restarts: {max: 1}}`, "", `lab.yaml:3:18: expect[0].pods.each: can never be met: the sequence needs 2 restarts, RESTARTS is at most 1`},
		{`pods: {each: "Pending (Running Completed CrashLoopBackOff?)+", restarts: 0}`, "", ""},
		{`pods: {each: Running Terminating, end: kept}`, "", `lab.yaml:3:18: expect[0].pods.each: can never be met: a pod that is Terminating is being deleted, and not kept`},
		{`pods: {each: "Running Terminating?", end: kept}`, "", ""},
		{`job: {condition: Complete, active: 2}`, "", `lab.yaml:3:40: expect[0].job.active: can never be met: a Job that is Complete has 0 active pods in the end, not active 2`},
		{`job: {condition: Complete, active: {max: 2}}`, "", ""},
		{`job: {condition: Complete, states: "Active FailureTarget? Failed"}`, "", `lab.yaml:3:40: expect[0].job.states: can never be met: a Job that becomes Complete goes through Complete`},
		{`job: {condition: FailureTarget, states: Active Failed}`, "", ""},
		// Two checks.
		{`pods: {count: 3}`, `pods: {count: 4}`, `lab.yaml:5:19: expect[1].pods.count: contradicts the check "a" at line 3: at least 4 pods and at most 3 cannot be`},
		{`pods: {count: 4}`, `pods: {of: Job/j, count: {max: 3}}`, ""},
		{`pods: {count: {max: 3}}`, `pods: {of: Job/j, count: {min: 4}}`, `lab.yaml:5:30: expect[1].pods.count: contradicts the check "a" at line 3: at least 4 pods and at most 3 cannot be`},
		{`pods: {count: 2}`, `"pods[2]": {restarts: 0}`, `lab.yaml:5:16: expect[1].pods[2]: contradicts the check "a" at line 3: at least 3 pods and at most 2 cannot be`},
		{`pods: {count: 2}`, `"pods[1]": {restarts: 0}`, ""},
		{`pods: {end: kept}`, `pods: {of: Job, end: deleted}`, `lab.yaml:5:26: expect[1].pods.end: contradicts the check "a" at line 3: the same pods cannot be kept and deleted`},
		{`pods: {of: none, end: kept}`, `pods: {of: Job, end: deleted}`, ""},
		{`pods: {end: kept}`, `pods: {of: Job, count: {max: 3}, end: deleted}`, ""},
		{`"pods[0]": {end: kept}`, `"pods[1]": {end: deleted}`, ""},
		{`pods: {end: kept}`, `"pods[1]": {end: deleted}`, `lab.yaml:5:22: expect[1].pods[1].end: contradicts the check "a" at line 3: the same pods cannot be kept and deleted`},
		{`pods: {restarts: 3}`, `pods: {restarts: [0, 1, 2]}`, `lab.yaml:5:22: expect[1].pods.restarts: contradicts the check "a" at line 3: RESTARTS cannot be 3 and 0, 1, 2`},
		{`pods: {restarts: {max: 3}}`, `pods: {restarts: [0, 1, 2]}`, ""},
		{`pods: {each: Pending Running Completed}`, `pods: {each: "Pending (Running | Error)+"}`, `lab.yaml:5:18: expect[1].pods.each: contradicts the check "a" at line 3: no sequence of states fits both`},
		{`pods: {each: "Pending Running (Completed | Error)"}`, `pods: {each: "Pending+ (Running Error?)+"}`, ""},
		{`pods: {restarts: 0}`, `pods: {each: "Running Error Running Error"}`, `lab.yaml:5:18: expect[1].pods.each: contradicts the check "a" at line 3: the sequence needs 1 restart, RESTARTS is 0`},
		{`job: {condition: Complete}`, `job: {condition: Failed}`, `lab.yaml:5:22: expect[1].job.condition: contradicts the check "a" at line 3: a Job cannot be Complete and Failed`},
		{`job: {condition: Complete}`, `"job[0]": {condition: FailureTarget}`, `lab.yaml:5:27: expect[1].job[0].condition: contradicts the check "a" at line 3: a Job cannot be Complete and FailureTarget`},
		{`job: {condition: Complete}`, `"job[1]": {condition: Failed}`, ""},
		{`job: {condition: Complete}`, `job: {condition: Suspended}`, ""},
		{`job: {condition: Failed, reason: A}`, `job: {condition: Failed, reason: B}`, `lab.yaml:5:38: expect[1].job.reason: contradicts the check "a" at line 3: Failed cannot have the reasons A and B`},
		{`job: {condition: Failed, within: 5s}`, `job: {condition: Failed, notBefore: 5s}`, `lab.yaml:5:22: expect[1].job.condition: contradicts the check "a" at line 3: Failed cannot come within 5s and not before 5s`},
		{`job: {failed: 3}`, `job: {failed: [0, 1, 2]}`, `lab.yaml:5:19: expect[1].job.failed: contradicts the check "a" at line 3: failed cannot be 3 and 0, 1, 2`},
		{`job: {active: {max: 2}}`, `job: {active: [0, 3, 1]}`, `lab.yaml:5:19: expect[1].job.active: contradicts the check "a" at line 3: active cannot be at most 2 and 0, 3, 1`},
		{`job: {active: {min: 1}}`, `job: {condition: Failed}`, `lab.yaml:5:10: expect[1].job: contradicts the check "a" at line 3: a Job that is Failed has 0 active pods in the end, not active at least 1`},
		{`job: {states: Active Complete}`, `job: {states: "Active SuccessCriteriaMet Complete"}`, `lab.yaml:5:19: expect[1].job.states: contradicts the check "a" at line 3: no sequence of states fits both`},
		{`job: {states: Active Complete}`, `job: {condition: Failed}`, `lab.yaml:5:22: expect[1].job.condition: contradicts the check "a" at line 3: a Job that becomes Failed goes through Failed`},
		{`events: {reason: X, count: 0}`, `events: {reason: X, of: Pod}`, `lab.yaml:5:13: expect[1].events: contradicts the check "a" at line 3: 0 X and at least 1 X of Pod cannot be`},
		{`events: {reason: X, of: Pod, count: 0}`, `events: {reason: X, count: 2}`, ""},
		{`gaps: {from: pod.created, to: nextPod.created, about: [5s], within: 1s}`, `gaps: {from: pod.created, to: nextPod.created, about: 9s, within: 2s}`, `lab.yaml:5:11: expect[1].gaps: contradicts the check "a" at line 3: gap 1 cannot be about 5s (within 1s) and about 9s (within 2s)`},
		{`gaps: {from: pod.created, to: nextPod.created, about: [5s], within: 1s}`, `gaps: {from: pod.created, to: nextPod.created, about: [5s, 5s], within: 1s}`, `lab.yaml:5:11: expect[1].gaps: contradicts the check "a" at line 3: 1 gap and 2 gaps from pod.created to nextPod.created cannot be`},
	} {
		text := "expect:\n  - id: a\n    " + c.a + "\n"
		if c.b != "" {
			text += "  - id: b\n    " + c.b + "\n"
		}
		got := ""
		if _, err := parse(text); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s\n(-want +got):\n%s", text, diff)
		}
	}
}

// TestRunThatIsCutContradictsNothingByItsEnd: when run.until ends the run, pods and
// Jobs may be anywhere in their sequences.
func TestRunThatIsCutContradictsNothingByItsEnd(t *testing.T) {
	if _, err := parse(`
run: {until: "pods.exists(p, p.status == 'Running')"}
expect:
  - {id: a, pods: {each: Running Completed Running, restarts: 0}}
  - {id: b, pods: {each: Running Error}}`); err != nil {
		t.Error(err)
	}
}

// randomClaim is a check that a random world may meet.
func randomClaim(r *rand.Rand) string {
	pick := func(some ...string) string { return some[r.IntN(len(some))] }
	switch r.IntN(6) {
	case 0:
		return "pods: {" + pick("", "of: Job, ", "of: Job/j, ", "of: none, ") + pick("count: 1", "count: 2", "count: {max: 1}", "end: kept", "end: deleted") + "}"
	case 1:
		return "pods: {" + pick("", "of: Job, ", `name: "*-0", `) + "each: " + pick(`"Pending Running? Terminating"`, `"Pending (Running Completed?)*"`, `"Pending Running Completed Running Completed?"`, `"Pending (Running | Completed)* Terminating?"`) +
			pick("", ", restarts: 0", ", restarts: {max: 1}", ", end: kept") + "}"
	case 2:
		return `"pods[` + pick("0", "1") + `]": {` + pick("end: kept", "end: deleted", "restarts: 0", "restarts: 1", "restarts: [0, 1]") + "}"
	case 3:
		return "job: {" + pick("condition: Complete", "condition: Failed", "condition: Failed, reason: A", "condition: Failed, reason: B", "condition: FailureTarget", "condition: SuccessCriteriaMet", "condition: Suspended") +
			pick("", ", within: 10s", ", notBefore: 10s", ", active: {max: 1}", ", failed: 1") + "}"
	case 4:
		return "job: {" + pick(`states: "Active Suspended? Failed Deleted?"`, `states: "(Active | Suspended)+ SuccessCriteriaMet? Complete Deleted?"`, `states: "Active FailureTarget Failed?"`, "active: 1", "active: [0, 2, 0]", "failed: [0, 1]", "failed: 2", "succeeded: {min: 1}", "succeeded: 0") + "}"
	default:
		return pick("events: {reason: BackOff, count: 0}", "events: {reason: BackOff, of: Pod}", "events: {of: Pod, count: {max: 1}}", "events: {reason: Pulled, of: Pod/p-0, count: 2}",
			"gaps: {from: pod.created, to: nextPod.created, between: [[0s, 2s]]}", "gaps: {from: pod.created, to: nextPod.created, between: [3s, 9s]}", "gaps: {from: pod.created, to: nextPod.created, between: [[0s, 9s], [0s, 9s]], more: true}")
	}
}

// TestWhatContradictsIsNeverMet looks for worlds that meet two checks which are
// said to contradict each other.
func TestWhatContradictsIsNeverMet(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	var worlds [][]timeline.Entry
	for len(worlds) < 500 {
		if w := randomWorld(r); w.atRest() {
			worlds = append(worlds, w.entries)
		}
	}
	found, compatible := 0, 0
	for range 300 {
		text := "expect:\n  - id: a\n    " + randomClaim(r) + "\n  - id: b\n    " + randomClaim(r)
		_, problem := parse(text)
		c := mustParse(t, text)
		met := slices.IndexFunc(worlds, func(entries []timeline.Entry) bool { return c.Review(entries).Outcome == timeline.Met })
		switch {
		case problem != nil && met >= 0:
			t.Fatalf("%v, but met:\n%s\n%s", problem, text, describe(worlds[met]))
		case problem != nil:
			found++
		case met >= 0:
			compatible++
		}
	}
	t.Logf("%d pairs contradict each other, %d are met together", found, compatible)
	if found < 20 || compatible < 50 {
		t.Errorf("%d contradict each other, %d are met: the generator tests too little", found, compatible)
	}
}
