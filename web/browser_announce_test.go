package web

import (
	"fmt"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// collectAnnounced collects what is announced.
const collectAnnounced = `
	window.announced = [];
	addEventListener("DOMContentLoaded", () => {
		const region = document.querySelector("[data-announce]");
		new MutationObserver(() => announced.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
	});`

// TestAnnouncements tells a screen reader little of a run with many entries: the
// newest state after each pause, the first divergence at once, and the outcome.
func TestAnnouncements(t *testing.T) {
	s := newLabSite(t)
	r := s.runs.addLive()
	tab := browsertest.Start(t).Tab(t)
	holdPauses(tab, 3000)
	tab.BeforeScripts(collectAnnounced)
	tab.Open(s.URL + "/runs/live?lang=en")

	shown := func() { // all that was written is on the page
		t.Helper()
		tab.Wait("the entries", fmt.Sprintf(`document.querySelector("[data-count]").textContent.startsWith("%d ")`, len(r.Log().Records())))
	}
	want := func(what string, texts ...string) {
		t.Helper()
		got := browsertest.Evaluate[[]string](tab, `announced.splice(0)`)
		if len(got) != len(texts) || (len(texts) > 0 && got[0] != texts[0]) {
			t.Errorf("%s, %q is announced, want %q", what, got, texts)
		}
	}

	shown()
	want("at first")
	endPause(tab)
	want("after a pause", "never-x7k2p: ContainerCreating. 0 of 4 met.")
	for range 100 {
		r.pod(timeline.Modified, "ContainerCreating")
	}
	r.pod(timeline.Modified, "StartError")
	shown()
	want("while many entries come")
	endPause(tab)
	want("after the next pause", "never-x7k2p: StartError. 0 of 4 met.")
	endPause(tab)
	want("when nothing is new")
	if n := paused(tab); n != 0 {
		t.Errorf("%d timers run on without news", n)
	}
	r.pod(timeline.Modified, "Running")
	shown()
	want("of the first divergence", "diverged: Each ends in StartError and is never restarted. never-x7k2p: expected nothing more, got Running.")
	r.pod(timeline.Modified, "Completed")
	r.rec.Seal(true)
	shown()
	want("at the end")
	endPause(tab)
	want("after the last pause", "It went differently than expected. 1 of 4 met.")
}
