package web

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

const shownLanes = `document.querySelector("joblab-timeline").view.lanes.length`

// openWhole opens a page and waits until the run in it is whole.
func openWhole(tab *browsertest.Tab, address string) {
	tab.T.Helper()
	tab.Open(address)
	tab.Wait("the whole run", `document.querySelector("joblab-run")?.dataset.connection === "ended" && document.querySelector("joblab-timeline .segment.observed")`)
}

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
	openWhole(tab, s.URL+"/runs/never-with-limit?lang=en")
	met := tab.Text(`document.querySelector(".outcome [data-word]").textContent.trim()`)
	events := browsertest.Evaluate[int](tab, `document.querySelectorAll("[data-events] tr").length`)

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
	openWhole(tab, s.URL+"/runs/never-with-limit?lang=en&again#t=31.5")
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
	openWhole(tab, s.URL+"/runs/one?lang=en")
	tab.Click("[data-replay-divergence]")
	tab.Wait("that moment", `document.querySelector("[data-replay][data-on='own']") && location.hash.startsWith("#t=")`)
	tab.Wait("what was there then", shownLanes+` === 1 && document.querySelectorAll("[data-twin] tbody tr").length >= 1`)
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

// TestPredictionsOnARunsPage: the page of a run that was cut off shows what was
// predicted of it, and nothing where nothing was.
func TestPredictionsOnARunsPage(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("one", "first-job")
	r.log = noLog
	r.complete()
	r.mu.Lock()
	r.info.State = run.Interrupted
	r.mu.Unlock()
	tab := browsertest.Start(t).Tab(t)
	open := func() {
		tab.Open(s.URL + "/runs/one?lang=en")
		tab.Wait("the end", `document.querySelector("joblab-run").dataset.connection === "ended"`)
	}
	open()
	if tab.Holds(`document.querySelector("[data-predict]").checkVisibility()`) {
		t.Error("nothing was predicted, and it asks")
	}
	tab.Text(`localStorage.setItem("predict:first-job", ` + quote(`{"now":{},"runs":[["one",{"which":"Completed"}]]}`) + `), ""`)
	open()
	if got := tab.Text(`[...document.querySelectorAll("[data-predict] :is(h2, [data-predict-hint], :checked + span, .result)")].filter((e) => e.checkVisibility()).map((e) => e.textContent).join("; ")`); got != "Your predictions; The run was cut off, so there is nothing to compare them with.; Completed" {
		t.Errorf("it shows %q", got)
	}
	if tab.Holds(`[...document.querySelectorAll("[data-predict] input")].some((i) => !i.disabled)`) {
		t.Error("what was predicted can be changed")
	}
	tab.Shoot("runpage-cut-off")
	tab.NoErrors()
}

// TestCompareInTheBrowser compares the own run with the recorded one of another lab,
// one click from its page.
func TestCompareInTheBrowser(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	openWhole(tab, s.URL+"/runs/never-with-limit?lang=en")
	tab.Click("[data-menu='compare'] summary")
	tab.Shoot("runpage-menu")
	tab.Leave("[data-menu='compare'] a[href$='recorded:on-failure']")
	tab.Wait("both", `document.querySelector("joblab-compare[data-ready]") && document.querySelectorAll("joblab-timeline .segment.observed").length > 8`)
	sides := `[...document.querySelectorAll("joblab-timeline")]`
	if got := tab.Text(sides + `.map((t) => t.view.lanes.length).join()`); got != "4,1" {
		t.Errorf("pods %s, want 4,1", got)
	}
	ticks := `[...document.querySelectorAll("joblab-timeline .plot-axis")].map((p) => [...p.querySelectorAll(".tick")].map((e) => e.textContent).join())`
	if !tab.Holds(ticks + `.every((x, _, all) => x && x === all[0])`) {
		t.Errorf("the axes differ: %s", tab.Text(ticks+`.join(" and ")`))
	}
	tab.Shoot("runpage-compare")

	scrub(tab, "20")
	tab.Wait("both at 20 s", sides+`.map((t) => t.view.lanes.length).join() === "2,1" && location.hash === "#t=20" && [...document.querySelectorAll(".cursor-text")].every((c) => c.textContent.startsWith("20.0"))`)
	tab.Click("[data-side='A'] [data-tool='zoom-in']")
	tab.Wait("one axis, zoomed", `(() => { const [a, b] = `+ticks+`; return a === b && !a.includes("80 s"); })()`)
	tab.Shoot("runpage-compare-moment")
	tab.NoErrors()
}

// savedAs is the file that a button of the page saves, in base64.
func savedAs(tab *browsertest.Tab, form string) []byte {
	tab.T.Helper()
	tab.Wait("what is saved to be kept", `(() => {
		const make = (window.make ??= URL.createObjectURL.bind(URL));
		window.saved = undefined;
		URL.createObjectURL = (b) => (b.type.startsWith("image/`+form+`") && (window.saved = b), make(b));
		return true;
	})()`)
	tab.Click("[data-menu='export'] summary")
	tab.Click("[data-export='" + form + "']")
	tab.Wait("the file", `window.saved`)
	text := browsertest.Evaluate[string](tab, `new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result.split(",")[1]); r.readAsDataURL(window.saved); })`, chromedp.EvalAwaitPromise)
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		tab.T.Fatal(err)
	}
	if dir := os.Getenv("JOBLAB_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "runpage-export."+form), b, 0o644); err != nil {
			tab.T.Error(err)
		}
	}
	return b
}

// TestDrawingsStandForThemselves exports the drawing, in a dark page.
func TestDrawingsStandForThemselves(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
	tab.Resize(1000, 800)
	openWhole(tab, s.URL+"/runs/never-with-limit?lang=en")
	svg := savedAs(tab, "svg")
	var size struct{ Width, Height int }
	elements := 0
	var texts strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			elements++
			for _, a := range e.Attr {
				if a.Name.Local == "class" || a.Name.Local == "style" || strings.Contains(a.Value, "var(") || strings.Contains(a.Value, "color(") {
					t.Errorf("<%s %s=%q> needs a style sheet", e.Name.Local, a.Name.Local, a.Value)
				}
				if e.Name.Local == "text" && a.Name.Local == "stroke" {
					t.Errorf("a text has a stroke of %s, which may hide it", a.Value)
				}
				if elements == 1 {
					switch a.Name.Local {
					case "width":
						fmt.Sscan(a.Value, &size.Width)
					case "height":
						fmt.Sscan(a.Value, &size.Height)
					}
				}
			}
		case xml.CharData:
			texts.Write(e)
		}
	}
	for _, l := range timeline.Draw(s.runs.runs["never-with-limit"].recorded.Records()).Lanes {
		if !strings.Contains(texts.String(), l.Pod) {
			t.Errorf("the drawing does not name %s", l.Pod)
		}
	}
	for _, want := range []string{"run never-with-limit", "Kubernetes v1.37.2", "StartError", "Job muzzi-limit"} {
		if !strings.Contains(texts.String(), want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	if !bytes.Contains(svg, []byte(`fill="rgb(255, 255, 255)"`)) {
		t.Error("its ground is not white")
	}
	picture, err := png.Decode(bytes.NewReader(savedAs(tab, "png")))
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != 2*size.Width || b.Dy() != 2*size.Height || size.Width == 0 {
		t.Errorf("the PNG is %v, the SVG %v", b, size)
	}
	if r, g, b, a := picture.At(3, 3).RGBA(); r != 0xffff || g != 0xffff || b != 0xffff || a != 0xffff {
		t.Errorf("the corner of the PNG is %x %x %x %x", r, g, b, a)
	}
	tab.NoErrors()
}

// TestPrint prints the pages of runs, the lanes in parts that are not cut.
func TestPrint(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
	for name, address := range map[string]string{"run": "/runs/never-with-limit", "lanes": "/runs/fine-work-queue", "compare": "/runs/never-with-limit/compare/recorded:on-failure", "lab": "/labs/never-with-limit"} {
		tab.Open(s.URL + address + "?lang=en")
		tab.Wait("the drawing", `document.querySelectorAll("joblab-timeline .segment").length > 3 && document.querySelector("joblab-run:not([data-live]), joblab-compare[data-ready]")`)
		yes := true
		paper, err := chromedp.Call(tab.Ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
		if err != nil {
			t.Fatalf("print %s: %v", address, err)
		}
		pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(paper.Data, -1))
		if pages < 1 || pages > 12 {
			t.Errorf("%s has %d pages", address, pages)
		}
		if dir := os.Getenv("JOBLAB_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "runpage-print-"+name+".pdf"), paper.Data, 0o644); err != nil {
				t.Error(err)
			}
		}
		if !tab.Holds(`!document.querySelector(".paper-parts")`) {
			t.Errorf("%s keeps what was printed", address)
		}
	}
	tab.NoErrors()
}

// TestRunPageLooks opens the pages of runs on a narrow and a wide screen, light and
// dark, in both languages: nothing is wider than the screen, menus stay in it.
func TestRunPageLooks(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	pages := map[string]string{"run": "/runs/never-with-limit", "compare": "/runs/never-with-limit/compare/recorded:on-failure", "choose": "/runs/never-with-limit/compare"}
	for name, address := range pages {
		for _, look := range []struct {
			width        int64
			scheme, lang string
		}{{1440, "light", "en"}, {1440, "dark", "ko"}, {390, "light", "ko"}, {390, "dark", "en"}, {320, "light", "en"}} {
			tab.Prefer(map[string]string{"prefers-color-scheme": look.scheme, "prefers-reduced-motion": "reduce"})
			tab.Resize(look.width, 900)
			tab.Open(s.URL + address + "?lang=" + look.lang)
			tab.Wait("the page", map[string]string{
				"run":     `document.querySelector("joblab-run").dataset.connection === "ended" && document.querySelector(".segment.observed")`,
				"compare": `document.querySelector("joblab-compare[data-ready]") && document.querySelectorAll(".segment.observed").length > 8`,
				"choose":  `document.querySelector("[data-choices]")`,
			}[name])
			menus := map[string]string{"run": "[data-menu='compare'] summary"}
			if menu := menus[name]; menu != "" {
				tab.Click(menu)
			}
			if !tab.Holds(`document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll(".menu[open] > ul")].every((m) => m.getBoundingClientRect().left >= 0 && m.getBoundingClientRect().right <= innerWidth)`) {
				t.Errorf("%s in %s is wider than %d pixels", name, look.lang, look.width)
			}
			tab.Shoot(fmt.Sprintf("runpage-%s-%d-%s-%s", name, look.width, look.scheme, look.lang))
		}
	}
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
	openWhole(tab, s.URL+"/runs/big?lang=en")
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
