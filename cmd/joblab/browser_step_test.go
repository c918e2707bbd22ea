package main

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/timeline"
)

// doStepsByKeyboard runs a lab and does its two steps, each when its moment has
// come, without the mouse. Drawing and table must show them where the API does.
func doStepsByKeyboard(tab *tab, baseURL string) {
	tab.open(baseURL + "/labs/live-scaling")
	for _, id := range []string{"to-zero", "back"} {
		if !tab.holds(`document.querySelector("[data-step=` + id + `] button").disabled`) {
			tab.t.Errorf("step %s can be pressed before there is a run", id)
		}
	}
	tab.do("press Run", chromedp.Focus(chromedp.CSS("[data-start]")), chromedp.KeyEvent(kb.Enter))

	pressStep(tab, "to-zero")
	if !tab.holds(`document.activeElement.matches("[data-step=to-zero] button")`) {
		tab.t.Errorf("the keyboard lost its place: it is at %s", tab.text(`document.activeElement.outerHTML`))
	}
	tab.shoot("lab-step-done")
	pressStep(tab, "back")

	tab.wait("the run to be met", `document.querySelector(".outcome[data-outcome=met][data-run-state=finished]")`)
	tab.wait("the stream to end normally", `document.querySelector("joblab-run").dataset.connection === "ended"`)
	tab.do("scroll to the timeline", chromedp.ScrollIntoView(chromedp.CSS("joblab-timeline")))
	tab.shoot("lab-steps")

	id := tab.text(`document.querySelector("joblab-run").dataset.run`)
	api := get[timeline.View](tab.t, baseURL+"/api/runs/"+id+"/timeline")
	drawn := decode[timeline.View](tab.t, tab.text(`JSON.stringify(document.querySelector("joblab-timeline").view)`))
	if diff := cmp.Diff(drawn.Marks, api.Marks); diff != "" || len(api.Marks) != 2 {
		tab.t.Errorf("%d steps, drawn (-) and of the API (+):\n%s", len(api.Marks), diff)
	}
	tab.noErrors()
}

// pressStep waits until a step can be done, goes to its button with the keyboard,
// presses it, and sees that it is done.
func pressStep(tab *tab, id string) {
	tab.t.Helper()
	step := "[data-step=" + id + "]"
	tab.wait("the step to be ready", `document.querySelector("`+step+`[data-state=ready] button:enabled")`)
	const most = 10
	for range most {
		tab.do("press Tab", chromedp.KeyEvent(kb.Tab))
		if tab.holds(`document.activeElement.matches("` + step + ` button")`) {
			break
		}
	}
	if !tab.holds(`document.activeElement.matches("` + step + ` button")`) {
		tab.t.Fatalf("%d times Tab do not lead to step %s, but to %s", most, id, tab.text(`document.activeElement.outerHTML`))
	}
	tab.do("press Enter", chromedp.KeyEvent(kb.Enter))
	tab.wait("the step to be done", `document.querySelector("`+step+`[data-state=done] button[aria-disabled=true]")`)
	tab.wait("its mark on the timeline", `document.querySelector("g[data-mark=step][data-step=`+id+`]:not(.pale)")?.getAttribute("aria-label").includes("patched")`)
	tab.wait("its row in the table", `document.querySelector("[data-twin] tr[data-done=`+id+`][data-note=step]")`)
	if got := tab.text(`document.querySelector("[data-twin] tr[data-done=` + id + `]").textContent`); !strings.Contains(got, "job.batch/muzzi-scale patched") {
		tab.t.Errorf("the table says %q", got)
	}
}
