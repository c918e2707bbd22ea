package embedded_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/clustertest"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

func TestDirectory(t *testing.T) {
	// Longer than the path of a unix socket may be.
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30), strings.Repeat("path", 30))
	c := embeddedtest.StartIn(t, dir)

	t.Run("is closed to others", func(t *testing.T) {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if path == filepath.Join(dir, "run") {
				return fs.SkipDir // closed itself
			}
			info, err := entry.Info()
			if err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		info, err := os.Stat(filepath.Join(dir, "run"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := info.Mode().Perm(), fs.FileMode(0o700); got != want {
			t.Errorf("run has mode %v, want %v", got, want)
		}
	})
	t.Run("is refused to a second server", func(t *testing.T) {
		_, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
		if !errors.Is(err, embedded.ErrInUse) {
			t.Fatalf("got %v, want %v", err, embedded.ErrInUse)
		}
		if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, strconv.Itoa(os.Getpid())) {
			t.Errorf("want one line with the process that holds the directory, got %q", text)
		}
	})
	t.Run("leads others to the cluster", func(t *testing.T) {
		attached, err := embedded.Attach(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer embeddedtest.Close(t, attached)
		embeddedtest.WaitReady(t, attached)
		if got, want := attached.Info(), c.Info(); got != want {
			t.Errorf("Info: got %v, want %v", got, want)
		}
		if _, err := clientOf(t, attached).CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("is clean after the end", func(t *testing.T) {
		attached, err := embedded.Attach(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer embeddedtest.Close(t, attached)
		embeddedtest.Close(t, c)
		if got, want := names(t, dir), []string{"lock", "log", "pki", "port"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		clustertest.WaitFor(t, attached, cluster.Failed)
		if _, err := embedded.Attach(dir); !errors.Is(err, embedded.ErrNotRunning) {
			t.Errorf("Attach: got %v, want %v", err, embedded.ErrNotRunning)
		}
	})
}

func TestAttachToNothing(t *testing.T) {
	if _, err := embedded.Attach(t.TempDir()); !errors.Is(err, embedded.ErrNotRunning) {
		t.Errorf("got %v, want %v", err, embedded.ErrNotRunning)
	}
}

func TestDirectoryThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := embedded.Start(t.Context(), embedded.Config{Dir: filepath.Join(file, "below")})
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("want an error of one line, got %v", err)
	}
}

// TestChildThatCannotStart gives the supervisor a program that is no cluster.
func TestChildThatCannotStart(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	script := "#!/bin/sh\necho 'an earlier line'\necho 'panic: boom' >&2\nexit 2\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir(), Executable: program})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embeddedtest.Close(t, c) })
	status := clustertest.WaitFor(t, c, cluster.Failed)
	for _, want := range []string{"exit status 2", "panic: boom"} {
		if got := status.Err.Error(); !strings.Contains(got, want) {
			t.Errorf("the reason does not say %q: %s", want, got)
		}
	}
	var exit *embedded.ExitError
	if !errors.As(status.Err, &exit) || !strings.Contains(exit.Log, "an earlier line") {
		t.Errorf("the reason has not the log: %#v", status.Err)
	}
	if _, err := clientOf(t, c).Discovery().ServerVersion(); err == nil {
		t.Error("a failed cluster answers")
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

func TestDirectoryOfSomebodyElse(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "run", "precious")
	if err := os.MkdirAll(filepath.Dir(precious), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(precious, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := embedded.Start(t.Context(), embedded.Config{Dir: dir})
	if err == nil {
		c.Close(t.Context())
		t.Fatal("a cluster started in a directory that holds other files")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Errorf("what was there before: %v", err)
	}
}

// TestDirectoryBesideOtherClusters uses a directory in which another backend was
// first, and leaves that backend's files and the program's alone.
func TestDirectoryBesideOtherClusters(t *testing.T) {
	dir := t.TempDir()
	theirs := []string{filepath.Join(dir, embedded.Beside, "file"), filepath.Join(dir, embedded.Program+"db")}
	for _, name := range theirs {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	embeddedtest.Close(t, embeddedtest.StartIn(t, dir))
	for _, name := range theirs {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("what was there before: %v", err)
		}
	}
}
