package main

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/timeline"
)

// hello is a Job that prints two lines and ends.
const hello = `apiVersion: batch/v1
kind: Job
metadata:
  name: hello
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: c
        image: busybox
        command: [sh, -c, "echo one; sleep 1; echo two"]
`

// TestServe drives one server through the wire contract, as a browser and as
// somebody with a kubectl would.
func TestServe(t *testing.T) {
	s := startServer(t)
	s.waitReady(t)

	t.Run("a run streams to its end and can be read again", func(t *testing.T) {
		id := s.post(t, "first-job", hello)
		var entries []timeline.Entry
		for e := range s.stream(t, id, 0) {
			entries = append(entries, e)
			if e.Seq != timeline.Seq(len(entries)) {
				t.Fatalf("entry %d has seq %d", len(entries), e.Seq)
			}
		}
		if len(entries) == 0 || entries[len(entries)-1].Verdict == nil || entries[len(entries)-1].Verdict.Outcome == "" {
			t.Fatalf("the last of %d entries is not the outcome", len(entries))
		}
		var statuses []string
		var pod string
		for _, e := range entries {
			if e.Kind == timeline.KindPod && (len(statuses) == 0 || statuses[len(statuses)-1] != e.Pod.Status) {
				pod, statuses = e.Name, append(statuses, e.Pod.Status)
			}
		}
		if got, want := strings.Join(statuses, " "), "Pending ContainerCreating Running Completed"; got != want {
			t.Errorf("the pod went through %s, want %s", got, want)
		}
		var after []timeline.Entry
		for e := range s.stream(t, id, 3) {
			after = append(after, e)
		}
		if len(after) != len(entries)-3 || after[0].Seq != 4 {
			t.Errorf("stream after 3 has %d of %d entries", len(after), len(entries))
		}
		var view timeline.View
		s.getJSON(t, "/api/runs/"+id+"/timeline", &view)
		if len(view.Entries) != len(entries) || len(view.Lanes) != 1 || view.Lanes[0].Pod != pod {
			t.Errorf("timeline has %d entries, lanes %+v", len(view.Entries), view.Lanes)
		}
		if got, want := s.get(t, "/api/runs/"+id+"/pods/"+pod+"/log"), "one\ntwo\n"; got != want {
			t.Errorf("log = %q, want %q", got, want)
		}
		if info := s.info(t, id); info.State != "finished" || info.Cluster.Backend != "embedded" || !strings.HasPrefix(info.Cluster.Version, "v1.37.2") {
			t.Errorf("the run says of itself %+v", info)
		}
	})

	t.Run("kubectl works with the printed kubeconfig", func(t *testing.T) {
		kubectl, err := exec.LookPath("kubectl")
		if err != nil {
			t.Skip("there is no kubectl here")
		}
		file := filepath.Join(t.TempDir(), "kubeconfig")
		out, err := program(t, "cluster", "kubeconfig", "-data", s.Data).Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, out, 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(stdin string, args ...string) string {
			cmd := exec.CommandContext(t.Context(), kubectl, append([]string{"--kubeconfig", file}, args...)...)
			cmd.Stdin = strings.NewReader(stdin)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("kubectl %v: %v\n%s", args, err, out)
			}
			return string(out)
		}
		run(hello, "apply", "-f", "-")
		run("", "wait", "--for=condition=complete", "--timeout=60s", "job/hello")
		for _, c := range []struct {
			args []string
			want string
		}{
			{[]string{"get", "pods"}, "Completed"},
			{[]string{"get", "nodes"}, "Ready"},
			{[]string{"describe", "job", "hello"}, "1 Succeeded"},
			{[]string{"logs", "job/hello"}, "one\ntwo\n"},
			{[]string{"logs", "-f", "job/hello"}, "one\ntwo\n"},
			{[]string{"delete", "job", "hello"}, "deleted"},
		} {
			if got := run("", c.args...); !strings.Contains(got, c.want) {
				t.Errorf("kubectl %s printed\n%s\nwithout %q", strings.Join(c.args, " "), got, c.want)
			}
		}
	})

	t.Run("what it must not run is refused before anything is created", func(t *testing.T) {
		for _, c := range []struct {
			name, slug, body, want string
			code                   int
		}{
			{"unknown lab", "nothing", hello, "nothing", http.StatusNotFound},
			{"not YAML", "first-job", "a: [", "line", http.StatusBadRequest},
			{"too large", "first-job", strings.Repeat("# comment\n", 30_000), "256 KiB", http.StatusRequestEntityTooLarge},
			{"forbidden kind", "first-job", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n", "Secret", http.StatusBadRequest},
			{"hostPath", "first-job", strings.Replace(hello, "      containers:", "      volumes: [{name: v, hostPath: {path: /}}]\n      containers:", 1), "spec.template.spec.volumes[0].hostPath", http.StatusBadRequest},
			{"unknown field", "first-job", strings.Replace(hello, "spec:\n", "spec:\n  parellelism: 2\n", 1), `unknown field \"spec.parellelism\"`, http.StatusBadRequest},
			{"wrong version", "first-job", strings.Replace(hello, "batch/v1", "apps/v1", 1), `no matches for kind \"Job\" in version \"apps/v1\"`, http.StatusBadRequest},
			{"restartPolicy Always", "first-job", strings.Replace(hello, "Never", "Always", 1), "spec.template.spec.restartPolicy", http.StatusBadRequest},
		} {
			resp, err := http.Post(s.URL+"/api/labs/"+c.slug+"/runs", "application/yaml", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != c.code || !bytes.Contains(body, []byte(c.want)) {
				t.Errorf("%s: %s, want %d with %q\n%s", c.name, resp.Status, c.code, c.want, body)
			}
		}
	})

	t.Run("a second server on the same data is refused", func(t *testing.T) {
		refused(t, s.Data, program(t, "serve", "-addr", "127.0.0.1:0", "-data", s.Data))
	})

	t.Run("a second server on the same port is refused", func(t *testing.T) {
		addr := strings.TrimPrefix(s.URL, "http://")
		refused(t, addr, program(t, "serve", "-addr", addr, "-data", t.TempDir()))
	})

	t.Run("a crash of the cluster interrupts the run and is repaired", func(t *testing.T) {
		id := s.post(t, "first-job", sleeper)
		killed := false
		var last timeline.Entry
		for e := range s.stream(t, id, 0) {
			if e.Seq != last.Seq+1 {
				t.Errorf("entry %d follows entry %d", e.Seq, last.Seq)
			}
			last = e
			if e.Kind == timeline.KindPod && e.Pod.Status == "Running" && !killed {
				killed = true
				syscall.Kill(s.clusterPID(t), syscall.SIGKILL)
			}
		}
		if last.Verdict == nil || last.Verdict.Outcome != timeline.Undecided {
			t.Errorf("the interrupted run ended with %+v, want undecided", last)
		}
		if info := s.info(t, id); info.State != "interrupted" || info.Reason == "" {
			t.Errorf("the run is %s (%q), want interrupted with a reason", info.State, info.Reason)
		} else if page := s.get(t, "/runs/"+id); !strings.Contains(page, html.EscapeString(info.Reason)) {
			t.Errorf("the page of the run does not say %q", info.Reason)
		}
		s.waitReady(t)
		replayed := timeline.Seq(0)
		for range s.stream(t, id, 0) {
			replayed++
		}
		if replayed != last.Seq {
			t.Errorf("after the restart the run has %d entries, want %d", replayed, last.Seq)
		}
		again := s.post(t, "first-job", hello)
		for e := range s.stream(t, again, 0) {
			last = e
		}
		if info := s.info(t, again); info.State != "finished" {
			t.Errorf("after the restart a run is %s (%q), want finished", info.State, info.Reason)
		}
	})

	t.Run("a run goes on when the API server does not answer for a while", func(t *testing.T) {
		counting := `[sh, -c, "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 1; done"]`
		id := s.post(t, "first-job", strings.Replace(sleeper, `[sleep, "600"]`, counting, 1))
		child := s.clusterPID(t)
		stopped := false
		var last timeline.Entry
		var notes []string
		var pod string
		seen := map[string]bool{}
		for e := range s.stream(t, id, 0) {
			key := fmt.Sprint(e.Kind, e.UID, e.Type, e.ResourceVersion)
			if e.Seq != last.Seq+1 || e.ResourceVersion != "" && !e.Inferred && seen[key] {
				t.Errorf("entry %d (%s) follows entry %d, or is there twice", e.Seq, key, last.Seq)
			}
			seen[key], last = true, e
			if e.Kind == timeline.KindPod && e.Pod.Status == "Running" && !stopped {
				stopped, pod = true, e.Name
				syscall.Kill(child, syscall.SIGSTOP)
			}
			if e.Note != nil {
				notes = append(notes, e.Note.Code)
			}
			if e.Note != nil && e.Note.Code == timeline.NoteUnreachable {
				resp, err := http.Get(s.URL + "/readyz")
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("/readyz answers %s", resp.Status)
				}
				if page := s.get(t, "/runs/"+id); !strings.Contains(page, "The API server has not answered since") {
					t.Error("the page of the run does not say it")
				}
				syscall.Kill(child, syscall.SIGCONT)
			}
		}
		want := []string{timeline.NoteApplied, timeline.NoteUnreachable, timeline.NoteReachable, timeline.NoteSettled}
		if diff := cmp.Diff(want, notes); diff != "" {
			t.Errorf("notes (-want +got):\n%s", diff)
		}
		if got, want := s.get(t, "/api/runs/"+id+"/pods/"+pod+"/log"), "1\n2\n3\n4\n5\n6\n7\n8\n"; got != want {
			t.Errorf("log %q, want %q", got, want)
		}
	})

	t.Run("a shutdown closes streams with 1001 and leaves no process", func(t *testing.T) {
		id := s.post(t, "first-job", sleeper)
		conn := s.dial(t, t.Context(), id, 0)
		defer conn.CloseNow()
		if _, _, err := conn.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		below := descendants(t, s.cmd.Process.Pid)
		s.stop(t)
		for {
			_, _, err := conn.Read(t.Context())
			if err == nil {
				continue
			}
			if got := websocket.CloseStatus(err); got != websocket.StatusGoingAway {
				t.Errorf("the stream was closed with %d (%v), want 1001", got, err)
			}
			break
		}
		for _, pid := range below {
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("process %d has outlived the server (%v)", pid, err)
			}
		}
	})
}

