package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/browsertest"
)

// TestNamesOfStatesAndMarks reads what is said of the states and marks of a recorded
// run: when a state was and with which exit code come first, and the words of the
// page are of its language.
func TestNamesOfStatesAndMarks(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	for _, test := range []struct{ language, state, marks string }{
		{"en", `^muzzi-\S+: Completed, [\d.]+ s to [\d.]+ s, exit 0, [\d.]+ s long, READY 0/1, `, "created, scheduled, image there, started, SIGTERM"},
		{"ko", `^muzzi-\S+: Completed, [\d.]+초부터 [\d.]+초까지, 종료 코드 0, [\d.]+초 동안, READY 0/1, `, "생성됨, 노드 배정됨, 이미지 준비됨, 시작됨, SIGTERM"},
	} {
		openRun(tab, s, "graceful-stop", "lang="+test.language)
		if !tab.Holds(`[...document.querySelectorAll(".plot .segment.observed")].some((e) => new RegExp(String.raw` + "`" + test.state + "`" + `).test(e.getAttribute("aria-label")))`) {
			t.Errorf("%s: no state is named like %s:\n%s", test.language, test.state, tab.Text(`[...document.querySelectorAll(".plot .segment.observed")].map((e) => e.getAttribute("aria-label")).join("\n")`))
		}
		names := `["created", "scheduled", "pulled", "started", "sigterm"].map((kind) => document.querySelector(".plot .mark." + kind)?.getAttribute("aria-label").split(" · ")[0] ?? kind + " is missing").join(", ")`
		if diff := cmp.Diff(strings.Split(test.marks, ", "), strings.Split(tab.Text(names), ", ")); diff != "" {
			t.Errorf("%s: the marks (-want +got):\n%s", test.language, diff)
		}
	}
	tab.NoErrors()
}
