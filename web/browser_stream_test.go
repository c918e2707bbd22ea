package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// rows are the messages that the list of events shows.
func rows(tab *browsertest.Tab) []string {
	tab.T.Helper()
	return browsertest.Evaluate[[]string](tab, `[...document.querySelectorAll("[data-events] tr")].map((r) => r.cells[3].textContent)`)
}

// messages are the texts of a log's events and notes.
func messages(log *timeline.Log) []string {
	var texts []string
	for _, r := range log.Records() {
		switch e := r.Entry; {
		case e.Event != nil:
			texts = append(texts, e.Event.Message)
		case e.Note != nil:
			texts = append(texts, e.Note.Text)
		}
	}
	return texts
}

// wantAll waits until the page has the last entry of a log, and fails if it has
// lost or repeated one.
func wantAll(t *testing.T, tab *browsertest.Tab, log *timeline.Log) {
	t.Helper()
	tab.Wait("the last entry", fmt.Sprintf(`document.querySelector("[data-whole]").textContent.startsWith("entry %d ")`, log.Len()))
	if got, want := rows(tab), messages(log); !slices.Equal(got, want) {
		t.Errorf("the page shows %q, want %q", got, want)
	}
}

// connection waits for a state of the page's connection.
func connection(tab *browsertest.Tab, state string) {
	tab.T.Helper()
	tab.Wait("the connection to be "+state, fmt.Sprintf(`document.querySelector("joblab-run").dataset.connection === %q`, state))
}

// TestBlockedStream reads a live run behind a proxy that lets no WebSocket through,
// and then does.
func TestBlockedStream(t *testing.T) {
	s := newSite(t)
	var open atomic.Bool
	proxy := newHouse(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" && !open.Load() {
			http.Error(w, "not here", http.StatusForbidden)
			return
		}
		s.web.ServeHTTP(w, r)
	}))
	live := s.runs.add("live", "first-job")
	live.rec.Begin(s.web.now())
	live.happen(3)
	tab := browsertest.Start(t).Tab(t)
	tab.Open("http://" + proxy.address + "/runs/live?lang=en")
	connection(tab, "polling")
	tab.Wait("a calm notice", `document.querySelector("[data-notice]").textContent.includes("every 2 s")`)
	tab.Shoot("stream-blocked")
	wantAll(t, tab, live.Log())
	live.happen(5)
	wantAll(t, tab, live.Log())

	open.Store(true)
	// Coming back to the tab tries the stream again, which otherwise takes half a minute.
	tab.Text(`(document.dispatchEvent(new Event("visibilitychange")), "")`)
	connection(tab, "open")
	tab.Wait("the notice to go", `document.querySelector("[data-notice]").textContent === ""`)
	live.happen(2)
	wantAll(t, tab, live.Log())

	open.Store(false)
	proxy.hangUp()
	connection(tab, "polling")
	live.rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
	connection(tab, "ended")
	wantAll(t, tab, live.Log())
	tab.NoErrors("WebSocket connection", "Failed to load resource")
}

