package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/cluster"
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
			if _, err := chromedp.Call(e.Ctx, input.DispatchKeyEvent, *k); err != nil {
				e.T.Fatalf("press %q: %v", r, err)
			}
		}
	}
}

func TestEditorTakesTheTextAreasPlace(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	release := make(chan struct{})
	held := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == s.web.static.URL("editor.js") {
			<-release
		}
		s.web.ServeHTTP(w, r)
	}))
	defer held.Close()
	defer s.web.Close() // ends what held would wait for
	tab.Open(held.URL + "/labs/never-with-limit?lang=en")
	tab.Wait("the plain editor", `document.querySelector("[data-editor].painted .row .key")`)
	const place = `JSON.stringify([...document.querySelectorAll("[data-editor] :is(.row, .cm-line)")].filter((l) => l.checkVisibility()).map((l) => {
		const range = document.createRange();
		range.selectNodeContents(l);
		const box = range.getBoundingClientRect();
		return [Math.round(box.left), Math.round(box.top), Math.round(box.width)];
	}).concat([["card", Math.round(document.querySelector(".manifest").getBoundingClientRect().height)]]))`
	const colours = `[...document.querySelectorAll("[data-editor] :is(.row, .cm-line)")].filter((l) => l.checkVisibility()).map((l) => {
		const colours = [];
		const walk = document.createTreeWalker(l, NodeFilter.SHOW_TEXT);
		for (let n; (n = walk.nextNode()); ) for (const c of n.data) if (c.trim()) colours.push(c + getComputedStyle(n.parentElement).color.replace(/[^0-9,]/g, ""));
		return colours.join(" ");
	}).join("\n")`
	before, painted := tab.Text(place), tab.Text(colours)
	tab.Shoot("editor-before")
	tab.Do("type", chromedp.Focus(chromedp.CSS("textarea")))
	tab.Wait("the cursor to be put", `(document.querySelector("textarea").setSelectionRange(12, 20), true)`)
	close(release)
	tab.Wait("the code editor", loaded)
	tab.Shoot("editor-after")
	if after := tab.Text(place); after != before {
		t.Errorf("lines are at %s, and before that at %s", after, before)
	}
	if diff := cmp.Diff(strings.Split(tab.Text(colours), "\n"), strings.Split(painted, "\n")); diff != "" {
		t.Errorf("the colours are other ones (-after +before):\n%s", diff)
	}
	if got := tab.Text(`getSelection().toString()`); got != "batch/v1" {
		t.Errorf("%q is selected, want what was before", got)
	}
	if !tab.Holds(`document.activeElement === document.querySelector(".cm-content")`) {
		t.Error("the focus is lost")
	}
	tab.Wait("the layout to be stable", `new Promise((done) => {
		new PerformanceObserver((list, self) => { self.disconnect(); done(list.getEntries()); }).observe({ type: "layout-shift", buffered: true });
		requestAnimationFrame(() => requestAnimationFrame(() => done([])));
	}).then((shifts) => shifts.every((s) => s.value < 0.001))`)
	if n := tab.Text(`String(document.querySelectorAll("style").length)`); n != "0" {
		t.Errorf("%s style elements were put into the page", n)
	}
	tab.NoErrors()
}

