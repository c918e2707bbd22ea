package node

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/kubelet/types"
	"k8s.io/kubernetes/pkg/probe"
	httpprobe "k8s.io/kubernetes/pkg/probe/http"
	utilexec "k8s.io/utils/exec"

	"github.com/joblab/joblab/internal/cluster/embedded/cri"
)

// The kubelet sends httpGet and tcpSocket probes and httpGet hooks to pods
// itself, through the host's network, which pods are no part of, and has no
// place to put another dialer. So it is given pods in which such a handler is an
// exec handler with a command that no container has (handlerCommand), and a
// runtime that does for this command what the original handler says. Results,
// thresholds and events remain the kubelet's; the objects in the API server are
// as they were.

// handlerCommand begins the command of a handler that is not an exec handler.
const handlerCommand = "joblab: handler through the pods' network"

// handler is the second argument of handlerCommand, as JSON in base64 so that
// the kubelet finds nothing to expand in it.
type handler struct {
	Hook      bool                    `json:",omitempty"`
	HTTPGet   *corev1.HTTPGetAction   `json:",omitempty"`
	TCPSocket *corev1.TCPSocketAction `json:",omitempty"`
	GRPC      bool                    `json:",omitempty"`
}

func (h handler) exec() *corev1.ExecAction {
	data, err := json.Marshal(h)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return &corev1.ExecAction{Command: []string{handlerCommand, base64.StdEncoding.EncodeToString(data)}}
}

// withHandlers returns updates with every pod's handlers replaced. It ends when
// ctx ends or updates does.
func withHandlers(ctx context.Context, updates <-chan types.PodUpdate) <-chan types.PodUpdate {
	replaced := make(chan types.PodUpdate)
	go func() {
		for {
			select {
			case u := <-updates:
				pods := make([]*corev1.Pod, len(u.Pods))
				for i, pod := range u.Pods {
					pods[i] = replaceHandlers(pod)
				}
				u.Pods = pods
				select {
				case replaced <- u:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return replaced
}

// replaceHandlers returns the pod with its handlers replaced: a copy if there
// are any, because the kubelet compares its source's pods with later ones.
func replaceHandlers(pod *corev1.Pod) *corev1.Pod {
	changed := pod.DeepCopy()
	found := false
	for _, list := range [][]corev1.Container{changed.Spec.InitContainers, changed.Spec.Containers} {
		for i := range list {
			c := &list[i]
			for _, p := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
				if p == nil {
					continue
				}
				h := handler{HTTPGet: p.HTTPGet, TCPSocket: p.TCPSocket, GRPC: p.GRPC != nil}
				if h != (handler{}) {
					h.resolvePorts(c)
					p.ProbeHandler = corev1.ProbeHandler{Exec: h.exec()}
					found = true
				}
			}
			if c.Lifecycle == nil {
				continue
			}
			for _, l := range []*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
				if l != nil && l.HTTPGet != nil {
					h := handler{Hook: true, HTTPGet: l.HTTPGet}
					h.resolvePorts(c)
					*l = corev1.LifecycleHandler{Exec: h.exec()}
					found = true
				}
			}
		}
	}
	if !found {
		return pod
	}
	return changed
}

// resolvePorts replaces names of the container's ports. A name that it does not
// have stays, and fails when it is used.
func (h *handler) resolvePorts(c *corev1.Container) {
	if h.HTTPGet != nil {
		if port, err := probe.ResolveContainerPort(h.HTTPGet.Port, c); err == nil {
			h.HTTPGet.Port = intstr.FromInt(port)
		}
	}
	if h.TCPSocket != nil {
		if port, err := probe.ResolveContainerPort(h.TCPSocket.Port, c); err == nil {
			h.TCPSocket.Port = intstr.FromInt(port)
		}
	}
}

// handlerRuntime is a runtime that knows handlerCommand.
type handlerRuntime struct{ *cri.Runtime }

// ExecSync runs a command in a container, or a handler.
func (r handlerRuntime) ExecSync(ctx context.Context, id string, cmd []string, timeout time.Duration) (stdout, stderr []byte, err error) {
	if len(cmd) != 2 || cmd[0] != handlerCommand {
		return r.Runtime.ExecSync(ctx, id, cmd, timeout)
	}
	var h handler
	data, err := base64.StdEncoding.DecodeString(cmd[1])
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the handler: %w", err)
	}
	address, err := r.PodAddress(id)
	if err != nil {
		return nil, nil, err
	}
	output, ok := r.run(ctx, h, address, timeout)
	if !ok {
		err = utilexec.CodeExitError{Err: errors.New(output), Code: 1}
	}
	return []byte(output), nil, err
}

// hookTimeout bounds a hook, which the kubelet gives no limit but the pod's
// grace period.
const hookTimeout = time.Minute

// run does what a handler says. The output is the kubelet's own for such a
// handler.
func (r handlerRuntime) run(ctx context.Context, h handler, pod netip.Addr, timeout time.Duration) (output string, ok bool) {
	if timeout == 0 {
		timeout = hookTimeout
	}
	switch {
	case h.HTTPGet != nil:
		purpose := "probe"
		if h.Hook {
			purpose = "lifecycle"
		}
		req, err := httpprobe.NewRequestForHTTPGetAction(h.HTTPGet, &corev1.Container{}, pod.String(), purpose)
		if err != nil {
			return err.Error(), false
		}
		client := &http.Client{Timeout: timeout, Transport: r.transport(), CheckRedirect: httpprobe.RedirectChecker(false)}
		if h.Hook {
			client.CheckRedirect = nil
			resp, err := client.Do(req.WithContext(ctx))
			if err != nil {
				return err.Error(), false
			}
			resp.Body.Close()
			return "", true // whatever the answer was
		}
		result, output, err := httpprobe.DoHTTPProbe(req.WithContext(ctx), client)
		if err != nil {
			return err.Error(), false
		}
		return output, result != probe.Failure
	case h.TCPSocket != nil:
		host := h.TCPSocket.Host
		if host == "" {
			host = pod.String()
		}
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		conn, err := r.dial(ctx, "tcp", net.JoinHostPort(host, h.TCPSocket.Port.String()))
		if err != nil {
			return err.Error(), false
		}
		conn.Close()
		return "", true
	}
	return "gRPC probes are not supported by the embedded cluster; use exec, httpGet or tcpSocket, or joblab serve -cluster kind", false
}

func (r handlerRuntime) transport() *http.Transport {
	return &http.Transport{
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: true}, // as the kubelet's probes
		DisableKeepAlives:  true,
		DisableCompression: true,
		DialContext:        r.dial,
	}
}

// dial connects to an address of the pods' network. Names are not looked up: on
// a real node they would be the node's, not the cluster's.
func (r handlerRuntime) dial(ctx context.Context, _, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial tcp: lookup %s: no such host", address)
	}
	conn, err := r.DialPod(ctx, to)
	if errors.Is(err, syscall.ETIMEDOUT) {
		<-ctx.Done() // nobody answers
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: os.ErrDeadlineExceeded}
	}
	return conn, err
}
