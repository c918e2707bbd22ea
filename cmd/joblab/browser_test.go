package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// TestBrowser uses the program as a learner does, in headless Chromium.
func TestBrowser(t *testing.T) {
	browsertest.Need(t)
	s := startServer(t)
	s.waitReady(t)
	browserScenario(t, s.URL)
}

// browserScenario drives the server at baseURL, which is ready, in a browser of
// its own.
func browserScenario(t *testing.T, baseURL string) {
	browser := browsertest.Start(t)
	t.Run("a run is watched through a reload and a lost connection", func(t *testing.T) {
		watchARun(browser.Tab(t), baseURL)
	})
	t.Run("a divergence is explained", func(t *testing.T) {
		explainADivergence(browser.Tab(t), baseURL)
	})
	t.Run("a slow run is left, and the recorded one looked at", func(t *testing.T) {
		leaveASlowRun(browser.Tab(t), baseURL)
	})
	t.Run("steps are done by keyboard", func(t *testing.T) {
		doStepsByKeyboard(browser.Tab(t), baseURL)
	})
	t.Run("a refused manifest is shown at its line", func(t *testing.T) {
		refuseAManifest(browser.Tab(t), baseURL)
	})
	t.Run("a manifest is edited", func(t *testing.T) {
		editAManifest(browser.Tab(t), baseURL)
	})
	t.Run("a run needs no script", func(t *testing.T) {
		runWithoutScript(browser.Tab(t), baseURL)
	})
	t.Run("each lab of the first track", func(t *testing.T) {
		firstTrack(t, browser, baseURL)
	})
	t.Run("narrow, dark and Korean", func(t *testing.T) {
		lookElsewhere(browser.Tab(t), baseURL)
	})
}

// watchARun starts a run from the catalogue, cuts the connection, reloads the
// page, and sees the run met. What is drawn must be what the API says.
func watchARun(tab *browsertest.Tab, baseURL string) {
	wire := newCutter(tab.T, baseURL)
	tab.Open(wire.URL + "/")
	tab.Leave("[data-lab=first-job] a")
	tab.Wait("the cluster to be ready", `document.querySelector("joblab-cluster")?.dataset.state === "ready"`)
	tab.Wait("the expected lane", `document.querySelector(".segment.expected[data-status=Running]")`)
	predict(tab)
	tab.Shoot("lab-before-run")
	tab.Do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.Wait("the observed lane to show Running", `document.querySelector(".segment.observed[data-status=Running]")`)
	tab.Shoot("lab-running")
	id := tab.Text(`document.querySelector("joblab-run").dataset.run`)

	wire.cut()
	tab.Wait("the page to notice the lost connection", `["lost", "unreachable"].includes(document.querySelector("joblab-run").dataset.connection) && document.querySelector("[data-notice]").textContent`)
	tab.Shoot("lab-connection-lost")
	wire.mend()
	tab.Wait("the connection to come back", `document.querySelector("joblab-run").dataset.connection === "open" && !document.querySelector("[data-notice]").textContent`)

	tab.Do("reload", chromedp.Reload())
	if got := tab.Text(`document.querySelector("joblab-run").dataset.run`); got != id {
		tab.T.Errorf("after a reload the page shows run %q, not %q", got, id)
	}
	tab.Wait("the observed lane to show Completed", `document.querySelector(".segment.observed[data-status=Completed]")`)
	tab.Wait("every expectation to be met", `[...document.querySelectorAll("[data-check]")].every((c) => c.dataset.state === "met")`)
	tab.Wait("the outcome", `document.querySelector(".outcome").dataset.outcome === "met" && document.querySelector(".outcome").dataset.runState === "finished"`)
	tab.Wait("the stream to end normally", `document.querySelector("joblab-run").dataset.connection === "ended"`)
	comparePredictions(tab)
	tab.Click("#tab-logs")
	tab.Wait("the log", `document.querySelector("[data-log]").textContent.includes("muzzi bye")`)
	tab.Shoot("lab-met")
	if got := browsertest.Evaluate[int](tab, `new Promise((done) => {
		new WebSocket(location.origin.replace("http", "ws") + "/api/runs/`+id+`/stream").onclose = (e) => done(e.code);
	})`, chromedp.EvalAwaitPromise); got != 1000 {
		tab.T.Errorf("the browser sees an ended stream closed with %d, want 1000", got)
	}

	api := get[timeline.View](tab.T, baseURL+"/api/runs/"+id+"/timeline")
	drawn := decode[timeline.View](tab.T, tab.Text(`JSON.stringify(document.querySelector("joblab-timeline").view)`))
	if diff := cmp.Diff(drawn.Lanes, api.Lanes, cmpopts.EquateEmpty()); diff != "" {
		tab.T.Errorf("lanes drawn differ from the API's (-drawn +api):\n%s", diff)
	}
	if diff := cmp.Diff(drawn.Jobs, api.Jobs, cmpopts.EquateEmpty()); diff != "" {
		tab.T.Errorf("Jobs drawn differ from the API's (-drawn +api):\n%s", diff)
	}
	var pods []timeline.Seq
	for _, e := range api.Entries {
		if e.Pod != nil {
			pods = append(pods, e.Seq)
		}
	}
	rows := decode[[]timeline.Seq](tab.T, tab.Text(`JSON.stringify([...document.querySelectorAll("[data-twin] tbody tr")].map((r) => Number(r.dataset.seq)))`))
	if !slices.Equal(rows, pods) {
		tab.T.Errorf("the table has entries %v, the pods' are %v", rows, pods)
	}
	tab.NoErrors("WebSocket connection", "ERR_", "Failed to load resource")
}

