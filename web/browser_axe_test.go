package web

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/web/view"
)

// axeFile is installed by npm with the sources of the scripts.
const axeFile = "../static/src/node_modules/axe-core/axe.min.js"

// audit is a script that gives what axe-core finds, by all its rules about WCAG 2.2
// A and AA and good practice. None is left out.
const audit = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	resultTypes: ["violations"],
}).then(({ violations }) => violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + "\n\t" + n.failureSummary.replaceAll("\n", "\n\t"))))`

// TestAccessibility looks for violations of WCAG 2.2 AA on every visit, in both
// languages, light and dark, wide and narrow.
func TestAccessibility(t *testing.T) {
	browsertest.Need(t)
	axe, err := os.ReadFile(axeFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("there is no axe-core here: run npm ci in static/src")
	} else if err != nil {
		t.Fatal(err)
	}
	s := newVisitSite(t)
	browser := browsertest.Start(t)
	for _, lang := range view.Languages {
		for _, v := range visits {
			t.Run(lang+"/"+v.name, func(t *testing.T) {
				tab := browser.Tab(t)
				tab.Resize(1440, 1000)
				v.open(tab, s, lang)
				tab.Text(string(axe) + `; ""`)
				for _, look := range []struct {
					scheme string
					width  int64
				}{{"light", 1440}, {"dark", 1440}, {"dark", 320}} {
					tab.Prefer(map[string]string{"prefers-color-scheme": look.scheme})
					tab.Resize(look.width, 1000)
					for _, violation := range browsertest.Evaluate[[]string](tab, audit, chromedp.EvalAwaitPromise) {
						t.Errorf("%s, %d pixels wide: %s", look.scheme, look.width, violation)
					}
					tab.Shoot(fmt.Sprintf("visit-%s-%s-%s-%d", v.name, lang, look.scheme, look.width))
				}
			})
		}
	}
}
