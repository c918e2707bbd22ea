package web

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/browsertest"
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
