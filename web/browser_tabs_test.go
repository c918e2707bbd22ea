package web

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

// shown is the name of the only panel that is shown.
const shown = `[...document.querySelectorAll("[data-panel]")].filter((p) => p.checkVisibility()).map((p) => p.dataset.panel).join()`

// TestTabsLook opens each tab in both languages, themes and widths: nothing is wider
// than the screen, and the height stays.
func TestTabsLook(t *testing.T) {
	s := newLabSite(t)
	f := newFakeObjects(t, s)
	f.fill("never-with-limit", "never-927gm")
	browser := browsertest.Start(t)
	for _, look := range []struct {
		name, theme, lang string
		width             int64
	}{
		{"light-1440", "light", "en", 1440},
		{"dark-390-ko", "dark", "ko", 390},
		{"dark-1440-ko", "dark", "ko", 1440},
		{"light-390", "light", "en", 390},
	} {
		t.Run(look.name, func(t *testing.T) {
			tab := browser.Tab(t)
			tab.Resize(look.width, 900)
			tab.Prefer(map[string]string{"prefers-color-scheme": look.theme})
			tab.Open(f.URL + "/runs/never-with-limit?lang=" + look.lang)
			tab.Wait("the stream's end", `document.querySelector("joblab-run")?.dataset.connection === "ended"`)
			heights := map[int]bool{}
			for _, name := range []string{"events", "logs", "describe", "yaml", "console"} {
				tab.Click("#tab-" + name)
				switch name {
				case "logs":
					tab.Wait("the log", `document.querySelector("[data-log]").textContent.includes("the log of")`)
				case "describe":
					tab.Wait("the description", `document.querySelector("[data-describe]").textContent.includes("Backoff Limit")`)
				case "yaml":
					tab.Wait("the YAML", `document.querySelector("[data-yaml] [data-managed-fields]")`)
				case "console":
					tab.Do("ask", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "get pods"+kb.Enter))
					tab.Wait("the answer", `document.querySelector("[data-console-out]").textContent.includes("52s")`)
					tab.Do("ask for what is refused", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "apply -f x"+kb.Enter))
					tab.Wait("the refusal", `document.querySelector("[data-console-out]").textContent.includes("exit") || document.querySelector("[data-console-out]").textContent.includes("종료")`)
				}
				if got := tab.Text(shown); got != name {
					t.Errorf("the tab %s shows %q", name, got)
				}
				heights[browsertest.Evaluate[int](tab, `document.querySelector("[data-tabs]").offsetHeight`)] = true
				if !tab.Holds(`document.documentElement.scrollWidth <= innerWidth`) {
					t.Errorf("%s is wider than %d pixels", name, look.width)
				}
				tab.Shoot("tabs-" + name + "-" + look.name)
			}
			if len(heights) != 1 {
				t.Errorf("the card is of heights %v, so that what is below jumps", heights)
			}
			tab.NoErrors()
		})
	}
}

const focused = `document.activeElement?.id || Object.keys(document.activeElement?.dataset ?? {})[0] || document.activeElement?.tagName`

func TestTabsByKeyboard(t *testing.T) {
	s := newSite(t)
	ended := s.runs.add("abc", "first-job")
	ended.complete()
	ended.log = func(string, string, bool, bool) (io.ReadCloser, error) { return http.NoBody, nil }
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + "/runs/abc?lang=en")
	connection(tab, "ended")
	tab.Do("focus the tabs", chromedp.Focus(chromedp.CSS("#tab-events")))
	for _, c := range []struct{ key, shows string }{
		{kb.ArrowRight, "logs"}, {kb.ArrowRight, "describe"}, {kb.End, "console"}, {kb.ArrowRight, "events"}, {kb.ArrowLeft, "console"}, {kb.Home, "events"}, {kb.ArrowRight, "logs"},
	} {
		tab.Press(c.key)
		if got := tab.Text(shown); got != c.shows {
			t.Errorf("after %q the panel %s is shown, want %s", c.key, got, c.shows)
		}
		if got := tab.Text(focused); got != "tab-"+c.shows {
			t.Errorf("after %q the focus is on %s", c.key, got)
		}
		const reachable = `[...document.querySelectorAll("[role=tab]")].filter((t) => t.tabIndex === 0).map((t) => t.id + " " + t.ariaSelected).join()`
		if got := tab.Text(reachable); got != "tab-"+c.shows+" true" {
			t.Errorf("after %q Tab reaches %s", c.key, got)
		}
	}
	if got := tab.Text(`document.querySelector("[role=tabpanel]:not([hidden])").getAttribute("aria-labelledby")`); got != "tab-logs" {
		t.Errorf("the panel is named by %s", got)
	}
	tab.Do("reload", chromedp.Reload())
	connection(tab, "ended")
	if got := tab.Text(shown); got != "logs" {
		t.Errorf("after a reload the panel %s is shown", got)
	}
	tab.NoErrors("status of 404")
}

func TestTabsWithoutScript(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	tab := browsertest.Start(t).Tab(t)
	tab.WithoutScript()
	tab.Open(s.URL + "/runs/abc?lang=en")
	tab.Do("look",
		chromedp.WaitVisible(chromedp.CSS("[data-events] tr[data-type=Warning]")),
		chromedp.WaitVisible(chromedp.CSS("[data-log-links] a")),
		chromedp.Click(chromedp.CSS(".console summary")),
		chromedp.WaitVisible(chromedp.CSS("a[data-kubeconfig][href='/api/runs/abc/kubeconfig']")),
		chromedp.WaitNotVisible(chromedp.CSS("[role=tablist]")),
		chromedp.WaitNotVisible(chromedp.CSS("[data-console-line]")))
	tab.Shoot("tabs-without-script")
}

// TestTabsWithoutTheirServer opens the tabs of a run that the server has nothing more
// of than its timeline.
func TestTabsWithoutTheirServer(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	mux := http.NewServeMux()
	status := http.StatusServiceUnavailable
	mux.HandleFunc("/api/runs/abc/objects", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
	mux.HandleFunc("/api/runs/abc/console", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
	mux.Handle("/", s.web)
	b := newHouse(t, mux)
	browser := browsertest.Start(t)
	for code, says := range map[int]string{http.StatusServiceUnavailable: "not ready", http.StatusGone: "cleaned up", http.StatusNotFound: "nothing to show"} {
		status = code
		tab := browser.Tab(t)
		tab.Open("http://" + b.address + "/runs/abc?lang=en")
		connection(tab, "ended")
		for _, name := range []string{"describe", "yaml"} {
			tab.Click("#tab-" + name)
			tab.Wait("why there is nothing", fmt.Sprintf(`document.querySelector("[data-panel=%s] [data-object-note]").textContent.includes(%q)`, name, says))
		}
		tab.Click("#tab-console")
		tab.Do("ask", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "get pods"+kb.Enter))
		tab.Wait("why there is no answer", fmt.Sprintf(`document.querySelector("[data-console-out]").textContent.includes(%q)`, says))
	}
}
