package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// fakeObjects answers what the tabs ask about the objects of a run, in front of a
// site.
type fakeObjects struct {
	*httptest.Server

	mu       sync.Mutex
	list     []map[string]any
	describe map[string]string // by kind/name; one that is not there is gone
	yaml     map[string]string
	deleted  map[string]bool
	// console answers a line with messages; nil is closed by the reader.
	console func(line string, w io.Writer, closed <-chan struct{})
}

// newFakeObjects puts objects in front of a site until the test ends.
func newFakeObjects(t *testing.T, s *site) *fakeObjects {
	t.Helper()
	f := &fakeObjects{describe: map[string]string{}, yaml: map[string]string{}, deleted: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/runs/{id}/objects", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		_ = json.NewEncoder(w).Encode(f.list)
	})
	mux.HandleFunc("GET /api/runs/{id}/objects/{kind}/{name}/describe", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		text, ok := f.describe[r.PathValue("kind")+"/"+r.PathValue("name")]
		if !ok {
			w.WriteHeader(http.StatusGone)
			return
		}
		_, _ = io.WriteString(w, text)
	})
	mux.HandleFunc("GET /api/runs/{id}/objects/{kind}/{name}/yaml", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		key := r.PathValue("kind") + "/" + r.PathValue("name")
		if f.deleted[key] {
			w.Header().Set("X-Joblab-Deleted", "true")
		}
		_, _ = io.WriteString(w, f.yaml[key])
	})
	mux.HandleFunc("GET /api/runs/{id}/kubeconfig", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusGone)
	})
	mux.HandleFunc("GET /api/runs/{id}/console/complete", func(w http.ResponseWriter, r *http.Request) {
		line := r.URL.Query().Get("line")
		from := strings.LastIndex(line, " ") + 1
		type candidate struct {
			Text string `json:"text"`
		}
		found := []candidate{}
		for _, word := range []string{"describe", "get", "pods", "podtemplates"} {
			if strings.HasPrefix(word, line[from:]) {
				found = append(found, candidate{word})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"from": from, "candidates": found})
	})
	mux.HandleFunc("POST /api/runs/{id}/console", func(w http.ResponseWriter, r *http.Request) {
		var command struct{ Line string }
		_ = json.NewDecoder(r.Body).Decode(&command)
		w.Header().Set("Content-Type", "application/x-ndjson")
		f.console(command.Line, flushing{w}, r.Context().Done())
	})
	mux.Handle("/", s.web)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		s.web.Close()
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

type flushing struct{ http.ResponseWriter }

func (f flushing) Write(b []byte) (int, error) {
	n, err := f.ResponseWriter.Write(b)
	f.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

const jobYAML = `apiVersion: batch/v1
kind: Job
metadata:
  labels:
    app: "<b>bold</b>"
  managedFields:
  - apiVersion: batch/v1
    fieldsV1:
      f:spec: {}
    manager: joblab
  name: never-with-limit
  namespace: lab-x
spec:
  backoffLimit: 3
`

const jobDescribed = "Name:             never-with-limit\nNamespace:        lab-x\nAnnotations:      <script>alert(1)</script> \x1b[31mred\x1b[0m\nBackoff Limit:    3\nEvents:\n  Type    Reason            Age   From            Message\n  Normal  SuccessfulCreate  52s   job-controller  Created pod: never-927gm\n"

// fill gives a run's objects some content.
func (f *fakeObjects) fill(job, pod string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = []map[string]any{
		{"kind": "Job", "apiVersion": "batch/v1", "name": job, "uid": "job-1", "deleted": false},
		{"kind": "Pod", "apiVersion": "v1", "name": pod, "uid": "pod-gone", "deleted": true},
	}
	f.describe["Job/"+job] = jobDescribed
	f.yaml["Job/"+job] = jobYAML
	f.yaml["Pod/"+pod] = "kind: Pod\nmetadata:\n  name: " + pod + "\n"
	f.deleted["Pod/"+pod] = true
	f.console = func(line string, w io.Writer, closed <-chan struct{}) {
		switch {
		case line == "get pods -w":
			fmt.Fprintln(w, `{"out":"NAME          READY   STATUS    RESTARTS   AGE\n"}`)
			fmt.Fprintln(w, `{"out":"never-927gm   0/1     Pending   0          0s\n"}`)
			<-closed
		case strings.HasPrefix(line, "get"):
			fmt.Fprintln(w, `{"out":"NAME          READY   STATUS       RESTARTS   AGE\n"}`)
			fmt.Fprintln(w, `{"out":"never-927gm   0/1     StartError   0          52s <i>not italic</i> \u001b[31mred\n"}`)
			fmt.Fprintln(w, `{"exit":0}`)
		default:
			fmt.Fprintf(w, "{\"err\":\"error: %s is not allowed here: the console has get, describe, logs and a few more\\n\"}\n", strings.Fields(line)[0])
			fmt.Fprintln(w, `{"exit":1}`)
		}
	}
}

const tabNames = `["events", "logs", "describe", "yaml", "console"]`

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
			for _, name := range decodeStrings(t, tabNames) {
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

func decodeStrings(t *testing.T, text string) []string {
	t.Helper()
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	return list
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
	if got := tab.Text(rows); got != `["Back-off restarting <b>failed</b> container ^[[2J<U+202E>"]` {
		t.Errorf("the warnings are %s", got)
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

// podWith writes a state of a pod, whose container is of an instance, into a run's
// timeline.
func (r *fakeRun) podWith(typ timeline.Type, name, status string, restarts int32, instance string) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID("uid-" + name)},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
		Status:     corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "main", ContainerID: instance, RestartCount: restarts}}},
	}
	r.rec.Pod(typ, timeline.Row{Ready: "0/1", Status: status, Restarts: fmt.Sprint(restarts)}, pod)
}

