package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/browsertest"
)

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
