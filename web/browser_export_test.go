package web

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

// savedAs is the file that a button of the page saves, in base64.
func savedAs(tab *browsertest.Tab, form string) []byte {
	tab.T.Helper()
	tab.Wait("what is saved to be kept", `(() => {
		const make = (window.make ??= URL.createObjectURL.bind(URL));
		window.saved = undefined;
		URL.createObjectURL = (b) => (b.type.startsWith("image/`+form+`") && (window.saved = b), make(b));
		return true;
	})()`)
	tab.Click("[data-menu='export'] summary")
	tab.Click("[data-export='" + form + "']")
	tab.Wait("the file", `window.saved`)
	text := browsertest.Evaluate[string](tab, `new Promise((done) => { const r = new FileReader(); r.onload = () => done(r.result.split(",")[1]); r.readAsDataURL(window.saved); })`, chromedp.EvalAwaitPromise)
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		tab.T.Fatal(err)
	}
	tab.Keep("runpage-export."+form, b)
	return b
}

// TestDrawingsStandForThemselves exports the drawing, in a dark page.
func TestDrawingsStandForThemselves(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
	tab.Resize(1000, 800)
	openRun(tab, s, "never-with-limit", "lang=en")
	svg := savedAs(tab, "svg")
	var size struct{ Width, Height int }
	elements := 0
	var texts strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			elements++
			for _, a := range e.Attr {
				if a.Name.Local == "class" || a.Name.Local == "style" || strings.Contains(a.Value, "var(") || strings.Contains(a.Value, "color(") {
					t.Errorf("<%s %s=%q> needs a style sheet", e.Name.Local, a.Name.Local, a.Value)
				}
				if e.Name.Local == "text" && a.Name.Local == "stroke" {
					t.Errorf("a text has a stroke of %s, which may hide it", a.Value)
				}
				if elements == 1 {
					switch a.Name.Local {
					case "width":
						fmt.Sscan(a.Value, &size.Width)
					case "height":
						fmt.Sscan(a.Value, &size.Height)
					}
				}
			}
		case xml.CharData:
			texts.Write(e)
		}
	}
	for _, l := range timeline.Draw(s.runs.runs["never-with-limit"].recorded.Records()).Lanes {
		if !strings.Contains(texts.String(), l.Pod) {
			t.Errorf("the drawing does not name %s", l.Pod)
		}
	}
	for _, want := range []string{"run never-with-limit", "Kubernetes v1.37.2", "StartError", "Job muzzi-limit"} {
		if !strings.Contains(texts.String(), want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
	if !bytes.Contains(svg, []byte(`fill="rgb(255, 255, 255)"`)) {
		t.Error("its ground is not white")
	}
	picture, err := png.Decode(bytes.NewReader(savedAs(tab, "png")))
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != 2*size.Width || b.Dy() != 2*size.Height || size.Width == 0 {
		t.Errorf("the PNG is %v, the SVG %v", b, size)
	}
	if r, g, b, a := picture.At(3, 3).RGBA(); r != 0xffff || g != 0xffff || b != 0xffff || a != 0xffff {
		t.Errorf("the corner of the PNG is %x %x %x %x", r, g, b, a)
	}
	tab.NoErrors()
}

// TestPrint prints the pages of runs, the lanes in parts that are not cut.
func TestPrint(t *testing.T) {
	s := newLabSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Prefer(map[string]string{"prefers-color-scheme": "dark"})
	for name, address := range map[string]string{"run": "/runs/never-with-limit", "lanes": "/runs/fine-work-queue", "compare": "/runs/never-with-limit/compare/recorded:on-failure", "lab": "/labs/never-with-limit"} {
		tab.Open(s.URL + address + "?lang=en")
		tab.Wait("the drawing", `document.querySelectorAll("joblab-timeline .segment").length > 3 && document.querySelector("joblab-run:not([data-live]), joblab-compare[data-ready]")`)
		yes := true
		paper := browsertest.Call(tab, "print "+address, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
		pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(paper.Data, -1))
		if pages < 1 || pages > 12 {
			t.Errorf("%s has %d pages", address, pages)
		}
		tab.Keep("runpage-print-"+name+".pdf", paper.Data)
		if !tab.Holds(`!document.querySelector(".paper-parts")`) {
			t.Errorf("%s keeps what was printed", address)
		}
	}
	tab.NoErrors()
}
