package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/labs"
)

// TestRecord records a lab whose recording does not meet its contract any more,
// which is replaced only by one that does.
func TestRecord(t *testing.T) {
	s := startServer(t)
	s.waitReady(t)
	const old = `{"old": true}`
	for _, c := range []struct {
		name     string
		contract [2]string // a change of it
		args     []string  // without the labs; DIR is their directory
		code     int
		want     string // in what is printed
		written  string // the file that is written, if any
	}{
		{"met", [2]string{}, []string{"-labs", "DIR"}, 0, "\nmet\n", "02-first-job/trace.json"},
		{"another file", [2]string{}, []string{"-labs", "DIR", "-o", "DIR/other.json"}, 0, "\nmet\n", "other.json"},
		{"diverged", [2]string{"Running Completed", "Running Error"}, []string{"-labs", "DIR"}, 1, "not recorded: the run diverged", ""},
		{"undecided", [2]string{"run: {limit: 2m}", "run: {limit: 1s}"}, []string{"-labs", "DIR"}, 2, "not recorded: the run ended before", ""},
		{"built-in labs", [2]string{}, nil, 2, "-labs labs, in a clone of the repository", ""},
		{"no such directory", [2]string{}, []string{"-o", "DIR/none/trace.json"}, 2, "no such file or directory", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, labs.FS); err != nil {
				t.Fatal(err)
			}
			edit(t, filepath.Join(dir, "02-first-job", "lab.yaml"), c.contract)
			trace := filepath.Join(dir, "02-first-job", "trace.json")
			if err := os.WriteFile(trace, []byte(old), 0o644); err != nil {
				t.Fatal(err)
			}
			args := []string{"record", "first-job", "-data", s.Data}
			for _, arg := range c.args {
				args = append(args, strings.ReplaceAll(arg, "DIR", dir))
			}
			cmd := program(t, args...)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.code || !strings.Contains(string(out), c.want) {
				t.Errorf("exit code %d, want %d with %q\n%s", got, c.code, c.want, out)
			}
			if c.written == "" || c.written == "other.json" {
				if got, err := os.ReadFile(trace); err != nil || string(got) != old {
					t.Errorf("the recording was changed: %s (%v)", got, err)
				}
			}
			if c.written != "" {
				checkTrace(t, dir, filepath.Join(dir, c.written))
			}
			if left, err := filepath.Glob(filepath.Join(dir, "*", ".*")); err != nil || len(left) > 0 {
				t.Errorf("left over: %v (%v)", left, err)
			}
		})
	}
}

// checkTrace loads the labs with a recording, which is strict about it.
func checkTrace(t *testing.T, dir, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "02-first-job", "trace.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	loaded, err := lab.Load(os.DirFS(dir))
	if err != nil {
		t.Fatalf("labs with the recording: %v", err)
	}
	l, _ := lab.Find(loaded, "first-job")
	if l == nil || !bytes.Contains(l.Trace, []byte("Recorded on embedded, Kubernetes v1.37.2")) || bytes.Contains(l.Trace, []byte(timeline.NoteSettled)) {
		t.Errorf("the recording does not say where it comes from, or has more than the cluster published:\n%s", data)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode of the file: %v (%v), want 0644", info.Mode(), err)
	}
}

// edit replaces a text that occurs in a file.
func edit(t *testing.T, file string, change [2]string) {
	t.Helper()
	if change == ([2]string{}) {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(change[0])) {
		t.Fatalf("%s has no %q", file, change[0])
	}
	if err := os.WriteFile(file, bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1), fs.FileMode(0o644)); err != nil {
		t.Fatal(err)
	}
}
