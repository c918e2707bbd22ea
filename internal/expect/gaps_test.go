package expect

import "testing"

func TestGaps(t *testing.T) {
	judgeAll(t, []judged{
		{"from one pod to the next, by Kubernetes' clock", `
expect:
  - {id: ok, gaps: {from: pod.finished, to: nextPod.created, about: [10s, 20s], within: 3s}}
  - {id: short, gaps: {from: pod.finished, to: nextPod.created, between: [[10s, 17s], [21s, 29s]]}}
  - {id: few, gaps: {from: pod.finished, to: nextPod.created, about: [10s], within: 3s}}
  - {id: first, gaps: {from: pod.finished, to: nextPod.created, about: [10s], within: 3s, more: true}}
  - {id: third, gaps: {from: pod.finished, to: nextPod.created, about: [10s, 20s, 40s], within: 3s}}
  - {id: every, gaps: {from: pod.created, to: pod.finished, about: 2s, within: 1s}}`, `
			1 a Job/j Pending created=1
			3 a Job/j Failed=Error created=1 finished=3
			13 b Job/j Pending created=13
			14 b Job/j Failed=Error created=13 finished=14
			34 c Job/j Pending created=34
			36 c Job/j Failed=Error created=34 finished=36
		`, `
			3 first met #3
			5 short diverged #5 pod c: expected gap 2 21s to 29s from pod.finished to nextPod.created; got 20s
			5 few diverged #5 pod c: expected 1 gap from pod.finished to nextPod.created; got gap 2
			end
			0 ok met #6
			0 third diverged pod c: expected gap 3 about 40s (within 3s) from pod.finished to nextPod.created; got no nextPod.created
			0 every met #6
			diverged
		`},
		{"as seen, time alone decides", `
expect:
  - {id: ok, gaps: {clock: seen, from: pod.created, to: pod.started, about: [3s], within: 1s}}
  - {id: long, gaps: {clock: seen, from: pod.created, to: pod.started, about: [1s], within: 1s}}
  - {id: never, gaps: {clock: seen, from: pod.created, to: pod.deleted, about: [5s], within: 1s}}
  - {id: before, gaps: {clock: seen, from: pod.started, to: pod.deleted, about: [5s], within: 1s}}`, `
			1 a Job/j Pending
			4 a Job/j Running started=4
			9 tick
			9.5 a Job/j deleted
		`, `
			1 long diverged pod a: expected gap 1 about 1s (within 1s) from pod.created to pod.started; got no pod.started
			2 never diverged pod a: expected gap 1 about 5s (within 1s) from pod.created to pod.deleted; got no pod.deleted
			end
			0 ok met #4
			0 before diverged pod a: expected gap 1 about 5s (within 1s) from pod.started to pod.deleted; got no pod.deleted
			diverged
		`},
		{"restarts of one pod", `
expect:
  - {id: ok, gaps: {from: pod.finished, to: pod.nextStart, about: [0s, 10s], within: 1s}}
  - {id: runs, gaps: {from: pod.started, to: pod.nextFinish, between: [5s, 6s]}}
  - {id: wrong, gaps: {from: pod.started, to: pod.nextStart, about: [5s, 10s], within: 1s}}`, `
			1 a - Running started=1
			6 a - Completed started=1 finished=6
			6 a - Running 1 started=6
			11 a - Completed 1 started=6 finished=11
			21 a - Running 2 started=21
		`, `
			5 wrong diverged #5 pod a: expected gap 2 about 10s (within 1s) from pod.started to pod.nextStart; got 15s
			end
			0 ok met #5
			0 runs met #5
			diverged
		`},
		{"a gap that can no longer come", `
expect:
  - {id: gone, gaps: {clock: seen, from: pod.created, to: pod.terminating, about: [1s], within: 9s}}
  - {id: never-ended, gaps: {from: pod.finished, to: nextPod.created, about: [1s], within: 1s}}
  - {id: over, gaps: {from: pod.created, to: pod.started, about: [1s], within: 1s}}
  - {id: unlisted, gaps: {from: pod.created, to: pod.started, about: 1s, within: 1s}}`, `
			1 a - Pending created=1
			2 a - Failed=Error created=1
			3 a deleted
		`, `
			2 never-ended diverged #2 pod a: expected gap 1 about 1s (within 1s) from pod.finished to nextPod.created; got no more of pod a
			2 over diverged #2 pod a: expected gap 1 about 1s (within 1s) from pod.created to pod.started; got no more of pod a
			end
			0 gone met #3
			0 unlisted diverged: expected every gap about 1s (within 1s) from pod.created to pod.started; got no pod.started
			diverged
		`},
	})
}
