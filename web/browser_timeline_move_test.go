package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// TestTimelineKeyboard walks over 500 lanes: whatever has the focus is drawn and in
// view, while only what is near is in the page.
func TestTimelineKeyboard(t *testing.T) {
	s := newSite(t)
	big := s.runs.addBig("big", "first-job", 4000)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-reduced-motion": "reduce"})
	openBig(tab, s, big.rec.Log().Len())
	tab.Do("go to the drawing", chromedp.Focus(chromedp.CSS(`.plot [tabindex="0"]`)))
	if got := tab.Text(stateInFocus); got != "job job-0 2" {
		t.Errorf("the focus begins at %q", got)
	}
	press := func(key string, modifiers ...chromedp.Modifier) string {
		t.Helper()
		tab.Do("press a key", chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers...)))
		tab.Wait("the focus in view", `(() => {
			const state = document.activeElement.getBoundingClientRect();
			const view = document.querySelector("[data-plot]").getBoundingClientRect();
			return document.activeElement.matches(".plot .segment") && state.top >= view.top + 34 - 1 && state.bottom <= view.bottom + 1;
		})()`)
		if rows := browsertest.Evaluate[int](tab, `document.querySelectorAll(".plot .row").length`); rows > 40 {
			t.Errorf("%d rows are in the page", rows)
		}
		return tab.Text(stateInFocus)
	}
	first := press(kb.ArrowDown)
	if !strings.HasPrefix(first, "pod pod-0 ") {
		t.Errorf("down leads to %q", first)
	}
	if got := press(kb.ArrowRight); got == first || !strings.HasPrefix(got, "pod pod-0 ") {
		t.Errorf("right leads from %q to %q", first, got)
	}
	if got := press(kb.Home); got != first {
		t.Errorf("Home leads to %q, want %q", got, first)
	}
	for range 3 {
		press(kb.PageDown)
	}
	if got := press(kb.End); strings.HasPrefix(got, "pod pod-0 ") {
		t.Errorf("three pages down is %q", got)
	}
	last := press(kb.End, chromedp.ModifierCtrl)
	if want := "pod " + tab.Text(`document.querySelector("joblab-timeline").view.lanes.at(-1).uid`) + " "; !strings.HasPrefix(last, want) {
		t.Errorf("the last lane is at %q, want %q", last, want)
	}
	tab.ShootPart("timeline-500-last", ".card.timeline")
	press(kb.PageUp)
	if got := press(kb.Home, chromedp.ModifierCtrl); got != "job job-0 2" {
		t.Errorf("the first lane is at %q", got)
	}
	tab.Text(`document.querySelector("joblab-timeline").addEventListener("why", (e) => (window.asked = e.detail)), ""`)
	press(kb.ArrowDown)
	press(kb.Enter)
	if !tab.Holds(`window.asked === Number(` + stateInFocus + `.split(" ").at(-1))`) {
		t.Error("Enter does not ask why the state came about")
	}
	if name := tab.Text(`document.activeElement.getAttribute("aria-label")`); !strings.HasPrefix(name, "many-0-000: Pending, ") {
		t.Errorf("the state is called %q", name)
	}
	tab.NoErrors("status of 4")
}

// TestTimelineLosesNothing scrolls over 500 lanes: each is there in its turn. A run
// of a few pods scrolls with the page.
func TestTimelineLosesNothing(t *testing.T) {
	s := newSite(t)
	big := s.runs.addBig("big", "first-job", 4000)
	tab := browsertest.Start(t).Tab(t)
	openBig(tab, s, big.rec.Log().Len())
	if got := len(decodeView(t, tab).Lanes); got != manyPods {
		t.Errorf("the view has %d lanes, want %d", got, manyPods)
	}
	seen := browsertest.Evaluate[int](tab, `(async () => {
		const scroller = document.querySelector("[data-plot]");
		const seen = new Set();
		const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		for (let top = 0; top < scroller.scrollHeight; top += 400) {
			scroller.scrollTop = top;
			await frame();
			const view = scroller.getBoundingClientRect();
			for (const row of document.querySelectorAll(".plot .pod-row[data-row^='pod ']")) {
				const box = row.getBoundingClientRect();
				if (box.bottom > view.top && box.top < view.bottom) seen.add(row.dataset.row);
			}
		}
		return seen.size;
	})()`, chromedp.EvalAwaitPromise)
	if seen != manyPods {
		t.Errorf("%d lanes were in view, want %d", seen, manyPods)
	}
	if !tab.Holds(`document.querySelector("[data-plot]").scrollHeight > 2 * document.querySelector("[data-plot]").clientHeight`) {
		t.Error("500 lanes do not scroll by themselves")
	}
	tab.ShootPart("timeline-500", ".card.timeline")

	s = newLabSite(t)
	openRun(tab, s, "never", "lang=en")
	if !tab.Holds(`document.querySelector("[data-plot]").scrollHeight <= document.querySelector("[data-plot]").clientHeight + 1`) {
		t.Error("seven lanes scroll by themselves")
	}
	tab.NoErrors("status of 4")
}

