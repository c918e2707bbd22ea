package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// post starts a run of a lab with this manifest and returns its id.
func (s *server) post(t testing.TB, slug, manifest string) string {
	t.Helper()
	resp, err := http.Post(s.URL+"/api/labs/"+slug+"/runs", "application/yaml", strings.NewReader(manifest))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var info run.Info
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("POST of a run: %s\n%s", resp.Status, body)
	}
	if err := json.Unmarshal(body, &info); err != nil {
		t.Fatal(err)
	}
	if want := "/api/runs/" + info.ID; resp.Header.Get("Location") != want {
		t.Errorf("Location %q, want %q", resp.Header.Get("Location"), want)
	}
	return info.ID
}

// info is GET /api/runs/{id}.
func (s *server) info(t testing.TB, id string) run.Info {
	t.Helper()
	var info run.Info
	s.getJSON(t, "/api/runs/"+id, &info)
	return info
}

func (s *server) getJSON(t testing.TB, path string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.get(t, path)), into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

func (s *server) get(t testing.TB, path string) string {
	t.Helper()
	resp, err := http.Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s\n%s", path, resp.Status, body)
	}
	return string(body)
}

// stopRun stops a run.
func (s *server) stopRun(t testing.TB, id string) {
	t.Helper()
	resp, err := http.Post(s.URL+"/api/runs/"+id+"/stop", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("stop of run %s: %s", id, resp.Status)
	}
}

// stream yields the entries of a run after a Seq, as a browser gets them, until
// the server closes the stream normally.
func (s *server) stream(t testing.TB, id string, after timeline.Seq) iter.Seq[timeline.Entry] {
	t.Helper()
	return func(yield func(timeline.Entry) bool) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		conn := s.dial(t, ctx, id, after)
		defer conn.CloseNow()
		for {
			_, message, err := conn.Read(ctx)
			if websocket.CloseStatus(err) == websocket.StatusNormalClosure {
				return
			}
			if err != nil {
				t.Errorf("read the stream of run %s: %v", id, err)
				return
			}
			var e timeline.Entry
			if err := json.Unmarshal(message, &e); err != nil {
				t.Errorf("message %s: %v", message, err)
				return
			}
			if !yield(e) {
				return
			}
		}
	}
}

func (s *server) dial(t testing.TB, ctx context.Context, id string, after timeline.Seq) *websocket.Conn {
	t.Helper()
	url := "ws" + strings.TrimPrefix(s.URL, "http") + "/api/runs/" + id + "/stream?after=" + strconv.Itoa(int(after))
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		t.Fatalf("dial %s: %v", url, err)
	}
	conn.SetReadLimit(1 << 20)
	return conn
}

// client is a client of the server's cluster, from the kubeconfig that joblab
// cluster kubeconfig prints.
func (s *server) client(t testing.TB) kubernetes.Interface {
	t.Helper()
	out, err := program(t, "cluster", "kubeconfig", "-data", s.Data).Output()
	if err != nil {
		t.Fatalf("joblab cluster kubeconfig: %v", err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(out)
	if err != nil {
		t.Fatalf("joblab cluster kubeconfig printed %q: %v", out, err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// stop ends the server as a terminal's Ctrl-C does, and waits for its end.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	if s.err != nil {
		t.Errorf("joblab serve ended with %v\n%s", s.err, s.stderr)
	}
}

var assetURL = regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`)

// pageWeight is what a browser transfers for a page: the page itself and each
// asset that it names, compressed as the server does.
func (s *server) pageWeight(t testing.TB, path string) int {
	t.Helper()
	page, weight := s.transfer(t, path)
	for _, match := range assetURL.FindAllStringSubmatch(page, -1) {
		_, w := s.transfer(t, match[1])
		weight += w
	}
	return weight
}

// transfer fetches a path and returns its content and the bytes of its body on
// the wire.
func (s *server) transfer(t testing.TB, path string) (content string, wire int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, resp.Status)
	}
	if resp.Header.Get("Content-Encoding") != "gzip" {
		return string(body), len(body)
	}
	unzipped, err := gzip.NewReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain), len(body)
}

// descendants are the processes below a process.
func descendants(t testing.TB, parent int) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("there is no /proc to read processes from")
	}
	children := map[int][]int{}
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		var pid, ppid int
		var state string
		// The name, in parentheses, may hold anything.
		rest := stat[strings.LastIndexByte(string(stat), ')')+1:]
		if _, err := fmt.Sscanf(string(stat), "%d", &pid); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(string(rest), "%s %d", &state, &ppid); err != nil {
			t.Fatal(err)
		}
		if state != "Z" {
			children[ppid] = append(children[ppid], pid)
		}
	}
	var found []int
	for queue := []int{parent}; len(queue) > 0; queue = queue[1:] {
		found = append(found, children[queue[0]]...)
		queue = append(queue, children[queue[0]]...)
	}
	return found
}

// memory is the resident and the proportional memory of a process in KiB.
func memory(t testing.TB, pid int) (rss, pss int) {
	t.Helper()
	rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(rollup)) {
		fmt.Sscanf(line, "Rss: %d kB", &rss)
		fmt.Sscanf(line, "Pss: %d kB", &pss)
	}
	return rss, pss
}

// readLog is the log of a pod's only container.
func readLog(t testing.TB, r *run.Run, pod string) string {
	t.Helper()
	log, err := r.PodLog(t.Context(), pod, "", false, false)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	text, err := io.ReadAll(log)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// printed is a timeline as joblab try prints it.
func printed(records []timeline.Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintln(&b, line(&r.Entry))
	}
	return b.String()
}