func TestLogs(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	written, ends := io.Pipe()
	live.log = func(pod, container string, previous, follow bool) (io.ReadCloser, error) {
		switch {
		case previous:
			return io.NopCloser(strings.NewReader("the instance before\n")), nil
		case pod == "first":
			return io.NopCloser(strings.NewReader("<img src=x onerror=alert(1)>\n\x1b[31mred\x1b[0m\a\n")), nil
		case !follow:
			return io.NopCloser(strings.NewReader("all of it\n")), nil
		}
		return written, nil
	}
	live.rec.Begin(s.web.now())
	live.podWith(timeline.Added, "first", "Running", 0, "fake://1")
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + "/runs/live?lang=en")
	connection(tab, "open")
	tab.Click("#tab-logs")
	const text = `document.querySelector("[data-log]").textContent`
	tab.Wait("the log as text", text+` === "<img src=x onerror=alert(1)>\n^[[31mred^[[0m^G\n"`)
	if got := tab.Text(`document.querySelector("[data-log]").innerHTML`); strings.Contains(got, "<img") {
		t.Errorf("markup in a log becomes %s", got)
	}

	live.podWith(timeline.Added, "second", "Running", 1, "fake://3")
	tab.Wait("the newest pod", `document.querySelector("[data-log-pod]").value === "second"`)
	for i := range 100 {
		fmt.Fprintf(ends, "line %d\n", i)
	}
	const atEnd = `(() => { const l = document.querySelector("[data-log]"); return l.scrollTop + l.clientHeight >= l.scrollHeight - 2; })()`
	tab.Wait("the end to be followed", text+`.endsWith("line 99\n") && `+atEnd)
	tab.Text(`(document.querySelector("[data-log]").scrollTop = 0, "")`)
	tab.Wait("following to pause", `!document.querySelector("[data-log-follow]").checked && !document.querySelector("[data-log-end]").hidden`)
	fmt.Fprintln(ends, "line 100")
	tab.Wait("the line", text+`.endsWith("line 100\n")`)
	if tab.Holds(atEnd) {
		t.Error("the log moves under a reader who scrolled up")
	}
	tab.Shoot("logs-paused")
	tab.Click("[data-log-end]")
	tab.Wait("the end to be followed again", atEnd+` && document.querySelector("[data-log-follow]").checked && document.querySelector("[data-log-end]").hidden`)

	tab.Click("[data-log-wrap]")
	if got := tab.Text(`getComputedStyle(document.querySelector("[data-log]")).whiteSpace`); got != "pre" {
		t.Errorf("lines that are not wrapped have white-space %s", got)
	}
	if got := tab.Text(`document.querySelector("[data-log-download]").download + " " + document.querySelector("[data-log-download]").getAttribute("href")`); got != "second-main.log /api/runs/live/pods/second/log?container=main&previous=false" {
		t.Errorf("the file to download is %s", got)
	}
	tab.Click("[data-log-previous]")
	tab.Wait("the log of the instance before", text+` === "the instance before\n"`)
	ends.Close()
	tab.NoErrors()
}

