package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/sandbox"
)

// asProgram in the environment makes the test binary behave as joblab, so that
// tests start the program itself, with the cluster as its child.
const asProgram = "JOBLAB_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	// The cluster's child and its containers are this binary too; they are told
	// apart by their arguments and by the sandbox's own mark.
	isCluster := len(os.Args) > 2 && os.Args[1] == "cluster" && os.Args[2] == "embedded"
	if os.Getenv(asProgram) != "" || isCluster || sandbox.IsChild() {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program returns a command that runs joblab with these arguments.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	return cmd
}

// server is a joblab that serves, in a process of its own.
type server struct {
	URL    string
	Data   string
	cmd    *exec.Cmd
	stderr *syncBuffer
	exited chan struct{} // closed when cmd.Wait has returned err
	err    error
}

// startServer starts joblab serve on a free port and waits until it listens.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	return startServerIn(t, t.TempDir(), args...)
}

func startServerIn(t testing.TB, data string, args ...string) *server {
	t.Helper()
	s := &server{Data: data, stderr: &syncBuffer{}, exited: make(chan struct{})}
	s.cmd = program(t, append([]string{"serve", "-addr", "127.0.0.1:0", "-data", data}, args...)...)
	s.cmd.Stderr = s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	go func() {
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(func() {
		s.cmd.Process.Signal(syscall.SIGTERM)
		<-s.exited
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.stderr)
		}
	})
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("joblab serve printed %q (%v), want a line listening on …\n%s", line, err, s.stderr)
	}
	s.URL = url
	return s
}

// waitReady waits until a run can start.
func (s *server) waitReady(t testing.TB) {
	t.Helper()
	waitFor(t, "the server to be ready", func() bool {
		resp, err := http.Get(s.URL + "/readyz")
		if err != nil {
			return false
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// waitFor asks again and again until ok, for what has nothing to wait on, such
// as another process.
func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		if ok() {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// syncBuffer is a buffer that a process's output may be copied to while a test
// reads it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
