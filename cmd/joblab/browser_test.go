package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// screenshots is a variable of the environment: a directory for screenshots;
// without it none are kept.
const screenshots = "JOBLAB_SCREENSHOTS"

// TestBrowser uses the program as a learner does, in headless Chromium.
func TestBrowser(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("there is no chromium here")
	}
	s := startServer(t)
	s.waitReady(t)
	browserScenario(t, s.URL)
}

// browserScenario drives the server at baseURL, which is ready, in a browser of
// its own.
func browserScenario(t *testing.T, baseURL string) {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath("chromium"), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 1000),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	browser, closeBrowser := chromedp.NewContext(allocator)
	defer closeBrowser()
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	t.Run("a run is watched through a reload and a lost connection", func(t *testing.T) {
		watchARun(newTab(t, browser), baseURL)
	})
	t.Run("a divergence is explained", func(t *testing.T) {
		explainADivergence(newTab(t, browser), baseURL)
	})
	t.Run("a slow run is left, and the recorded one looked at", func(t *testing.T) {
		leaveASlowRun(newTab(t, browser), baseURL)
	})
	t.Run("steps are done by keyboard", func(t *testing.T) {
		doStepsByKeyboard(newTab(t, browser), baseURL)
	})
	t.Run("a refused manifest is shown at its line", func(t *testing.T) {
		refuseAManifest(newTab(t, browser), baseURL)
	})
	t.Run("a run needs no script", func(t *testing.T) {
		runWithoutScript(newTab(t, browser), baseURL)
	})
	t.Run("narrow, dark and Korean", func(t *testing.T) {
		lookElsewhere(newTab(t, browser), baseURL)
	})
}

// watchARun starts a run from the catalogue, cuts the connection, reloads the
// page, and sees the run met. What is drawn must be what the API says.
func watchARun(tab *tab, baseURL string) {
	wire := newCutter(tab.t, baseURL)
	tab.open(wire.URL + "/")
	tab.leave("[data-lab=first-job] a")
	tab.wait("the cluster to be ready", `document.querySelector("joblab-cluster")?.dataset.state === "ready"`)
	tab.wait("the expected lane", `document.querySelector(".segment.expected[data-status=Running]")`)
	predict(tab)
	tab.shoot("lab-before-run")
	tab.do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.wait("the observed lane to show Running", `document.querySelector(".segment.observed[data-status=Running]")`)
	tab.shoot("lab-running")
	id := tab.text(`document.querySelector("joblab-run").dataset.run`)

	wire.cut()
	tab.wait("the page to notice the lost connection", `["lost", "unreachable"].includes(document.querySelector("joblab-run").dataset.connection) && document.querySelector("[data-notice]").textContent`)
	tab.shoot("lab-connection-lost")
	wire.mend()
	tab.wait("the connection to come back", `document.querySelector("joblab-run").dataset.connection === "open" && !document.querySelector("[data-notice]").textContent`)

	tab.do("reload", chromedp.Reload())
	if got := tab.text(`document.querySelector("joblab-run").dataset.run`); got != id {
		tab.t.Errorf("after a reload the page shows run %q, not %q", got, id)
	}
	tab.wait("the observed lane to show Completed", `document.querySelector(".segment.observed[data-status=Completed]")`)
	tab.wait("every expectation to be met", `[...document.querySelectorAll("[data-check]")].every((c) => c.dataset.state === "met")`)
	tab.wait("the outcome", `document.querySelector(".outcome").dataset.outcome === "met" && document.querySelector(".outcome").dataset.runState === "finished"`)
	tab.wait("the stream to end normally", `document.querySelector("joblab-run").dataset.connection === "ended"`)
	comparePredictions(tab)
	tab.wait("the log", `document.querySelector("[data-log]").textContent.includes("muzzi bye")`)
	tab.shoot("lab-met")
	if got := evaluate[int](tab, `new Promise((done) => {
		new WebSocket(location.origin.replace("http", "ws") + "/api/runs/`+id+`/stream").onclose = (e) => done(e.code);
	})`, chromedp.EvalAwaitPromise); got != 1000 {
		tab.t.Errorf("the browser sees an ended stream closed with %d, want 1000", got)
	}

	api := get[timeline.View](tab.t, baseURL+"/api/runs/"+id+"/timeline")
	drawn := decode[timeline.View](tab.t, tab.text(`JSON.stringify(document.querySelector("joblab-timeline").view)`))
	if diff := cmp.Diff(drawn.Lanes, api.Lanes, cmpopts.EquateEmpty()); diff != "" {
		tab.t.Errorf("lanes drawn differ from the API's (-drawn +api):\n%s", diff)
	}
	if diff := cmp.Diff(drawn.Jobs, api.Jobs, cmpopts.EquateEmpty()); diff != "" {
		tab.t.Errorf("Jobs drawn differ from the API's (-drawn +api):\n%s", diff)
	}
	var pods []timeline.Seq
	for _, e := range api.Entries {
		if e.Pod != nil {
			pods = append(pods, e.Seq)
		}
	}
	rows := decode[[]timeline.Seq](tab.t, tab.text(`JSON.stringify([...document.querySelectorAll("[data-twin] tbody tr")].map((r) => Number(r.dataset.seq)))`))
	if !slices.Equal(rows, pods) {
		tab.t.Errorf("the table has entries %v, the pods' are %v", rows, pods)
	}
	tab.noErrors("WebSocket connection", "ERR_", "Failed to load resource")
}

