package main

import (
	"net/http"
	"strconv"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// leaveASlowRun looks at the recorded run before an own one and while that goes on,
// and leaves the page: the run goes on without it.
func leaveASlowRun(tab *browsertest.Tab, baseURL string) {
	const address = "/labs/never-with-limit"
	const height = `String(document.querySelector(".card.timeline").getBoundingClientRect().height)`
	tab.Open(baseURL + address)
	tab.Wait("the cluster to be ready", `document.querySelector("joblab-cluster")?.dataset.state === "ready"`)
	tab.Wait("the expected lanes", `document.querySelectorAll("[data-key^='expected 3']").length`)
	before := tab.Text(height)
	recorded := get[timeline.View](tab.T, baseURL+tab.Text(`document.querySelector("[data-replay]").dataset.recording`))

	tab.Do("ask for the recorded run", chromedp.Click(chromedp.CSS("[data-replay-toggle]")))
	tab.Wait("its controls", `document.querySelector("[data-replay][data-on]") && getComputedStyle(document.querySelector("[data-replay-at]")).visibility === "visible"`)
	tab.Do("go to its end by keyboard", chromedp.Focus(chromedp.CSS("[data-replay-at]")), chromedp.KeyEvent(kb.End))
	seesRecorded(tab, recorded)
	tab.Wait("the legend to say what it is", `document.querySelector(".legend").textContent.includes("Recorded run") && document.querySelector(".replay-note").textContent.includes("Recorded on")`)
	if after := tab.Text(height); after != before {
		tab.T.Errorf("the recorded run moves what is below: %s pixels, before %s", after, before)
	}
	tab.Shoot("lab-recorded-run")

	tab.Do("go to its beginning", chromedp.KeyEvent(kb.Home))
	tab.Wait("an empty timeline", `document.querySelector("joblab-timeline").view.lanes.length === 0 && document.querySelectorAll("[data-twin] tbody tr").length === 0`)
	tab.Do("play it fast", chromedp.Click(chromedp.CSS("[data-replay-speed='16']")), chromedp.Click(chromedp.CSS("[data-replay-play]")))
	tab.Wait("two pods", `document.querySelector("joblab-timeline").view.lanes.length >= 2`)
	tab.Do("pause", chromedp.Click(chromedp.CSS("[data-replay-play]")))
	if !tab.Holds(`!document.querySelector("[data-playing]")`) {
		tab.T.Error("it plays after a pause")
	}

	tab.Do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.Wait("the own run", `document.querySelector("joblab-run").dataset.run && document.querySelector(".segment.observed[data-status]") && !document.querySelector("[data-replay][data-on]")`)
	id := tab.Text(`document.querySelector("joblab-run").dataset.run`)
	tab.Do("look at the recorded run meanwhile", chromedp.Click(chromedp.CSS("[data-replay-toggle]")), chromedp.Focus(chromedp.CSS("[data-replay-at]")), chromedp.KeyEvent(kb.End))
	seesRecorded(tab, recorded)
	tab.Do("go back to the own run", chromedp.Click(chromedp.CSS("[data-replay-toggle]")))
	own := get[timeline.View](tab.T, baseURL+"/api/runs/"+id+"/timeline").Lanes[0].Pod
	tab.Wait("the own pods", `document.querySelector("joblab-timeline").view.lanes[0]?.pod === "`+own+`" && document.querySelector("[data-twin] tbody code").textContent === "`+own+`"`)

	tab.Leave(".brand")
	left := get[timeline.View](tab.T, baseURL+"/api/runs/"+id+"/timeline")
	waitFor(tab.T, "another pod, with nobody looking", func() bool {
		return len(get[timeline.View](tab.T, baseURL+"/api/runs/"+id+"/timeline").Lanes) > len(left.Lanes)
	})
	tab.Open(baseURL + address + "?run=" + id)
	tab.Wait("all of it to be there", `document.querySelector("joblab-timeline").view.lanes.length > `+strconv.Itoa(len(left.Lanes)))
	resp, err := http.Post(baseURL+"/api/runs/"+id+"/stop", "", nil)
	if err != nil {
		tab.T.Fatal(err)
	}
	defer resp.Body.Close()
	if got := get[run.Info](tab.T, baseURL+"/api/runs/"+id).State; got != run.Stopped {
		tab.T.Errorf("the run is %s, want stopped: it did not go on", got)
	}
	tab.NoErrors()
}

// seesRecorded waits until the whole recorded run is drawn and is in the table.
func seesRecorded(tab *browsertest.Tab, recorded timeline.View) {
	tab.T.Helper()
	tab.Wait("the recorded run", `document.querySelector("joblab-timeline").view.lanes[0]?.pod === "`+recorded.Lanes[0].Pod+`"`)
	drawn := decode[timeline.View](tab.T, tab.Text(`JSON.stringify(document.querySelector("joblab-timeline").view)`))
	if diff := cmp.Diff(recorded.Lanes, drawn.Lanes, cmpopts.EquateEmpty()); diff != "" {
		tab.T.Errorf("lanes drawn differ from the recorded ones (-recorded +drawn):\n%s", diff)
	}
	pods := 0
	for _, e := range recorded.Entries {
		if e.Pod != nil {
			pods++
		}
	}
	if rows := tab.Text(`String(document.querySelectorAll("[data-twin] tbody tr").length)`); rows != strconv.Itoa(pods) {
		tab.T.Errorf("the table has %s rows, the recorded run %d states of pods", rows, pods)
	}
}
