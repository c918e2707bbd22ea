package web

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// shownLabs are the labs that the catalogue shows.
func shownLabs(tab *browsertest.Tab) []string {
	tab.T.Helper()
	return browsertest.Evaluate[[]string](tab, `[...document.querySelectorAll("[data-lab]")].filter((l) => l.checkVisibility()).map((l) => l.dataset.lab)`)
}

// jumps are the tracks that the list of them leads to.
func jumps(tab *browsertest.Tab) []string {
	tab.T.Helper()
	return browsertest.Evaluate[[]string](tab, `[...document.querySelectorAll("[data-jump]")].filter((a) => a.checkVisibility()).map((a) => a.dataset.jump)`)
}

// TestFindingWhileTyping compares what the script finds with what the server finds,
// and with what a browser without scripts is shown.
func TestFindingWhileTyping(t *testing.T) {
	s := newLabSite(t)
	browser := browsertest.Start(t)
	tab, plain := browser.Tab(t), browser.Tab(t)
	plain.WithoutScript()
	tab.Open(s.URL + "/?lang=en")
	tab.Wait("the catalogue", `document.querySelector("html.js [data-lab]")`)
	for _, query := range []string{"backoffLimit", "crashloop", "크론잡", "NEVER pod", "wait  ever", "batch/v1 키", "\u1111\u1161\u1103\u1173", "08", "zebra", `"`, "<b>"} {
		tab.Holds(`document.activeElement.blur(), true`)
		tab.Do("go to the field", chromedp.KeyEvent("/"))
		// Chromium is told of the key and, apart from it, of its letter.
		tab.Holds(`document.activeElement.value = "", true`)
		tab.Do("type "+query, chromedp.KeyEvent(query))
		got := shownLabs(tab)
		want := parse(t, s.get(t, "/?lang=en&q="+url.QueryEscape(query)).body).shown()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: the script finds otherwise than the server (-server +script):\n%s", query, diff)
		}
		if got := tab.Text(`new URLSearchParams(location.search).get("q")`); got != query {
			t.Errorf("%q: the address says %q", query, got)
		}
		if got, want := tab.Text(`document.querySelector("[data-find] [data-count]").textContent`), fmt.Sprintf("%d of %d labs", len(want), len(s.runs.labs)); got != want {
			t.Errorf("%q: it says %q, want %q", query, got, want)
		}
		if !tab.Holds(`document.activeElement.id === "find"`) {
			t.Errorf("%q: the focus has left the field", query)
		}
		if got := tab.Holds(`document.querySelector("[data-no-match]").checkVisibility()`); got != (len(want) == 0) {
			t.Errorf("%q: that nothing was found is said: %t", query, got)
		}
		if got, want := jumps(tab), browsertest.Evaluate[[]string](tab, `[...document.querySelectorAll("[data-track]")].filter((t) => t.checkVisibility()).map((t) => t.dataset.track)`); !slices.Equal(got, want) {
			t.Errorf("%q: the list leads to %s, shown are %s", query, got, want)
		}
		plain.Open(s.URL + "/?lang=en")
		plain.Do("send the form", chromedp.SendKeys(chromedp.CSS("#find"), query))
		plain.Leave("[data-find] button")
		if got := shownLabs(plain); !slices.Equal(got, want) {
			t.Errorf("%q: without a script there are %v, want %v", query, got, want)
		}
		if got, want := jumps(plain), jumps(tab); !slices.Equal(got, want) {
			t.Errorf("%q: without a script the list leads to %v, want %v", query, got, want)
		}
	}
	tab.Click("[data-show-all]")
	if got := shownLabs(tab); len(got) != len(s.runs.labs) || tab.Holds(`location.search !== ""`) {
		t.Errorf("all labs are %d, at %s", len(got), tab.Text(`location.href`))
	}
	tab.Do("look for one", chromedp.SendKeys(chromedp.CSS("#find"), "never-with-limit"))
	tab.Shoot("catalogue-found")
	tab.Do("reload", chromedp.Reload())
	if got := shownLabs(tab); !slices.Equal(got, []string{"never-with-limit"}) {
		t.Errorf("after a reload there are %v", got)
	}
	tab.Leave("[data-language]")
	if got := shownLabs(tab); !slices.Equal(got, []string{"never-with-limit"}) || !tab.Holds(`document.documentElement.lang === "ko"`) {
		t.Errorf("in the other language there are %v", got)
	}
	tab.Do("go to the field", chromedp.Focus(chromedp.CSS("#find")))
	tab.LeaveBy("open the only lab", chromedp.KeyEvent(kb.Enter))
	if got := tab.Text(`location.pathname`); got != "/labs/never-with-limit" {
		t.Errorf("Enter leads to %s", got)
	}
	tab.NoErrors()
}