func TestDescribeAndLiveYAML(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.rec.Begin(s.web.now())
	f := newFakeObjects(t, s)
	f.fill("hello", "hello-gone")
	tab := browsertest.Start(t).Tab(t)
	tab.Open(f.URL + "/runs/live?lang=en")
	connection(tab, "open")
	live.podWith(timeline.Added, "hello-1", "Pending", 0, "")
	tab.Click("#tab-describe")
	const text = `document.querySelector("[data-describe]").textContent`
	tab.Wait("the first Job", text+`.startsWith("Name:             never-with-limit")`)
	if got := tab.Text(text); !strings.Contains(got, "<script>alert(1)</script> ^[[31mred") {
		t.Errorf("markup and escapes are shown as %q", got)
	}

	f.mu.Lock()
	f.list = append(f.list, map[string]any{"kind": "Pod", "apiVersion": "v1", "name": "hello-2", "uid": "uid-hello-2", "deleted": false})
	f.describe["Pod/hello-2"] = "Status: Pending\n"
	f.yaml["Pod/hello-2"] = "kind: Pod\n"
	f.mu.Unlock()
	live.podWith(timeline.Added, "hello-2", "Pending", 0, "")
	tab.Wait("the new pod to be offered", `document.querySelector("[data-panel=describe] option[value=uid-hello-2]")`)
	choose := func(panel, uid string) {
		t.Helper()
		tab.Text(fmt.Sprintf(`(() => { const s = document.querySelector("[data-panel=%s] select"); s.value = %q; s.dispatchEvent(new Event("change")); return ""; })()`, panel, uid))
	}
	choose("describe", "uid-hello-2")
	tab.Wait("the pod", text+` === "Status: Pending\n"`)
	f.mu.Lock()
	f.describe["Pod/hello-2"] = "Status: Running\n"
	f.mu.Unlock()
	live.podWith(timeline.Modified, "hello-2", "Running", 0, "")
	tab.Wait("the pod as it is now", text+` === "Status: Running\n"`)
	f.mu.Lock()
	delete(f.describe, "Pod/hello-2")
	f.deleted["Pod/hello-2"] = true
	f.mu.Unlock()
	live.podWith(timeline.Deleted, "hello-2", "Running", 0, "")
	const note = `document.querySelector("[data-panel=%s] [data-object-note]").textContent`
	tab.Wait("the page to say that it is gone", fmt.Sprintf(note, "describe")+`.startsWith("Pod/hello-2, deleted at ") && `+fmt.Sprintf(note, "describe")+`.includes(": this is how it was described last.") && `+text+` === "Status: Running\n"`)
	tab.Shoot("describe-gone")

	tab.Click("#tab-yaml")
	tab.Wait("the last version of what was chosen", fmt.Sprintf(note, "yaml")+`.includes(": this is the last version that the run saw.") && document.querySelector("[data-yaml]").textContent.trim() === "kind: Pod"`)
	tab.Shoot("yaml-deleted")
	choose("yaml", "job-1")
	tab.Wait("the Job", `document.querySelector("[data-yaml] .value")?.textContent === "batch/v1"`)
	const folded = `!document.querySelector("[data-yaml]").textContent.includes("manager: joblab")`
	if !tab.Holds(folded) || !tab.Holds(`document.querySelector("[data-yaml]").textContent.includes("  name: never-with-limit")`) {
		t.Error("managedFields are not folded, or more than they are")
	}
	tab.Click("[data-managed-fields]")
	if tab.Holds(folded) || tab.Text(`document.querySelector("[data-managed-fields]").ariaExpanded`) != "true" {
		t.Error("managedFields do not unfold")
	}
	if tab.Holds(`getComputedStyle(document.querySelector("[data-yaml] .key")).color === getComputedStyle(document.querySelector("[data-yaml]")).color`) {
		t.Error("the YAML has no colours")
	}
	if tab.Holds(`document.querySelector("[data-yaml] b") !== null`) {
		t.Error("markup in a label becomes an element")
	}
	choose("yaml", "pod-gone")
	tab.Wait("a pod that was gone before the page", `document.querySelector("[data-yaml]").textContent.includes("hello-gone")`)
	tab.Click("#tab-describe")
	tab.Wait("where to look instead", fmt.Sprintf(note, "describe")+`.startsWith("Pod/hello-gone, deleted: ") && `+fmt.Sprintf(note, "describe")+`.includes("under Live YAML") && document.querySelector("[data-describe]").hidden`)
	tab.NoErrors("status of 410")
}

