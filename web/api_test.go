package web

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/web/view"
)

var errSecret = errors.New("secret of the server")

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if got := a.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %s: %s", got, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("answer %q: %v", a.body, err)
	}
	return v
}

func TestStartRun(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ name, body string }{{"the lab's own", ""}, {"another", "a: 1\n"}} {
		t.Run(c.name, func(t *testing.T) {
			a := s.do(t, http.MethodPost, "/api/labs/first-job/runs", c.body, "Content-Type: application/yaml")
			info := decode[run.Info](t, a)
			if a.StatusCode != http.StatusCreated || a.Header.Get("Location") != "/api/runs/"+info.ID || info.Lab != "first-job" {
				t.Errorf("answer %d, Location %s, %+v", a.StatusCode, a.Header.Get("Location"), info)
			}
			if got := string(s.runs.started); got != c.body || (c.body == "") != (s.runs.started == nil) {
				t.Errorf("started %q", got)
			}
		})
	}
}

func TestStartRunErrors(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		name, path, body string
		err              error
		status           int
		retry, want      string
		problems         int
	}{
		{"refused", "first-job", "a", &run.Refused{Problems: []run.Problem{{Path: "kind", Line: 2, Message: "unknown"}}}, 400, "", "line 2: kind: unknown", 1},
		{"too large for a manifest", "first-job", "a", run.ErrTooLarge, 413, "", "the manifest is larger than 256 KiB", 0},
		{"too large for a body", "first-job", strings.Repeat("a", maxBody+1), nil, 413, "", "the manifest is larger than 256 KiB", 0},
		{"full", "first-job", "", run.ErrFull{RetryAfter: 90 * time.Second}, 429, "90", "as many runs as possible are going on; try again in 1m30s", 0},
		{"not ready", "first-job", "", fmt.Errorf("start: %w", run.ErrNotReady), 503, "1", "start: the cluster is not ready", 0},
		{"closed", "first-job", "", run.ErrClosed, 503, "1", "the server is shutting down", 0},
		{"no lab", "nothing", "", nil, 404, "", `there is no such lab: "nothing"`, 0},
		{"fault", "first-job", "", errSecret, 500, "", "internal error", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.runs.err = c.err
			a := s.do(t, http.MethodPost, "/api/labs/"+c.path+"/runs", c.body)
			got := decode[apiError](t, a)
			if a.StatusCode != c.status || got.Error != c.want || len(got.Problems) != c.problems || a.Header.Get("Retry-After") != c.retry {
				t.Errorf("answer %d, Retry-After %q, %+v; want %d %q %q", a.StatusCode, a.Header.Get("Retry-After"), got, c.status, c.retry, c.want)
			}
			if c.problems > 0 && got.Problems[0] != (view.Problem{Path: "kind", Line: 2, Message: "unknown"}) {
				t.Errorf("problem %+v", got.Problems[0])
			}
		})
	}
}

func TestReadRun(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	if got := decode[run.Info](t, s.get(t, "/api/runs/abc")); got.ID != "abc" || got.State != run.Finished {
		t.Errorf("run %+v", got)
	}
	v := decode[timeline.View](t, s.get(t, "/api/runs/abc/timeline"))
	if v.Run != "abc" || len(v.Lanes) != 1 || len(v.Jobs) != 1 || len(v.Entries) != s.runs.runs["abc"].Log().Len() || v.Verdict == nil {
		t.Errorf("timeline of %s: %d lanes, %d jobs, %d entries", v.Run, len(v.Lanes), len(v.Jobs), len(v.Entries))
	}
	if got := decode[run.Info](t, s.do(t, http.MethodPost, "/api/runs/abc/stop", "")); got.State != run.Stopped {
		t.Errorf("stopped run is %s", got.State)
	}
	for _, path := range []string{"/api/runs/gone", "/api/runs/gone/timeline", "/api/runs/gone/stream", "/api/runs/gone/pods/p/log", "/api/nothing"} {
		a := s.get(t, path)
		if e := decode[apiError](t, a); a.StatusCode != http.StatusNotFound || e.Error == "" {
			t.Errorf("GET %s: %d %+v", path, a.StatusCode, e)
		}
	}
	for request, allow := range map[string]string{
		"DELETE /api/runs/abc":           "GET",
		"POST /api/runs/abc/timeline":    "GET",
		"GET /api/runs/abc/stop":         "POST",
		"HEAD /api/runs/abc/stop":        "POST",
		"BREW /api/labs/first-job/check": "POST",
	} {
		method, path, _ := strings.Cut(request, " ")
		a := s.do(t, method, path, "")
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != allow {
			t.Errorf("%s: %d, Allow %q, want 405 and %q", request, a.StatusCode, a.Header.Get("Allow"), allow)
		}
		if method == http.MethodHead {
			continue
		}
		if e := decode[apiError](t, a); e.Error != errMethod.Error() {
			t.Errorf("%s: %+v", request, e)
		}
	}
}

func TestListLabs(t *testing.T) {
	s := newSite(t)
	labs := decode[[]apiLab](t, s.get(t, "/api/labs"))
	if len(labs) != 2 || labs[0].Slug != "first-job" || labs[0].Title["ko"] != "첫 번째 Job" || labs[0].Manifest != manifest || len(labs[0].Checks) != 2 {
		t.Errorf("labs %+v", labs)
	}
}

