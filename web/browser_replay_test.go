package web

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

const shownLanes = `document.querySelector("joblab-timeline").view.lanes.length`

// scrub moves the slider, as a drag does.
func scrub(tab *browsertest.Tab, t string) {
	tab.T.Helper()
	tab.Wait("the slider to move", fmt.Sprintf(`(() => {
		const s = document.querySelector("[data-replay-at]");
		s.value = "%s";
		s.dispatchEvent(new Event("input", {bubbles: true}));
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, t))
}

// TestReplayOwnRun shows a run at times of it: what stands beside the timeline is of
// the same moment, which has an address.
func TestReplayOwnRun(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	openRun(tab, s, "never-with-limit", "lang=en")
	met := tab.Text(`document.querySelector(".outcome [data-word]").textContent.trim()`)
	events := browsertest.Evaluate[int](tab, `document.querySelectorAll("[data-events] tr").length`)

	const recordedNote = `getComputedStyle(document.querySelector("[data-note=recorded]")).visibility === "visible"`
	if tab.Holds(recordedNote) {
		t.Error("what is shown is said to be the recorded run before that is chosen")
	}
	tab.Click("[data-replay-own]")
	tab.Wait("it to play", `document.querySelector("[data-replay][data-on='own'][data-playing]")`)
	tab.Click("[data-replay-play]")
	tab.Wait("it to pause", `!document.querySelector("[data-playing]")`)
	scrub(tab, "12")
	tab.Wait("the second pod", shownLanes+` === 2`)
	tab.Wait("the moment's address", `location.hash === "#t=12"`)
	if !tab.Holds(`[...document.querySelectorAll("[data-check]")].some((c) => c.dataset.state === "pending") && document.querySelector(".outcome").dataset.outcome === ""`) {
		t.Error("at 12 s all is decided")
	}
	shown := `[...document.querySelectorAll("[data-events] tr")].filter((r) => !r.hidden)`
	if n := browsertest.Evaluate[int](tab, shown+`.length`); n == 0 || n >= events {
		t.Errorf("at 12 s %d of %d events are shown", n, events)
	}
	if !tab.Holds(shown + `.every((r) => Number(r.cells[0].textContent) <= 12)`) {
		t.Error("at 12 s later events are shown")
	}
	if !tab.Holds(`[...document.querySelectorAll("[data-twin] tbody tr")].every((r) => Number(r.cells[0].textContent) <= 12)`) {
		t.Error("at 12 s the table has later states")
	}
	tab.Shoot("runpage-replay")

	// From entry to entry, by button and by key.
	last := `document.querySelector("[data-twin] tbody").lastElementChild.dataset.seq`
	before := tab.Text(last)
	for range 12 {
		tab.Click("[data-replay-step='1']")
	}
	if after := tab.Text(last); after == before {
		t.Errorf("the next entries change nothing: %s", after)
	}
	tab.Do("go back by keys", chromedp.Focus(chromedp.CSS("[data-replay-at]")), chromedp.KeyEvent(strings.Repeat(",", 12)))
	tab.Wait("the state before", last+` === "`+before+`"`)
	tab.Do("to the end by keyboard", chromedp.KeyEvent(kb.End))
	tab.Wait("the end", `document.querySelector(".outcome [data-word]").textContent.trim() === "`+met+`" && `+shownLanes+` === 4`)
	tab.Do("play from the beginning", chromedp.KeyEvent(kb.Home), chromedp.Click(chromedp.CSS("[data-replay-speed='16']")), chromedp.Click(chromedp.CSS("[data-replay-play]")))
	tab.Wait("three pods", shownLanes+` === 3`)
	tab.Click("[data-replay-own]")
	tab.Wait("the run as it ended", `!document.querySelector("[data-replay][data-on]") && location.hash === "" && `+shownLanes+` === 4 && [...document.querySelectorAll("[data-events] tr")].every((r) => !r.hidden)`)

	// The address of a moment leads to it, also while the page is open.
	openRun(tab, s, "never-with-limit", "lang=en&again#t=31.5")
	tab.Wait("that moment", shownLanes+` === 3 && document.querySelector("[data-replay][data-on='own']")`)
	tab.Wait("another moment", `(location.hash = "#t=5", true)`)
	tab.Wait("it to be shown", shownLanes+` === 1`)
	tab.NoErrors()
}

// TestLookBack looks at an earlier time of a run that goes on, and returns.
func TestLookBack(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("one", "on-failure")
	r.log = noLog
	tab := browsertest.Start(t).Tab(t)
	r.begin()
	tab.Open(s.URL + "/runs/one?lang=en")
	tab.Wait("the pod", shownLanes+` === 1`)
	if got := tab.Text(`document.querySelector("[data-replay-own]").textContent`); got != "Look back" {
		t.Errorf("the button says %q", got)
	}
	tab.Click("[data-replay-own]")
	tab.Wait("that it is an earlier time", `document.querySelector("[data-replay][data-on='own'] [data-replay-live]:not([hidden])")`)
	scrub(tab, "0")
	rows := browsertest.Evaluate[int](tab, `document.querySelectorAll("[data-twin] tbody tr").length`)
	r.end()
	tab.Wait("the end, unseen", `document.querySelector("joblab-run").dataset.connection === "ended"`)
	if n := browsertest.Evaluate[int](tab, `document.querySelectorAll("[data-twin] tbody tr").length`); n != rows {
		t.Errorf("the table went on: %d rows, want %d", n, rows)
	}
	tab.Click("[data-replay-own]")
	tab.Wait("the run as it is", `!document.querySelector("[data-replay][data-on]") && document.querySelectorAll("[data-twin] tbody tr").length > `+fmt.Sprint(rows))
	tab.NoErrors()
}

// TestDivergenceIsJumpedTo shows the moment at which a check diverged first.
func TestDivergenceIsJumpedTo(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("one", "on-failure")
	r.log = noLog
	r.begin()
	r.end()
	records := r.rec.Log().Records()
	entries := timeline.Entries(records)
	diverged := timeline.Verdict{ID: "one-pod", State: timeline.Diverged, Seq: 2, Pod: "hello-x7k2p", Expected: "Running", Got: "Odd"}
	entries[len(entries)-1].Verdict = &timeline.Verdict{Outcome: timeline.Diverged, Checks: []timeline.Verdict{diverged}}
	log, err := timeline.Restore(entries)
	if err != nil {
		t.Fatal(err)
	}
	r.recorded = log
	tab := browsertest.Start(t).Tab(t)
	openRun(tab, s, "one", "lang=en")
	tab.Click("[data-replay-divergence]")
	tab.Wait("that moment", `document.querySelector("[data-replay][data-on='own']") && location.hash.startsWith("#t=")`)
	tab.Wait("what was there then", shownLanes+` === 1 && document.querySelectorAll("[data-twin] tbody tr").length >= 1`)
	tab.NoErrors()
}

// TestLargeRunIsReplayedAndDrawn moves about in a run with many entries, compares it,
// and draws all of it.
func TestLargeRunIsReplayedAndDrawn(t *testing.T) {
	s := newSite(t)
	big := s.runs.addBig("big", "first-job", manyEntries)
	s.runs.runs["big"].log = noLog
	big.rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 900)
	openRun(tab, s, "big", "lang=en")
	tab.Wait("every pod", fmt.Sprintf(shownLanes+` === %d`, manyPods))
	tab.Wait("tasks to be measured", `(() => { window.longest = 0; new PerformanceObserver((l) => l.getEntries().forEach((e) => window.longest = Math.max(window.longest, e.duration))).observe({type: "longtask"}); return true; })()`)
	tab.Click("[data-replay-own]")
	tab.Click("[data-replay-play]")
	for _, at := range []string{"300", "100", "600"} {
		scrub(tab, at)
		tab.Wait("that time", `location.hash === "#t=`+at+`" && Number(document.querySelector("[data-twin] tbody").lastElementChild.cells[0].textContent) <= `+at)
	}
	t.Logf("to move about takes tasks of up to %.0f ms", browsertest.Evaluate[float64](tab, `window.longest`))
	tab.Click("[data-replay-own]")
	tab.Wait("the run as it ended", fmt.Sprintf(shownLanes+` === %d && (window.longest = 0, true)`, manyPods))
	svg := savedAs(tab, "svg")
	for _, pod := range []*string{&big.pods[0].Name, &big.pods[manyPods-1].Name} {
		if !bytes.Contains(svg, []byte(*pod)) {
			t.Errorf("the drawing does not name %s", *pod)
		}
	}
	t.Logf("to draw %d bytes takes tasks of up to %.0f ms", len(svg), browsertest.Evaluate[float64](tab, `window.longest`))
	for format, least := range map[string]int{"json": 1 << 20, "csv": 1 << 20, "trace": 1 << 20} {
		if a := s.get(t, "/runs/big/export/"+format); len(a.body) < least {
			t.Errorf("%s has %d bytes", format, len(a.body))
		}
	}
	tab.NoErrors()
}

// TestRecordingThatCannotBeHad says so, and shows it when it can be had again.
func TestRecordingThatCannotBeHad(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.BeforeScripts(`(() => {
		const real = fetch;
		window.fetch = (address, how) => (window.away && String(address).includes("/recording.json") ? Promise.reject(new TypeError("away")) : real(address, how));
	})()`)
	tab.Open(s.URL + "/labs/never-with-limit?lang=en")
	tab.Wait("the drawing", `document.querySelector(".segment")`)
	note := `document.querySelector(".replay [role=status] [data-note=recorded]")`
	about := tab.Text(note + `.textContent`)
	tab.Text(`window.away = true, ""`)
	tab.Click("[data-replay-toggle]")
	tab.Wait("that it is away", note+`.textContent === "The server does not answer. Is it still running?" && `+note+`.checkVisibility({ visibilityProperty: true })`)
	tab.Text(`window.away = false, ""`)
	tab.Click("[data-replay-toggle]")
	tab.Wait("the recorded run", `document.querySelector("[data-replay][data-on=recorded]") && `+note+`.textContent === `+quote(about))
	tab.NoErrors()
}
