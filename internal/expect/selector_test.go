package expect

import "testing"

func TestSelectors(t *testing.T) {
	judgeAll(t, []judged{
		{"by owner, name and completion index", `
expect:
  - {id: pi, pods: {of: Job/pi, count: 2}}
  - {id: named, pods: {name: "p*-0", count: 1}}
  - {id: index, pods: {of: Job/pi, completionIndex: 1, count: 1, each: Pending Running}}
  - {id: other, pods: {of: Job/other, count: 0}}`, `
			1 pi-0 Job/pi Pending index=0
			1 pi-1 Job/pi Pending index=1
			2 e Job/e Pending
			3 pi-1 Job/pi Running index=1
		`, `
			end
			0 pi met #4
			0 named met #4
			0 index met #4
			0 other met #4
			met
		`},
		{"the n-th pod alone", `
expect:
  - {id: first, "pods[0]": {each: Pending Running}}
  - {id: second, "pods[1]": {each: Pending Error, restarts: 0}}
  - {id: second-of-j, "pods[1]": {of: Job/j, end: deleted}}
  - {id: third, "pods[2]": {of: Job/j}}`, `
			1 a Job/j Pending
			2 b - Pending
			3 b - Running
			3 a Job/j Running
			4 c Job/j Pending
			4 c deleted
		`, `
			3 second diverged #3 pod b: expected Error; got Running
			end
			0 first met #6
			0 second-of-j met #6
			0 third diverged: expected pods[2] of Job j; got 2 pods
			diverged
		`},
		{"which is the n-th is not known after a gap", `
expect: [{id: second, "pods[1]": {each: Pending Running}}]`, `
			1 a - Pending
			2 gap
			3 b - Error
		`, `
			3 second undecided #3 pod b: expected Pending or Running, or nothing more; got Error, and changes may have been missed
			end
			undecided
		`},
		{"not before", `
expect:
  - {id: early, pods: {each: Pending Running, notBefore: 4s}}
  - {id: ok, pods: {count: 2, notBefore: 3s, within: 9s}}`, `
			1 a - Pending
			3 a - Running
			4 b - Running
		`, `
			2 early diverged #2 pod a: expected not before 4s; got Running at 3s
			end
			0 ok met #3
			diverged
		`},
		{"not before, in an outage", `
expect: [{id: early, pods: {each: Pending Running, notBefore: 4s}}]`, `
			1 a - Pending
			2 unreachable
			6 a - Running
			6 reachable
		`, `
			3 early undecided #3 pod a: expected not before 4s; got Running while the API server did not answer
			end
			undecided
		`},
	})
}
