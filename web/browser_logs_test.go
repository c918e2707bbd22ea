package web

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/timeline"
)

func TestLogs(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	written, ends := io.Pipe()
	live.log = func(pod, container string, previous, follow bool) (io.ReadCloser, error) {
		switch {
		case previous:
			return io.NopCloser(strings.NewReader("the instance before\n")), nil
		case pod == "first":
			return io.NopCloser(strings.NewReader("<img src=x onerror=alert(1)>\n\x1b[31mred\x1b[0m\a\n")), nil
		case !follow:
			return io.NopCloser(strings.NewReader("all of it\n")), nil
		}
		return written, nil
	}
	live.rec.Begin(s.web.now())
	live.podWith(timeline.Added, "first", "Running", 0, "fake://1")
	tab := browsertest.Start(t).Tab(t)
	tab.Open(s.URL + "/runs/live?lang=en")
	connection(tab, "open")
	tab.Click("#tab-logs")
	const text = `document.querySelector("[data-log]").textContent`
	tab.Wait("the log as text", text+` === "<img src=x onerror=alert(1)>\n^[[31mred^[[0m^G\n"`)
	if got := tab.Text(`document.querySelector("[data-log]").innerHTML`); strings.Contains(got, "<img") {
		t.Errorf("markup in a log becomes %s", got)
	}

	live.podWith(timeline.Added, "second", "Running", 1, "fake://3")
	tab.Wait("the newest pod", `document.querySelector("[data-log-pod]").value === "second"`)
	for i := range 100 {
		fmt.Fprintf(ends, "line %d\n", i)
	}
	const atEnd = `(() => { const l = document.querySelector("[data-log]"); return l.scrollTop + l.clientHeight >= l.scrollHeight - 2; })()`
	tab.Wait("the end to be followed", text+`.endsWith("line 99\n") && `+atEnd)
	tab.Text(`(document.querySelector("[data-log]").scrollTop = 0, "")`)
	tab.Wait("following to pause", `!document.querySelector("[data-log-follow]").checked && !document.querySelector("[data-log-end]").hidden`)
	fmt.Fprintln(ends, "line 100")
	tab.Wait("the line", text+`.endsWith("line 100\n")`)
	if tab.Holds(atEnd) {
		t.Error("the log moves under a reader who scrolled up")
	}
	tab.Shoot("logs-paused")
	tab.Click("[data-log-end]")
	tab.Wait("the end to be followed again", atEnd+` && document.querySelector("[data-log-follow]").checked && document.querySelector("[data-log-end]").hidden`)

	tab.Click("[data-log-wrap]")
	if got := tab.Text(`getComputedStyle(document.querySelector("[data-log]")).whiteSpace`); got != "pre" {
		t.Errorf("lines that are not wrapped have white-space %s", got)
	}
	if got := tab.Text(`document.querySelector("[data-log-download]").download + " " + document.querySelector("[data-log-download]").getAttribute("href")`); got != "second-main.log /api/runs/live/pods/second/log?container=main&previous=false" {
		t.Errorf("the file to download is %s", got)
	}
	tab.Click("[data-log-previous]")
	tab.Wait("the log of the instance before", text+` === "the instance before\n"`)
	ends.Close()
	tab.NoErrors()
}