// TestKilledServer kills a server with SIGKILL while a container runs: it leaves no
// process, and its runs are there for the next one.
func TestKilledServer(t *testing.T) {
	s := startServer(t)
	s.waitReady(t)
	ended := s.runToItsEnd(t, "first-job", hello)
	id := s.post(t, "first-job", sleeper)
	var seen []timeline.Entry
	for e := range s.stream(t, id, 0) {
		seen = append(seen, e)
		if e.Kind == timeline.KindPod && e.Pod.Status == "Running" {
			break
		}
	}
	below := descendants(t, s.cmd.Process.Pid)
	if len(below) < 2 {
		t.Fatalf("the server has the processes %d below it, want its cluster and a container", below)
	}
	s.cmd.Process.Kill()
	<-s.exited
	for _, pid := range below {
		waitFor(t, "the server's processes to end", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
	}
	again := startServerIn(t, s.Data)
	ended.wantIn(t, again)
	again.wantInterrupted(t, id, seen)
	again.waitReady(t)
	again.stop(t)
}

func TestDataDirectoryNotWritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, file, program(t, "serve", "-addr", "127.0.0.1:0", "-data", filepath.Join(file, "data")))
}

// refused runs a program that must end with exit code 2 and one line on stderr
// that names what.
func refused(t *testing.T, what string, cmd *exec.Cmd) {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Fatalf("%v ended with %v, want exit code 2\n%s", cmd.Args[1:], err, &stderr)
	}
	if text := stderr.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, what) {
		t.Errorf("%v printed %q, want one line with %s", cmd.Args[1:], text, what)
	}
}

// clusterPID is the process of the server's cluster.
func (s *server) clusterPID(t testing.TB) int {
	t.Helper()
	for _, pid := range descendants(t, s.cmd.Process.Pid) {
		cmdline, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		if err == nil && bytes.Contains(cmdline, []byte("cluster\x00embedded")) {
			return pid
		}
	}
	t.Fatal("the server has no cluster process")
	return 0
}
