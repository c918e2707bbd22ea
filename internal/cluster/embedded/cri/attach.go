package cri

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"

	"github.com/joblab/joblab/internal/sandbox"
)

// containerIO is what a container's own process reads and writes: a log, and
// whoever is attached.
type containerIO struct {
	out      *output
	stdin    io.WriteCloser // nil unless the container has an open standard input
	terminal *terminal      // nil unless it has a terminal
	once     bool           // stdin closes after the first who attached

	mu      sync.Mutex
	ended   bool             // guarded by mu
	readers map[*reader]bool // guarded by mu
}

// reader is an attached client, with what it has yet to be sent.
type reader struct {
	stdout, stderr io.Writer
	queue          chan chunk
}

type chunk struct {
	data   []byte
	stderr bool
}

// maxQueue is how many pieces of output wait for a client. One that reads more
// slowly is dropped: it must not slow down the container.
const maxQueue = 256

// openIO makes the streams of a container's own process and puts them into its
// spec.
func (c *container) openIO(spec *sandbox.Spec, log *logFile) (*containerIO, error) {
	streams := &containerIO{once: c.config.GetStdinOnce(), readers: make(map[*reader]bool)}
	stdout := tee{log.stream("stdout"), streams, false}
	var err error
	if c.config.GetTty() {
		if streams.terminal, err = openTerminal(); err != nil {
			return nil, err
		}
		streams.out = streams.terminal.output(stdout)
		streams.terminal.use(spec)
		if c.config.GetStdin() {
			streams.stdin = streams.terminal
		}
		return streams, nil
	}
	if streams.out, err = newOutput(stdout, tee{log.stream("stderr"), streams, true}); err != nil {
		return nil, err
	}
	spec.Stdout, spec.Stderr = streams.out.stdout.w, streams.out.stderr.w
	if c.config.GetStdin() {
		// It is open from the start, and what the container reads comes from
		// whoever attaches.
		spec.Stdin, streams.stdin = io.Pipe()
	}
	return streams, nil
}

// started is called when the process has its own copies of the streams.
func (s *containerIO) started() { s.out.started() }

// finish is called when the process has ended. It returns once all of its
// output is where it belongs.
func (s *containerIO) finish() {
	if s.stdin != nil && s.terminal == nil {
		s.stdin.Close()
	}
	s.out.wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for r := range s.readers {
		close(r.queue)
		delete(s.readers, r)
	}
}

// tee writes to a log and to whoever is attached.
type tee struct {
	io.WriteCloser
	io     *containerIO
	stderr bool
}

func (t tee) Write(p []byte) (int, error) {
	t.io.send(chunk{append([]byte(nil), p...), t.stderr})
	return t.WriteCloser.Write(p)
}

func (s *containerIO) send(piece chunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.readers {
		select {
		case r.queue <- piece:
		default:
			close(r.queue)
			delete(s.readers, r)
		}
	}
}

// attach sends the container's output from now on to a client, and what the
// client types to the container, until the container ends or ctx does.
func (s *containerIO) attach(ctx context.Context, in io.Reader, out, errs io.Writer) error {
	r := &reader{stdout: out, stderr: errs, queue: make(chan chunk, maxQueue)}
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	s.readers[r] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.readers, r)
	}()
	if in != nil && s.stdin != nil {
		go func() { // ends with the client's stream
			io.Copy(s.stdin, in)
			if s.once {
				s.stdin.Close()
			}
		}()
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case piece, ok := <-r.queue:
			if !ok {
				return nil
			}
			w := r.stdout
			if piece.stderr {
				w = r.stderr
			}
			if w == nil {
				continue
			}
			if _, err := w.Write(piece.data); err != nil {
				return nil // the client has gone
			}
		}
	}
}

// Attach returns the URL at which a running container's streams are served, once.
func (r *Runtime) Attach(_ context.Context, req *runtimeapi.AttachRequest) (*runtimeapi.AttachResponse, error) {
	if _, err := r.attachable(req.GetContainerId()); err != nil {
		return nil, err
	}
	return r.streams.GetAttach(req)
}

func (r *Runtime) attachable(id string) (*containerIO, error) {
	c, err := r.container(id)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return nil, status.Errorf(codes.FailedPrecondition, "container %q is not running", id)
	}
	return c.streams, nil
}

// Attach implements package streaming's Runtime.
func (s server) Attach(ctx context.Context, id string, in io.Reader, out, errs io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	streams, err := s.attachable(id)
	if err != nil {
		return err
	}
	if tty && streams.terminal != nil {
		defer streams.terminal.follow(resize)()
	}
	return streams.attach(ctx, in, writer(out), writer(errs))
}

// writer is w without the trap of a nil pointer in an interface.
func writer(w io.WriteCloser) io.Writer {
	if w == nil {
		return nil
	}
	return w
}

// terminal is a pseudo-terminal: the process has the slave, we have the master.
type terminal struct {
	master, slave *os.File
}

func openTerminal() (*terminal, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("make a terminal: %w", err)
	}
	return &terminal{master, slave}, nil
}

// use makes the terminal the streams of a process.
func (t *terminal) use(spec *sandbox.Spec) {
	spec.Stdin, spec.Stdout, spec.Stderr, spec.TTY = t.slave, t.slave, t.slave, true
}

// output copies what appears on the terminal to w.
func (t *terminal) output(w io.WriteCloser) *output {
	o := &output{stdout: pipe{r: t.master, w: t.slave}}
	o.copy(w, t.master)
	return o
}

// Write types.
func (t *terminal) Write(p []byte) (int, error) { return t.master.Write(p) }

// Close types ^D: a terminal has no other end of input.
func (t *terminal) Close() error {
	_, err := t.master.Write([]byte{4})
	return err
}

// resize makes the terminal as large as size; one that is closed stays as it is.
func (t *terminal) resize(size remotecommand.TerminalSize) {
	conn, err := t.master.SyscallConn()
	if err != nil {
		return
	}
	conn.Control(func(fd uintptr) {
		unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: size.Height, Col: size.Width})
	})
}

// follow makes the terminal as large as the client's, until done is called.
func (t *terminal) follow(resize <-chan remotecommand.TerminalSize) (done func()) {
	stop := make(chan struct{})
	var following sync.WaitGroup
	following.Go(func() {
		for {
			select {
			case size, ok := <-resize:
				if !ok {
					return
				}
				t.resize(size)
			case <-stop:
				return
			}
		}
	})
	return func() {
		close(stop)
		following.Wait()
	}
}