func TestProgressIsShownAfterARun(t *testing.T) {
	s := newSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + "/?lang=en")
	if !tab.Holds(`document.querySelector("[data-next=first-job]") && !document.querySelector("[data-forget]")`) {
		t.Error("a new learner does not start with the first lab")
	}
	tab.Leave("[data-next]")
	tab.Wait("the lab", `document.querySelector("joblab-run [data-start]:enabled")`)
	tab.Click("[data-start]")
	tab.Wait("the run", `document.querySelector("joblab-run").dataset.run`)
	live, err := s.runs.Get("run1")
	if err != nil {
		t.Fatal(err)
	}
	r := live.(*fakeRun)
	r.mu.Lock()
	r.info.Verdict, r.log = &timeline.Verdict{Outcome: timeline.Met}, noLog
	r.mu.Unlock()
	r.complete()
	tab.Wait("its end", `document.querySelector("joblab-run").dataset.state === "finished"`)
	tab.Leave(".brand")
	tab.Wait("the progress", `document.querySelector("[data-lab=first-job][data-state=met] [data-progress]").textContent === "as expected"`)
	if got := tab.Text(`document.querySelector("[data-overall]").textContent + "; " + document.querySelector("[data-next]").dataset.next`); got != "1 of 2 as expected; on-failure" {
		t.Errorf("it says %q", got)
	}
	tab.Click("[name=left]")
	if got := shownLabs(tab); !slices.Equal(got, []string{"on-failure"}) {
		t.Errorf("not met yet: %v", got)
	}
	tab.Shoot("catalogue-progress")
	tab.Click(".forget summary")
	tab.Holds(`localStorage.setItem("predict:first-job", "{}"), true`)
	tab.Leave("[data-forget] button")
	if !tab.Holds(`document.querySelector("[data-lab=first-job]").dataset.state === "" && localStorage.getItem("predict:first-job") === null`) {
		t.Error("progress is not forgotten")
	}
	tab.NoErrors()
}

func TestFirstVisit(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	const hint = `document.querySelector(".first-visit")?.checkVisibility()`
	open := func() {
		tab.Open(s.URL + "/labs/never-with-limit?lang=en")
		tab.Wait("the drawing", `document.querySelector(".segment")`)
	}
	open()
	if !tab.Holds(hint) {
		t.Fatal("the first visit tells nothing")
	}
	tab.Shoot("hint")
	tab.Do("close it by keyboard", chromedp.Focus(chromedp.CSS("[data-hint-close]")), chromedp.KeyEvent(kb.Enter))
	if tab.Holds(hint) || !tab.Holds(`document.activeElement.id === "content"`) {
		t.Error("it is not closed, or the focus is lost")
	}
	open()
	if tab.Holds(hint) {
		t.Error("the second visit tells it again")
	}
	tab.Click("[data-keys]")
	tab.Click("[data-hint-again]")
	if !tab.Holds(hint + ` && document.activeElement.matches("[data-hint-close]")`) {
		t.Error("it does not come back when it is asked for")
	}
	tab.Do("press Escape", chromedp.KeyEvent(kb.Escape))
	if tab.Holds(hint) {
		t.Error("Escape does not close it")
	}
	tab.NoErrors()
}

