package expect

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

// parse parses a contract from the text of a lab file's keys expect and run.
func parse(text string) (*Contract, error) {
	var doc struct{ Expect, Run yaml.Node }
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	return Parse("lab.yaml", &doc.Expect, &doc.Run)
}

// mustParse parses a contract whose checks may contradict each other, so that one
// story can show what each of them comes to.
func mustParse(t testing.TB, text string) *Contract {
	t.Helper()
	var doc struct{ Expect, Run yaml.Node }
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	r := strictyaml.NewReader("lab.yaml")
	c := read(r, &doc.Expect, &doc.Run)
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

const never = `
expect:
  - id: pods
    pods: {count: 2, each: Pending ContainerCreating StartError, restarts: 0, end: kept}
  - id: job
    job: {condition: Failed, reason: BackoffLimitExceeded, within: 60s}
`

func TestJudge(t *testing.T) {
	const loop = `
run: {until: "pods.exists(p, p.restarts >= 1 && p.status == 'Running')"}
expect:
  - id: bare
    pods: {of: none, count: 1, each: "Pending (Running Completed CrashLoopBackOff?)+", restarts: [0, 1]}
  - id: job
    pods: {of: Job, each: Pending Running Completed}
`
	judgeAll(t, []judged{
		{"all as expected", never, `
			0.1 job
			0.2 a Job/j Pending
			0.3 a Job/j ContainerCreating
			0.3 a Job/j ContainerCreating
			1 a Job/j Failed=StartError
			11 b Job/j Pending
			12 b Job/j ContainerCreating
			13 b Job/j Failed=StartError
			14 job FailureTarget(BackoffLimitExceeded)
			15 job FailureTarget(BackoffLimitExceeded) Failed(BackoffLimitExceeded)
		`, `
			10 job met #10: got Failed (BackoffLimitExceeded); cause message of BackoffLimitExceeded
			end
			0 pods met #10
			met
		`},
		{"a state that cannot come", never, `
			0.1 a Job/j Pending
			0.2 a Job/j Running
			0.3 a Job/j Failed=StartError
		`, `
			2 pods diverged #2 pod a: expected ContainerCreating; got Running
			end
			0 job diverged: expected Failed (BackoffLimitExceeded); got no Job
			diverged
		`},
		{"a pod too many", never, `
			1 a - Pending
			2 b - Pending
			3 c - Pending
		`, `
			3 pods diverged #3 pod c: expected 2 pods; got 3 pods
			end
			0 job diverged: expected Failed (BackoffLimitExceeded); got no Job
			diverged
		`},
		{"too few pods are known when settled", never, `
			1 a Job/j Pending
			2 a Job/j ContainerCreating
			3 a Job/j Failed=StartError exit=128
			4 job Failed(BackoffLimitExceeded)
		`, `
			4 job met #4: got Failed (BackoffLimitExceeded); cause message of BackoffLimitExceeded
			end
			0 pods diverged #4: expected 2 pods; got 1 pod; cause BackoffLimitExceeded: message of BackoffLimitExceeded
			diverged
		`},
		{"a restart, with the container's words", never, `
			1 a Job/j Pending
			2 a Job/j ContainerCreating
			3 a Job/j StartError exit=128
			4 a Job/j StartError 1 exit=128
		`, `
			4 pods diverged #4 pod a: expected RESTARTS 0; got RESTARTS 1; cause StartError, exit code 128
			end
			0 job diverged: expected Failed (BackoffLimitExceeded); got no Job
			diverged
		`},
		{"kept is over at the deletionTimestamp", never, `
			1 a Job/j Pending
			2 a Job/j Pending terminating
			3 a deleted
		`, `
			2 pods diverged #2 pod a: expected kept; got deleted
			end
			0 job diverged: expected Failed (BackoffLimitExceeded); got no Job
			diverged
		`},
		{"the row of a deletion is no state", `
expect: [{id: pods, pods: {each: Pending Running, end: deleted}}]`, `
			1 a - Pending
			2 a - Running
			3 a deleted
		`, `
			end
			0 pods met #3
			met
		`},
		{"a deleted pod cannot go on", `
expect: [{id: pods, pods: {each: Pending Running Completed, end: deleted}}]`, `
			1 a - Pending
			2 a - Running
			3 a deleted
		`, `
			3 pods diverged #3 pod a: expected Completed; got deleted after Running
			end
			diverged
		`},
		{"not deleted in the end", `
expect: [{id: pods, pods: {end: deleted}}]`, `
			1 a - Succeeded=Completed
		`, `
			end
			0 pods diverged #1 pod a: expected deleted; got kept
			diverged
		`},
		{"the other ending of a Job", `
expect:
  - {id: complete, job: {condition: Complete}}
  - {id: failed, job: {condition: Failed}}
  - {id: reason, job: {condition: Failed, reason: Other}}
  - {id: suspended, job: {condition: Suspended}}`, `
			1 job
			2 job FailureTarget(Why)
			3 job FailureTarget(Why) Failed(Why)
		`, `
			2 complete diverged #2: expected Complete; got FailureTarget (Why); cause message of Why
			3 failed met #3: got Failed (Why); cause message of Why
			3 reason diverged #3: expected Failed (Other); got Failed (Why); cause message of Why
			3 suspended diverged #3: expected Suspended; got Failed (Why); cause message of Why
			end
			diverged
		`},
		{"a job check is about the first Job", `
expect: [{id: job, job: {condition: Complete}}]`, `
			1 job
			2 job deleted
		`, `
			2 job diverged #2: expected Complete; got deleted
			end
			diverged
		`},
		{"time bounds", `
expect:
  - {id: late, job: {condition: Complete, within: 5s}}
  - {id: early, job: {condition: Complete, notBefore: 10s}}
  - {id: ok, job: {condition: Complete, notBefore: 5s, within: 10s}}
  - {id: pods-late, pods: {count: 2, within: 5s}}
  - {id: pods-ok, pods: {count: 1, each: Pending Running, within: 5s}}`, `
			1 job
			1 a - Pending
			2 a - Running
			4.9 tick
			5 tick
			7.5 job Complete
		`, `
			4 late diverged: expected Complete within 5s; got not Complete
			4 pods-late diverged: expected 2 pods within 5s; got 1 pod
			6 early diverged #6: expected Complete not before 10s; got Complete at 7.5s
			6 ok met #6: got Complete
			end
			0 pods-ok met #6
			diverged
		`},
		{"a run that never settles ends when until holds; living pods may be anywhere in their sequence", loop, `
			1 a - Pending
			1 b Job/j Pending
			2 a - Running
			2 b Job/j Running
			3 a - Completed
			4 a - Running 1
			5 a - Unreached 9
		`, `
			until
			end
			0 bare met #6
			0 job met #6
			met
		`},
		{"but a pod that is over must have come to its end", loop, `
			1 a - Pending
			1 b Job/j Pending
			2 a - Running
			2 b Job/j Running
			3 b Job/j Failed=Running
			4 a - Running 1
		`, `
			until
			end
			0 bare met #6
			0 job diverged #5 pod b: expected Completed; got nothing after Running
			diverged
		`},
		{"no pods at all", `
expect:
  - {id: some, pods: {each: Pending}}
  - {id: none, pods: {count: 0}}`, ``, `
			end
			0 some diverged: expected at least 1 pod; got 0 pods
			0 none met
			diverged
		`},
		{"RESTARTS in order", `
expect: [{id: order, pods: {restarts: [0, 1, 3]}}, {id: max, pods: {restarts: {max: 1}}}, {id: exact, pods: {restarts: 3}}]`, `
			1 a - X
			2 a - X 1
			3 a - X 2
		`, `
			3 order diverged #3 pod a: expected RESTARTS 3; got RESTARTS 2
			3 max diverged #3 pod a: expected RESTARTS at most 1; got RESTARTS 2
			end
			0 exact diverged #3 pod a: expected RESTARTS 3; got RESTARTS 2
			diverged
		`},
		{"after a gap only what no missed state explains is a divergence", `
expect:
  - {id: missed, pods: {each: Pending Running Completed}}
  - {id: wrong, pods: {each: Pending Running Error}}
  - {id: count, pods: {count: 2}}
  - {id: order, pods: {restarts: [0, 1, 2]}}`, `
			1 a - Pending
			2 gap
			3 a - Succeeded=Completed 2
		`, `
			3 wrong diverged #3 pod a: expected Running or Error, or nothing more; got Completed
			end
			0 missed undecided #3 pod a: expected Pending Running Completed; got changes may have been missed
			0 count undecided #2: expected 2 pods; got 1 pod, and changes may have been missed
			0 order met #3
			diverged
		`},
		{"a Job that is gone after a gap may have come to its end", `
expect: [{id: job, job: {condition: Complete}}, {id: pod, pods: {each: Pending Running, restarts: [0, 1]}}]`, `
			1 job
			1 a - Pending
			1 gap
			2 job deleted
			2 a deleted
		`, `
			4 job undecided #4: expected Complete; got deleted, and changes may have been missed
			end
			0 pod undecided #5 pod a: expected Pending Running; got changes may have been missed
			undecided
		`},
		{"a pod that was never scheduled, in the scheduler's words", `
expect: [{id: pod, pods: {each: Pending Running, within: 10s}}]`, `
			1 a - Pending unschedulable
			12 tick
		`, `
			1 pod diverged pod a: expected Running within 10s; got nothing after Pending; cause Unschedulable: no nodes available
			end
			diverged
		`},
	})
}

// trimLines cuts the indentation and empty lines.
func trimLines(s string) string {
	var lines []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

func TestRunThatIsCutOffLeavesOpenChecksUndecided(t *testing.T) {
	got := tell(t, mustParse(t, never), story(t, "1 a Job/j Pending\n2 job Failed(BackoffLimitExceeded)"), false)
	want := "2 job met #2: got Failed (BackoffLimitExceeded); cause message of BackoffLimitExceeded\nend\n0 pods undecided\nundecided\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// BenchmarkJudgeNothingNew judges entries that change nothing, with checks of
// each kind open.
func BenchmarkJudgeNothingNew(b *testing.B) {
	j, entries := steady(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		j.Observe(&entries[i%len(entries)])
	}
}

// steady returns a judge with 100 living pods and entries that repeat what it
// knows.
func steady(t testing.TB) (timeline.Judge, []timeline.Entry) {
	j := mustParse(t, `
run: {until: "pods.exists(p, p.restarts > 3)"}
expect:
  - {id: pods, pods: {count: 100, each: "Pending ContainerCreating? (Running Completed)+", restarts: [0, 1, 2], end: kept, within: 1h}}
  - {id: job, job: {condition: Complete, within: 1h}}
`).Judge()
	text := "0 job\n"
	for i := range 100 {
		text += fmt.Sprintf("1 p%d Job/j Pending\n", i)
	}
	entries := story(t, text)
	for i := range entries {
		j.Observe(&entries[i])
		j.Deadline()
	}
	return j, entries[1:]
}

func TestEntryThatChangesNothingAllocatesNothing(t *testing.T) {
	j, entries := steady(t)
	i := 0
	got := testing.AllocsPerRun(1000, func() {
		j.Deadline()
		if v := j.Observe(&entries[i%len(entries)]); v != nil {
			t.Fatalf("verdicts %v", v)
		}
		i++
	})
	if got != 0 {
		t.Errorf("allocations an entry: got %v, want 0", got)
	}
}
