package web

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/cluster"
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

func TestClusterEvents(t *testing.T) {
	s := newSite(t)
	resp, err := s.Client().Get(s.URL + "/api/cluster/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	next := func() view.Cluster {
		t.Helper()
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var c view.Cluster
		if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &c); err != nil {
			t.Fatalf("event %q: %v", line, err)
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got := next(); got.State != "ready" || got.Backend != "embedded" || got.Generation != 1 {
		t.Errorf("first event %+v", got)
	}
	s.cluster.set(cluster.Status{State: cluster.Restarting, Generation: 1, Err: errors.New("child exited"), Restarts: 1})
	if got := next(); got.State != "restarting" || got.Error != "child exited" || got.Restarts != 1 {
		t.Errorf("second event %+v", got)
	}
	if got := decode[view.Cluster](t, s.get(t, "/api/cluster")); got.State != "restarting" {
		t.Errorf("cluster %+v", got)
	}
	s.web.Close()
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("after Close: %q, %v", rest, err)
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t)
	if a := s.get(t, "/healthz"); a.StatusCode != 200 {
		t.Errorf("healthz answers %d", a.StatusCode)
	}
	if a := s.get(t, "/readyz"); a.StatusCode != 200 {
		t.Errorf("readyz answers %d", a.StatusCode)
	}
	s.runs.notReady = run.ErrNotReady
	if a := s.get(t, "/readyz"); a.StatusCode != 503 || a.Header.Get("Retry-After") == "" {
		t.Errorf("readyz answers %d while the cluster starts", a.StatusCode)
	}
}

func TestMetrics(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	s.runs.add("def", "first-job")
	s.get(t, "/labs/first-job")
	body := s.get(t, "/metrics").body
	for _, want := range []string{
		`joblab_runs{state="finished"} 1`,
		`joblab_runs{state="running"} 1`,
		fmt.Sprintf("joblab_timeline_entries %d", s.runs.runs["abc"].Log().Len()),
		`joblab_http_request_duration_seconds_count{code="200",method="GET",route="/labs/{slug}"} 1`,
		"joblab_stream_connections 0",
		"go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func TestHead(t *testing.T) {
	s := newSite(t)
	a := s.do(t, http.MethodHead, "/labs/first-job", "")
	if a.StatusCode != http.StatusOK || a.body != "" {
		t.Errorf("HEAD of a lab: %d with %d bytes", a.StatusCode, len(a.body))
	}
}