func TestEditorNamesThePlace(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const job = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\nspec:\n  backoffLimit: 3\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: c\n        command: [\"sh\", \"-c\"]\n"
	type place struct{ Path, Role, Kind string }
	for _, c := range []struct {
		name, text string // with | at the cursor
		want       place
	}{
		{"a field's name", strings.Replace(job, "backoff", "back|off", 1), place{"spec.backoffLimit", "key", "Job"}},
		{"its end", strings.Replace(job, "Limit:", "Limit|:", 1), place{"spec.backoffLimit", "key", "Job"}},
		{"its value", strings.Replace(job, "3", "3|", 1), place{"spec.backoffLimit", "value", "Job"}},
		{"an item's field", strings.Replace(job, "- name", "- na|me", 1), place{"spec.template.spec.containers[0].name", "key", "Job"}},
		{"an item in brackets", strings.Replace(job, `"-c"`, `"-|c"`, 1), place{"spec.template.spec.containers[0].command[1]", "value", "Job"}},
		{"a half-typed field", job + "        im|", place{"spec.template.spec.containers[0].im", "key", "Job"}},
		{"less indented", job + "      ho|\n", place{"spec.template.spec.ho", "key", "Job"}},
		{"in the middle", strings.Replace(job, "  template", "  comp|\n  template", 1), place{"spec.comp", "key", "Job"}},
		{"another item", job + "      - na|", place{"spec.template.spec.containers[1].na", "key", "Job"}},
		{"a half-typed value", strings.Replace(job, "  template", "  completionMode: In|\n  template", 1), place{"spec.completionMode", "value", "Job"}},
		{"no value yet", strings.Replace(job, "  template", "  completionMode: |\n  template", 1), place{"spec.completionMode", "value", "Job"}},
		{"in braces", job + "        env: [{name: A, va|}]\n", place{"spec.template.spec.containers[0].env[0].va", "key", "Job"}},
		{"in braces that are open", job + "        resources: {li|\n", place{"spec.template.spec.containers[0].resources.li", "key", "Job"}},
		{"in braces over lines", job + "        resources: {\n          li|: 1}\n", place{"spec.template.spec.containers[0].resources.li", "key", "Job"}},
		{"another document", job + "---\napiVersion: v1\nkind: Pod\nspec:\n  res|\n", place{"spec.res", "key", "Pod"}},
		{"before another document", strings.Replace(job, "3\n", "3\n  su|\n", 1) + "---\nkind: Pod\n", place{"spec.su", "key", "Job"}},
		{"in quotes", strings.Replace(job, "backoffLimit", `"backoff|Limit"`, 1), place{"spec.backoffLimit", "key", "Job"}},
		{"a text of lines", job + "        args:\n        - |\n          ec|ho: x\n", place{"spec.template.spec.containers[0].args[0]", "value", "Job"}},
		{"a broken line elsewhere", "kind: Job\nspec:\n  par|\n  oops\n", place{"spec.par", "key", "Job"}},
		{"nothing yet", "ki|", place{"ki", "key", ""}},
		{"a comment", "kind: Job # a com|ment\n", place{}},
		{"the dash of an item", strings.Replace(job, "- name", "-| name", 1), place{}},
	} {
		// The last | is the cursor, for YAML has it as well.
		at := strings.LastIndex(c.text, "|")
		text := c.text[:at] + c.text[at+1:]
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		got := browsertest.Evaluate[place](e.Tab, fmt.Sprintf(`import(document.querySelector("[data-editor]").dataset.editorSrc).then(({ placeAt, pathText }) => {
			const p = placeAt(%s, %d);
			return p ? { path: pathText(p.path), role: p.role, kind: p.kind } : {};
		})`, encoded, at), chromedp.EvalAwaitPromise)
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestEditorShowsProblems(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	e.cursor("backoffLimit: 3")
	e.press(kb.End)
	e.press("\rwrongField: 1")
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
	before := len(e.site.runs.manifests())
	e.cursor("wrongField")
	e.press("x")
	if !e.Holds(`!document.querySelector("[data-problems] [data-line]") && !document.querySelector("[data-problem]")`) {
		t.Error("a problem stays though its line has changed")
	}
	e.Wait("it to be checked again", `document.querySelector("[data-problems] code")?.textContent === "spec.wrongFieldx"`)
	if after := len(e.site.runs.manifests()); after == before {
		t.Error("nothing was checked again")
	}
	for range len("wrongFieldx") {
		e.press(kb.Backspace)
	}
	e.press("suspend")
	e.Wait("the problem to be gone", `document.querySelector("[data-check-state=good]")?.textContent === "No problems found" && !document.querySelector("[data-problems] [data-line]")`)
	e.NoErrors()
}

// Keys that follow each other quickly make one check.
func TestEditorChecksWhenTheReaderPauses(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	e.cursor("backoffLimit: 3")
	e.press(kb.End)
	e.press("\rcompletions: 12345")
	e.Wait("the check", `document.querySelector("[data-check-state=good]")`)
	checked := e.site.runs.manifests()
	if last := checked[len(checked)-1]; !strings.Contains(last, "completions: 12345\n") || len(checked) > 4 {
		t.Errorf("%d checks, the last of %q", len(checked), last)
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
	e.site.runs.refuse(&run.Refused{Problems: []run.Problem{{Path: "apiVersion", Line: 1, Message: "no matches"}}})
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
	e.site.cluster.set(cluster.Status{State: cluster.Restarting, Generation: 1})
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
	e.site.cluster.set(cluster.Status{State: cluster.Ready, Generation: 2})
	e.Wait("it to be checked when there is a cluster", `document.querySelector("[data-check-state=good]")`)
	e.NoErrors("status of 503")
}

func TestEditorHelps(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const card = `document.querySelector("[data-help='%s']")?.textContent`
	e.cursor("restartPol")
	e.press(kb.F1)
	policy := fmt.Sprintf(card, "spec.template.spec.restartPolicy")
	e.Wait("help by key", policy)
	for _, want := range []string{"string", "one of Always, Never, OnFailure", "Restart policy for all containers within the pod"} {
		if got := e.Text(policy); !strings.Contains(got, want) {
			t.Errorf("the help is %q, want %q in it", got, want)
		}
	}
	if !e.Holds(`document.querySelector(".cm-announced").textContent.includes("spec.template.spec.restartPolicy")`) {
		t.Error("the help is not said")
	}
	e.Shoot("editor-help")
	e.press(kb.Escape)
	e.Wait("the help to go", `!document.querySelector("[data-help]")`)
	e.cursor("- na")
	e.press("i", chromedp.ModifierCtrl)
	e.Wait("help by the other key", fmt.Sprintf(card, "spec.template.spec.containers[0].name")+`?.includes("required")`)
	e.press(kb.ArrowDown)
	e.Wait("the help to go with the cursor", `!document.querySelector("[data-help]")`)
	at := browsertest.Evaluate[[]float64](e.Tab, `(() => {
		const box = [...document.querySelectorAll(".cm-line .key")].find((k) => k.textContent === "backoffLimit").getBoundingClientRect();
		return [box.left + box.width / 2, box.top + box.height / 2];
	})()`)
	e.Do("point at a field", chromedp.MouseEvent(chromedp.MouseMoved, at[0]-3, at[1]), chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]))
	e.Wait("help under the pointer", fmt.Sprintf(card, "spec.backoffLimit")+`?.includes("integer")`)
	e.NoErrors()
}

func TestEditorCompletes(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const list = `[...document.querySelectorAll(".cm-tooltip-autocomplete li .cm-completionLabel")].map((l) => l.textContent)`
	e.cursor("backoffLimit: 3")
	e.press(kb.End)
	e.press("\rcompl")
	e.Wait("field names", list+`.includes("completionMode")`)
	if e.Holds(list + `.some((name) => ["backoffLimit", "restartPolicy", "status"].includes(name))`) {
		t.Errorf("it proposes %s", e.Text(`JSON.stringify(`+list+`)`))
	}
	e.press("etionM")
	e.Wait("the one name", list+`.length === 1 && document.querySelector(".cm-completionInfo")?.checkVisibility() && document.querySelector(".cm-completionInfo").textContent.includes("specifies how Pod completions are tracked")`)
	e.Shoot("editor-complete")
	// What opens is not for keys that were meant for the text before it.
	e.Wait("the name to be taken", takeCompletion)
	e.Wait("its values", list+`.includes("Indexed") && `+content+`.includes("\n  completionMode: \n")`)
	e.press("NonI")
	e.Wait("the one value", list+`.length === 1`)
	e.Wait("the value to be taken", takeCompletion)
	e.Wait("the value", content+`.includes("\n  completionMode: NonIndexed\n")`)
	e.cursor("command:")
	e.press(kb.Home)
	e.press("\r" + kb.ArrowUp)
	e.press(" ", chromedp.ModifierCtrl)
	e.Wait("names by key", list+`.includes("env")`)
	if e.Holds(list + `.includes("image")`) {
		t.Error("it proposes a field that is there")
	}
	e.NoErrors()
}

// takeCompletion takes what is selected once the editor takes it.
const takeCompletion = `(() => {
	const before = document.querySelector("textarea").value;
	document.querySelector(".cm-content").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
	return document.querySelector("textarea").value !== before;
})()`

func TestEditorShowsTheDifference(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	if !e.Holds(`document.querySelector("[data-difference]").hidden`) {
		t.Error("there is a difference before anything has changed")
	}
	e.cursor("backoffLimit: 3")
	e.press(kb.Backspace + "1")
	e.cursor("image: centos:7")
	e.press(kb.End + "\rtty: true")
	e.Wait("the number of lines", `document.querySelector("[data-difference='2']:not([hidden])")?.textContent === "Changed lines: 2"`)
	e.Click("[data-difference]")
	e.Wait("the difference", `document.querySelector("[data-difference][aria-pressed=true]") && document.querySelector(".cm-deletedChunk")?.textContent.includes("backoffLimit: 3") && document.querySelectorAll(".cm-changedLine").length === 2`)
	e.Shoot("editor-difference")
	e.cursor("restartPolicy: Never")
	e.press(kb.End + "\r# the end")
	e.Wait("a line more", `document.querySelector("[data-difference='3']")`)
	edited := e.Text(content)
	e.Click("[data-reset]")
	e.Wait("the lab's own text", `!document.querySelector("joblab-run [data-difference]:not([hidden])") && !document.querySelector(".cm-deletedChunk") && `+content+` === document.querySelector("textarea").dataset.original`)
	e.press("z", chromedp.ModifierCtrl)
	if got := e.Text(content); got != edited {
		t.Errorf("one step back from reset is %q, want %q", got, edited)
	}
	e.NoErrors()
}

// The text area stays the form's field: what is put there is in the editor, and the
// other way round.
func TestEditorAndTextAreaAreOne(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	e.Click("label[for=manifest]")
	if !e.Holds(`document.activeElement.matches(".cm-content")`) {
		t.Error("the label does not lead to the editor")
	}
	e.Do("type into the text area", chromedp.SendKeys(chromedp.CSS("textarea"), "# typed"))
	if !e.Holds(`document.querySelector(".cm-content").textContent.includes("# typed")`) {
		t.Error("the editor does not show what was typed into the text area")
	}
	e.Wait("the text to be put", `(() => {
		const area = document.querySelector("textarea");
		area.value = area.value.replace("backoffLimit: 3", "backoffLimit: 1");
		area.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})()`)
	if !e.Holds(`document.querySelector(".cm-content").textContent.includes("backoffLimit: 1")`) {
		t.Error("the editor does not show what was put into the text area")
	}
	e.cursor("backoffLimit: 1")
	e.press("2")
	e.press("\r", chromedp.ModifierCtrl)
	e.Wait("a run", `document.querySelector("joblab-run").dataset.run`)
	if got := string(e.site.runs.manifest()); !strings.Contains(got, "backoffLimit: 12 #") {
		t.Errorf("started %q", got)
	}
	if !e.Holds(content + `.includes("backoffLimit: 12 #")`) {
		t.Error("the key that runs has changed the text")
	}
	e.NoErrors()
}

// Who passes through with Tab is not held up; who edits indents with it, and leaves
// after Escape.
func TestEditorHoldsNobody(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=en")
	const inside = `document.activeElement.closest(".cm-editor")`
	before := e.Text(content)
	e.Do("focus what comes before", chromedp.Focus(chromedp.CSS("[data-start]")))
	e.press(kb.Tab)
	if !e.Holds(`Boolean(` + inside + `)`) {
		t.Fatal("Tab does not come to the editor")
	}
	if got := e.Text(`document.activeElement.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.textContent).join("")`); !strings.Contains(got, "Esc, then Tab leaves") {
		t.Errorf("the editor is described as %q", got)
	}
	if got := e.Text(`document.getElementById(document.activeElement.getAttribute("aria-labelledby")).textContent`); got != "job.yaml" {
		t.Errorf("the editor is called %q", got)
	}
	e.press(kb.Tab)
	if e.Holds(`Boolean(`+inside+`)`) || e.Text(content) != before {
		t.Error("the first Tab does not leave")
	}
	e.cursor("backoffLimit")
	e.press(kb.Tab)
	if !e.Holds(content + `.includes("\n    backoffLimit: 3")`) {
		t.Error("Tab does not indent")
	}
	e.press(kb.Tab, chromedp.ModifierShift)
	if got := e.Text(content); got != before {
		t.Errorf("Shift+Tab leaves %q", got)
	}
	e.press(kb.Escape)
	e.press(kb.Tab)
	if e.Holds(`Boolean(`+inside+`)`) || e.Text(content) != before {
		t.Error("Escape and Tab do not leave")
	}
	e.NoErrors()
}

func TestEditorNarrowDarkKorean(t *testing.T) {
	e := newEditor(t, "/labs/never-with-limit?lang=ko", func(tab *browsertest.Tab) {
		tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
		tab.Resize(390, 844)
	})
	e.cursor("backoffLimit: 3")
	e.press(kb.End + "\rwrongField: 1")
	e.Wait("the problem", `document.querySelector("[data-problems] [data-line='7']") && document.querySelector("[data-check-state=bad]").textContent === "문제 1개"`)
	e.cursor("restartPol")
	e.press(kb.F1)
	e.Wait("help", `document.querySelector("[data-help]")?.textContent.includes("다음 중 하나: Always, Never, OnFailure")`)
	if !e.Holds(`(() => { const box = document.querySelector(".cm-tooltip").getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth; })()`) {
		t.Error("it is wider than the screen")
	}
	e.Shoot("editor-narrow-dark-ko")
	e.NoErrors()
}

func TestEditorWithoutScript(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.WithoutScript()
	tab.Open(s.URL + "/labs/never-with-limit?lang=en")
	tab.Do("find the field", chromedp.WaitVisible(chromedp.CSS("textarea[name=manifest]")))
	tab.Do("find nothing of the code editor", chromedp.WaitNotVisible(chromedp.CSS(".editor-foot")))
	tab.Do("type", chromedp.SendKeys(chromedp.CSS("textarea"), "# mine\n"))
	tab.Leave("[data-start]")
	if got := string(s.runs.manifest()); !strings.Contains(got, "# mine\n") {
		t.Errorf("started %q", got)
	}
}
