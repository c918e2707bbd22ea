package web

import (
	"testing"

	"github.com/joblab/joblab/internal/expect/expecttest"
	"github.com/joblab/joblab/internal/lab"
)

// manifest has characters that HTML gives a meaning.
const manifest = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: hello # <b>&amp;\n"

const guide = `# A title

Text with <script>alert(1)</script> and [a link](javascript:alert(1)).

## Part

| a | b |
|---|---|
| 1 | 2 |
`

const expectations = `
- {id: one-pod, say: {en: "one pod", ko: "파드 하나"}, pods: {count: 1, each: "Pending Running Completed"}}
- {id: completes, say: {en: "the Job completes", ko: "Job이 완료돼요"}, job: {condition: Complete, within: 1m}}
`

// testLabs are two labs, the first with a trace.
func testLabs(t testing.TB) []*lab.Lab {
	t.Helper()
	contract := expecttest.Parse(t, expectations)
	first := &lab.Lab{
		Slug: "first-job", Number: 2, Minutes: 4, Kubernetes: ">=1.31", Backends: []string{"embedded"},
		Track:   lab.Track{ID: "basics", Title: lab.Text{"en": "Basics", "ko": "기초"}},
		Title:   lab.Text{"en": "Your first Job", "ko": "첫 번째 Job"},
		Summary: lab.Text{"en": "It runs `once` & ends.", "ko": "한 번 실행돼요."},
		Goal:    lab.Text{"en": "See `it` <b>end</b>.", "ko": "끝나는 것을 봐요."},
		Sources: []lab.Source{{Title: "KEP", URL: "https://kep.example/"}},
		File:    "job.yaml", Manifest: []byte(manifest),
		Guides:   map[string][]byte{"en": []byte(guide), "ko": []byte("## 안내\n")},
		Trace:    []byte(`{"lanes":[{"pod":"a","segments":[],"marks":[]},{"pod":"b","segments":[],"marks":[]}],"jobs":[{"name":"j","segments":[]}],"entries":[{"seq":1,"t":12.5,"kind":"note","note":{"code":"settled","text":""}}],"source":"kind"}`),
		Contract: contract,
		Predict:  testQuestions(t),
	}
	second := *first
	second.Slug, second.Number, second.Trace, second.Predict = "on-failure", 6, nil, nil
	second.Title = lab.Text{"en": "The pod that disappears", "ko": "사라지는 파드"}
	second.Track = lab.Track{ID: "failure", Title: lab.Text{"en": "Failure", "ko": "실패"}}
	return []*lab.Lab{first, &second}
}
