package sandbox

import (
	"bufio"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// talker is a container whose standard output the test reads line by line.
type talker struct {
	*box
	out *bufio.Reader
}

// talk starts a container and waits for its first line, "ready".
func talk(t *testing.T, r *Runner, s Spec) *talker {
	t.Helper()
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pr.Close() })
	s.Stdout = pw
	b, err := start(t, r, s)
	pw.Close()
	if err != nil {
		t.Fatal(err)
	}
	k := &talker{b, bufio.NewReader(pr)}
	if line := k.line(t); line != "ready" {
		t.Fatalf("first line is %q", line)
	}
	return k
}

func (k *talker) line(t *testing.T) string {
	t.Helper()
	line, err := k.out.ReadString('\n')
	if err != nil {
		t.Fatalf("read a line: %q, %v", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

// end waits for the end and returns the rest of the output and the exit.
func (k *talker) end(t *testing.T) (string, Exit) {
	t.Helper()
	rest, err := io.ReadAll(k.out)
	if err != nil {
		t.Fatal(err)
	}
	<-k.Done()
	return string(rest), k.Exit()
}

// TestSignals sends a signal to PID 1 of containers. What is wanted is what
// bash 5.2 does as PID 1 of a name space.
func TestSignals(t *testing.T) {
	r := newRunner(t)
	for _, tt := range []struct {
		name, image, shell, script string
		sig                        syscall.Signal
		out                        string
		code                       int
	}{
		{"bash without traps ignores TERM", "centos:7", "bash", "echo ready; sleep 0.3; echo bye", syscall.SIGTERM, "bye\n", 0},
		{"sh of busybox ignores TERM", "busybox", "sh", "echo ready; sleep 0.3; echo bye", syscall.SIGTERM, "bye\n", 0},
		{"ignores INT", "centos:7", "bash", "echo ready; sleep 0.3; echo bye", syscall.SIGINT, "bye\n", 0},
		{"a trap runs when the foreground command has ended", "centos:7", "bash",
			"trap 'echo got' TERM; echo ready; sleep 0.3; echo end", syscall.SIGTERM, "got\nend\n", 0},
		{"a trap may exit", "centos:7", "bash", "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.05; done", syscall.SIGTERM, "got\n", 3},
		{"exit in a trap has the status of the command before", "centos:7", "bash",
			"trap exit TERM; (echo ready; sleep 0.3; exit 7); echo end", syscall.SIGTERM, "", 7},
		{"a pipeline is waited for", "centos:7", "bash",
			"trap 'echo got; exit 3' TERM; (echo ready; sleep 0.3; echo piped) | cat; echo end", syscall.SIGTERM, "piped\ngot\n", 3},
		{"a command substitution is waited for", "centos:7", "bash",
			"trap 'echo got; exit 3' TERM; exec 2>&1; x=$(echo ready >&2; sleep 0.3; echo sub); echo $x end", syscall.SIGTERM, "got\n", 3},
		// A signal before wait would be handled before it, and wait would wait:
		// the background job says when wait must have begun.
		{"wait returns at once", "centos:7", "bash", "trap 'echo got' TERM; (sleep 0.5; echo ready; sleep 1000) & wait $!; echo $?", syscall.SIGTERM, "got\n143\n", 0},
		{"wait for all returns at once", "debian", "sh", "trap 'echo got; exit 5' TERM; sleep 1000 & echo ready; wait", syscall.SIGTERM, "got\n", 5},
		{"a loop of builtins runs the trap", "centos:7", "bash", "trap 'exit 6' USR1; echo ready; while :; do :; done", syscall.SIGUSR1, "", 6},
		{"an EXIT trap makes bash catch TERM", "centos:7", "bash", "trap 'echo bye' EXIT; echo ready; sleep 1000; echo end", syscall.SIGTERM, "bye\n", 143},
		{"an EXIT trap does not make dash catch TERM", "debian", "sh", "trap 'echo bye' EXIT; echo ready; sleep 0.3; echo end", syscall.SIGTERM, "end\nbye\n", 0},
		{"both traps", "centos:7", "bash", "trap 'echo bye' EXIT; trap 'echo got' TERM; echo ready; sleep 0.3; echo end", syscall.SIGTERM, "got\nend\nbye\n", 0},
		{"an ignored signal", "centos:7", "bash", "trap '' TERM; echo ready; sleep 0.3; echo end", syscall.SIGTERM, "end\n", 0},
		{"exec takes the traps away", "centos:7", "bash", "trap 'echo got' TERM; exec sh -c 'echo ready; sleep 0.3; echo end'", syscall.SIGTERM, "end\n", 0},
		{"KILL", "centos:7", "bash", "trap 'echo got' KILL TERM; echo ready; sleep 1000", syscall.SIGKILL, "", 137},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := talk(t, r, spec(t, tt.image, tt.shell, "-c", tt.script))
			if err := k.Signal(tt.sig); err != nil {
				t.Fatal(err)
			}
			out, exit := k.end(t)
			if out != tt.out || exit.Code != tt.code {
				t.Errorf("got %q, exit code %d; want %q, %d", out, exit.Code, tt.out, tt.code)
			}
			wantSignal := syscall.Signal(0)
			if tt.sig == syscall.SIGKILL {
				wantSignal = tt.sig
			}
			if exit.Signal != wantSignal {
				t.Errorf("got signal %d, want %d", exit.Signal, wantSignal)
			}
			if exit.At.IsZero() || exit.At.After(time.Now()) {
				t.Errorf("ended at %v", exit.At)
			}
		})
	}
}

// sibling is an exec in the container of s.
func sibling(s Spec, argv ...string) Spec {
	s.Exec, s.Argv, s.Stdout, s.Stderr, s.Stdin = true, argv, nil, nil, nil
	return s
}

func TestExecIsNotPID1(t *testing.T) {
	r := newRunner(t)
	s := spec(t, "centos:7", "bash", "-c", "trap 'echo got TERM' TERM; echo ready; while :; do sleep 0.05; done")
	k := talk(t, r, s)

	t.Run("TERM ends it", func(t *testing.T) {
		e := talk(t, r, sibling(s, "bash", "-c", "echo ready; sleep 1000"))
		if err := e.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if _, exit := e.end(t); exit.Code != 143 || exit.Signal != syscall.SIGTERM {
			t.Errorf("got %+v", exit)
		}
	})
	t.Run("kill of itself", func(t *testing.T) {
		if _, _, code := run(t, r, sibling(s, "bash", "-c", "kill -USR1 $$; echo no")); code != 138 {
			t.Errorf("got exit code %d", code)
		}
	})
	t.Run("has a number of its own", func(t *testing.T) {
		if out, _, _ := run(t, r, sibling(s, "sh", "-c", "echo $$")); out == "1\n" || out == "\n" {
			t.Errorf("got %q", out)
		}
	})
	t.Run("shares the tree", func(t *testing.T) {
		run(t, r, sibling(s, "sh", "-c", "echo shared > /tmp/x"))
		if out, _, _ := run(t, r, sibling(s, "cat", "/tmp/x")); out != "shared\n" {
			t.Errorf("got %q", out)
		}
	})
	t.Run("signals reach PID 1 but not KILL", func(t *testing.T) {
		if _, stderr, code := run(t, r, sibling(s, "sh", "-c", "kill -9 1; kill 1")); code != 0 || stderr != "" {
			t.Errorf("got %q, exit code %d", stderr, code)
		}
		if line := k.line(t); line != "got TERM" {
			t.Errorf("PID 1 printed %q", line)
		}
	})
	t.Run("ends with PID 1", func(t *testing.T) {
		e := talk(t, r, sibling(s, "sh", "-c", "echo ready; sleep 1000"))
		k.Kill()
		if _, exit := e.end(t); exit.Code != 137 {
			t.Errorf("got %+v", exit)
		}
		if _, err := start(t, r, sibling(s, "true")); err == nil {
			t.Error("an exec started in a container that has ended")
		}
	})
}

func TestPauseEndsAtTERM(t *testing.T) {
	r := newRunner(t)
	s := spec(t, "registry.k8s.io/e2e-test-images/agnhost:2.40")
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.Stdout = pw
	b, err := start(t, r, s)
	pw.Close()
	if err != nil {
		t.Fatal(err)
	}
	k := &talker{b, bufio.NewReader(pr)}
	k.line(t)
	if line := k.line(t); line != "Signals registered" {
		t.Fatalf("got %q", line)
	}
	if err := k.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if out, exit := k.end(t); exit.Code != 2 || out != "exiting because of signal \"terminated\"\n" {
		t.Errorf("got %q, %+v", out, exit)
	}
}
