package web

import (
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
)

// TestPageOfALabThatIsGone opens a run whose lab is not there any more: its timeline
// is drawn in full width, though there is nothing to compare it with.
func TestPageOfALabThatIsGone(t *testing.T) {
	s := newLabSite(t)
	s.runs.mu.Lock()
	gone := s.runs.runs["never-with-limit"]
	gone.lab, gone.info.Lab = nil, "old-lab"
	s.runs.mu.Unlock()
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1400)
	tab.Open(s.URL + "/runs/never-with-limit?lang=en")
	tab.Wait("the timeline", `document.querySelectorAll(".segment.observed").length > 4`)
	tab.Wait("the plot in its width", `document.querySelector(".plot").getBoundingClientRect().width > 1000`)
	if !tab.Holds(`[...document.querySelectorAll("[data-check]")].every((c) => c.dataset.state === "met")`) {
		t.Error("the checks do not say how they ended")
	}
	tab.Shoot("run-lab-gone")
	tab.NoErrors()
}
