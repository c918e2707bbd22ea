package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// openRun opens the page of an ended run and waits until all of it is drawn.
func openRun(tab *browsertest.Tab, s *site, id, query string) {
	tab.T.Helper()
	tab.Open(s.URL + "/runs/" + id + "?" + query)
	waitWhole(tab)
}

// waitWhole waits until all of an ended run is drawn.
func waitWhole(tab *browsertest.Tab) {
	tab.T.Helper()
	tab.Wait("the whole run", `document.querySelector("joblab-run").dataset.connection === "ended" && document.querySelector("joblab-timeline").view.lanes.length > 0 && document.querySelector(".plot .segment.observed")`)
}

// TestTimelineDrawsWhatTheAPISays opens each recorded run: every lane is that of the
// API, and every segment and mark is drawn, by itself or in the box or the count of
// those that are too near, and wide enough to be seen.
func TestTimelineDrawsWhatTheAPISays(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-reduced-motion": "reduce"})
	tab.Resize(1440, 1000)
	for id := range s.runs.runs {
		openRun(tab, s, id, "lang=en")
		var api timeline.View
		if err := json.Unmarshal([]byte(s.get(t, "/api/runs/"+id+"/timeline").body), &api); err != nil {
			t.Fatal(err)
		}
		drawn := decodeView(t, tab)
		if diff := cmp.Diff(api.Lanes, drawn.Lanes, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: lanes of the API and those drawn:\n%s", id, diff)
		}
		if diff := cmp.Diff(api.Jobs, drawn.Jobs, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: Jobs of the API and those drawn:\n%s", id, diff)
		}
		segments, marks := 0, 0
		for _, l := range api.Lanes {
			segments += len(l.Segments)
			marks += len(l.Marks)
		}
		for _, j := range api.Jobs {
			segments += len(j.Segments)
		}
		if got := browsertest.Evaluate[int](tab, `[...document.querySelectorAll(".plot .segment.observed")].reduce((n, s) => n + Number(s.dataset.merged ?? 1), 0)`); got != segments {
			t.Errorf("%s: %d segments are drawn, want %d", id, got, segments)
		}
		if got := browsertest.Evaluate[int](tab, `[...document.querySelectorAll(".plot .mark:not(.pale)")].reduce((n, m) => n + Number(m.dataset.count ?? 1), 0)`); got != marks {
			t.Errorf("%s: %d marks are drawn, want %d", id, got, marks)
		}
		if got := browsertest.Evaluate[float64](tab, `Math.min(...[...document.querySelectorAll(".plot .segment.observed .fill")].map((r) => Number(r.getAttribute("width"))))`); got < 3 {
			t.Errorf("%s: a state is %v pixels wide", id, got)
		}
		tab.ShootPart("timeline-"+id, ".card.timeline")
	}
	tab.NoErrors()
}

