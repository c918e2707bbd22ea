package web

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// openRun opens the page of an ended run and waits until all of it is drawn.
func openRun(tab *browsertest.Tab, s *site, id, query string) {
	tab.T.Helper()
	tab.Open(s.URL + "/runs/" + id + "?" + query)
	tab.Wait("the whole run", `document.querySelector("joblab-run").dataset.connection === "ended" && document.querySelector("joblab-timeline").view.lanes.length > 0 && document.querySelector(".segment.observed")`)
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
