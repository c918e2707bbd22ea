package web

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

func TestManyEvents(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.rec.Begin(s.web.now())
	live.happen(2000)
	live.rec.Event(timeline.Added, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{UID: "the-warning"}, Type: "Warning", Reason: "BackOff", Message: "Back-off restarting <b>failed</b> container \x1b[2J\u202e",
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "other", UID: "pod-2"},
	})
	live.happen(2000)
	written := parse(t, s.get(t, "/runs/live").body)
	if got := len(written.all("[data-events] tr")); got != 500 {
		t.Errorf("the page has %d rows without a script, want the newest 500", got)
	}
	if got := written.attr(".no-script a", "href"); got != "/api/runs/live/timeline" {
		t.Errorf("all entries are at %q", got)
	}
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + "/runs/live?lang=en")
	connection(tab, "open")
	tab.Wait("all entries", `document.querySelector("[data-whole]").textContent.startsWith("entry 4001 ")`)
	const count = `document.querySelectorAll("[data-events] tr").length`
	tab.Wait("only the newest to have rows", count+` <= 600 && document.querySelector("[data-events] tr:last-child").dataset.seq === "4001"`)
	before := browsertest.Evaluate[int](tab, count)
	first := tab.Text(`document.querySelector("[data-events] tr").dataset.seq`)
	// Rows out of view are not laid out, and cannot be clicked on, until they are shown.
	tab.Text(`(document.querySelector("[data-event-earlier]").scrollIntoView(), "")`)
	tab.Wait("them to be in view", `document.querySelector("[data-event-earlier]").checkVisibility({contentVisibilityAuto: true})`)
	tab.Do("ask for earlier ones", chromedp.Click(chromedp.CSS("[data-event-earlier]")))
	if got := browsertest.Evaluate[int](tab, count); got != before+300 {
		t.Errorf("%d rows became %d", before, got)
	}
	if !tab.Holds(fmt.Sprintf(`(() => {
		const row = document.querySelector("[data-events] tr[data-seq='%s']").getBoundingClientRect();
		const box = document.querySelector("[data-event-scroll]").getBoundingClientRect();
		return row.bottom > box.top && row.top < box.bottom;
	})()`, first)) {
		t.Error("the row that was the first has moved out of sight")
	}

	tab.Click("[data-event-warnings]")
	if got := rows(tab); !slices.Equal(got, []string{"Back-off restarting <b>failed</b> container ^[[2J<U+202E>"}) {
		t.Errorf("the warnings are %q", got)
	}
	tab.Shoot("events-warnings")
	tab.Click("[data-event-warnings]")
	tab.Text(`(() => { const s = document.querySelector("[data-event-object]"); s.value = "Pod/other"; s.dispatchEvent(new Event("change")); return ""; })()`)
	if got := browsertest.Evaluate[int](tab, count); got != 1 {
		t.Errorf("Pod/other has %d events", got)
	}
	live.happen(1)
	tab.Wait("the new entry", `document.querySelector("[data-whole]").textContent.startsWith("entry 4002 ")`)
	if got := browsertest.Evaluate[int](tab, count); got != 1 {
		t.Errorf("Pod/other has %d events once another pod has one", got)
	}
	tab.NoErrors()
}
