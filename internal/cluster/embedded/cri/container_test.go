package cri

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	remote "k8s.io/cri-client/pkg"
	utilexec "k8s.io/utils/exec"

	"github.com/joblab/joblab/internal/sandbox"
)

// outcome is how a container ended, as the kubelet reports it.
type outcome struct {
	State  string
	Code   int32
	Reason string
}

func outcomeOf(s *runtimeapi.ContainerStatus) outcome {
	return outcome{s.GetState().String(), s.GetExitCode(), s.GetReason()}
}

func TestContainerThatEndsByItself(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		script string
		want   outcome
	}{
		{"exit 0", outcome{"CONTAINER_EXITED", 0, "Completed"}},
		{"exit 3", outcome{"CONTAINER_EXITED", 3, "Error"}},
		{"false", outcome{"CONTAINER_EXITED", 1, "Error"}},
	} {
		t.Run(test.script, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			before := time.Now()
			id := h.start(config("c", test.script))
			got := h.exited(id)
			if diff := cmp.Diff(outcomeOf(got), test.want); diff != "" {
				t.Errorf("outcome (-got +want):\n%s", diff)
			}
			started, finished := time.Unix(0, got.GetStartedAt()), time.Unix(0, got.GetFinishedAt())
			if started.Before(before) || finished.Before(started) || finished.After(time.Now()) {
				t.Errorf("created after %v, started %v, finished %v: not in this order", before, started, finished)
			}
		})
	}
}

// The words are those of a recording on kind (never-badcmd).
func TestCommandThatIsNotThere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	c := config("c", "")
	c.Command = []string{"bashmuzzibabo"}
	id := h.create(c)
	const want = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: " +
		`unable to start container process: error during container init: exec: "bashmuzzibabo": executable file not found in $PATH`
	err := h.StartContainer(t.Context(), id)
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
	got := h.exited(id)
	if diff := cmp.Diff(outcomeOf(got), outcome{"CONTAINER_EXITED", 128, "StartError"}); diff != "" {
		t.Errorf("outcome (-got +want):\n%s", diff)
	}
	if got.GetMessage() != want {
		t.Errorf("got message %q, want %q", got.GetMessage(), want)
	}
	if got.GetStartedAt() != 0 {
		t.Errorf("got start %d, want 0 (1970)", got.GetStartedAt())
	}
	if got.GetFinishedAt() == 0 {
		t.Error("got no time of the end")
	}
	if log := h.log("c"); len(log) != 0 {
		t.Errorf("got log %v, want an empty one", log)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	t.Run("a container that handles SIGTERM ends by itself", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.start(config("c", `trap 'echo bye; exit 7' TERM; : > /ready; while :; do sleep 0.01; done`))
		h.waitFor(id, "/ready")
		if err := h.StopContainer(t.Context(), id, 600); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(outcomeOf(h.status(id)), outcome{"CONTAINER_EXITED", 7, "Error"}); diff != "" {
			t.Errorf("outcome (-got +want):\n%s", diff)
		}
		if diff := cmp.Diff(h.log("c"), []entry{{"stdout", "F", "bye"}}); diff != "" {
			t.Errorf("log (-got +want):\n%s", diff)
		}
	})
	t.Run("bash as PID 1 ignores SIGTERM and is killed after the grace period", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.start(config("c", ": > /ready; while :; do sleep 1; done"))
		h.waitFor(id, "/ready")
		asked := time.Now()
		if err := h.StopContainer(t.Context(), id, 1); err != nil {
			t.Fatal(err)
		}
		got := h.status(id)
		if diff := cmp.Diff(outcomeOf(got), outcome{"CONTAINER_EXITED", 137, "Error"}); diff != "" {
			t.Errorf("outcome (-got +want):\n%s", diff)
		}
		if end := time.Unix(0, got.GetFinishedAt()); end.Before(asked.Add(time.Second)) {
			t.Errorf("killed %v after it was asked to stop, before its grace period of 1s", end.Sub(asked))
		}
	})
	t.Run("a second stop without grace cuts the first one short", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.start(config("c", ": > /ready; while :; do sleep 1; done"))
		h.waitFor(id, "/ready")
		first := make(chan error)
		go func() { first <- h.StopContainer(t.Context(), id, 3600) }()
		if err := h.StopContainer(t.Context(), id, 0); err != nil {
			t.Fatal(err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(outcomeOf(h.status(id)), outcome{"CONTAINER_EXITED", 137, "Error"}); diff != "" {
			t.Errorf("outcome (-got +want):\n%s", diff)
		}
	})
	t.Run("a container that never ran needs no stop", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.create(config("c", "true"))
		if err := h.StopContainer(t.Context(), id, 3600); err != nil {
			t.Error(err)
		}
		if got := h.status(id).GetState(); got != runtimeapi.ContainerState_CONTAINER_CREATED {
			t.Errorf("got state %v, want created", got)
		}
	})
}

