package web

import (
	"fmt"
	"slices"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/web/view"
)

// spaceOut styles pages as a reader may (WCAG 2.2, 1.4.12), before they are drawn.
const spaceOut = `(() => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }");
	document.adoptedStyleSheets.push(sheet);
})()`

// cutOff lists what hides a part of its text, other than the page's place, which may be
// shortened where the heading below says it, too, and the plain editor, which scrolls.
const cutOff = `[...document.querySelectorAll("body *")].filter((e) => {
	if (!e.textContent.trim() || !e.checkVisibility() || e.closest("svg, .visually-hidden, .skip, .crumbs, .code")) return false;
	const { overflowX, overflowY } = getComputedStyle(e);
	const hides = (overflow) => overflow === "hidden" || overflow === "clip";
	return hides(overflowX) && e.scrollWidth > e.clientWidth + 1 || hides(overflowY) && e.scrollHeight > e.clientHeight + 1;
}).map((e) => e.outerHTML.slice(0, 120))`

// overlapping lists texts that stand on others, as far as each is seen.
const overlapping = `(() => {
	const shown = [];
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; (n = texts.nextNode());) {
		const e = n.parentElement;
		if (!n.data.trim() || !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || e.closest("svg, script, select, textarea, .visually-hidden, .skip, .bar, .finder, th")) continue;
		const range = document.createRange();
		range.selectNodeContents(n);
		for (const { left, top, right, bottom } of range.getClientRects()) {
			const box = { left, top, right, bottom, n };
			for (let p = e; p !== document.body; p = p.parentElement) {
				if (getComputedStyle(p).overflow === "visible") continue;
				const around = p.getBoundingClientRect();
				box.left = Math.max(box.left, around.left), box.top = Math.max(box.top, around.top);
				box.right = Math.min(box.right, around.right), box.bottom = Math.min(box.bottom, around.bottom);
			}
			shown.push(box);
		}
	}
	return shown.flatMap((a, i) => shown.slice(i + 1).filter((b) => a.n !== b.n
		&& Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
		&& Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6).map((b) => a.n.data.trim() + " and " + b.n.data.trim()));
})()`

// sticksOut lists labels of the drawing that are wider than the state they stand in, and
// the flag of a divergence if its text is wider.
const sticksOut = `[...document.querySelectorAll("joblab-timeline")].flatMap((timeline) => {
	const fills = [...timeline.querySelectorAll(".plot .segment .fill, .plot .flag")].map((f) => f.getBoundingClientRect());
	return [...timeline.querySelectorAll(".plot :is(.label, .flag-text)")].filter((label) => {
		const l = label.getBoundingClientRect();
		return !fills.some((f) => f.left <= l.left && f.right >= l.right - 1 && f.top <= l.top + l.height / 2 && f.bottom >= l.top + l.height / 2);
	}).map((l) => l.textContent);
})`

// wider says whether the page must be scrolled sideways.
const wider = `document.documentElement.scrollWidth > innerWidth`

// adaptable are the visits that show each part of the pages once. On a narrow screen
// the code editor comes when it is scrolled to.
func adaptable(width int64) []visit {
	names := []string{"catalogue", "lab-editor", "lab-predicted", "run-diverged", "run-console", "compare"}
	if width < 1000 {
		names[1] = "lab"
	}
	var all []visit
	for _, v := range visits {
		if slices.Contains(names, v.name) {
			all = append(all, v)
		}
	}
	return all
}

// TestTextSpacing: with the spacing that a reader needs, nothing is cut off, and no text
// stands on another.
func TestTextSpacing(t *testing.T) {
	s := newVisitSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.BeforeScripts(spaceOut)
	for _, width := range []int64{1440, 390} {
		for _, lang := range view.Languages {
			for _, v := range adaptable(width) {
				t.Run(fmt.Sprintf("%d/%s/%s", width, lang, v.name), func(t *testing.T) {
					tab.T = t
					tab.Resize(width, 900)
					v.open(tab, s, lang)
					if !tab.Holds(`parseFloat(getComputedStyle(document.querySelector("h1")).letterSpacing) > 1`) {
						t.Fatal("the spacing is not there")
					}
					tab.Shoot(fmt.Sprintf("spacing-%s-%s-%d", v.name, lang, width))
					for what, list := range map[string]string{"is cut off": cutOff, "overlap": overlapping, "sticks out": sticksOut} {
						for _, found := range browsertest.Evaluate[[]string](tab, list) {
							t.Errorf("%s: %s", what, found)
						}
					}
					if tab.Holds(wider) {
						t.Error("it is wider than the screen")
					}
				})
			}
		}
	}
}

