package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/schema/schematest"
)

const (
	loaded  = `document.querySelector("[data-editor][data-loaded] .cm-content")`
	content = `document.querySelector("textarea").value`
)

// editor is a lab's page whose code editor has been loaded.
type editor struct {
	*browsertest.Tab
	site *site
}

// newEditor opens a lab's page. The cluster has real schemas, and refuses fields
// whose name begins with wrong, and Jobs of apps/v1.
func newEditor(t *testing.T, address string, prepare ...func(*browsertest.Tab)) *editor {
	t.Helper()
	s := newLabSite(t)
	s.cluster.config = schematest.Serve(t, nil).Config
	s.runs.check = refuseWrong
	tab := browsertest.Start(t).Tab(t)
	for _, p := range prepare {
		p(tab)
	}
	tab.Open(s.URL + address)
	tab.Wait("the editor to be in view", `(document.querySelector("[data-editor]").scrollIntoView(), true)`)
	tab.Wait("the code editor", loaded)
	return &editor{tab, s}
}

func refuseWrong(_ context.Context, manifest string) ([]run.Problem, error) {
	var problems []run.Problem
	for i, line := range strings.Split(manifest, "\n") {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(name, "wrong"):
			problems = append(problems, run.Problem{Path: "spec." + name, Line: i + 1, Message: `strict decoding error: unknown field "spec.` + name + `"`})
		case name == "apiVersion" && strings.HasPrefix(strings.TrimSpace(value), "apps/v1"):
			problems = append(problems, run.Problem{Path: name, Line: i + 1, Message: `no matches for kind "Job" in version "apps/v1"`})
		}
	}
	return problems, nil
}

// cursor focuses the editor and puts the cursor behind a text, as a click does.
func (e *editor) cursor(after string) {
	e.T.Helper()
	at := browsertest.Evaluate[[]float64](e.Tab, fmt.Sprintf(`(() => {
		const text = %s;
		for (const line of document.querySelectorAll(".cm-line")) {
			const i = line.textContent.indexOf(text);
			if (i < 0) continue;
			line.scrollIntoView({ block: "nearest" });
			let left = i + text.length;
			const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
			for (let n; (n = walk.nextNode()); left -= n.length) {
				if (left > n.length) continue;
				const range = document.createRange();
				range.setStart(n, left);
				const box = range.getBoundingClientRect();
				return [box.left, box.top + box.height / 2];
			}
		}
		throw new Error("no line with " + text);
	})()`, strconv.Quote(after)))
	e.Do("click behind "+after, chromedp.MouseClickXY(at[0], at[1]))
}

// press presses keys, with modifiers. A key that the editor takes, such as Enter,
// types no character besides, as with a real keyboard.
func (e *editor) press(keys string, modifiers ...chromedp.Modifier) {
	e.T.Helper()
	for _, r := range keys {
		for _, k := range kb.Encode(r) {
			if k.Type == kb.KeyChar && (!unicode.IsPrint(r) || len(modifiers) > 0) {
				continue
			}
			for _, m := range modifiers {
				k.Modifiers |= int64(m)
			}
			browsertest.Call(e.Tab, fmt.Sprintf("press %q", r), input.DispatchKeyEvent, *k)
		}
	}
}
