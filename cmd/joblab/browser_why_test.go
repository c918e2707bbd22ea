package main

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// explainADivergence changes the field that a lab is about, and asks for the
// reason: at the check that diverged, and at a state of the timeline.
func explainADivergence(tab *tab, baseURL string) {
	tab.open(baseURL + "/labs/bare-pod")
	tab.text(`(() => {
		const editor = document.querySelector("textarea");
		editor.value = editor.value.replace("restartPolicy: Always", "restartPolicy: Never");
		editor.dispatchEvent(new Event("input"));
		return "";
	})()`)
	tab.do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.wait("the check to diverge", `document.querySelector("[data-check=restarts-climb][data-state=diverged] a[data-why]")`)
	tab.wait("the run to end", `document.querySelector("joblab-run").dataset.connection === "ended"`)

	tab.wait("the answers to the predictions, which move what is below", `[...document.querySelectorAll("[data-predict] [data-result]")].every((e) => e.textContent.trim())`)
	tab.do("ask why", chromedp.Click(chromedp.CSS("[data-check=restarts-climb] a[data-why]")))
	tab.wait("the reason", `document.querySelector("[data-check=restarts-climb] [data-rule='check/fewer-restarts']")`)
	if got := tab.text(`document.querySelector("[data-check=restarts-climb] [data-rule]").textContent`); !strings.Contains(got, "You changed restartPolicy") {
		tab.t.Errorf("the reason is %q", got)
	}
	tab.do("follow the field", chromedp.Click(chromedp.CSS("[data-check=restarts-climb] [data-rule] [data-line]")))
	tab.wait("the line to be lit", `document.querySelector("[data-paint] .row[data-lit]")?.textContent.includes("restartPolicy: Never")`)

	tab.do("ask for a state", chromedp.Click(chromedp.CSS(".segment.observed[data-status=Completed]")))
	tab.wait("its reason", `document.querySelector("[data-why-panel]:not([hidden]) [data-rule='pod/completed']")`)
	tab.shoot("lab-why")
	tab.do("ask for the state before with the keyboard", chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.Enter))
	tab.wait("its reason", `document.querySelector("[data-why-panel] [data-rule='pod/running']")`)

	id := tab.text(`document.querySelector("joblab-run").dataset.run`)
	tab.open(baseURL + "/runs/" + id + "/why?check=restarts-climb&lang=ko")
	if got := tab.text(`document.querySelector("[data-rule='check/fewer-restarts'] h3").textContent`); !strings.Contains(got, "재시작 없음") {
		tab.t.Errorf("in Korean the title is %q", got)
	}
	tab.shoot("why-ko")
	tab.open(baseURL + "/?lang=en") // the choice is kept, and the tab goes on to other tests
	tab.noErrors()
}
