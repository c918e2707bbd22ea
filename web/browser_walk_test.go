package web

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

// focusState says what is wrong with what has the focus, after a word that tells it from
// all else: it must be named, seen, and not below what stays in place.
const focusState = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	window.visited ??= new Map();
	if (!visited.has(e)) visited.set(e, visited.size);
	const says = [];
	const labels = [...(e.labels ?? [])].map((l) => l.textContent).join(" ");
	const by = (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
	if (!(e.getAttribute("aria-label") || by || labels || e.textContent || e.title).trim()) says.push("no name");
	const box = e.getBoundingClientRect();
	if (box.width < 1 || box.height < 1 || box.right < 0 || box.left > innerWidth) says.push("not seen");
	else if (box.bottom < 0 || box.top > innerHeight) says.push("not scrolled to");
	else {
		const x = Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)), y = Math.min(innerHeight - 1, Math.max(0, box.top + box.height / 2));
		const top = document.elementFromPoint(x, y);
		if (top && !e.contains(top) && !top.contains(e) && top.closest(".bar, .cluster-notice")) says.push("below the page's head");
	}
	const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
	const ring = drawn(getComputedStyle(e)) || drawn(getComputedStyle(e, "::after")) || drawn(getComputedStyle(e.closest(".code") ?? e)) || e.matches("svg *");
	if (!ring) says.push("no ring");
	return visited.get(e) + " " + (says.length ? says.join(", ") + ": " + e.outerHTML.slice(0, 140) : "");
})()`

// TestPagesAreWalkedByTab goes through each page by Tab, to its end and around, and back
// by Shift+Tab: nothing holds the focus, and it can be seen wherever it is.
func TestPagesAreWalkedByTab(t *testing.T) {
	s := newVisitSite(t)
	tab := browsertest.Start(t).Tab(t)
	for _, v := range visits {
		switch v.name {
		case "catalogue", "lab-editor", "lab-steps", "run-diverged", "run-console", "compare", "why", "no-lab":
		default:
			continue // it is one of these in another state
		}
		for _, width := range []int64{1440, 390} {
			t.Run(v.name, func(t *testing.T) {
				tab.T = t
				tab.Resize(width, 800)
				if v.name == "lab-editor" && width < 1000 {
					v.prepare = nil // the editor comes when it is scrolled to
				}
				v.open(tab, s, "en")
				tab.Text(`document.activeElement.blur(), window.scrollTo(0, 0), ""`)
				stops := walk(tab)
				if stops < 5 {
					t.Errorf("Tab finds %d places", stops)
				}
				if back := walk(tab, chromedp.KeyModifiers(chromedp.ModifierShift)); back < stops-2 {
					t.Errorf("Shift+Tab finds %d places, Tab found %d", back, stops)
				}
			})
		}
	}
}

// walk presses Tab until the focus has left the page, and returns how many places it
// has been at.
func walk(tab *browsertest.Tab, options ...chromedp.KeyOption) int {
	tab.T.Helper()
	seen := map[string]bool{}
	tab.Text(`window.visited = undefined, ""`)
	for range 400 {
		tab.Press(kb.Tab, options...)
		place, wrong, _ := strings.Cut(tab.Text(focusState), " ")
		if wrong != "" && !seen[place] {
			tab.T.Error(wrong)
		}
		if place == "" || place == "0" && seen["0"] && len(seen) > 1 {
			return len(seen)
		}
		seen[place] = true
	}
	tab.T.Errorf("Tab does not get out: it is at %s", tab.Text(`document.activeElement.outerHTML.slice(0, 200)`))
	return len(seen)
}
