package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// TestTry runs labs in the terminal: exit codes, the cluster of a server, and
// what is left after Ctrl-C.
func TestTry(t *testing.T) {
	s := startServer(t)
	s.waitReady(t)
	write := func(manifest string) string {
		file := filepath.Join(t.TempDir(), "job.yaml")
		if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"met", []string{"-f", write(strings.Replace(hello, "busybox", "bash", 1)), "first-job"}, 0, "\nmet\n"},
		{"diverged", []string{"first-job", "-f", write(strings.NewReplacer("echo two", "exit 3", "spec:\n  template", "spec:\n  backoffLimit: 0\n  template").Replace(hello))}, 1, "predict: Which STATUS is the pod's last? → Error\n"},
		{"refused", []string{"first-job", "-f", write(strings.Replace(hello, "batch/v1", "apps/v1", 1))}, 2, "no matches for kind"},
		{"empty", []string{"first-job", "-f", write("\n")}, 2, "the manifest is empty"},
		{"no such lab", []string{"nothing"}, 2, `there is no lab "nothing"`},
		{"no lab", nil, 2, "takes one lab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := program(t, append([]string{"try", "-data", s.Data}, c.args...)...)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.code || !strings.Contains(string(out), c.want) {
				t.Errorf("exit code %d, want %d with %q\n%s", got, c.code, c.want, out)
			}
		})
	}

	t.Run("Ctrl-C cleans up", func(t *testing.T) {
		temp := t.TempDir()
		cmd := program(t, "try", "-json", "-data", t.TempDir(), "-f", write(sleeper), "first-job")
		cmd.Env = append(cmd.Env, "TMPDIR="+temp)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var below []int
		var last timeline.Entry
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			last = timeline.Entry{}
			if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
				t.Fatalf("line %s: %v", lines.Text(), err)
			}
			if p := last.Pod; p != nil && p.Status == "Running" && below == nil {
				below = descendants(t, cmd.Process.Pid)
				cmd.Process.Signal(os.Interrupt)
			}
		}
		cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != 2 || last.Verdict == nil || last.Verdict.Outcome != timeline.Undecided {
			t.Errorf("exit code %d after %+v, want 2 after undecided", got, last)
		}
		for _, pid := range below {
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("process %d is left (%v)", pid, err)
			}
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%v is left in the temporary directory (%v)", left, err)
		}
	})
}
