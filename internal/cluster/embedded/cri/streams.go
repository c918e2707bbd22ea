package cri

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// streams serves kubectl exec and attach. The kubelet authenticates the caller and then
// connects to a URL that Exec gave to it. The listener is on the loopback
// interface, where other users of the machine can connect too, so that the URL
// is the proof of who asks: its path begins with a secret of this process, and
// its last part is good for one use within a minute.
type streams struct {
	streaming.Server
	http *http.Server
	done chan struct{} // closed when the listener's goroutine has ended
}

func newStreams(r *Runtime) (*streams, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for exec streams: %w", err)
	}
	config := streaming.DefaultConfig
	config.Addr = listener.Addr().String()
	config.BaseURL = &url.URL{Scheme: "http", Host: config.Addr, Path: "/" + newID() + "/"}
	handler, err := streaming.NewServer(config, server{r})
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("make the exec stream server: %w", err)
	}
	s := &streams{
		Server: handler,
		http:   &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second},
		done:   make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		s.http.Serve(listener)
	}()
	return s, nil
}

// close closes the listener. Streams that are open end with their containers.
func (s *streams) close() {
	s.http.Close()
	<-s.done
}

// Exec returns the URL at which a command's streams are served, once.
func (r *Runtime) Exec(_ context.Context, req *runtimeapi.ExecRequest) (*runtimeapi.ExecResponse, error) {
	c, err := r.container(req.GetContainerId())
	if err != nil {
		return nil, err
	}
	if c.currentState() != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return nil, status.Errorf(codes.FailedPrecondition, "container %q is not running", c.id)
	}
	return r.streams.GetExec(req)
}

// server is a Runtime as package streaming wants it.
type server struct{ *Runtime }

// Exec runs cmd with its streams. in, out and errs may be nil.
func (s server) Exec(ctx context.Context, id string, cmd []string, in io.Reader, out, errs io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	var code int
	var err error
	if tty {
		code, err = s.runInTerminal(ctx, id, cmd, in, orDiscard(out), resize)
	} else {
		code, err = s.runInContainer(ctx, id, cmd, in, orDiscard(out), orDiscard(errs))
	}
	if err != nil {
		return err
	}
	if code != 0 {
		return utilexec.CodeExitError{Err: fmt.Errorf("exit status %d", code), Code: code}
	}
	return nil
}

// orDiscard returns w, or where there is none something that takes everything.
func orDiscard(w io.WriteCloser) io.WriteCloser {
	if w == nil {
		return discard{}
	}
	return w
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }
