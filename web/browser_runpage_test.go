package web

import (
	"fmt"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
)

// TestCompareInTheBrowser compares the own run with the recorded one of another lab,
// one click from its page.
func TestCompareInTheBrowser(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	openRun(tab, s, "never-with-limit", "lang=en")
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