// TestReflow opens every visit as a screen of 1280 by 1024 shows it at 400 %, and one of
// 1440 by 900 at 200 %: nothing must be scrolled sideways, and most of the screen is left
// for what scrolls.
func TestReflow(t *testing.T) {
	s := newVisitSite(t)
	tab := browsertest.Start(t).Tab(t)
	for _, size := range [][2]int64{{320, 256}, {720, 450}} {
		for _, lang := range view.Languages {
			for _, v := range visits {
				if v.name == "lab-editor" {
					continue // the editor comes when it is scrolled to
				}
				t.Run(fmt.Sprintf("%d/%s/%s", size[0], lang, v.name), func(t *testing.T) {
					tab.T = t
					tab.Resize(size[0], size[1])
					v.open(tab, s, lang)
					if tab.Holds(wider) {
						t.Error("it is wider than the screen")
					}
					stays := browsertest.Evaluate[float64](tab, `[...document.querySelectorAll("body *")].filter((e) => /sticky|fixed/.test(getComputedStyle(e).position) && e.checkVisibility() && !e.closest("dialog, .scroll, .twin, .code"))
						.reduce((sum, e) => sum + e.getBoundingClientRect().height, 0)`)
					if stays > float64(size[1])/3 {
						t.Errorf("%.0f pixels of %d do not scroll", stays, size[1])
					}
				})
			}
		}
	}
}

// unmarked lists what can have the focus and shows no sign of it.
const unmarked = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((e) => e.checkVisibility() && !e.disabled && e.tabIndex >= 0).filter((e) => {
	e.focus({ focusVisible: true, preventScroll: true });
	const framed = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
	const sign = [e, e.closest(".code"), e.closest(".choice")].some((p) => p && framed(getComputedStyle(p))) || framed(getComputedStyle(e, "::after"));
	const ring = e.closest(".plot") && [...document.querySelectorAll(".plot .ring")].some((r) => getComputedStyle(r).display !== "none");
	return document.activeElement === e && !sign && !ring;
}).map((e) => e.outerHTML.slice(0, 120))`

// frameless lists buttons that nothing sets off from the ground.
const frameless = `[...document.querySelectorAll(".button, .tool, .choice, .next")].filter((e) => e.checkVisibility() && !(parseFloat(getComputedStyle(e).borderTopWidth) >= 1)).map((e) => e.outerHTML.slice(0, 120))`

// alike lists what is on, or chosen, and has the ground of what is not.
const alike = `[
	[".button[aria-pressed=true]", ".button[aria-pressed=false]"],
	[".tab[aria-selected=true]", ".tab[aria-selected=false]"],
	[".choice:has(:checked)", ".choice:not(:has(:checked))"],
	[".jump a[aria-current]", ".jump a:not([aria-current])"],
].filter((pair) => {
	const [on, off] = pair.map((selector) => document.querySelector(selector)).map((e) => e && getComputedStyle(e).backgroundColor);
	return on && on === off;
}).map(([on]) => on)`

// confused lists states that the legend draws as another one. A Job that goes on has a
// row of its own.
const confused = `(() => {
	const looks = new Map();
	for (const g of document.querySelectorAll("[data-legend] .segment.observed:not(.job, .inferred)")) {
		const fill = g.querySelector(".fill"), pattern = g.querySelector(".pattern");
		const lines = pattern ? document.querySelector(pattern.getAttribute("fill").slice(4, -1)).firstElementChild.getAttribute("d") : "";
		looks.set(g.getAttribute("class"), getComputedStyle(fill).fill + lines);
	}
	return [...looks].filter(([look, drawn]) => [...looks].some(([l, d]) => l !== look && d === drawn)).map(([look]) => look);
})()`

// miscoloured lists texts of the drawing that have another colour than the page's, and the
// axis if its ground is another.
const miscoloured = `(() => {
	const page = getComputedStyle(document.body);
	const texts = [...document.querySelectorAll(":is(.plot, .plot-axis) :is(.name, .sub, .heading, .tick, .label, .mark .code)")].filter((e) => getComputedStyle(e).fill !== page.color);
	const grounds = [...document.querySelectorAll(".plot-axis")].filter((e) => getComputedStyle(e).backgroundColor !== page.backgroundColor);
	return [...texts, ...grounds].map((e) => e.outerHTML.slice(0, 120));
})()`

// TestForcedColours: where the system chooses the colours, buttons have a frame, the focus
// is seen, what is chosen differs from what is not, and so do the states in the drawing.
func TestForcedColours(t *testing.T) {
	s := newVisitSite(t)
	browser := browsertest.Start(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, v := range adaptable(1440) {
			t.Run(scheme+"/"+v.name, func(t *testing.T) {
				tab := browser.Tab(t)
				tab.Prefer(map[string]string{"forced-colors": "active", "prefers-color-scheme": scheme})
				tab.Resize(1440, 1000)
				// What was chosen here says nothing against the system.
				tab.BeforeScripts(`localStorage.setItem("theme", "light")`)
				v.open(tab, s, "en")
				if v.name == "catalogue" {
					tab.Wait("the track in sight", `document.querySelector(".jump a[aria-current]")`)
				}
				if !tab.Holds(`matchMedia("(forced-colors: active)").matches`) {
					t.Fatal("the colours are not forced")
				}
				tab.Shoot("forced-" + v.name + "-" + scheme)
				for what, list := range map[string]string{
					"has no frame": frameless, "looks as what is not chosen": alike, "looks as another state": confused,
					"has a colour of its own": miscoloured, "shows no focus": unmarked,
				} {
					for _, found := range browsertest.Evaluate[[]string](tab, list) {
						t.Errorf("%s: %s", what, found)
					}
				}
			})
		}
	}
}