// TestLateObject chooses an object whose text is late, and then another one.
func TestLateObject(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.rec.Begin(s.web.now())
	f := newFakeObjects(t, s)
	f.fill("hello", "hello-gone")
	f.list = append(f.list, map[string]any{"kind": "Pod", "apiVersion": "v1", "name": "late", "uid": "late", "deleted": false})
	f.describe["Pod/late"] = "late\n"
	tab := browsertest.Start(t).Tab(t)
	tab.BeforeScripts(`(() => {
		const text = Response.prototype.text;
		Response.prototype.text = function () {
			const now = () => text.call(this);
			return this.url.includes("/late/") ? new Promise((done) => (window.arrive = () => now().then(done))) : now();
		};
	})()`)
	tab.Open(f.URL + "/runs/live?lang=en")
	connection(tab, "open")
	live.podWith(timeline.Added, "late", "Pending", 0, "")
	tab.Click("#tab-describe")
	const job = `document.querySelector("[data-describe]").textContent.startsWith("Name:             never-with-limit")`
	tab.Wait("the Job", job)
	choose := func(uid string) {
		tab.Text(`(() => { const s = document.querySelector("[data-panel=describe] select"); s.value = ` + quote(uid) + `; s.dispatchEvent(new Event("change")); return ""; })()`)
	}
	choose("late")
	tab.Wait("the pod to be asked for", `window.arrive`)
	choose("job-1")
	tab.Wait("the Job to be chosen", `document.querySelector("[data-panel=describe] select").value === "job-1"`)
	if !browsertest.Evaluate[bool](tab, `window.arrive().then(() => new Promise(requestAnimationFrame)).then(() => `+job+`)`, chromedp.EvalAwaitPromise) {
		t.Error("what came late is shown")
	}
	tab.NoErrors()
}

