package web

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// newLabSite serves the project's own labs. Their recorded runs are there as ended
// runs, named as the labs.
func newLabSite(t testing.TB) *site {
	t.Helper()
	labs, err := lab.Load(os.DirFS("../labs"))
	if err != nil {
		t.Fatal(err)
	}
	s := serveLabs(t, labs)
	for _, l := range labs {
		if l.Trace == nil {
			continue
		}
		var trace timeline.View
		if err := json.Unmarshal(l.Trace, &trace); err != nil {
			t.Fatalf("%s: %v", l.Slug, err)
		}
		if err := s.runs.addRecorded(l, trace.Entries); err != nil {
			t.Fatalf("%s: %v", l.Slug, err)
		}
	}
	return s
}

// TestPages opens each kind of page over recorded runs: nothing is wider than the
// screen, and no page writes an error.
func TestPages(t *testing.T) {
	s := newLabSite(t)
	browser := browsertest.Start(t)
	for name, address := range map[string]string{"catalogue": "/", "lab": "/labs/never-with-limit", "run": "/runs/never-with-limit"} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Tab(t)
			for _, width := range []int64{320, 1440, 2560} {
				tab.Resize(width, 900)
				tab.Open(s.URL + address + "?lang=en")
				tab.Wait("the page", `document.querySelector("#content")`)
				if !tab.Holds(`document.documentElement.scrollWidth <= innerWidth`) {
					t.Errorf("it is wider than %d pixels", width)
				}
				tab.Shoot(fmt.Sprintf("page-%s-%d", name, width))
			}
			tab.NoErrors()
		})
	}
}

// TestGuidesFit opens each lab as the smallest phone shows it, its explanation open:
// nothing is wider than the screen.
func TestGuidesFit(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(320, 700)
	for _, l := range s.runs.labs {
		for _, language := range lab.Languages {
			tab.Open(s.URL + "/labs/" + l.Slug + "?lang=" + language)
			if wide := tab.Text(`(() => {
				for (const d of document.querySelectorAll("details")) d.open = true;
				const over = (e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".menu, .code, .plot-scroll, .twin, .visually-hidden, pre, .tab-list, .scroll, dialog");
				return document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll("main *")].filter(over).map((e) => e.outerHTML.slice(0, 120)).slice(0, 3).join("\n") || "?" : "";
			})()`); wide != "" {
				t.Errorf("%s, %s: wider than the screen:\n%s", l.Slug, language, wide)
			}
		}
	}
}

// TestRunNamesFit opens the page of a run with a name as runs have it, which is one
// long word, as the smallest phone shows it: it is not wider than the screen.
func TestRunNamesFit(t *testing.T) {
	s := newSite(t)
	s.runs.add("p5jdw5jztsdvxw2agz7bjsazng", "first-job").complete()
	tab := browsertest.Start(t).Tab(t)
	tab.Resize(320, 700)
	for _, language := range lab.Languages {
		tab.Open(s.URL + "/runs/p5jdw5jztsdvxw2agz7bjsazng?lang=" + language)
		if width := browsertest.Evaluate[int](tab, `document.documentElement.scrollWidth`); width > 320 {
			t.Errorf("%s: it is %d pixels wide", language, width)
		}
	}
}
