package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/joblab/joblab/internal/browsertest"
)

// TestLabPageWeight adds up what a browser transfers to show each lab, as long as the
// manifest is not edited: page, styles, scripts and data, compressed.
func TestLabPageWeight(t *testing.T) {
	const most = 100_000
	s := newLabSite(t)
	// A header that is set by hand keeps the client from decompressing.
	size := func(path string) int {
		a := s.get(t, path, "Accept-Encoding: gzip")
		if got := a.Header.Get("Content-Encoding"); got != "gzip" {
			t.Errorf("%s is not compressed: %q", path, got)
		}
		return len(a.body)
	}
	heaviest := ""
	total := 0
	for _, l := range s.runs.labs {
		path := "/labs/" + l.Slug
		p := parse(t, s.get(t, path).body)
		n := size(path)
		if trace := p.attr("joblab-timeline", "data-trace"); trace != "" {
			n += size(trace)
		}
		if n > total {
			heaviest, total = path, n
		}
	}
	tab := browsertest.Start(t).Tab(t)
	tab.OpenWhole(s.URL + heaviest)
	type file struct {
		Name string
		Size int
	}
	total = 0
	editor := tab.Text(`document.querySelector("[data-editor-src]").dataset.editorSrc`)
	for _, f := range browsertest.Evaluate[[]file](tab, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map((e) => ({ name: e.name, size: e.encodedBodySize }))`) {
		t.Log(f.Name, f.Size)
		if strings.HasSuffix(f.Name, editor) || strings.Contains(f.Name, "/api/cluster/schema") {
			continue // the editor, which is loaded when the page has been painted, and what it asks for
		}
		total += f.Size
	}
	t.Logf("%s: %d bytes", heaviest, total)
	if total > most {
		t.Errorf("%s is %d bytes, want at most %d", heaviest, total, most)
	}
}

// TestNothingJumps opens each page wide and narrow: while it loads, nothing that has
// been painted moves.
func TestNothingJumps(t *testing.T) {
	s := newVisitSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.BeforeScripts(`
		window.shifts = [];
		const box = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(" ");
		new PerformanceObserver((list) => shifts.push(...list.getEntries().flatMap((e) => e.sources.map((s) =>
			(s.node?.outerHTML ?? s.node?.textContent ?? "?").slice(0, 160) + " from " + box(s.previousRect) + " to " + box(s.currentRect)))
		)).observe({ type: "layout-shift", buffered: true });`)
	seen := map[string]bool{}
	for _, v := range visits {
		if seen[v.path] {
			continue
		}
		seen[v.path] = true
		for _, width := range []int64{1440, 390} {
			t.Run(fmt.Sprintf("%s/%d", v.name, width), func(t *testing.T) {
				tab.Resize(width, 900)
				tab.OpenWhole(s.URL + v.path)
				for _, shift := range browsertest.Evaluate[[]string](tab, `new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(shifts))))`, chromedp.EvalAwaitPromise) {
					t.Error(shift)
				}
			})
		}
	}
}