// predict answers the questions of first-job, one of them wrongly, and reloads
// the page, which must keep them.
func predict(tab *browsertest.Tab) {
	tab.T.Helper()
	tab.Do("answer",
		chromedp.Click(chromedp.CSS("[data-question=last-state] input[value=Completed]")),
		chromedp.Click(chromedp.CSS("[data-question=ready-at-the-end] input[value='1/1']")),
		chromedp.SendKeys(chromedp.CSS("[data-question=seconds] input"), "12.5"),
		chromedp.Reload())
	const answered = `JSON.stringify([...document.querySelectorAll("[data-question]")].map((q) => q.querySelector("input[type=number], input:checked")?.value ?? ""))`
	want := []string{"Completed", "1/1", "", "12.5"}
	if diff := cmp.Diff(want, decode[[]string](tab.T, tab.Text(answered))); diff != "" {
		tab.T.Errorf("answers after a reload (-want +got):\n%s", diff)
	}
}

// comparePredictions reads how the answers of predict compare with the run.
func comparePredictions(tab *browsertest.Tab) {
	tab.T.Helper()
	tab.Wait("the score", `document.querySelector("[data-score]").textContent === "2 of 3 right"`)
	const results = `JSON.stringify([...document.querySelectorAll("[data-result]")].map((r) => [r.dataset.right, r.textContent.trim()]))`
	got := decode[[][2]string](tab.T, tab.Text(results))
	want := [][2]string{
		{"true", "Right: Completed."},
		{"false", "Not so: the answer is 0/1, not 1/1."},
		{"", "The answer is No."},
		{"true", "from your 12.5 s."},
	}
	for i := range want {
		if i >= len(got) || got[i][0] != want[i][0] || !strings.HasSuffix(got[i][1], want[i][1]) {
			tab.T.Errorf("compared %v, want %v", got, want)
			break
		}
	}
}

// refuseAManifest makes the manifest wrong and runs it.
func refuseAManifest(tab *browsertest.Tab, baseURL string) {
	tab.Open(baseURL + "/labs/first-job")
	tab.Text(`(() => {
		const editor = document.querySelector("textarea");
		editor.value = editor.value.replace("batch/v1", "apps/v1");
		editor.dispatchEvent(new Event("input"));
		return "";
	})()`)
	tab.Do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.Wait("the problem at line 1", `document.querySelector("[data-problems] [data-line='1']")?.textContent.includes("no matches for kind") && document.querySelector("[data-editor] :is(.row, .cm-line):first-child[data-problem]")`)
	tab.Shoot("lab-refused")
	tab.Do("press Reset", chromedp.Click(chromedp.CSS("[data-reset]")))
	tab.Wait("the problem to go", `!document.querySelector("[data-problems] [data-line]") && !document.querySelector("textarea").value.includes("apps/v1")`)
	tab.NoErrors("status of 400")
}

// runWithoutScript posts the form, and reads how the run ended from the page.
func runWithoutScript(tab *browsertest.Tab, baseURL string) {
	tab.WithoutScript()
	tab.Open(baseURL + "/labs/first-job")
	tab.Leave("[data-start]")
	location, err := chromedp.Run(tab.Ctx, chromedp.Location())
	if err != nil || !strings.HasPrefix(location, baseURL+"/runs/") {
		tab.T.Fatalf("the form led to %s, %v", location, err)
	}
	id := path.Base(location)
	waitFor(tab.T, "the run to end", func() bool {
		return get[run.Info](tab.T, baseURL+"/api/runs/"+id).State == run.Finished
	})
	tab.Do("reload", chromedp.Reload(),
		chromedp.WaitVisible(chromedp.CSS("[data-twin] tr[data-status=Completed]")),
		chromedp.WaitVisible(chromedp.CSS(".outcome[data-outcome=met]")),
		chromedp.WaitVisible(chromedp.CSS("[data-log-links] a")))
	tab.Shoot("run-without-script")
}

// lookElsewhere opens pages as a phone shows them, in Korean and dark: nothing
// may be wider than the screen.
func lookElsewhere(tab *browsertest.Tab, baseURL string) {
	tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
	for _, width := range []int64{320, 390} {
		tab.Do("resize", chromedp.EmulateViewport(width, 844))
		for name, address := range map[string]string{"catalogue": "/", "lab": "/labs/never-with-limit", "error": "/labs/nothing"} {
			tab.Open(baseURL + address + "?lang=ko")
			if got := tab.Text(`document.documentElement.lang`); got != "ko" {
				tab.T.Errorf("%s is in %s", address, got)
			}
			if !tab.Holds(`document.documentElement.scrollWidth <= innerWidth`) {
				tab.T.Errorf("%s is wider than %d pixels", address, width)
			}
			tab.Shoot(name + "-narrow-dark-ko")
		}
	}
	tab.NoErrors("status of 404")
}

func get[T any](t testing.TB, address string) T {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %s %v", address, resp.Status, body, err)
	}
	return decode[T](t, string(body))
}

func decode[T any](t testing.TB, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return v
}

// host is the host and port of a URL.
func host(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