func TestThemeAndLanguageAreKept(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-color-scheme": "light"})
	ground := func() string { return tab.Text(`getComputedStyle(document.body).backgroundColor`) }
	tab.Open(s.URL + "/?lang=ko")
	light := ground()
	for _, want := range []string{"밝게", "어둡게"} {
		tab.Click("[data-theme-switch]")
		if got := tab.Text(`document.querySelector("[data-theme-switch]").getAttribute("aria-label")`); got != "화면 테마: "+want {
			t.Errorf("the switch says %q", got)
		}
	}
	dark := ground()
	tab.Open(s.URL + "/labs/never-with-limit")
	if got := ground(); dark == light || got != dark {
		t.Errorf("light is %s, dark %s, and the next page %s", light, dark, got)
	}
	if !tab.Holds(`document.documentElement.lang === "ko" && document.querySelector("meta[name=theme-color][media=all]").content === "#161a21"`) {
		t.Error("the language, or the colour of the browser's bar, is not kept")
	}
	tab.Click("[data-theme-switch]")
	if got := ground(); got != light {
		t.Errorf("the system's theme is %s, want %s", got, light)
	}
	tab.NoErrors()
}

// TestExplanationOpensAtTheEnd also looks that nothing moves where the reader is.
func TestExplanationOpensAtTheEnd(t *testing.T) {
	for _, width := range []int64{1440, 390} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			s := newLabSite(t)
			tab := browsertest.Start(t).Tab(t)
			tab.Resize(width, 900)
			tab.Open(s.URL + "/labs/first-job?lang=en")
			tab.Wait("the lab", `document.querySelector("[data-explanation]:not([open])") && document.querySelector("joblab-run [data-start]:enabled")`)
			tab.Click("[data-start]")
			tab.Wait("the run", `document.querySelector("joblab-run").dataset.run`)
			live, err := s.runs.Get(tab.Text(`document.querySelector("joblab-run").dataset.run`))
			if err != nil {
				t.Fatal(err)
			}
			r := live.(*fakeRun)
			const where = `JSON.stringify([document.activeElement.outerHTML.slice(0, 60), scrollY, document.querySelector("[data-guide-pane]").scrollTop, document.querySelector("[data-predict]").getBoundingClientRect().top])`
			tab.Do("look at Run", chromedp.Focus(chromedp.CSS("[data-start]")))
			before := tab.Text(where)
			if tab.Holds(`document.querySelector("[data-explanation]").open`) {
				t.Error("it is open before the end")
			}
			r.log = noLog
			r.complete()
			tab.Wait("the explanation", `document.querySelector("[data-explanation]").open && document.querySelector("[data-to-reason]").checkVisibility()`)
			if after := tab.Text(where); after != before {
				t.Errorf("the reader was at %s and is at %s", before, after)
			}
			tab.Click("[data-to-reason] a")
			tab.Wait("the explanation in sight", `(() => { const r = document.querySelector("#explanation").getBoundingClientRect(); return r.top >= -2 && r.top < innerHeight - 40; })()`)
			tab.Shoot(fmt.Sprintf("explanation-%d", width))
			tab.NoErrors()
		})
	}
}

// TestFirstView looks that what a lab is done with is there without scrolling.
func TestFirstView(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 900)
	for _, slug := range []string{"first-job", "never-with-limit", "indexed", "schedule", "live-scaling"} {
		tab.Open(s.URL + "/labs/" + slug + "?lang=en")
		tab.Wait("the drawing", `document.querySelector(".segment")`)
		for what, selector := range map[string]string{"Run": "[data-start]", "an expectation": "[data-check]", "the timeline's first lane": ".segment"} {
			if !tab.Holds(fmt.Sprintf(`document.querySelector(%q).getBoundingClientRect().bottom <= innerHeight`, selector)) {
				t.Errorf("%s: %s is below the first view", slug, what)
			}
		}
	}
	tab.NoErrors()
}
