package expect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCELCheck(t *testing.T) {
	for _, c := range []struct{ name, check, story, want string }{
		{"once, in the end", `cel: "pods.all(p, p.restarts == 0)"`, `
			1 a - Running 1
			2 a - Running 0
		`, `
			end
			0 x met #2
			met
		`},
		{"the first pod for which it is false", `cel: "pods.all(p, p.restarts == 0)"`, `
			1 a - Running
			2 b - Running 3
			3 c - Running 4
		`, `
			end
			0 x diverged #3 pod b: expected pods.all(p, p.restarts == 0); got p.restarts is 3
			diverged
		`},
		{"written on several lines", "cel: \"size(pods)\\n  == 1\"", ``, `
			end
			0 x diverged: expected size(pods) == 1; got size(pods) is 0
			diverged
		`},
		{"always, at the first false", `{cel: "size(pods) <= 1 && jobs.all(j, j.active < 2)", always: true}`, `
			1 a - Running
			2 b - Running
			3 b deleted
		`, `
			2 x diverged #2: expected size(pods) <= 1 && jobs.all(j, j.active < 2); got size(pods) is 2
			end
			diverged
		`},
		{"what has no value is not false", `{cel: "pods[1].status == 'Running'", always: true}`, `
			1 a - Pending
			2 b - Running
		`, `
			end
			0 x met #2
			met
		`},
		{"what has no value in the end is not met", `cel: "pods[1].status == 'Running'"`, `
			1 a - Pending
		`, `
			end
			0 x diverged #1: expected pods[1].status == 'Running'; got index out of bounds: 1
			diverged
		`},
		{"no entries at all", `cel: "size(pods) == 0"`, ``, `
			end
			0 x met
			met
		`},
		{"what is false after a gap may have been missed", `{cel: "pods.exists(p, p.status == 'Error')", always: true}`, `
			0 gap
			1 a - Pending
		`, `
			end
			0 x undecided #1: expected pods.exists(p, p.status == 'Error'); got changes may have been missed
			undecided
		`},
		{"what is true after a gap is met", `cel: "pods.exists(p, p.status == 'Error')"`, `
			1 gap
			2 a - Error
		`, `
			end
			0 x met #2
			met
		`},
		{"times are not known after an outage", `{cel: "pods.all(p, p.startedAt < 5.0)", always: true}`, `
			1 unreachable
			9 a - Running
			9 reachable
		`, `
			end
			0 x undecided #3: expected pods.all(p, p.startedAt < 5.0); got times while the API server did not answer
			undecided
		`},
		{"the time of the newest entry", `{cel: "t < 5", always: true}`, `
			1 a - Pending
			6 a - Running
		`, `
			2 x diverged #2: expected t < 5; got t is 6
			end
			diverged
		`},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := c.check
			if check[0] == '{' {
				check = check[1 : len(check)-1]
			}
			got := tell(t, mustParse(t, "expect:\n  - {id: x, "+check+"}"), story(t, c.story), true)
			if diff := cmp.Diff(trimLines(c.want), trimLines(got)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}