// predict answers the questions of first-job, one of them wrongly, and reloads
// the page, which must keep them.
func predict(tab *tab) {
	tab.t.Helper()
	tab.do("answer",
		chromedp.Click(chromedp.CSS("[data-question=last-state] input[value=Completed]")),
		chromedp.Click(chromedp.CSS("[data-question=ready-at-the-end] input[value='1/1']")),
		chromedp.SendKeys(chromedp.CSS("[data-question=seconds] input"), "12.5"),
		chromedp.Reload())
	const answered = `JSON.stringify([...document.querySelectorAll("[data-question]")].map((q) => q.querySelector("input[type=number], input:checked")?.value ?? ""))`
	want := []string{"Completed", "1/1", "", "12.5"}
	if diff := cmp.Diff(want, decode[[]string](tab.t, tab.text(answered))); diff != "" {
		tab.t.Errorf("answers after a reload (-want +got):\n%s", diff)
	}
}

// comparePredictions reads how the answers of predict compare with the run.
func comparePredictions(tab *tab) {
	tab.t.Helper()
	tab.wait("the score", `document.querySelector("[data-score]").textContent === "2 of 3 right"`)
	const results = `JSON.stringify([...document.querySelectorAll("[data-result]")].map((r) => [r.dataset.right, r.textContent.trim()]))`
	got := decode[[][2]string](tab.t, tab.text(results))
	want := [][2]string{
		{"true", "Right: Completed."},
		{"false", "Not so: the answer is 0/1, not 1/1."},
		{"", "The answer is No."},
		{"true", "from your 12.5 s."},
	}
	for i := range want {
		if i >= len(got) || got[i][0] != want[i][0] || !strings.HasSuffix(got[i][1], want[i][1]) {
			tab.t.Errorf("compared %v, want %v", got, want)
			break
		}
	}
}

// refuseAManifest makes the manifest wrong and runs it.
func refuseAManifest(tab *tab, baseURL string) {
	tab.open(baseURL + "/labs/first-job")
	tab.text(`(() => {
		const editor = document.querySelector("textarea");
		editor.value = editor.value.replace("batch/v1", "apps/v1");
		editor.dispatchEvent(new Event("input"));
		return "";
	})()`)
	tab.do("press Run", chromedp.Click(chromedp.CSS("[data-start]")))
	tab.wait("the problem at line 1", `document.querySelector("[data-problems] [data-line='1']")?.textContent.includes("no matches for kind") && document.querySelector("[data-gutter] li:first-child[data-problem]")`)
	tab.shoot("lab-refused")
	tab.do("press Reset", chromedp.Click(chromedp.CSS("[data-reset]")))
	tab.wait("the problem to go", `!document.querySelector("[data-problems] [data-line]") && !document.querySelector("textarea").value.includes("apps/v1")`)
	tab.noErrors("status of 400")
}

