package kind

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/cluster"
)

// fakeDocker makes a program docker that does what a shell script says the only
// container runtime on the PATH.
func fakeDocker(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	text := "#!/bin/sh\ncase $1 in -v) echo 'Docker version 28.0.0, build 1'; exit;; esac\n" + script
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("KIND_EXPERIMENTAL_PROVIDER", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
}

// works is a docker that runs, with no cluster.
const works = `case $1 in ` + info + `ps) ;; `

// info is what a docker says of a machine with version 2 of the control groups.
const info = `info) case "$*" in *json*) echo '{"CgroupVersion":"2"}';; *) echo 2;; esac;; `

// TestNoRuntime looks for docker, podman and nerdctl where none can be used.
func TestNoRuntime(t *testing.T) {
	for _, test := range []struct {
		name, script string
		want         error
		text         string
	}{
		{"not running", "echo 'Cannot connect to the Docker daemon.' >&2; exit 1", ErrNotRunning, "docker does not answer (Cannot connect to the Docker daemon.): start it"},
		{"not allowed", "echo 'permission denied while trying to connect' >&2; exit 1", ErrNotRunning, "let this user use it"},
		{"none", "", ErrNoRuntime, "install one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fakeDocker(t, test.script)
			if test.script == "" {
				t.Setenv("PATH", t.TempDir())
			}
			config := Config{Dir: t.TempDir()}
			_, startErr := Start(t.Context(), config)
			_, findErr := Find(t.Context(), config)
			for what, err := range map[string]error{"Start": startErr, "Find": findErr, "Delete": Delete(t.Context(), config)} {
				if !errors.Is(err, test.want) {
					t.Fatalf("%s: %v, want %v", what, err, test.want)
				}
				if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, test.text) || !strings.Contains(text, "-cluster embedded") {
					t.Errorf("%s: %q, want one line with %q that names the embedded cluster", what, text, test.text)
				}
			}
		})
	}
}

// TestFails has docker do what it does when there is no cluster to be had.
func TestFails(t *testing.T) {
	const node = `ps) case "$*" in *Names*) echo joblab-control-plane;; esac;; `
	for _, test := range []struct {
		name, script string
		text         string
	}{
		{"the image cannot be pulled", works + "image) exit 1;; pull) echo 'no such host' >&2; exit 1;; esac",
			"pull node image kindest/node:v1.37.0: no such host (is the network reached, and the name right? choose another with -node-image, "},
		{"the nodes cannot be made", works + "network) echo 'no more networks' >&2; exit 1;; esac",
			"create kind cluster joblab: no more networks (try again, "},
		{"a stopped node cannot be started", `case $1 in ` + info + node + `inspect) echo exited;; start) echo 'no space left' >&2; exit 1;; esac`,
			"start kind cluster joblab: no space left (joblab cluster delete removes it, "},
		{"the node has no kubeconfig", `case $1 in ` + info + node +
			`inspect) case "$*" in *Status*) echo running;; *) echo control-plane;; esac;; exec) echo 'cat: no such file' >&2; exit 1;; esac`,
			"kind cluster joblab is there, but cannot be used: read the kubeconfig of its node: cat: no such file (joblab cluster delete removes it, "},
	} {
		t.Run(test.name, func(t *testing.T) {
			fakeDocker(t, test.script)
			c, err := Start(t.Context(), Config{Dir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			_, err = cluster.WaitReady(t.Context(), c)
			if status, _ := c.Status(); status.State != cluster.Failed {
				t.Errorf("the cluster is %s", status.State)
			}
			if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, test.text) {
				t.Errorf("got %q, want one line with %q", text, test.text)
			}
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFind refuses a cluster that does not run, and changes nothing about it.
func TestFind(t *testing.T) {
	for _, test := range []struct{ state, want string }{
		{"", "does not exist (joblab cluster create -cluster kind makes it)"},
		{"exited", "kind cluster joblab is stopped (docker start joblab-control-plane)"},
		{"paused", "kind cluster joblab is paused (docker unpause joblab-control-plane)"},
	} {
		t.Run(test.state, func(t *testing.T) {
			list := "echo joblab-control-plane"
			if test.state == "" {
				list = "true"
			}
			fakeDocker(t, `case $1 in `+info+`ps) `+list+`;; inspect) echo `+test.state+`;; *) exit 1;; esac`)
			_, err := Find(t.Context(), Config{Dir: t.TempDir()})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestInterruptedCreation starts where an earlier process died while it created
// the cluster: what is left must go before anything else.
func TestInterruptedCreation(t *testing.T) {
	removed := filepath.Join(t.TempDir(), "removed")
	fakeDocker(t, `case $1 in `+info+`
ps) [ -e `+removed+` ] || echo joblab-control-plane;;
inspect) echo running;;
rm) echo "$@" >`+removed+`;;
image) exit 1;;
pull) echo 'as far as this test goes' >&2; exit 1;;
esac`)
	journal, err := openJournal(t.Context(), DefaultName, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.begin(); err != nil {
		t.Fatal(err)
	}
	journal.close()
	c, err := Start(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := cluster.WaitReady(t.Context(), c); err == nil || !strings.Contains(err.Error(), "as far as this test goes") {
		t.Errorf("got %v", err)
	}
	if args, err := os.ReadFile(removed); err != nil || string(args) != "rm -f -v joblab-control-plane\n" {
		t.Errorf("removed by %q (%v)", args, err)
	}
}

func TestStepOf(t *testing.T) {
	for message, want := range map[string]string{
		" • Preparing nodes 📦 📦   ...\n":                                  "preparing nodes",
		" • Ensuring node image (kindest/node:v1.37.0) 🖼️  ...\n":         "ensuring node image (kindest/node:v1.37.0)",
		" • Starting control-plane 🕹️  ...\n":                             "starting control-plane",
		" • Waiting ≤ 3m0s for control-plane = Ready ⏳  ...\n":            "waiting ≤ 3m0s for control-plane = Ready",
		" ✓ Preparing nodes 📦 \n":                                         "",
		" • Ready after 14s 💚":                                            "",
		" • WARNING: Timed out waiting for Ready ⚠️":                      "",
		"Creating cluster \"joblab\" ...\n":                               "",
		"cgroup v1 is deprecated in Kubernetes and will not be supported": "",
	} {
		if got, ok := stepOf(message); got != want || ok != (want != "") {
			t.Errorf("step of %q is %q, want %q", message, got, want)
		}
	}
}

func TestFullName(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	for image, want := range map[string]string{
		"busybox":             "docker.io/library/busybox:latest",
		"centos:7":            "docker.io/library/centos:7",
		"a:1@sha256:" + zeros: "docker.io/library/a@sha256:" + zeros,
		"docker.io/team/a:1":  "docker.io/team/a:1",
		"registry.k8s.io/p:3": "registry.k8s.io/p:3",
		"localhost/mine:1":    "localhost/mine:1",
		"<none>:<none>":       "<none>:<none>",
		"NOT A NAME":          "NOT A NAME",
	} {
		if got := fullName(image); got != want {
			t.Errorf("full name of %s is %s, want %s", image, got, want)
		}
	}
}
