package main

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

// explainADivergence changes the field that a lab is about, and asks for the
// reason: at the check that diverged, and at a state of the timeline.
func explainADivergence(tab *browsertest.Tab, baseURL string) {
	tab.Open(baseURL + "/labs/bare-pod")
	tab.Text(`(() => {
		const editor = document.querySelector("textarea");
		editor.value = editor.value.replace("restartPolicy: Always", "restartPolicy: Never");
		editor.dispatchEvent(new Event("input"));
		return "";
	})()`)
	tab.Do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.Wait("the check to diverge", `document.querySelector("[data-check=restarts-climb][data-state=diverged] a[data-why]")`)
	tab.Wait("the run to end", `document.querySelector("joblab-run").dataset.connection === "ended"`)

	tab.Wait("the answers to the predictions, which move what is below", `[...document.querySelectorAll("[data-predict] [data-result]")].every((e) => e.textContent.trim())`)
	tab.Do("ask why", chromedp.Click(chromedp.CSS("[data-check=restarts-climb] a[data-why]")))
	tab.Wait("the reason", `document.querySelector("[data-check=restarts-climb] [data-rule='check/fewer-restarts']")`)
	if got := tab.Text(`document.querySelector("[data-check=restarts-climb] [data-rule]").textContent`); !strings.Contains(got, "You changed restartPolicy") {
		tab.T.Errorf("the reason is %q", got)
	}
	tab.Do("follow the field", chromedp.Click(chromedp.CSS("[data-check=restarts-climb] [data-rule] [data-line]")))
	tab.Wait("the line to be lit", `document.querySelector("[data-editor] :is(.row, .cm-line)[data-lit]")?.textContent.includes("restartPolicy: Never")`)

	tab.Do("ask for a state", chromedp.Click(chromedp.CSS(".segment.observed[data-status=Completed]")))
	tab.Wait("its reason", `document.querySelector("[data-why-panel]:not([hidden]) [data-rule='pod/completed']")`)
	tab.Shoot("lab-why")
	tab.Do("ask for the state before with the keyboard", chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.Enter))
	tab.Wait("its reason", `document.querySelector("[data-why-panel] [data-rule='pod/running']")`)

	id := tab.Text(`document.querySelector("joblab-run").dataset.run`)
	tab.Open(baseURL + "/runs/" + id + "/why?check=restarts-climb&lang=ko")
	if got := tab.Text(`document.querySelector("[data-rule='check/fewer-restarts'] h3").textContent`); !strings.Contains(got, "재시작 없음") {
		tab.T.Errorf("in Korean the title is %q", got)
	}
	tab.Shoot("why-ko")
	tab.Open(baseURL + "/?lang=en") // the choice is kept, and the tab goes on to other tests
	tab.NoErrors()
}
