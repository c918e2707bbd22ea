package main

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// doStepsByKeyboard runs a lab and does its two steps, each when its moment has
// come, without the mouse. Drawing and table must show them where the API does.
func doStepsByKeyboard(tab *browsertest.Tab, baseURL string) {
	tab.Open(baseURL + "/labs/live-scaling")
	for _, id := range []string{"to-zero", "back"} {
		if !tab.Holds(`document.querySelector("[data-step=` + id + `] button").disabled`) {
			tab.T.Errorf("step %s can be pressed before there is a run", id)
		}
	}
	tab.Do("press Run", chromedp.Focus(chromedp.CSS("[data-start]")), chromedp.KeyEvent(kb.Enter))

	pressStep(tab, "to-zero")
	if !tab.Holds(`document.activeElement.matches("[data-step=to-zero] button")`) {
		tab.T.Errorf("the keyboard lost its place: it is at %s", tab.Text(`document.activeElement.outerHTML`))
	}
	tab.Shoot("lab-step-done")
	pressStep(tab, "back")

	tab.Wait("the run to be met", `document.querySelector(".outcome[data-outcome=met][data-run-state=finished]")`)
	tab.Wait("the stream to end normally", `document.querySelector("joblab-run").dataset.connection === "ended"`)
	tab.Do("scroll to the timeline", chromedp.ScrollIntoView(chromedp.CSS("joblab-timeline")))
	tab.Shoot("lab-steps")

	id := tab.Text(`document.querySelector("joblab-run").dataset.run`)
	api := get[timeline.View](tab.T, baseURL+"/api/runs/"+id+"/timeline")
	drawn := decode[timeline.View](tab.T, tab.Text(`JSON.stringify(document.querySelector("joblab-timeline").view)`))
	if diff := cmp.Diff(drawn.Marks, api.Marks); diff != "" || len(api.Marks) != 2 {
		tab.T.Errorf("%d steps, drawn (-) and of the API (+):\n%s", len(api.Marks), diff)
	}
	tab.NoErrors()
}

// pressStep waits until a step can be done, goes to its button with the keyboard,
// presses it, and sees that it is done.
func pressStep(tab *browsertest.Tab, id string) {
	tab.T.Helper()
	step := "[data-step=" + id + "]"
	tab.Wait("the step to be ready", `document.querySelector("`+step+`[data-state=ready] button:enabled")`)
	const most = 10
	for range most {
		tab.Do("press Tab", chromedp.KeyEvent(kb.Tab))
		if tab.Holds(`document.activeElement.matches("` + step + ` button")`) {
			break
		}
	}
	if !tab.Holds(`document.activeElement.matches("` + step + ` button")`) {
		tab.T.Fatalf("%d times Tab do not lead to step %s, but to %s", most, id, tab.Text(`document.activeElement.outerHTML`))
	}
	tab.Do("press Enter", chromedp.KeyEvent(kb.Enter))
	tab.Wait("the step to be done", `document.querySelector("`+step+`[data-state=done] button[aria-disabled=true]")`)
	tab.Wait("its mark on the timeline", `document.querySelector("g[data-mark=step][data-step=`+id+`]:not(.pale)")?.getAttribute("aria-label").includes("patched")`)
	tab.Wait("its row in the table", `document.querySelector("[data-twin] tr[data-done=`+id+`][data-note=step]")`)
	if got := tab.Text(`document.querySelector("[data-twin] tr[data-done=` + id + `]").textContent`); !strings.Contains(got, "job.batch/muzzi-scale patched") {
		tab.T.Errorf("the table says %q", got)
	}
}