func TestTrace(t *testing.T) {
	s := newSite(t)
	address := parse(t, s.get(t, "/labs/first-job").body).attr("joblab-timeline", "data-trace")
	a := s.get(t, address)
	v := decode[expectedTimeline](t, a)
	if len(v.Lanes) != 2 || v.End != 12.5 || v.Source != "kind" || len(v.Entries) != 0 {
		t.Errorf("trace %+v", v)
	}
	if got := a.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control of %s: %s", address, got)
	}
	if got := s.get(t, "/labs/first-job/trace.json?v=old").Header.Get("Cache-Control"); strings.Contains(got, "immutable") {
		t.Errorf("another version is cached: %s", got)
	}
	if a := s.get(t, "/labs/on-failure/trace.json"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a lab without a trace answers %d", a.StatusCode)
	}
}

func TestStream(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("abc", "first-job")
	r.complete()
	if a := s.get(t, "/api/runs/abc/stream?after=x"); a.StatusCode != http.StatusBadRequest || decode[apiError](t, a).Error == "" {
		t.Errorf("after=x answers %d", a.StatusCode)
	}
	conn, _, err := websocket.Dial(t.Context(), s.URL+"/api/runs/abc/stream?after=2", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	want := timeline.Seq(3)
	for {
		_, b, err := conn.Read(t.Context())
		if websocket.CloseStatus(err) == websocket.StatusNormalClosure {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var e timeline.Entry
		if err := json.Unmarshal(b, &e); err != nil || e.Seq != want {
			t.Fatalf("entry %d, want %d (%v)", e.Seq, want, err)
		}
		want++
	}
	if int(want) != r.Log().Len()+1 {
		t.Errorf("the stream ended before entry %d of %d", want, r.Log().Len())
	}
}

func TestPodLogIsSentAsItGrows(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("abc", "first-job")
	reader, writer := io.Pipe()
	asked := make(chan string, 1)
	r.log = func(pod, container string, previous, follow bool) (io.ReadCloser, error) {
		asked <- fmt.Sprintln(pod, container, previous, follow)
		return reader, nil
	}
	resp, err := s.Client().Get(s.URL + "/api/runs/abc/pods/p/log?container=c&follow=true")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := <-asked; got != "p c false true\n" {
		t.Errorf("asked for %s", got)
	}
	if got := resp.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Content-Type %s", got)
	}
	lines := bufio.NewReader(resp.Body)
	for _, want := range []string{"one\n", "<b>two</b>\n"} {
		if _, err := io.WriteString(writer, want); err != nil {
			t.Fatal(err)
		}
		// The pipe is still open: what is read now was not held back.
		if got, err := lines.ReadString('\n'); err != nil || got != want {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("after the end: %q, %v", rest, err)
	}
	if a := s.get(t, "/api/runs/abc/pods/p/log?follow=perhaps"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("follow=perhaps answers %d", a.StatusCode)
	}
}

func TestPodLogErrors(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").log = func(string, string, bool, bool) (io.ReadCloser, error) {
		return nil, fmt.Errorf("pod %q %w", "p", run.ErrNotFound)
	}
	a := s.get(t, "/api/runs/abc/pods/p/log")
	if e := decode[apiError](t, a); a.StatusCode != http.StatusNotFound || e.Error != `pod "p" not found` {
		t.Errorf("answer %d %+v", a.StatusCode, e)
	}
}

func TestHead(t *testing.T) {
	s := newSite(t)
	a := s.do(t, http.MethodHead, "/labs/first-job", "")
	if a.StatusCode != http.StatusOK || a.body != "" {
		t.Errorf("HEAD of a lab: %d with %d bytes", a.StatusCode, len(a.body))
	}
}

// TestLaterEntries asks for a run's entries without its stream.
func TestLaterEntries(t *testing.T) {
	s := newSite(t)
	live := s.runs.add("live", "first-job")
	live.rec.Begin(s.web.now())
	live.happen(3)
	later := func(after string) (seqs []timeline.Seq, ended bool) {
		var got struct {
			Run     string
			Entries []timeline.Entry
			Ended   bool
		}
		if err := json.Unmarshal([]byte(s.get(t, "/api/runs/live/timeline?after="+after).body), &got); err != nil || got.Run != "live" || got.Entries == nil {
			t.Fatalf("after %s: %+v, %v", after, got, err)
		}
		for _, e := range got.Entries {
			seqs = append(seqs, e.Seq)
		}
		return seqs, got.Ended
	}
	for after, want := range map[string][]timeline.Seq{"0": {1, 2, 3}, "2": {3}, "3": nil, "99": nil} {
		if got, ended := later(after); !slices.Equal(got, want) || ended {
			t.Errorf("after %s: %v, ended %t, want %v of a run that goes on", after, got, ended, want)
		}
	}
	live.rec.Seal(true, timeline.Note{Code: timeline.NoteSettled, Text: "over"})
	n := timeline.Seq(live.Log().Len())
	if got, ended := later(fmt.Sprint(n - 1)); !slices.Equal(got, []timeline.Seq{n}) || !ended {
		t.Errorf("the end is %v, ended %t", got, ended)
	}
	if got := s.get(t, "/api/runs/live/timeline?after=x"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("after=x: %s", got.Status)
	}
}