// TestTimelineZoom zooms and moves by wheel, fingers, double click, mouse and keys.
func TestTimelineZoom(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-reduced-motion": "reduce"})
	tab.Resize(1440, 1000)
	openRun(tab, s, "never-with-limit", "lang=en")
	tab.Text(`document.querySelector(".card.timeline").scrollIntoView(), ""`)
	whole := browsertest.Evaluate[float64](tab, shownSeconds)
	y := browsertest.Evaluate[float64](tab, `document.querySelector(".plot").getBoundingClientRect().top + 100`)
	mouse := func(p input.DispatchMouseEventParams) {
		t.Helper()
		p.Y = y
		if _, err := chromedp.Call(tab.Ctx, input.DispatchMouseEvent, p); err != nil {
			t.Fatal(err)
		}
	}
	touch := func(kind input.DispatchTouchEventType, xs ...float64) {
		t.Helper()
		p := input.DispatchTouchEventParams{Type: kind, TouchPoints: []*input.TouchPoint{}}
		for i, x := range xs {
			id := float64(i)
			p.TouchPoints = append(p.TouchPoints, &input.TouchPoint{X: x, Y: y, ID: &id})
		}
		if _, err := chromedp.Call(tab.Ctx, input.DispatchTouchEvent, p); err != nil {
			t.Fatal(err)
		}
	}
	less := func(what string) {
		t.Helper()
		tab.Wait(what+" to show less", fmt.Sprintf(`%s < %g`, shownSeconds, whole*0.9))
	}
	fit := func() {
		t.Helper()
		tab.Click("[data-tool=fit]")
		tab.Wait("all of it", fmt.Sprintf(`Math.abs(%s - %g) < 0.01`, shownSeconds, whole))
	}
	mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: 800, DeltaX: 0.01, DeltaY: -120, Modifiers: int64(chromedp.ModifierCtrl)})
	less("Ctrl and the wheel")
	const from = `document.querySelector("joblab-timeline").zoom.range.from`
	before := browsertest.Evaluate[float64](tab, from)
	mouse(input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: 800, DeltaX: 200, DeltaY: 0.01})
	tab.Wait("the wheel to move it sideways", fmt.Sprintf(`%s > %g`, from, before))
	before = browsertest.Evaluate[float64](tab, from)
	for i, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMouseReleased} {
		mouse(input.DispatchMouseEventParams{Type: kind, X: 700 + 60*float64(i), Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	}
	tab.Wait("the mouse to draw it back", fmt.Sprintf(`%s < %g`, from, before))
	if !tab.Holds(`document.querySelector("[data-why-panel]").hidden`) {
		t.Error("a drag that ends on a state asks why")
	}
	fit()
	for _, clicks := range []int64{1, 2} {
		for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
			mouse(input.DispatchMouseEventParams{Type: kind, X: 230, Button: input.MouseButtonLeft, ClickCount: clicks})
		}
	}
	less("a double click")
	fit()
	tab.Text(`document.querySelector(".card.timeline").scrollIntoView(), ""`)
	touch(input.DispatchTouchEventTypeTouchStart, 600, 700)
	touch(input.DispatchTouchEventTypeTouchMove, 560, 740)
	touch(input.DispatchTouchEventTypeTouchMove, 500, 800)
	touch(input.DispatchTouchEventTypeTouchEnd)
	less("two fingers")
	fit()
	tab.Do("go to the drawing", chromedp.Focus(chromedp.CSS(`.plot [tabindex="0"]`)), chromedp.KeyEvent("++"))
	less("+")
	before = browsertest.Evaluate[float64](tab, from)
	tab.Do("press Shift and right", chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)))
	tab.Wait("the keys to move it", fmt.Sprintf(`%s > %g`, from, before))
	tab.ShootPart("timeline-zoomed", ".card.timeline")
	tab.Do("press 0", chromedp.KeyEvent("0"))
	tab.Wait("all of it", fmt.Sprintf(`Math.abs(%s - %g) < 0.01`, shownSeconds, whole))
	tab.NoErrors()
}

// TestTimelineDivergence goes to where a check diverged, which is out of view.
func TestTimelineDivergence(t *testing.T) {
	s := newSite(t)
	big := s.runs.addBig("big", "first-job", 4000)
	var pod timeline.Entry
	for _, r := range big.rec.Log().Records() {
		if p := r.Entry.Pod; p != nil && r.Entry.Name == "many-3-333" && p.Status == "Error" {
			pod = r.Entry
			break
		}
	}
	entries := timeline.Entries(big.rec.Log().Records())
	last := entries[len(entries)-1]
	diverged := timeline.Verdict{ID: "one-pod", State: timeline.Diverged, Seq: pod.Seq, Pod: pod.Name, Expected: "Completed", Got: "Error"}
	final := timeline.Verdict{Outcome: timeline.Diverged, Checks: []timeline.Verdict{diverged}}
	for _, v := range []*timeline.Verdict{&diverged, &final} {
		entries = append(entries, timeline.Entry{Seq: last.Seq + 1, At: last.At, T: last.T, Kind: timeline.KindVerdict, Verdict: v})
		last = entries[len(entries)-1]
	}
	log, err := timeline.Restore(entries)
	if err != nil {
		t.Fatal(err)
	}
	r := s.runs.add("diverged", "first-job")
	r.recorded, r.info.State = log, run.Finished
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	openRun(tab, s, "diverged", "lang=en")
	if tab.Holds(`document.querySelector("[data-pod='many-3-333']") !== null`) {
		t.Error("the lane that diverged is in view")
	}
	tab.Click("[data-tool=divergence]")
	want := fmt.Sprintf("pod %s %d", pod.UID, pod.Seq)
	tab.Wait("the segment to have the focus", stateInFocus+` === "`+want+`"`)
	tab.Wait("its flag", `document.querySelector("[data-first-divergence]") && document.querySelector(".flag-text").textContent === "≠ expected Completed, got Error"`)
	tab.ShootPart("timeline-divergence", ".card.timeline")
	tab.NoErrors("status of 4")
}
