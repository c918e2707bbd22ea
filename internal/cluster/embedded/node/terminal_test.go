package node_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
)

// session is somebody at kubectl exec or attach.
type session struct {
	t     *testing.T
	typed *io.PipeWriter
	sizes chan remotecommand.TerminalSize
	done  chan error

	mu     sync.Mutex
	seen   bytes.Buffer
	change chan struct{} // has an element after a write
}

func (s *session) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen.Write(p)
	select {
	case s.change <- struct{}{}:
	default:
	}
	return len(p), nil
}

// Next implements remotecommand.TerminalSizeQueue.
func (s *session) Next() *remotecommand.TerminalSize {
	size, ok := <-s.sizes
	if !ok {
		return nil
	}
	return &size
}

// connect opens a session. stdin says that something can be typed.
func connect(t *testing.T, namespace, subresource string, options runtime.Object, stdin, tty bool) *session {
	t.Helper()
	request := client.CoreV1().RESTClient().Post().Namespace(namespace).Resource("pods").Name("pod").SubResource(subresource).
		VersionedParams(options, scheme.ParameterCodec)
	executor, err := remotecommand.NewWebSocketExecutor(config, "GET", request.URL().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	s := &session{t: t, sizes: make(chan remotecommand.TerminalSize, 8), done: make(chan error, 1), change: make(chan struct{}, 1)}
	stream := remotecommand.StreamOptions{Stdout: s, Tty: tty}
	if tty {
		stream.TerminalSizeQueue = s
	} else {
		stream.Stderr = s
	}
	if stdin {
		var in *io.PipeReader
		in, s.typed = io.Pipe()
		stream.Stdin = in
	}
	go func() { s.done <- executor.StreamWithContext(ctx, stream) }()
	t.Cleanup(func() {
		cancel()
		close(s.sizes)
		if s.typed != nil {
			s.typed.Close()
		}
	})
	return s
}

// until waits for text and forgets what came up to it.
func (s *session) until(text string) {
	s.t.Helper()
	for {
		s.mu.Lock()
		_, after, ok := strings.Cut(s.seen.String(), text)
		if ok {
			s.seen.Reset()
			s.seen.WriteString(after)
		}
		seen := s.seen.String()
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-s.change:
		case err := <-s.done:
			s.done <- err
			s.mu.Lock()
			late := strings.Contains(s.seen.String(), text)
			s.mu.Unlock()
			if !late {
				s.t.Fatalf("ended with %v before %q, saw %q", err, text, seen)
			}
		}
	}
}

func (s *session) typing(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.typed, text); err != nil {
		s.t.Fatal(err)
	}
}

// exits waits for the end and checks the exit code.
func (s *session) exits(want int) {
	s.t.Helper()
	err := <-s.done
	s.done <- err
	code := 0
	var exit utilexec.CodeExitError
	if errors.As(err, &exit) {
		code, err = exit.Code, nil
	}
	if code != want || err != nil {
		s.t.Errorf("got code %d, error %v, want %d", code, err, want)
	}
}

func TestExecAtATerminal(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, nil, bash("c", "while :; do sleep 1; done"))
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
	shell := func(t *testing.T) *session {
		return connect(t, ns, "exec", &corev1.PodExecOptions{Command: []string{"bash"}, Stdin: true, Stdout: true, TTY: true}, true, true)
	}
	t.Run("a shell prompts, echoes and exits", func(t *testing.T) {
		s := shell(t)
		s.until("[root@pod /]# ")
		s.typing("echo $((6*7))\n")
		s.until("echo $((6*7))\r\n42\r\n[root@pod /]# ")
		s.typing("exit 3\n")
		s.exits(3)
	})
	t.Run("the terminal is as large as the client's", func(t *testing.T) {
		s := shell(t)
		s.until("# ")
		s.sizes <- remotecommand.TerminalSize{Width: 123, Height: 45}
		s.typing("until [ \"$(stty size)\" = '45 123' ]; do sleep 0.01; done; echo res''ized\n")
		s.until("resized\r\n")
		s.typing("\x04")
		s.exits(0)
	})
	t.Run("^C ends the command and not the shell", func(t *testing.T) {
		s := shell(t)
		s.until("# ")
		s.typing("echo re''ady; sleep 1000\n")
		s.until("ready\r\n")
		s.typing("\x03")
		s.until("^C\r\n[root@pod /]# ")
		s.typing("echo still; exit\n")
		s.until("still\r\n")
		s.exits(0)
	})
	t.Run("^C ends a command that is no shell", func(t *testing.T) {
		s := connect(t, ns, "exec", &corev1.PodExecOptions{Command: []string{"tail", "-f", "/dev/null", "/etc/hosts"}, Stdin: true, Stdout: true, TTY: true}, true, true)
		s.until("localhost")
		s.typing("\x03")
		s.exits(130)
	})
}

func TestAttach(t *testing.T) {
	t.Parallel()
	t.Run("output from now on, and a standard input that closes once", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		c := bash("c", "echo before; while read line; do echo got $line; done; echo oops >&2; exit 4")
		c.Stdin, c.StdinOnce = true, true
		createPod(t, ns, nil, c)
		untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
		s := connect(t, ns, "attach", &corev1.PodAttachOptions{Stdin: true, Stdout: true, Stderr: true}, true, false)
		s.typing("one\n")
		s.until("got one\n")
		s.typing("two\n")
		s.until("got two\n")
		s.typed.Close()
		s.until("oops\n")
		pod := untilPod(t, ns, "pod", ended)
		if got := container(pod, "c").State.Terminated; got == nil || got.ExitCode != 4 {
			t.Errorf("got state %+v, want exit code 4", got)
		}
		if got := logs(t, ns, "pod", &corev1.PodLogOptions{}); !strings.HasPrefix(got, "before\ngot one\ngot two\n") {
			t.Errorf("got log %q", got)
		}
	})
	t.Run("a container with a terminal", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		createPod(t, ns, nil, corev1.Container{Name: "c", Image: "busybox", Command: []string{"sh"}, Stdin: true, TTY: true})
		untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })
		s := connect(t, ns, "attach", &corev1.PodAttachOptions{Stdin: true, Stdout: true, TTY: true}, true, true)
		s.typing("echo $((6*7))\n")
		s.until("42\r\n/ # ")
		s.typing("exit 5\n")
		pod := untilPod(t, ns, "pod", ended)
		if got := container(pod, "c").State.Terminated; got == nil || got.ExitCode != 5 {
			t.Errorf("got state %+v, want exit code 5", got)
		}
	})
}
