package web

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/run"
)

// holdChecks keeps a text from being checked before the reader's pause is over, which
// the test ends.
func holdChecks(tab *browsertest.Tab) { holdPauses(tab, 400) }

func TestEditorShowsProblems(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en", holdChecks)
	e.cursor("backoffLimit: 3")
	e.press(kb.End)
	e.press("\rwrongField: 1")
	endPause(e.Tab)
	e.Wait("the problem", `document.querySelector("[data-problems] [data-line='7']")?.textContent.includes('unknown field "spec.wrongField"')`)
	for what, holds := range map[string]string{
		"the line is marked":           `document.querySelector(".cm-line[data-problem]").textContent.includes("wrongField")`,
		"the number is marked":         `document.querySelector(".cm-gutterElement.wrong").textContent === "7"`,
		"the field is underlined":      `document.querySelector(".cm-lintRange-error").textContent === "wrongField: 1"`,
		"it says how the text stands":  `document.querySelector("[data-check-state=bad]").textContent === "Problems: 1"`,
		"the editor is said to be bad": `document.querySelector(".cm-content").getAttribute("aria-invalid") === "true"`,
		"the text area has the text":   content + `.includes("\n  wrongField: 1\n")`,
	} {
		if !e.Holds(holds) {
			t.Errorf("it does not hold that %s", what)
		}
	}
	e.Wait("it to be said", `document.querySelector("[data-problems-said]").textContent.includes("line 7")`)
	e.Shoot("editor-problem")
	e.cursor("backoffLimit: 3")
	e.press(kb.Home + "\r")
	e.Wait("the problem to move with its line", `document.querySelector("[data-problems] [data-line='8']")`)
	e.cursor("wrongField")
	e.press("x")
	if !e.Holds(`!document.querySelector("[data-problems] [data-line]") && !document.querySelector("[data-problem]")`) {
		t.Error("a problem stays though its line has changed")
	}
	endPause(e.Tab)
	e.Wait("it to be checked again", `document.querySelector("[data-problems] code")?.textContent === "spec.wrongFieldx"`)
	for range len("wrongFieldx") {
		e.press(kb.Backspace)
	}
	e.press("suspend")
	endPause(e.Tab)
	e.Wait("the problem to be gone", `document.querySelector("[data-check-state=good]")?.textContent === "No problems found" && !document.querySelector("[data-problems] [data-line]")`)
	e.NoErrors()
}

// Keys that follow each other without a pause make one check.
func TestEditorChecksWhenTheReaderPauses(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en", holdChecks)
	e.cursor("backoffLimit: 3")
	e.press(kb.End)
	e.press("\rcompletions: 12345")
	if n, checked := paused(e.Tab), e.site.runs.manifests(); n != 1 || len(checked) != 0 {
		t.Errorf("while keys are typed %d pauses are waited for, and %d texts were checked", n, len(checked))
	}
	endPause(e.Tab)
	e.Wait("the check", `document.querySelector("[data-check-state=good]")`)
	if checked := e.site.runs.manifests(); len(checked) != 1 || !strings.Contains(checked[0], "completions: 12345\n") {
		t.Errorf("%d texts were checked: %q", len(checked), checked)
	}
}

func TestEditorDoesNotGiveARefusalAway(t *testing.T) {
	e := newEditor(t, "/labs/wrong-api-version?lang=en")
	const known = `document.querySelector("[data-problems] [data-line], [data-problem]")`
	e.cursor("apps/v1")
	e.press(" ")
	e.Wait("the check of what was edited", known)
	e.press(kb.Backspace)
	e.Wait("nothing to be told of the lab's own text", `!`+known+` && document.querySelector("[data-check-state='']")`)
	if n := len(e.site.runs.manifests()); n != 1 {
		t.Errorf("%d texts were checked, want only the one that was edited", n)
	}
	e.site.runs.fail(&run.Refused{Problems: []run.Problem{{Path: "apiVersion", Line: 1, Message: "no matches"}}})
	e.Click("[data-start]")
	e.Wait("what Run says", known)
	if got := e.Text(`document.querySelector("[data-problems] strong").textContent`); got != "The manifest was refused" {
		t.Errorf("it says %q", got)
	}
	e.NoErrors("status of 400")
}

func TestEditorWithoutCluster(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	e.site.runs.answerChecks(func(context.Context, string) ([]run.Problem, error) { return nil, run.ErrNotReady })
	e.site.cluster.Set(cluster.Status{State: cluster.Restarting, Generation: 1})
	e.Wait("the page to know", `document.querySelector("joblab-cluster[data-state=restarting]")`)
	e.cursor("backoffLimit: 3")
	e.press("3")
	e.Wait("it to be told quietly", `document.querySelector("[data-check-state=away]")?.textContent === "Not checked: the cluster is not ready" && !document.querySelector("[data-notice]").textContent`)
	e.press("3")
	if !e.Holds(content + `.includes("backoffLimit: 333")`) {
		t.Error("one cannot type on")
	}
	e.site.runs.answerChecks(refuseWrong)
	e.Wait("that the text was not checked either", `document.querySelector("[data-check-state=away]")`)
	e.site.cluster.Set(cluster.Status{State: cluster.Ready, Generation: 2})
	e.Wait("it to be checked when there is a cluster", `document.querySelector("[data-check-state=good]")`)
	e.NoErrors("status of 503")
}
