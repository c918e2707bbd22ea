package expect

import "testing"

func TestJobChecks(t *testing.T) {
	judgeAll(t, []judged{
		{"by name and by number", `
expect:
  - {id: b, job: {name: b, condition: Failed}}
  - {id: second, "job[1]": {condition: Failed}}
  - {id: third, "job[2]": {condition: Complete}}
  - {id: second-a, "job[1]": {name: "a*", condition: Complete}}
  - {id: first, job: {condition: Complete}}
  - {id: none, job: {name: x, condition: Complete}}`, `
			1 job/a
			2 job/b
			3 job/a2
			4 job/b Failed
			5 job/a2 Complete
			6 job/a Complete
		`, `
			4 b met #4: got Failed
			4 second met #4: got Failed
			5 third met #5: got Complete
			5 second-a met #5: got Complete
			6 first met #6: got Complete
			end
			0 none diverged: expected job x: Complete; got no Job
			diverged
		`},
		{"states", `
expect:
  - {id: met, job: {states: "Active Suspended Active SuccessCriteriaMet? Complete"}}
  - {id: wrong, job: {states: "Active SuccessCriteriaMet? Complete"}}
  - {id: gone, job: {states: "Active Suspended Active Complete Deleted"}}`, `
			1 job
			2 job active=1
			3 job Suspended(JobSuspended)
			4 job
			5 job Complete
		`, `
			3 wrong diverged #3: expected SuccessCriteriaMet or Complete; got Suspended (JobSuspended); cause message of JobSuspended
			end
			0 met met #5
			0 gone diverged #5: expected Deleted; got nothing after Complete
			diverged
		`},
		{"counters", `
expect:
  - {id: never-more, job: {active: {max: 2}}}
  - {id: end, job: {succeeded: 3, failed: 0}}
  - {id: few, job: {succeeded: {min: 4}}}
  - {id: passed, job: {active: [0, 2, 1], condition: Complete}}
  - {id: order, job: {active: [3, 1, 0]}}
  - {id: failed, job: {failed: [1, 2]}}
  - {id: too-many, job: {failed: [0, 1]}}`, `
			1 job
			2 job active=2
			3 job active=3
			4 job active=1 failed=1
			5 job active=1 succeeded=1 failed=2
			6 job succeeded=3 failed=2 Complete
		`, `
			3 never-more diverged #3: expected active at most 2; got active 3
			4 end diverged #4: expected failed 0; got failed 1
			5 too-many diverged #5: expected failed 1 in the end; got failed 2
			6 few diverged #6: expected succeeded at least 4; got succeeded 3
			6 passed diverged #6: expected active 1 in the end; got active 0
			6 order met #6
			6 failed met #6
			end
			diverged
		`},
		{"a counter in its time", `
expect:
  - {id: ok, job: {succeeded: 2, within: 5s}}
  - {id: late, job: {succeeded: 2, within: 3s}}
  - {id: early, job: {succeeded: 2, notBefore: 9s}}`, `
			1 job
			4 job succeeded=2
			9 job succeeded=2 Complete
		`, `
			1 late diverged: expected succeeded 2 within 3s; got succeeded 0
			2 early diverged #2: expected succeeded 2 not before 9s; got succeeded 2 at 4s
			3 ok met #3
			end
			diverged
		`},
		{"after a gap", `
expect:
  - {id: states, job: {states: Active Suspended Active Complete}}
  - {id: passed, job: {active: [0, 1, 0]}}
  - {id: wrong, job: {states: Active Suspended Active Failed}}
  - {id: failed, job: {failed: [0, 2]}}`, `
			1 job
			2 gap
			3 job Complete failed=1
		`, `
			3 passed undecided #3: expected active 1; got active 0, and changes may have been missed
			3 wrong diverged #3: expected Suspended, Active or Failed, or nothing more; got Complete
			3 failed diverged #3: expected failed 2; got failed 1
			end
			0 states undecided #3: expected Active Suspended Active Complete; got changes may have been missed
			diverged
		`},
	})
}

func TestEvents(t *testing.T) {
	judgeAll(t, []judged{
		{"how often", `
expect:
  - {id: some, events: {reason: BackOff, of: Pod}}
  - {id: more, events: {reason: BackOff, of: Pod/a, count: {min: 5}}}
  - {id: none, events: {type: Warning, of: Job, count: 0}}
  - {id: most, events: {reason: BackOff, message: "restarting failed", count: {max: 3}}}
  - {id: too-few, events: {reason: Pulled, of: "Pod/a*"}}`, `
			1 event Pod/a BackOff Warning 1 restarting failed container
			2 event Pod/a BackOff Warning 3 restarting failed container
			3 event Pod/b BackOff Warning 2 restarting failed container
			4 event Job/j Done Normal 1
			5 event Pod/b Pulled Normal 1
			6 event Pod/a BackOff Warning 5 restarting failed container
		`, `
			1 some met #1: got 1 event; cause restarting failed container
			3 most diverged #3 pod b: expected at most 3 BackOff, “restarting failed”; got 5 events; cause restarting failed container
			6 more met #6: got 5 events; cause restarting failed container
			end
			0 none met #6: got 0 events
			0 too-few diverged: expected at least 1 Pulled of Pod/a*; got 0 events
			diverged
		`},
	})
}
