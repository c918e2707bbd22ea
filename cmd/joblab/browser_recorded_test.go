package main

import (
	"net/http"
	"strconv"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// leaveASlowRun looks at the recorded run before an own one and while that goes on,
// and leaves the page: the run goes on without it.
func leaveASlowRun(tab *tab, baseURL string) {
	const address = "/labs/never-with-limit"
	const height = `String(document.querySelector(".card.timeline").getBoundingClientRect().height)`
	tab.open(baseURL + address)
	tab.wait("the cluster to be ready", `document.querySelector("joblab-cluster")?.dataset.state === "ready"`)
	tab.wait("the expected lanes", `document.querySelectorAll("[data-key^='expected 3']").length`)
	before := tab.text(height)
	recorded := get[timeline.View](tab.t, baseURL+tab.text(`document.querySelector("[data-replay]").dataset.recording`))

	tab.do("ask for the recorded run", chromedp.Click(chromedp.CSS("[data-replay-toggle]")))
	tab.wait("its controls", `document.querySelector("[data-replay][data-on]") && getComputedStyle(document.querySelector("[data-replay-at]")).visibility === "visible"`)
	tab.do("go to its end by keyboard", chromedp.Focus(chromedp.CSS("[data-replay-at]")), chromedp.KeyEvent(kb.End))
	tab.seesRecorded(recorded)
	tab.wait("the legend to say what it is", `document.querySelector(".legend").textContent.includes("Recorded run") && document.querySelector(".replay-note").textContent.includes("Recorded on")`)
	if after := tab.text(height); after != before {
		tab.t.Errorf("the recorded run moves what is below: %s pixels, before %s", after, before)
	}
	tab.shoot("lab-recorded-run")

	tab.do("go to its beginning", chromedp.KeyEvent(kb.Home))
	tab.wait("an empty timeline", `document.querySelector("joblab-timeline").view.lanes.length === 0 && document.querySelectorAll("[data-twin] tbody tr").length === 0`)
	tab.do("play it fast", chromedp.Click(chromedp.CSS("[data-replay-speed='16']")), chromedp.Click(chromedp.CSS("[data-replay-play]")))
	tab.wait("two pods", `document.querySelector("joblab-timeline").view.lanes.length >= 2`)
	tab.do("pause", chromedp.Click(chromedp.CSS("[data-replay-play]")))
	if !tab.holds(`!document.querySelector("[data-playing]")`) {
		tab.t.Error("it plays after a pause")
	}

	tab.do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.wait("the own run", `document.querySelector("joblab-run").dataset.run && document.querySelector(".segment.observed[data-status]") && !document.querySelector("[data-replay][data-on]")`)
	id := tab.text(`document.querySelector("joblab-run").dataset.run`)
	tab.do("look at the recorded run meanwhile", chromedp.Click(chromedp.CSS("[data-replay-toggle]")), chromedp.Focus(chromedp.CSS("[data-replay-at]")), chromedp.KeyEvent(kb.End))
	tab.seesRecorded(recorded)
	tab.do("go back to the own run", chromedp.Click(chromedp.CSS("[data-replay-toggle]")))
	own := get[timeline.View](tab.t, baseURL+"/api/runs/"+id+"/timeline").Lanes[0].Pod
	tab.wait("the own pods", `document.querySelector("joblab-timeline").view.lanes[0]?.pod === "`+own+`" && document.querySelector("[data-twin] tbody code").textContent === "`+own+`"`)

	tab.leave(".brand")
	left := get[timeline.View](tab.t, baseURL+"/api/runs/"+id+"/timeline")
	waitFor(tab.t, "another pod, with nobody looking", func() bool {
		return len(get[timeline.View](tab.t, baseURL+"/api/runs/"+id+"/timeline").Lanes) > len(left.Lanes)
	})
	tab.open(baseURL + address + "?run=" + id)
	tab.wait("all of it to be there", `document.querySelector("joblab-timeline").view.lanes.length > `+strconv.Itoa(len(left.Lanes)))
	resp, err := http.Post(baseURL+"/api/runs/"+id+"/stop", "", nil)
	if err != nil {
		tab.t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := get[run.Info](tab.t, baseURL+"/api/runs/"+id).State; got != run.Stopped {
		tab.t.Errorf("the run is %s, want stopped: it did not go on", got)
	}
	tab.noErrors()
}

// seesRecorded waits until the whole recorded run is drawn and is in the table.
func (tab *tab) seesRecorded(recorded timeline.View) {
	tab.t.Helper()
	tab.wait("the recorded run", `document.querySelector("joblab-timeline").view.lanes[0]?.pod === "`+recorded.Lanes[0].Pod+`"`)
	drawn := decode[timeline.View](tab.t, tab.text(`JSON.stringify(document.querySelector("joblab-timeline").view)`))
	if diff := cmp.Diff(recorded.Lanes, drawn.Lanes, cmpopts.EquateEmpty()); diff != "" {
		tab.t.Errorf("lanes drawn differ from the recorded ones (-recorded +drawn):\n%s", diff)
	}
	pods := 0
	for _, e := range recorded.Entries {
		if e.Pod != nil {
			pods++
		}
	}
	if rows := tab.text(`String(document.querySelectorAll("[data-twin] tbody tr").length)`); rows != strconv.Itoa(pods) {
		tab.t.Errorf("the table has %s rows, the recorded run %d states of pods", rows, pods)
	}
}