func TestContainerSeesItsPod(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	file := filepath.Join(t.TempDir(), "greeting")
	if err := os.WriteFile(file, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shared := t.TempDir()
	c := config("c", `cat /etc/greeting /etc/resolv.conf; echo "$GREETING $HOSTNAME $(hostname) $(pwd) $TOKEN"; echo kept > /data/out; echo x 2>/dev/null > /etc/greeting || echo read-only`)
	c.WorkingDir = "/tmp"
	h.sandbox.DnsConfig = &runtimeapi.DNSConfig{Servers: []string{"10.96.0.10"}, Searches: []string{"svc", "local"}, Options: []string{"ndots:5"}}
	c.Envs = []*runtimeapi.KeyValue{{Key: "GREETING", Value: []byte("hi there")}}
	c.Mounts = []*runtimeapi.Mount{
		{HostPath: file, ContainerPath: "/etc/greeting", Readonly: true},
		{HostPath: shared, ContainerPath: "/data"},
	}
	id := h.start(c)
	h.exited(id)
	want := []entry{
		{"stdout", "F", "hello"},
		{"stdout", "F", "search svc local"},
		{"stdout", "F", "nameserver 10.96.0.10"},
		{"stdout", "F", "options ndots:5"},
		{"stdout", "F", "hi there pod-host pod-host /tmp "},
		{"stdout", "F", "read-only"},
	}
	if diff := cmp.Diff(h.log("c"), want); diff != "" {
		t.Errorf("log (-got +want):\n%s", diff)
	}
	if got, err := os.ReadFile(filepath.Join(shared, "out")); err != nil || string(got) != "kept\n" {
		t.Errorf("got %q, %v in the shared directory, want kept", got, err)
	}
}

func TestExecSync(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.start(config("c", "echo from-the-container > /note; : > /ready; while :; do sleep 1; done"))
	h.waitFor(id, "/ready")

	t.Run("both streams and the code are returned", func(t *testing.T) {
		stdout, stderr, err := h.ExecSync(t.Context(), id, []string{"bash", "-c", "cat /note; echo oops >&2; exit 5"}, time.Minute)
		if string(stdout) != "from-the-container\n" || string(stderr) != "oops\n" {
			t.Errorf("got stdout %q, stderr %q", stdout, stderr)
		}
		var exit utilexec.ExitError
		if !errors.As(err, &exit) || exit.ExitStatus() != 5 {
			t.Errorf("got error %v, want exit status 5", err)
		}
	})
	t.Run("a command that takes too long is killed", func(t *testing.T) {
		_, _, err := h.ExecSync(t.Context(), id, []string{"sleep", "3600"}, 50*time.Millisecond)
		if !errors.Is(err, remote.ErrCommandTimedOut) {
			t.Errorf("got error %v, want %v", err, remote.ErrCommandTimedOut)
		}
	})
	t.Run("a command that is not there is an error", func(t *testing.T) {
		_, _, err := h.ExecSync(t.Context(), id, []string{"nosuchcommand"}, time.Minute)
		var start *sandbox.StartError
		if !errors.As(err, &start) || !strings.Contains(err.Error(), `exec: "nosuchcommand": executable file not found in $PATH`) {
			t.Errorf("got error %v", err)
		}
	})
	t.Run("more output than the limit is cut, and the command still ends", func(t *testing.T) {
		stdout, _, err := h.ExecSync(t.Context(), id, []string{"bash", "-c", "seq 100000"}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if len(stdout) != maxExecOutput {
			t.Errorf("got %d bytes, want %d", len(stdout), maxExecOutput)
		}
	})
	t.Run("a command ends with its container", func(t *testing.T) {
		ended := make(chan error)
		go func() {
			_, _, err := h.ExecSync(t.Context(), id, []string{"bash", "-c", ": > /exec; sleep 3600"}, 0)
			ended <- err
		}()
		h.waitFor(id, "/exec")
		if err := h.StopContainer(t.Context(), id, 0); err != nil {
			t.Fatal(err)
		}
		var exit utilexec.ExitError
		if err := <-ended; !errors.As(err, &exit) || exit.ExitStatus() != 137 {
			t.Errorf("got error %v, want exit status 137", err)
		}
	})
	t.Run("a container that has exited runs nothing", func(t *testing.T) {
		_, _, err := h.ExecSync(t.Context(), id, []string{"true"}, 0)
		if status.Code(err) != codes.FailedPrecondition {
			t.Errorf("got error %v, want FailedPrecondition", err)
		}
	})
}

func TestRemove(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.start(config("c", "sleep 3600"))
	if err := h.RemoveContainer(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	never := h.create(config("never", "true"))
	if err := h.RemoveContainer(t.Context(), never); err != nil {
		t.Fatal(err)
	}
	if err := h.StartContainer(t.Context(), never); status.Code(err) != codes.NotFound {
		t.Errorf("starting a container that was removed: got error %v, want NotFound", err)
	}
	if got := h.status(id); got.State != runtimeapi.ContainerState_CONTAINER_EXITED || got.ExitCode != 137 {
		t.Errorf("got status %v, want the last that it had", got)
	}
	if list, err := h.ListContainers(t.Context(), nil); err != nil || len(list) != 0 {
		t.Errorf("got list %v, %v, want none", list, err)
	}
	if _, err := h.ContainerStatus(t.Context(), "other", false); status.Code(err) != codes.NotFound {
		t.Errorf("got error %v of a container that never was, want NotFound", err)
	}
	if _, err := os.Stat(h.containerDir(id)); !os.IsNotExist(err) {
		t.Errorf("the container's file tree is still there: %v", err)
	}
	if log := h.log("c"); len(log) != 0 {
		t.Errorf("got log %v", log)
	}
	if err := h.RemoveContainer(t.Context(), id); err != nil {
		t.Errorf("removing it again: %v", err)
	}
}
