package cri

import (
	"context"
	"fmt"
	"io"
	"net/netip"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// PortForward returns the URL at which connections to a pod's ports are served,
// once.
func (r *Runtime) PortForward(_ context.Context, req *runtimeapi.PortForwardRequest) (*runtimeapi.PortForwardResponse, error) {
	if _, err := r.readyPod(req.GetPodSandboxId()); err != nil {
		return nil, err
	}
	return r.streams.GetPortForward(req)
}

func (r *Runtime) readyPod(id string) (*pod, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.pods[id]
	if !ok {
		return nil, notFound("pod sandbox", id)
	}
	if !p.ready {
		return nil, status.Errorf(codes.FailedPrecondition, "pod sandbox %q is not ready", id)
	}
	return p, nil
}

// PortForward connects a stream to a port of a pod's loopback interface, and
// returns when both sides have ended.
func (s server) PortForward(ctx context.Context, id string, port int32, stream io.ReadWriteCloser) error {
	p, err := s.readyPod(id)
	if err != nil {
		return err
	}
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	file, _, err := p.host.Dial(ctx, netip.AddrPortFrom(loopback, uint16(port)))
	if err != nil {
		return fmt.Errorf("failed to connect to localhost:%d inside the pod: %w", port, err)
	}
	conn, err := connOf(file)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		io.Copy(conn, stream)
		conn.CloseWrite()
	}()
	_, err = io.Copy(stream, conn)
	stream.Close() // its reader ends with it
	<-sent
	return err
}