// TestServerGone takes the server away from a page and brings it back in each way
// that it can come back.
func TestServerGone(t *testing.T) {
	browser := browsertest.Start(t)
	for _, c := range []struct {
		name string
		// restart is what becomes of the run while the server is away.
		restart func(t *testing.T, s *site, live *fakeRun)
		// state is how the page's connection ends up, notice what it says.
		state, notice string
	}{
		{"the run goes on", func(_ *testing.T, _ *site, live *fakeRun) { live.happen(4) }, "open", ""},
		{"the run has ended", func(_ *testing.T, _ *site, live *fakeRun) {
			live.happen(4)
			live.rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
			live.info.State = run.Finished
		}, "ended", ""},
		{"the run was interrupted, and all is kept", func(t *testing.T, s *site, live *fakeRun) { interrupt(t, s, live, live.Log().Len()) }, "ended", ""},
		{"the run was interrupted, and the last moment is lost", func(t *testing.T, s *site, live *fakeRun) { interrupt(t, s, live, live.Log().Len()-1) }, "ended", "shown anew"},
		{"the run was interrupted, and more is lost than came instead", func(t *testing.T, s *site, live *fakeRun) { interrupt(t, s, live, 2) }, "ended", "shown anew"},
		{"the run is not known", func(_ *testing.T, s *site, live *fakeRun) {
			s.runs.mu.Lock()
			defer s.runs.mu.Unlock()
			delete(s.runs.runs, "live")
		}, "gone", "does not know this run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			live := s.runs.add("live", "first-job")
			live.rec.Begin(s.web.now())
			live.happen(8)
			b := newHouse(t, s.web)
			tab := browser.Tab(t)
			tab.Open("http://" + b.address + "/runs/live?lang=en")
			connection(tab, "open")
			wantAll(t, tab, live.Log())

			b.close()
			connection(tab, "unreachable")
			tab.Wait("the page to say so", `document.querySelector("[data-notice]").textContent.includes("does not answer")`)
			wantAll(t, tab, live.Log())
			c.restart(t, s, live)
			b.open(s.web)
			connection(tab, c.state)
			now, err := s.runs.Get("live")
			if err != nil {
				now = live // it stays as it was
			}
			wantAll(t, tab, now.Log())
			if got := tab.Text(`document.querySelector("[data-notice]").textContent`); (c.notice == "") != (got == "") || !strings.Contains(got, c.notice) {
				t.Errorf("the page says %q, want %q", got, c.notice)
			}
			if c.state == "ended" {
				tab.Wait("how it ended", fmt.Sprintf(`document.querySelector("joblab-run").dataset.state === %q`, now.Info().State))
			}
			tab.NoErrors("WebSocket connection", "Failed to load resource", "ERR_")
		})
	}
}

// interrupt replaces a run by what a store has of it after a crash: its first n
// entries, a note, and the verdict.
func interrupt(t *testing.T, s *site, live *fakeRun, n int) {
	t.Helper()
	entries := timeline.Entries(live.Log().Records())[:n]
	last := entries[n-1]
	at := last.At.Add(time.Second)
	note := timeline.Note{Code: timeline.NoteInterrupted, Text: "the server was stopped"}
	verdict := timeline.Verdict{Outcome: timeline.Undecided}
	log, err := timeline.Restore(append(slices.Clip(entries),
		timeline.Entry{Seq: last.Seq + 1, At: at, T: last.T + 1, Kind: timeline.KindNote, Note: &note},
		timeline.Entry{Seq: last.Seq + 2, At: at, T: last.T + 1, Kind: timeline.KindVerdict, Verdict: &verdict}))
	if err != nil {
		t.Fatal(err)
	}
	r := s.runs.add("live", "first-job")
	r.recorded = log
	r.info.State = run.Interrupted
}

// TestWrongClock opens a run in a browser whose clock is years off: all times are the
// server's.
func TestWrongClock(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.rec.Begin(s.web.now().Add(-40 * time.Second))
	live.happen(1)
	tab := browsertest.Start(t).Tab(t)
	tab.BeforeScripts(`{
		const Real = Date;
		globalThis.Date = class extends Real {
			constructor(...a) { a.length ? super(...a) : super(Real.now() - 3e11); }
			static now() { return Real.now() - 3e11; }
		};
	}`)
	tab.Open(s.URL + "/runs/live?lang=en")
	connection(tab, "open")
	wantAll(t, tab, live.Log())
	if !tab.Holds(`new Date().getFullYear() < 2020`) {
		t.Fatal("the browser's clock is right")
	}
	first := live.Log().Records()[0].Entry
	tab.Wait("the event's time", fmt.Sprintf(`document.querySelector("[data-events] td").textContent === "%.3f"`, first.T))
	if now := browsertest.Evaluate[float64](tab, `document.querySelector("joblab-timeline").record.now()`); now < first.T || now > first.T+100 {
		t.Errorf("the page takes the run to be at %.1f s, %.1f s after its first apply", now, first.T)
	}
	tab.NoErrors()
}
