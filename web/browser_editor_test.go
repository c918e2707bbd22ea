package web

import (
	"context"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/schema/schematest"
)

// editorTab opens a lab's page whose editor has been loaded. The cluster has real
// schemas, and refuses what holds the word wrong.
func editorTab(t *testing.T, address string) (*site, *browsertest.Tab) {
	t.Helper()
	s := newLabSite(t)
	s.cluster.config = schematest.Serve(t, nil).Config
	s.runs.check = refuseWrong
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + address)
	tab.Wait("the code editor", `document.querySelector("[data-editor][data-loaded] .cm-content")`)
	return s, tab
}

func refuseWrong(_ context.Context, manifest string) ([]run.Problem, error) {
	var problems []run.Problem
	for i, line := range strings.Split(manifest, "\n") {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && strings.HasPrefix(name, "wrong") {
			problems = append(problems, run.Problem{Path: "spec." + name, Line: i + 1, Message: `strict decoding error: unknown field "spec.` + name + `"`})
		}
	}
	return problems, nil
}

func TestTry(t *testing.T) {
	_, tab := editorTab(t, "/labs/never-with-limit?lang=en")
	tab.Shoot("editor-plain")
	tab.NoErrors()
}

var _ cluster.Status
