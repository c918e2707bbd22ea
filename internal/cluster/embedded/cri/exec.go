package cri

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	remote "k8s.io/cri-client/pkg"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"

	"github.com/joblab/joblab/internal/sandbox"
)

// maxExecOutput is how much of each stream ExecSync returns, in bytes. The
// kubelet shows at most 10 KiB of a probe's output.
const maxExecOutput = 64 << 10

// ExecSync runs a command in a running container and returns what it wrote, the
// first 64 KiB of each stream. A code other than 0 is a utilexec.CodeExitError;
// a command that takes longer than timeout (0: no limit) is killed, and the
// error is remote.ErrCommandTimedOut, which makes a probe fail rather than break.
func (r *Runtime) ExecSync(ctx context.Context, id string, cmd []string, timeout time.Duration) (stdout, stderr []byte, err error) {
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, remote.ErrCommandTimedOut)
		defer cancel()
	}
	var out, errs capture
	code, err := r.runInContainer(ctx, id, cmd, nil, &out, &errs)
	switch {
	case errors.Is(err, remote.ErrCommandTimedOut):
		return nil, nil, fmt.Errorf("%w: %q timed out after %s", remote.ErrCommandTimedOut, strings.Join(cmd, " "), timeout)
	case err != nil:
		return nil, nil, err
	case code != 0:
		err = utilexec.CodeExitError{
			Err:  fmt.Errorf("command '%s' exited with %d: %s", strings.Join(cmd, " "), code, errs.Bytes()),
			Code: code,
		}
	}
	return out.Bytes(), errs.Bytes(), err
}

// runInContainer runs cmd next to the container's own process, closes stdout
// and stderr after the last byte of each, and returns the exit code. It fails if
// the container does not run, the command cannot be started, or ctx ends before
// the command (with ctx's cause); the process is gone then.
func (r *Runtime) runInContainer(ctx context.Context, id string, cmd []string, stdin io.Reader, stdout, stderr io.WriteCloser) (int, error) {
	out, err := newOutput(stdout, stderr)
	if err != nil {
		return 0, err
	}
	return r.runIn(ctx, id, out, func(spec *sandbox.Spec) {
		spec.Argv = cmd
		spec.Stdin, spec.Stdout, spec.Stderr = stdin, out.stdout.w, out.stderr.w
	})
}

// runInTerminal is runInContainer at a terminal as large as the client's.
func (r *Runtime) runInTerminal(ctx context.Context, id string, cmd []string, stdin io.Reader, stdout io.WriteCloser, resize <-chan remotecommand.TerminalSize) (int, error) {
	t, err := openTerminal()
	if err != nil {
		return 0, err
	}
	out := t.output(stdout)
	defer t.follow(resize)()
	if stdin != nil {
		go func() { // ends with the client's stream
			io.Copy(t, stdin)
			t.Close()
		}()
	}
	return r.runIn(ctx, id, out, func(spec *sandbox.Spec) {
		spec.Argv = cmd
		t.use(spec)
	})
}

// runIn starts a process next to the container's own, as prepare says, and
// waits for its end.
func (r *Runtime) runIn(ctx context.Context, id string, out *output, prepare func(*sandbox.Spec)) (int, error) {
	c, err := r.container(id)
	if err == nil && c.currentState() != runtimeapi.ContainerState_CONTAINER_RUNNING {
		err = status.Errorf(codes.FailedPrecondition, "container %q is not running", id)
	}
	if err != nil {
		out.started()
		out.wait()
		return 0, err
	}
	spec := c.spec
	spec.Exec, spec.Limits = true, c.limits()
	prepare(&spec)
	process, err := r.sandbox.Start(spec)
	out.started()
	if err != nil {
		out.wait()
		return 0, err
	}
	select {
	case <-process.Done():
	case <-c.exited:
		process.Kill()
	case <-ctx.Done():
		process.Kill()
		<-process.Done()
		out.wait()
		return 0, context.Cause(ctx)
	}
	<-process.Done()
	out.wait()
	return process.Exit().Code, nil
}

// errAsStart reports whether err is a command that could not be started.
func errAsStart(err error) (*sandbox.StartError, bool) {
	var start *sandbox.StartError
	ok := errors.As(err, &start)
	return start, ok
}

// capture keeps the first maxExecOutput bytes that are written to it.
type capture struct{ bytes.Buffer }

func (c *capture) Write(p []byte) (int, error) {
	c.Buffer.Write(p[:min(len(p), maxExecOutput-c.Len())])
	return len(p), nil
}

func (c *capture) Close() error { return nil }
