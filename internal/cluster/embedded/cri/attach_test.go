package cri

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// screen is what a client sees.
type screen struct {
	mu     sync.Mutex
	seen   bytes.Buffer
	change chan struct{}
}

func newScreen() *screen { return &screen{change: make(chan struct{}, 1)} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen.Write(p)
	select {
	case s.change <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *screen) Close() error { return nil }

// until waits for text and forgets what came up to it.
func (s *screen) until(t *testing.T, text string) {
	t.Helper()
	for {
		s.mu.Lock()
		_, after, ok := strings.Cut(s.seen.String(), text)
		if ok {
			s.seen.Reset()
			s.seen.WriteString(after)
		}
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-s.change:
		case <-t.Context().Done():
			t.Fatalf("no %q", text)
		}
	}
}

func TestExecAtATerminal(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.start(config("c", "while :; do sleep 1; done"))
	see := newScreen()
	in, typed := io.Pipe()
	sizes := make(chan remotecommand.TerminalSize, 1)
	done := make(chan error, 1)
	go func() {
		done <- server{h.Runtime}.Exec(t.Context(), id, []string{"bash"}, in, see, nil, true, sizes)
	}()
	see.until(t, "# ")
	sizes <- remotecommand.TerminalSize{Width: 123, Height: 45}
	io.WriteString(typed, "until [ \"$(stty size)\" = '45 123' ]; do sleep 0.01; done; echo res''ized\n")
	see.until(t, "resized\r\n")
	see.until(t, "# ")
	io.WriteString(typed, "echo re''ady; sleep 1000\n")
	see.until(t, "ready\r\n")
	io.WriteString(typed, "\x03")
	see.until(t, "^C\r\n")
	see.until(t, "# ")
	io.WriteString(typed, "exit 7\n")
	var exit utilexec.CodeExitError
	if err := <-done; !errors.As(err, &exit) || exit.Code != 7 {
		t.Errorf("got error %v, want exit code 7", err)
	}
	typed.Close()
}

// A client that goes away leaves a shell that reads the end of its input.
func TestExecEndsWithItsClient(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.start(config("c", "while :; do sleep 1; done"))
	err := server{h.Runtime}.Exec(t.Context(), id, []string{"bash"}, strings.NewReader("exit 3\n"), newScreen(), nil, true, nil)
	var exit utilexec.CodeExitError
	if !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("got error %v, want exit code 3", err)
	}
	if err := (server{h.Runtime}).Exec(t.Context(), id, []string{"bash"}, strings.NewReader(""), newScreen(), nil, true, nil); err != nil {
		t.Errorf("got error %v, want none", err)
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	t.Run("standard input closes after the first client", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		c := config("c", "while read line; do echo got $line; done; echo oops >&2; exit 4")
		c.Stdin, c.StdinOnce = true, true
		id := h.start(c)
		out, errs := newScreen(), newScreen()
		in, typed := io.Pipe()
		done := make(chan error, 1)
		go func() { done <- server{h.Runtime}.Attach(t.Context(), id, in, out, errs, false, nil) }()
		io.WriteString(typed, "one\n")
		out.until(t, "got one\n")
		typed.Close()
		errs.until(t, "oops\n")
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := h.exited(id); got.GetExitCode() != 4 {
			t.Errorf("got exit code %d, want 4", got.GetExitCode())
		}
	})
	t.Run("two clients at a terminal", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		c := config("c", "")
		c.Command, c.Args = []string{"sh"}, nil
		c.Stdin, c.Tty = true, true
		id := h.start(c)
		first, second := newScreen(), newScreen()
		in, typed := io.Pipe()
		done := make(chan error, 2)
		attach := func(in io.Reader, see *screen) {
			done <- server{h.Runtime}.Attach(t.Context(), id, in, see, nil, true, nil)
		}
		go attach(in, first)
		io.WriteString(typed, "echo $((6*7))\n")
		first.until(t, "42\r\n")
		go attach(nil, second)
		// What a client sees begins when it attaches: type until it does.
		go func() {
			for {
				if _, err := io.WriteString(typed, "echo ag''ain; sleep 0.01\n"); err != nil {
					return
				}
			}
		}()
		second.until(t, "again\r\n")
		first.until(t, "again\r\n")
		h.StopContainer(t.Context(), id, 0)
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		typed.Close()
		in.Close()
	})
	t.Run("a container that does not run", func(t *testing.T) {
		t.Parallel()
		h := newHarness(t)
		id := h.start(config("c", "true"))
		h.exited(id)
		if _, err := h.Runtime.Attach(t.Context(), &runtimeapi.AttachRequest{ContainerId: id, Stdout: true}); err == nil {
			t.Error("no error")
		}
	})
}
