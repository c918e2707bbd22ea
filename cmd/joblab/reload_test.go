package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWatchDir changes a directory in each way that counts, and waits to be told.
func TestWatchDir(t *testing.T) {
	root := filepath.Join(t.TempDir(), "labs")
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("08-never/lab.yaml", "a")
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan struct{}, 1)
	done := make(chan error, 1)
	go func() {
		done <- watchDir(ctx, root, func() {
			select {
			case told <- struct{}{}:
			default:
			}
		})
	}()
	await := func(what string) {
		t.Helper()
		select {
		case <-told:
		case err := <-done:
			t.Fatalf("%s: the watch ended: %v", what, err)
		case <-time.After(time.Minute):
			t.Fatalf("%s: nobody was told", what)
		}
	}
	// The watch may begin a little later: the first change is made until it is seen.
	for first := true; first; {
		write("08-never/lab.yaml", "b")
		select {
		case <-told:
			first = false
		case <-time.After(2 * quiet):
		}
	}
	for _, change := range []struct {
		what string
		make func()
	}{
		{"a file changes", func() { write("08-never/lab.yaml", "c") }},
		{"a file is replaced", func() {
			write(".new", "d")
			if err := os.Rename(filepath.Join(root, ".new"), filepath.Join(root, "08-never/lab.yaml")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a lab is added", func() { write("09-other/lab.yaml", "a") }},
		{"a file of the added lab changes", func() { write("09-other/lab.yaml", "b") }},
		{"the directory goes, and another comes", func() {
			if err := os.RemoveAll(root); err != nil {
				t.Fatal(err)
			}
			write("10-new/lab.yaml", "a")
		}},
		{"a file of the other directory changes", func() { write("10-new/lab.yaml", "b") }},
	} {
		change.make()
		await(change.what)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("the watch ended with %v", err)
	}
}

func TestWatchDirThatIsNot(t *testing.T) {
	if err := watchDir(t.Context(), filepath.Join(t.TempDir(), "none"), func() {}); err == nil {
		t.Error("a directory that is not there is watched")
	}
}
