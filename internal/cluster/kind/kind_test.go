package kind

import (
	"errors"
	"log/slog"
	"testing"
)

func TestStartWithoutAContainerRuntime(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Start(t.Context(), Config{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, ErrNoProvider) {
		t.Fatalf("Start without docker, podman or nerdctl: %v, want ErrNoProvider", err)
	}
	if err := Delete(Config{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}); !errors.Is(err, ErrNoProvider) {
		t.Fatalf("Delete without docker, podman or nerdctl: %v, want ErrNoProvider", err)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ config, want string }{
		{"", "/data/kind-joblab.kubeconfig"},
		{"class", "/data/kind-class.kubeconfig"},
	} {
		if got := (Config{Name: c.config, Dir: "/data"}).kubeconfig(); got != c.want {
			t.Errorf("kubeconfig of %q = %s, want %s", c.config, got, c.want)
		}
	}
}
