package web

import (
	"fmt"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// TestTabsInAMoment replays a run whose first pod is deleted in the middle and whose
// others went with the namespace: the tabs offer what there was, and say that what
// they show of it is newer.
func TestTabsInAMoment(t *testing.T) {
	const slug, first, second = "suspend-resume", "muzzi-pause-qj7fb", "muzzi-pause-52m8x"
	s := newLabSite(t)
	f := newFakeObjects(t, s)
	live, err := s.runs.Get(slug)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[timeline.Kind]string{timeline.KindJob: "Job", timeline.KindPod: "Pod"}
	listed := map[string]bool{}
	for _, e := range timeline.Entries(live.Log().Records()) {
		kind := kinds[e.Kind]
		if kind == "" || listed[e.UID] {
			continue
		}
		listed[e.UID] = true
		// The server marks as deleted what the run saw go; that the namespace is gone it
		// says of the Job when it is asked.
		f.list = append(f.list, map[string]any{"kind": kind, "apiVersion": "v1", "name": e.Name, "uid": e.UID, "deleted": kind == "Pod"})
		f.yaml[kind+"/"+e.Name] = "kind: " + kind + "\n"
		f.deleted[kind+"/"+e.Name] = true
	}

	tab := browsertest.Start(t).Tab(t)
	tab.Resize(1440, 1000)
	tab.Open(f.URL + "/runs/" + slug + "?lang=en")
	waitWhole(tab)
	const (
		offered  = `[...document.querySelectorAll("[data-panel=%s] select[data-object] option")].map((o) => o.text).join()`
		note     = `document.querySelector("[data-panel=%s] [data-object-note]").textContent`
		pods     = `[...document.querySelectorAll("[data-log-pod] option")].filter((o) => !o.hidden && !o.disabled).map((o) => o.text).join()`
		noteShow = `document.querySelector("[data-log-note]").checkVisibility()`
	)
	is := func(what, expression, want string) {
		t.Helper()
		tab.Wait(what, fmt.Sprintf("%s === %q", expression, want))
	}

	tab.Click("#tab-describe")
	tab.Wait("Describe to say when the Job went", fmt.Sprintf(note, "describe")+`.startsWith("Job/muzzi-pause, deleted after the run: the API server has nothing to describe")`)
	tab.Shoot("moment-describe-gone")
	tab.Click("#tab-yaml")
	is("all objects, and when they went", fmt.Sprintf(offered, "yaml"),
		"muzzi-pause · deleted after the run,"+first+" · deleted at 13.8 s,"+second+" · deleted after the run")
	is("the note", fmt.Sprintf(note, "yaml"), "Job/muzzi-pause, deleted after the run: this is the last version that the run saw.")

	tab.Click("[data-replay-own]")
	tab.Click("[data-replay-play]")
	scrub(tab, "5")
	is("the objects of that moment", fmt.Sprintf(offered, "yaml"), "muzzi-pause,"+first)
	tab.Wait("that another version is shown", fmt.Sprintf(note, "yaml")+`.startsWith("This tab does not follow the replay: it shows the newest version, which the run saw first at 28.9 s. Job/muzzi-pause, deleted after")`)
	tab.Shoot("moment-yaml")
	scrub(tab, "20")
	is("the objects of a later moment", fmt.Sprintf(offered, "yaml"), "muzzi-pause,"+first+" · deleted at 13.8 s,"+second)

	tab.Click("#tab-logs")
	is("the pods that had a log", pods, first+","+second)
	if !tab.Holds(noteShow) {
		t.Error("nothing says that the log of the pod that runs goes on after the moment")
	}
	tab.Shoot("moment-logs")
	tab.Text(fmt.Sprintf(`(() => { const s = document.querySelector("[data-log-pod]"); s.value = %q; s.dispatchEvent(new Event("change")); return ""; })()`, first))
	tab.Wait("the log that had ended to be shown as it is", `!(`+noteShow+`) && document.querySelector("[data-log]").textContent.includes("`+first+`")`)
	scrub(tab, "5")
	is("the pod that runs", pods, first)
	tab.Wait("that its log goes on", noteShow)
	scrub(tab, "0.5")
	is("no pod", pods, "")
	tab.Wait("no log", `document.querySelector("[data-log]").textContent === "" && !(`+noteShow+`)`)
	tab.Click("[data-replay-own]")
	is("all pods", pods, first+","+second)
	tab.Wait("the log of the pod that was chosen", `!(`+noteShow+`) && document.querySelector("[data-log]").textContent.includes("`+first+`")`)
	tab.Click("#tab-yaml")
	is("the note", fmt.Sprintf(note, "yaml"), "Job/muzzi-pause, deleted after the run: this is the last version that the run saw.")

	// The address leads to a moment, in which the tab is that of before.
	tab.Click("#tab-logs")
	tab.Open(f.URL + "/runs/" + slug + "?lang=en&again#t=5")
	waitWhole(tab)
	is("the pod of that moment", pods, first)
	tab.Wait("its log, which goes on", noteShow+` && document.querySelector("[data-log]").textContent.includes("`+first+`")`)

	// Before the first container there is none.
	tab.Open(f.URL + "/runs/" + slug + "?lang=en&first#t=0")
	tab.Wait("that there is no log", `document.querySelector("[data-log]").textContent === "" && getComputedStyle(document.querySelector("[data-log]"), "::before").content === `+quote(`"This container has written nothing."`))
	tab.NoErrors("status of 410")
}
