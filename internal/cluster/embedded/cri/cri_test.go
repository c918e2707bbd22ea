package cri

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

// TestMain lets the test binary be a container: the sandbox executes it again.
func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		sandbox.Main()
	}
	os.Exit(m.Run())
}

// harness is a runtime with one pod in it.
type harness struct {
	*Runtime
	t       *testing.T
	dir     string
	logs    string
	pod     string
	sandbox *runtimeapi.PodSandboxConfig
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	dir := t.TempDir()
	runner, err := sandbox.NewRunner(filepath.Join(dir, "sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := New(Config{
		Dir:     filepath.Join(dir, "containers"),
		Sandbox: runner,
		Logger:  slog.New(slog.DiscardHandler),
		Cluster: noServices{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runtime.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	logs := filepath.Join(dir, "logs")
	if err := os.Mkdir(logs, 0o700); err != nil {
		t.Fatal(err)
	}
	h := &harness{Runtime: runtime, t: t, dir: dir, logs: logs}
	h.sandbox = &runtimeapi.PodSandboxConfig{
		Metadata:     &runtimeapi.PodSandboxMetadata{Name: "pod", Namespace: "ns", Uid: "uid"},
		Hostname:     "pod-host",
		LogDirectory: logs,
		Labels:       map[string]string{"app": "test"},
	}
	if h.pod, err = runtime.RunPodSandbox(t.Context(), h.sandbox, ""); err != nil {
		t.Fatal(err)
	}
	return h
}

// config is the configuration of a container that runs a bash script.
func config(name, script string) *runtimeapi.ContainerConfig {
	return &runtimeapi.ContainerConfig{
		Metadata: &runtimeapi.ContainerMetadata{Name: name},
		Image:    &runtimeapi.ImageSpec{UserSpecifiedImage: "centos:7"},
		Command:  []string{"bash"},
		Args:     []string{"-c", script},
		LogPath:  name + ".log",
	}
}

func (h *harness) create(c *runtimeapi.ContainerConfig) string {
	h.t.Helper()
	id, err := h.CreateContainer(h.t.Context(), h.pod, c, h.sandbox)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *harness) start(c *runtimeapi.ContainerConfig) string {
	h.t.Helper()
	id := h.create(c)
	if err := h.StartContainer(h.t.Context(), id); err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h *harness) status(id string) *runtimeapi.ContainerStatus {
	h.t.Helper()
	response, err := h.ContainerStatus(h.t.Context(), id, false)
	if err != nil {
		h.t.Fatal(err)
	}
	return response.GetStatus()
}

// exited waits until the container has exited and returns its status then.
func (h *harness) exited(id string) *runtimeapi.ContainerStatus {
	h.t.Helper()
	c, err := h.container(id)
	if err != nil {
		h.t.Fatal(err)
	}
	select {
	case <-c.exited:
	case <-h.t.Context().Done():
		h.t.Fatal("the container did not exit")
	}
	return h.status(id)
}

// waitFor waits, in the container, until a file is there.
func (h *harness) waitFor(id, file string) {
	h.t.Helper()
	_, _, err := h.ExecSync(h.t.Context(), id, []string{"bash", "-c", "until [ -e " + file + " ]; do sleep 0.01; done"}, 0)
	if err != nil {
		h.t.Fatal(err)
	}
}

// entry is one entry of a container's log, without its time.
type entry struct{ Stream, Tag, Text string }

// log returns the entries of a container's log. Their times must be valid and
// must not go back.
func (h *harness) log(name string) []entry {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.logs, name+".log"))
	if err != nil {
		h.t.Fatal(err)
	}
	var entries []entry
	var last time.Time
	for line := range strings.Lines(string(data)) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 4)
		if len(fields) != 4 {
			h.t.Fatalf("log entry %q has no four fields", line)
		}
		at, err := time.Parse(time.RFC3339Nano, fields[0])
		if err != nil {
			h.t.Fatal(err)
		}
		if at.Before(last) {
			h.t.Errorf("log entry %q is older than the one before", line)
		}
		last = at
		entries = append(entries, entry{fields[1], fields[2], fields[3]})
	}
	return entries
}
