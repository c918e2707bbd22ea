package web

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

const (
	helpIsOpen = `document.querySelector("dialog.keys").checkVisibility()`
	focusHas   = `document.activeElement.matches`
)

func TestKeysHelp(t *testing.T) {
	s := newVisitSite(t)
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + "/labs/never-with-limit?run=never-with-limit&lang=en")
	tab.Wait("the timeline", `document.querySelector(".segment.observed")`)

	t.Run("? lists the keys, Escape gives the focus back", func(t *testing.T) {
		tab.Text(`document.querySelector("[data-reset]").focus(), ""`)
		tab.Press("?")
		tab.Wait("the list", helpIsOpen)
		tab.Shoot("keys")
		for _, key := range []string{"?", "T", "←", "Ctrl+Enter"} {
			if !tab.Holds(`[...document.querySelectorAll("dialog.keys kbd")].some((k) => k.textContent === ` + quote(key) + `)`) {
				t.Errorf("%s is not listed", key)
			}
		}
		tab.Press(kb.Escape)
		tab.Wait("the focus to be back", `!`+helpIsOpen+` && `+focusHas+`("[data-reset]")`)
	})
	t.Run("the list fits a phone, and a page that is zoomed", func(t *testing.T) {
		for _, width := range []int64{720, 320} {
			tab.Resize(width, 400)
			tab.Click("[data-keys]")
			tab.Wait("the list", helpIsOpen)
			if !tab.Holds(`(() => { const b = document.querySelector("dialog.keys").getBoundingClientRect(); return b.left >= 0 && b.right <= innerWidth && b.top >= 0 && b.bottom <= innerHeight; })()`) {
				t.Errorf("%d pixels wide, it does not fit", width)
			}
			tab.Shoot(fmt.Sprintf("keys-%d", width))
			tab.Press(kb.Escape)
		}
		tab.Resize(1440, 1000)
	})
	t.Run("keys that are typed do nothing else", func(t *testing.T) {
		tab.Wait("the editor", `document.querySelector("[data-editor][data-loaded]")`)
		tab.Text(`document.querySelector(".cm-content").focus(), ""`)
		tab.Press("?t")
		if !tab.Holds(`document.querySelector("textarea").value.includes("?t")`) || tab.Holds(helpIsOpen) || tab.Holds(asTableShown) {
			t.Error("what was typed into the manifest did something else")
		}
		tab.Text(`document.activeElement.blur(), ""`)
		tab.Press("t", chromedp.KeyModifiers(chromedp.ModifierCtrl))
		if tab.Holds(asTableShown) {
			t.Error("Ctrl+T switched to the table")
		}
	})
	t.Run("T switches between drawing and table, and goes there", func(t *testing.T) {
		tab.Press("t")
		if !tab.Holds(asTableShown + ` && ` + focusHas + `("[data-twin]")`) {
			t.Error("T does not lead to the table")
		}
		tab.Press("t")
		if !tab.Holds(`!` + asTableShown + ` && ` + focusHas + `(".plot [data-key]")`) {
			t.Errorf("T does not lead back to the drawing, but to %s", tab.Text(`document.activeElement.outerHTML.slice(0, 200)`))
		}
	})
	t.Run("a layout without Latin letters has the same keys", func(t *testing.T) {
		const hangul = `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ㅅ", code: "KeyT", bubbles: true }))`
		tab.Text(hangul + `, ""`)
		if !tab.Holds(asTableShown) {
			t.Error("ㅅ, which is on the key T, does not switch to the table")
		}
		tab.Text(hangul + `, ""`)
	})
	t.Run("single keys can be switched off", func(t *testing.T) {
		tab.Click("[data-keys]")
		tab.Click("dialog.keys input[type=checkbox]")
		tab.Press(kb.Escape)
		tab.Do("reload", chromedp.Reload())
		tab.Wait("the timeline", `document.querySelector(".segment.observed")`)
		tab.Press("?t")
		if tab.Holds(helpIsOpen) || tab.Holds(asTableShown) {
			t.Error("a single key does something although they are off")
		}
		tab.Click("[data-keys]")
		tab.Wait("the list", helpIsOpen)
		tab.Click("dialog.keys input[type=checkbox]")
		tab.Click("dialog.keys button")
		tab.Press("?")
		tab.Wait("the list", helpIsOpen)
	})
	tab.NoErrors()
}

const asTableShown = `document.querySelector("[data-twin]").checkVisibility()`
