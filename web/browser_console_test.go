package web

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/joblab/joblab/internal/browsertest"
)

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
