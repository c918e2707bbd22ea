package web

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// TestHostileText opens a run whose objects have names, states and messages that
// would be markup or steer a terminal: a page shows them as text, with and without
// its script.
func TestHostileText(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.log = func(string, string, bool, bool) (io.ReadCloser, error) { return http.NoBody, nil }
	const markup = "<img src=x onerror=document.title=1>\x1b[31m"
	live.rec.Begin(s.web.now())
	live.podWith(timeline.Added, markup, "<b>Odd</b>", 0, "fake://1")
	live.rec.Event(timeline.Added, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{UID: "event-1"}, Type: "Warning", Reason: markup, Message: markup,
		InvolvedObject: corev1.ObjectReference{Kind: markup, Name: markup, UID: types.UID("uid-" + markup)},
	})
	live.rec.Note(timeline.Note{Code: timeline.NoteGap, Text: markup})
	browser := browsertest.Start(t)
	const page = `document.querySelectorAll("main img, main b").length`
	const shown = "<img src=x onerror=document.title=1>^[[31m"
	look := func(t *testing.T, tab *browsertest.Tab) {
		t.Helper()
		if got := browsertest.Evaluate[int](tab, page); got != 0 {
			t.Errorf("%d elements come from a cluster's text", got)
		}
		if got := tab.Text(`document.title`); got == "1" {
			t.Error("a script in a cluster's text ran")
		}
		if got := tab.Text(`document.querySelector("[data-events] tr").cells[3].textContent`); got != shown {
			t.Errorf("an event's message is %q, want %q", got, shown)
		}
	}
	t.Run("script", func(t *testing.T) {
		tab := browser.Tab(t)
		tab.Open(s.URL + "/runs/live?lang=en")
		connection(tab, "open")
		tab.Wait("the entries, and the gap to be told", fmt.Sprintf(`document.querySelector("[data-whole]").textContent === "entry %d · a gap is marked"`, live.Log().Len()))
		tab.Wait("the lane", `document.querySelector(".segment.observed")`)
		tab.Click("#tab-logs")
		tab.Wait("the pod in the list", `document.querySelector("[data-log-pod]").selectedOptions[0]?.textContent === "`+shown+`"`)
		tab.Click("#tab-events")
		look(t, tab)
		tab.NoErrors("Failed to load resource")
	})
	t.Run("no script", func(t *testing.T) {
		tab := browser.Tab(t)
		tab.WithoutScript()
		tab.Open(s.URL + "/runs/live?lang=en")
		look(t, tab)
	})
}