func decodeView(t *testing.T, tab *browsertest.Tab) timeline.View {
	t.Helper()
	var v timeline.View
	if err := json.Unmarshal([]byte(tab.Text(`JSON.stringify(document.querySelector("joblab-timeline").view)`)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTimelineLooks keeps screenshots of what people look at first.
func TestTimelineLooks(t *testing.T) {
	s := newLabSite(t)
	browser := browsertest.Start(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{2560, 1440, 390, 320} {
			t.Run(fmt.Sprintf("%s %d", scheme, width), func(t *testing.T) {
				tab := browser.Tab(t)
				tab.Prefer(map[string]string{"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"})
				tab.Resize(width, 1000)
				for _, id := range []string{"never-with-limit", "on-failure", "suspend-resume"} {
					openRun(tab, s, id, map[bool]string{true: "lang=ko", false: "lang=en"}[width == 390])
					if !tab.Holds(`document.documentElement.scrollWidth <= innerWidth`) {
						t.Errorf("%s is wider than %d pixels", id, width)
					}
					tab.ShootPart(fmt.Sprintf("look-%s-%s-%d", id, scheme, width), ".card.timeline")
				}
				tab.NoErrors()
			})
		}
	}
}

// stateInFocus is the key of the state that has the focus.
const stateInFocus = `(document.activeElement?.getAttribute("data-key") ?? "")`

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

// TestTimelineKeepsItsHeight compares what the server leaves room for with what is
// drawn of what a lab expects.
func TestTimelineKeepsItsHeight(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	height := regexp.MustCompile(`class="ground" width="100%" height="(\d+)"`)
	for _, l := range s.runs.labs {
		if l.Trace == nil {
			continue
		}
		told := height.FindStringSubmatch(s.get(t, "/labs/"+l.Slug).body)
		if told == nil {
			t.Fatalf("%s: the page tells no height", l.Slug)
		}
		tab.Open(s.URL + "/labs/" + l.Slug)
		tab.Wait("what is expected", `document.querySelector(".plot .segment.expected")`)
		if got := tab.Text(`document.querySelector(".plot .ground").getAttribute("height")`); got != told[1] {
			t.Errorf("%s: the drawing is %s pixels high, the server says %s", l.Slug, got, told[1])
		}
	}
}

// TestTimelinePause stops the picture of a run that goes on.
func TestTimelinePause(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	big := &bigRun{rec: live.rec, now: time.Now()}
	big.add(2)
	live.rec.Begin(big.now)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	big.change(0)
	tab.Open(s.URL + "/runs/live?lang=en")
	tab.Wait("the pod", `document.querySelector(".plot .segment.observed[data-status=Pending]")`)
	tab.Click("[data-tool=pause]")
	for range 3 {
		big.change(0)
	}
	tab.Wait("the button to count", `/^Resume · [45] new$/.test(document.querySelector("[data-tool=pause]").textContent)`)
	if !tab.Holds(`document.querySelector("joblab-timeline").view.lanes[0].segments.length === 1 && !document.querySelector(".plot [data-status=Running]")`) {
		t.Error("the picture goes on while it is paused")
	}
	tab.Wait("the table to go on", `document.querySelector("[data-twin] tr[data-status=Running]")`)
	tab.ShootPart("timeline-paused", ".card.timeline")
	tab.Click("[data-tool=pause]")
	tab.Wait("what came meanwhile", `document.querySelector(".plot .segment.observed[data-status=Running]") && document.querySelector("[data-tool=pause]").textContent === "Pause"`)
	tab.ShootPart("timeline-live", ".card.timeline")
	tab.NoErrors("status of 4")
}

// TestTimelineMarks draws each kind of mark, none over another, and the end of a
// deleted pod.
func TestTimelineMarks(t *testing.T) {
	s := newSite(t)
	marked := s.runs.add("marked", "first-job")
	run := &bigRun{now: time.Now().Add(-time.Hour)}
	run.rec = timeline.NewRecorder(nil, func() time.Time { run.now = run.now.Add(time.Second); return run.now })
	marked.rec = run.rec
	run.rec.Begin(run.now)
	run.add(1)
	for range 7 {
		run.change(0)
	}
	run.rec.Note(timeline.Note{Code: timeline.NoteGap, Text: "the watch was lost"})
	pod := run.pods[0].DeepCopy()
	now := metav1.NewTime(run.now)
	pod.DeletionTimestamp = &now
	run.rec.Pod(timeline.Modified, timeline.Row{Ready: "1/1", Status: "Terminating", Restarts: "1"}, pod)
	run.rec.Pod(timeline.Deleted, timeline.Row{Ready: "0/1", Status: "Error", Restarts: "1"}, pod)
	run.rec.Seal(true)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	openRun(tab, s, "marked", "lang=en")
	for _, kind := range []string{"created", "scheduled", "pulled", "started", "exit", "restart", "sigterm", "deleted", "gap"} {
		if !tab.Holds(`document.querySelector(".plot .mark[data-mark=` + kind + `] .shape")?.getBBox().width > 0 && document.querySelector(".plot .mark[data-mark=` + kind + `]").ariaLabel !== ""`) {
			t.Errorf("there is no mark %s", kind)
		}
	}
	if got := tab.Text(`document.querySelector(".mark.exit .code").textContent + document.querySelector(".mark.restart .code").textContent`); got != "11" {
		t.Errorf("exit code and restarts are written as %q", got)
	}
	if over := tab.Text(`(() => {
		const boxes = [...document.querySelectorAll(".plot .mark")].map((m) => ({ kind: m.dataset.mark, box: m.querySelector(".shape, .chip").getBoundingClientRect() })).sort((a, b) => a.box.left - b.box.left);
		return boxes.filter((m, i) => i > 0 && m.box.left < boxes[i - 1].box.right).map((m) => m.kind).join();
	})()`); over != "" {
		t.Errorf("marks are drawn over others: %s", over)
	}
	if !tab.Holds(`document.querySelector(".plot .gone") !== null`) {
		t.Error("the lane of the deleted pod has no end")
	}
	tab.ShootPart("timeline-marks", ".card.timeline")
	tab.NoErrors("status of 4")
}

// shownSeconds is how many seconds the axis shows.
const shownSeconds = `(() => { const { from, to } = document.querySelector("joblab-timeline").zoom.range; return to - from; })()`

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

// TestTimelineColours computes contrasts: of each state with the surface that parts
// it from its neighbours, and of its text with it.
func TestTimelineColours(t *testing.T) {
	s := newLabSite(t)
	browser := browsertest.Start(t)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			tab := browser.Tab(t)
			tab.Prefer(map[string]string{"prefers-color-scheme": scheme})
			tab.Open(s.URL + "/?lang=en")
			low := tab.Text(`(() => {
				const rgb = (name) => {
					const e = document.createElement("i");
					e.style.color = "var(--" + name + ")";
					document.body.append(e);
					const c = getComputedStyle(e).color.match(/[\d.]+/g).slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
					e.remove();
					return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
				};
				const contrast = (a, b) => (Math.max(rgb(a), rgb(b)) + 0.05) / (Math.min(rgb(a), rgb(b)) + 0.05);
				const low = [];
				for (const look of ["pending", "creating", "running", "completed", "error", "backoff", "terminating", "unknown", "job"]) {
					if (contrast(look, "surface") < 3) low.push(look + " and the surface: " + contrast(look, "surface"));
					if (contrast(look, "on-state") < 4.5) low.push(look + " and its text: " + contrast(look, "on-state"));
				}
				for (const text of ["text", "quiet", "bad", "warn", "good"]) if (contrast(text, "surface") < 4.5) low.push(text + ": " + contrast(text, "surface"));
				return low.join("; ");
			})()`)
			if low != "" {
				t.Errorf("too little contrast: %s", low)
			}
		})
	}
}
