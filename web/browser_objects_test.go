package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

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

// TestDescribeSaysNothingBeforeItKnows opens the page of a run whose objects the
// server has not told yet: that there are none is not said.
func TestDescribeSaysNothingBeforeItKnows(t *testing.T) {
	s := newLabSite(t)
	f := newFakeObjects(t, s)
	f.fill("never-with-limit", "never-927gm")
	tab := browsertest.Start(t).Tab(t)
	tab.Open(f.URL + "/runs/never-with-limit?lang=en")
	waitWhole(tab)
	func() {
		f.mu.Lock() // holds the answers back
		defer f.mu.Unlock()
		tab.Click(`[data-tab="describe"]`)
		if said := tab.Text(`document.querySelector('[data-panel="describe"] [data-object-note]').textContent`); said != "" {
			t.Errorf("before the server has answered the tab says %q", said)
		}
	}()
	tab.Wait("the description", `document.querySelector("[data-describe]").textContent.includes("Backoff Limit")`)
}
