package main

import (
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

// met is true in a page when the run has ended and all went as expected.
const met = `document.querySelector(".outcome[data-outcome=met][data-run-state=finished]") &&
	[...document.querySelectorAll("[data-check]")].every((c) => c.dataset.state === "met")`

// firstTrack does each lab of the first track, all at once and each in another way.
func firstTrack(t *testing.T, browser *browsertest.Browser, baseURL string) {
	for name, do := range map[string]func(tab *browsertest.Tab){
		"01, with a reload in the middle": func(tab *browsertest.Tab) {
			tab.Open(baseURL + "/labs/bare-pod?lang=en")
			begin(tab)
			tab.Wait("the first restart", `document.querySelector(".segment.observed[data-status=CrashLoopBackOff]")`)
			tab.Do("reload", chromedp.Reload())
			tab.Wait("the restarts to be drawn again", `document.querySelector("joblab-timeline").view.lanes[0]?.segments.some((s) => s.restarts > 0)`)
		},
		"02, in two tabs": func(tab *browsertest.Tab) {
			tab.Open(baseURL + "/labs/first-job?lang=en")
			begin(tab)
			id := tab.Text(`document.querySelector("joblab-run").dataset.run`)
			other := browser.Tab(tab.T)
			other.Open(baseURL + "/runs/" + id)
			for _, one := range []*browsertest.Tab{tab, other} {
				one.Wait("the end", met)
			}
			const drawn = `JSON.stringify(document.querySelector("joblab-timeline").view)`
			if tab.Text(drawn) != other.Text(drawn) {
				tab.T.Errorf("two tabs show one run differently:\n%s\n%s", tab.Text(drawn), other.Text(drawn))
			}
			other.NoErrors()
		},
		"03, by keyboard alone": func(tab *browsertest.Tab) {
			tab.Open(baseURL + "/?lang=en")
			walkTo(tab, "[data-lab=pod-vs-job] a")
			tab.LeaveBy("open the lab", chromedp.KeyEvent(kb.Enter))
			tab.Wait("the cluster to be ready", ready)
			walkTo(tab, "[data-start]")
			tab.Do("press Run", chromedp.KeyEvent(kb.Enter))
			tab.Wait("a pod", `document.querySelector(".segment.observed[data-status]")`)
			walkTo(tab, ".segment.observed")
			tab.Do("ask why", chromedp.KeyEvent(kb.Enter))
			tab.Wait("the explanation", `!document.querySelector("[data-why-panel]").hidden && document.querySelector("[data-why-panel]").textContent`)
		},
		"05, narrow, dark and Korean": func(tab *browsertest.Tab) {
			tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
			tab.Resize(390, 844)
			tab.Open(baseURL + "/labs/image-that-cannot-be-pulled?lang=ko")
			begin(tab)
			tab.Wait("the pod to wait for its image", `document.querySelector(".segment.observed[data-status=ImagePullBackOff]")`)
			tab.Shoot("lab-05-narrow-dark-ko")
			if !tab.Holds(`document.documentElement.scrollWidth <= innerWidth`) {
				tab.T.Error("it is wider than the screen")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := browser.Tab(t)
			do(tab)
			tab.Wait("the end, as expected", met)
			tab.Shoot("track-" + name[:2])
			tab.NoErrors()
		})
	}
	t.Run("04, refused", func(t *testing.T) {
		t.Parallel()
		tab := browser.Tab(t)
		tab.Open(baseURL + "/labs/wrong-api-version?lang=en")
		tab.Wait("the cluster to be ready", ready)
		tab.Click("[data-start]")
		tab.Wait("the refusal to be as expected", `document.querySelector("[data-check=refused][data-state=met]") && document.querySelector("[data-problems] [data-line]")`)
		tab.Shoot("track-04")
		tab.NoErrors("status of 400")
	})
}

const ready = `document.querySelector("joblab-cluster")?.dataset.state === "ready"`

// begin presses Run and waits until the run is there.
func begin(tab *browsertest.Tab) {
	tab.T.Helper()
	tab.Wait("the cluster to be ready", ready)
	tab.Click("[data-start]")
	tab.Wait("the run", `document.querySelector("joblab-run").dataset.run`)
}

// walkTo presses Tab until what a selector finds has the focus.
func walkTo(tab *browsertest.Tab, selector string) {
	tab.T.Helper()
	for range 300 {
		if tab.Holds(`Boolean(document.activeElement?.matches(` + strconv.Quote(selector) + `))`) {
			return
		}
		tab.Do("press Tab", chromedp.KeyEvent(kb.Tab))
	}
	tab.T.Fatalf("the keyboard does not come to %s; it is at %s", selector, tab.Text(`document.activeElement.outerHTML.slice(0, 200)`))
}
