package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/lab"
)

// TestClusterThatCannotBeUsed starts the program with each kind of cluster that
// is not to be had: one line, and exit code 2.
func TestClusterThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	nowhere := filepath.Join(dir, "config")
	if err := os.WriteFile(nowhere, []byte(`{apiVersion: v1, kind: Config, current-context: a,
contexts: [{name: a, context: {cluster: c}}, {name: b, context: {cluster: c}}],
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir) // no container runtime
	for _, c := range []struct {
		what string
		args []string
	}{
		{`unknown cluster "nothing"`, []string{"serve", "-cluster", "nothing"}},
		{"-kubeconfig goes with -cluster kubeconfig", []string{"serve", "-kubeconfig", nowhere}},
		{"-context goes with -cluster kubeconfig", []string{"try", "first-job", "-cluster", "kind", "-context", "a"}},
		{"-node-image goes with -cluster kind", []string{"serve", "-cluster", "embedded", "-node-image", "a"}},
		{"-kind-config goes with -cluster kind", []string{"try", "first-job", "-kind-config", "a"}},
		{missing, []string{"serve", "-cluster", "kubeconfig", "-kubeconfig", missing}},
		{`no context "c": it has a, b`, []string{"serve", "-cluster", "kubeconfig", "-kubeconfig", nowhere, "-context", "c"}},
		{"https://127.0.0.1:1 does not answer", []string{"serve", "-cluster", "kubeconfig", "-kubeconfig", nowhere}},
		{"https://127.0.0.1:1 does not answer", []string{"try", "first-job", "-cluster", "kubeconfig", "-kubeconfig", nowhere}},
		{"https://127.0.0.1:1 does not answer", []string{"cluster", "status", "-cluster", "kubeconfig", "-kubeconfig", nowhere}},
		{"kind needs docker, podman or nerdctl", []string{"serve", "-cluster", "kind"}},
		{"kind needs docker, podman or nerdctl", []string{"cluster", "create"}},
		{"kind needs docker, podman or nerdctl", []string{"cluster", "delete", "-cluster", "kind"}},
		{missing, []string{"cluster", "create", "-kind-config", missing}},
		{"nothing to create: the embedded cluster", []string{"cluster", "create", "-cluster", "embedded"}},
		{"nothing to delete: the cluster of a kubeconfig", []string{"cluster", "delete", "-cluster", "kubeconfig"}},
		{"no cluster runs there", []string{"cluster", "status"}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			args := append(c.args, "-data", filepath.Join(dir, "data"))
			if args[0] == "serve" {
				args = append(args, "-addr", "127.0.0.1:0")
			}
			refused(t, c.what, program(t, args...))
		})
	}
}

// TestRunningServer lets other commands find the cluster of a server, as long as
// it runs.
func TestRunningServer(t *testing.T) {
	server := backendFlags{data: t.TempDir(), backend: onKubeconfig, kubeconfig: "some/file", context: "c"}
	other := func() backendFlags {
		t.Helper()
		c := backendFlags{data: server.data}
		if err := c.choose(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got := other(); got.backend != onEmbedded {
		t.Errorf("without a server the backend is %q", got.backend)
	}
	first, file, err := server.announce()
	if err != nil {
		t.Fatal(err)
	}
	if got := other(); got.backend != onKubeconfig || got.context != "c" || !filepath.IsAbs(got.kubeconfig) || !strings.HasSuffix(got.kubeconfig, "some/file") {
		t.Errorf("with a server: %+v", got)
	}
	if said := (backendFlags{data: server.data, backend: onKind}); said.choose() != nil || said.backend != onKind {
		t.Errorf("what was said has become %q", said.backend)
	}
	if _, _, err := server.announce(); !errors.Is(err, embedded.ErrInUse) {
		t.Errorf("a second server: %v, want %v", err, embedded.ErrInUse)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if got := other(); got.backend != onEmbedded {
		t.Errorf("after the server the backend is %q", got.backend)
	}
	again, file, err := server.announce()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if again.Instance == "" || again.Instance != first.Instance {
		t.Errorf("the instance was %q, and is %q", first.Instance, again.Instance)
	}
}

func TestImagesOf(t *testing.T) {
	got := imagesOf([]*lab.Lab{
		{Manifest: []byte("spec: {template: {spec: {initContainers: [{image: b}], containers: [{image: a:1}, {image: b}]}}}\n---\nspec: {containers: [{name: image, image: c}]}\n")},
		{Manifest: []byte("# nothing\n")},
	})
	if want := []string{"a:1", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