func TestConsole(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.complete()
	f := newFakeObjects(t, s)
	f.fill("hello", "hello-gone")
	ended := make(chan string, 1)
	answer := f.console
	f.console = func(line string, w io.Writer, closed <-chan struct{}) {
		if line == "logs much" {
			for i := range 20_000 {
				fmt.Fprintf(w, "{\"out\":\"this is the line %d\\n\"}\n", i)
			}
			fmt.Fprintln(w, `{"exit":0}`)
			return
		}
		answer(line, w, closed)
		select {
		case <-closed:
			ended <- line
		default:
		}
	}
	tab := browsertest.Start(t).Tab(t)
	tab.Open(f.URL + "/runs/live?lang=en")
	connection(tab, "ended")
	tab.Click("#tab-console")
	tab.Do("focus the line", chromedp.Focus(chromedp.CSS("[data-console-line]")))
	const out, line = `document.querySelector("[data-console-out]").textContent`, `document.querySelector("[data-console-line]").value`
	enter := func(text string) {
		t.Helper()
		tab.Do("type "+text, chromedp.SendKeys(chromedp.CSS("[data-console-line]"), text+kb.Enter))
	}

	enter("kubectl get pods")
	tab.Wait("the answer as text", out+`.startsWith("$ kubectl get pods\nNAME") && `+out+`.includes("<i>not italic</i> ^[[31mred")`)
	enter("apply -f /etc/passwd")
	tab.Wait("the refusal", `document.querySelector("[data-console-out] .bad")?.textContent.includes("not allowed") && `+out+`.endsWith("exit 1\n")`)
	tab.Wait("it to be said", `document.querySelector("[data-console-said]").textContent.includes("not allowed")`)

	// The history, and what was being typed.
	tab.Do("begin a line", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "expl"))
	for _, c := range []struct{ key, want string }{{kb.ArrowUp, "apply -f /etc/passwd"}, {kb.ArrowUp, "get pods"}, {kb.ArrowUp, "get pods"}, {kb.ArrowDown, "apply -f /etc/passwd"}, {kb.ArrowDown, "expl"}} {
		tab.Press(c.key)
		if got := tab.Text(line); got != c.want {
			t.Errorf("after %q the line is %q, want %q", c.key, got, c.want)
		}
	}

	// Completion: one way is taken, several are listed, and Tab never traps.
	clear := func() { tab.Text(`(document.querySelector("[data-console-line]").value = "", "")`) }
	clear()
	tab.Do("begin", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "des"))
	tab.Press(kb.Tab)
	tab.Wait("the verb", line+` === "describe "`)
	clear()
	tab.Do("begin", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "get p"))
	tab.Press(kb.Tab)
	tab.Wait("what all have in common", line+` === "get pod"`)
	tab.Wait("the choices", out+`.endsWith("pods          podtemplates\n")`)
	clear()
	tab.Do("begin", chromedp.SendKeys(chromedp.CSS("[data-console-line]"), "zzz"))
	tab.Press(kb.Tab)
	tab.Wait("that there is none", `document.querySelector("[data-console-said]").textContent.includes("Nothing completes this")`)
	tab.Press(kb.Tab)
	if got := tab.Text(focused); got != "consoleEnter" {
		t.Errorf("a Tab that completes nothing leads to %s", got)
	}
	tab.Do("focus the line", chromedp.Focus(chromedp.CSS("[data-console-line]")))
	tab.Press(kb.Escape)
	tab.Press(kb.Tab)
	if got := tab.Text(focused); got != "consoleEnter" {
		t.Errorf("Escape and Tab lead to %s", got)
	}
	clear()

	// A watch goes on until Ctrl+C, which ends it on the server.
	tab.Click("[data-example='get pods -w']")
	tab.Wait("the watch to stream", out+`.includes("Pending") && !document.querySelector("[data-console-stop]").hidden`)
	tab.Shoot("console-watch")
	tab.Do("interrupt", chromedp.KeyEvent("c", chromedp.KeyModifiers(2)))
	if got := <-ended; got != "get pods -w" {
		t.Errorf("%q ended", got)
	}
	tab.Wait("that it was stopped", out+`.endsWith("^C stopped\n") && document.querySelector("[data-console-stop]").hidden`)
	tab.Click("[data-example='get pods -w']")
	tab.Wait("the watch to stream", `!document.querySelector("[data-console-stop]").hidden`)
	tab.Click("[data-console-stop]")
	if got := <-ended; got != "get pods -w" {
		t.Errorf("%q ended", got)
	}

	enter("logs much")
	tab.Wait("the end of much", out+`.endsWith("the line 19999\n")`)
	if n := browsertest.Evaluate[int](tab, out+`.length`); n > 200_000 {
		t.Errorf("%d characters are kept", n)
	}
	if got := tab.Text(`document.querySelector("[data-console-out]").dataset.cut`); !strings.HasSuffix(got, "earlier lines were cut") {
		t.Errorf("of what was cut it says %q", got)
	}
	enter("clear")
	tab.Wait("it to be empty", out+` === ""`)
	if got := tab.Text(`document.querySelector("[data-example*=JOB] code").textContent`); got != "describe job hello" {
		t.Errorf("an example is %q", got)
	}

	tab.Do("reload", chromedp.Reload())
	connection(tab, "ended")
	tab.Do("focus the line", chromedp.Focus(chromedp.CSS("[data-console-line]")))
	tab.Press(kb.ArrowUp + kb.ArrowUp)
	if got := tab.Text(line); got != "logs much" {
		t.Errorf("after a reload the history has %q", got)
	}

	tab.Click(".console summary")
	tab.Click("[data-kubeconfig]")
	tab.Wait("why there is no kubeconfig", `document.querySelector("[data-own-note]").textContent.includes("cleaned up")`)
	tab.NoErrors("status of 410")
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