// runWithoutScript posts the form, and reads how the run ended from the page.
func runWithoutScript(tab *tab, baseURL string) {
	if _, err := chromedp.Call(tab.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		tab.t.Fatalf("switch scripts off: %v", err)
	}
	tab.open(baseURL + "/labs/first-job")
	tab.leave("[data-start]")
	location, err := chromedp.Run(tab.ctx, chromedp.Location())
	if err != nil || !strings.HasPrefix(location, baseURL+"/runs/") {
		tab.t.Fatalf("the form led to %s, %v", location, err)
	}
	id := path.Base(location)
	waitFor(tab.t, "the run to end", func() bool {
		return get[run.Info](tab.t, baseURL+"/api/runs/"+id).State == run.Finished
	})
	tab.do("reload", chromedp.Reload(),
		chromedp.WaitVisible(chromedp.CSS("[data-twin] tr[data-status=Completed]")),
		chromedp.WaitVisible(chromedp.CSS(".outcome[data-outcome=met]")),
		chromedp.WaitVisible(chromedp.CSS("[data-log-links] a")))
	tab.shoot("run-without-script")
}

// lookElsewhere opens pages as a phone shows them, in Korean and dark: nothing
// may be wider than the screen.
func lookElsewhere(tab *tab, baseURL string) {
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, dark); err != nil {
		tab.t.Fatalf("prefer dark: %v", err)
	}
	for _, width := range []int64{320, 390} {
		tab.do("resize", chromedp.EmulateViewport(width, 844))
		for name, address := range map[string]string{"catalogue": "/", "lab": "/labs/never-with-limit", "error": "/labs/nothing"} {
			tab.open(baseURL + address + "?lang=ko")
			if got := tab.text(`document.documentElement.lang`); got != "ko" {
				tab.t.Errorf("%s is in %s", address, got)
			}
			if !tab.holds(`document.documentElement.scrollWidth <= innerWidth`) {
				tab.t.Errorf("%s is wider than %d pixels", address, width)
			}
			tab.shoot(name + "-narrow-dark-ko")
		}
	}
	tab.noErrors("status of 404")
}

// tab is a tab of the browser, and what its pages wrote to the console.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string
}

func newTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(browser)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	tab := &tab{t: t, ctx: ctx}
	console := chromedp.Console(ctx)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.IsException() {
				tab.mu.Lock()
				tab.errors = append(tab.errors, m.String())
				tab.mu.Unlock()
			}
		}
	}()
	return tab
}

func (tab *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, steps...); err != nil {
		tab.shoot("failure")
		tab.t.Fatalf("%s: %v", what, err)
	}
}

func (tab *tab) open(address string) {
	tab.t.Helper()
	tab.do("open "+address, chromedp.Navigate(address))
}

// leave clicks on what leads to another page, and waits for that.
func (tab *tab) leave(selector string) {
	tab.t.Helper()
	if _, err := chromedp.RunResponse(tab.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		tab.t.Fatalf("click on %s: %v", selector, err)
	}
}

// wait waits until an expression is true in the page.
func (tab *tab) wait(what, expression string) {
	tab.t.Helper()
	tab.do("wait for "+what, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(2*time.Minute))(ctx, t)
		return chromedp.Void{}, err
	})
}

// text is what an expression gives in the page.
func (tab *tab) text(expression string) string {
	tab.t.Helper()
	return evaluate[string](tab, expression)
}

func (tab *tab) holds(expression string) bool {
	tab.t.Helper()
	return evaluate[bool](tab, expression)
}

func evaluate[T any](tab *tab, expression string, options ...chromedp.EvaluateOption) T {
	tab.t.Helper()
	v, err := chromedp.Run(tab.ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		tab.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

// shoot keeps a screenshot, if a directory is named for them.
func (tab *tab) shoot(name string) {
	tab.t.Helper()
	dir := os.Getenv(screenshots)
	if dir == "" {
		return
	}
	png, err := chromedp.Run(tab.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		tab.t.Errorf("screenshot %s: %v", name, err)
	}
}

// noErrors fails the test if the pages wrote errors to the console, other than
// those that hold one of the texts.
func (tab *tab) noErrors(but ...string) {
	tab.t.Helper()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, e := range tab.errors {
		if !slices.ContainsFunc(but, func(text string) bool { return strings.Contains(e, text) }) {
			tab.t.Errorf("console: %s", e)
		}
	}
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
