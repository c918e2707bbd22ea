package cri

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// setupTime is how long RunPodSandbox takes. On a real node that is the time to
// start the pause container and set up the pod's network. With no delay at all
// the kubelet publishes ContainerCreating for only 3 of 20 pods made at once,
// because a pod's status is already Running when it is first sent; with this
// delay learners see it as they would on a real node.
const setupTime = 100 * time.Millisecond

// teardownTime is how long StopPodSandbox takes for a pod that is ready: what
// containerd takes for the pod's network and the pause container. The kubelet
// tells the phase of a pod so much later than the end of its containers. With no
// delay that is just the second for which the Job controller gathers changes, and
// 3 of 8 Jobs were Complete a second sooner than they ever are on a real node.
const teardownTime = 120 * time.Millisecond

// pod is what the containers of one pod sandbox share.
type pod struct {
	id        string
	config    *runtimeapi.PodSandboxConfig // never changed
	handler   string
	address   string
	host      *network.Host // the pod's end of the network
	createdAt time.Time
	ready     bool // guarded by Runtime.mu
}

// RunPodSandbox makes a pod sandbox that is ready, with an address of its own,
// after setupTime. It fails only if ctx ends before or no address is left.
func (r *Runtime) RunPodSandbox(ctx context.Context, config *runtimeapi.PodSandboxConfig, runtimeHandler string) (string, error) {
	if err := take(ctx, setupTime); err != nil {
		return "", fmt.Errorf("set up the pod's sandbox: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return "", errClosed
	}
	address, err := r.addresses.take()
	if err != nil {
		return "", fmt.Errorf("set up the pod's network: %w", err)
	}
	p := &pod{
		id: newID(), config: config, handler: runtimeHandler,
		address: address, createdAt: time.Now(), ready: true,
	}
	p.host = r.fabric.Attach(netip.MustParseAddr(address))
	r.pods[p.id] = p
	return p.id, nil
}

// take lets time pass, as the work of a real runtime does. It fails if ctx ends
// before.
func take(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// StopPodSandbox kills the pod's containers, waits for them and, after
// teardownTime, gives the pod's address back. A pod that is stopped already or
// unknown is no error.
func (r *Runtime) StopPodSandbox(ctx context.Context, id string) error {
	r.mu.Lock()
	p, ok := r.pods[id]
	stopped := ok && !p.ready
	r.mu.Unlock()
	if !ok {
		return nil
	}
	for _, c := range r.containersOf(p) {
		if err := r.StopContainer(ctx, c.id, 0); err != nil {
			return err
		}
	}
	if stopped {
		return nil
	}
	p.host.Detach()
	if err := take(ctx, teardownTime); err != nil {
		return fmt.Errorf("tear down the pod's sandbox: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.ready {
		p.ready = false
		r.addresses.release(p.address)
	}
	return nil
}

// RemovePodSandbox stops the pod and removes its containers. Their log files
// are the kubelet's to remove.
func (r *Runtime) RemovePodSandbox(ctx context.Context, id string) error {
	if err := r.StopPodSandbox(ctx, id); err != nil {
		return err
	}
	r.mu.Lock()
	p, ok := r.pods[id]
	r.mu.Unlock()
	if !ok {
		return nil
	}
	for _, c := range r.containersOf(p) {
		if err := r.RemoveContainer(ctx, c.id); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pods, id)
	return nil
}

// PodSandboxStatus returns the pod's state, address and namespace options.
func (r *Runtime) PodSandboxStatus(_ context.Context, id string, _ bool) (*runtimeapi.PodSandboxStatusResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.pods[id]
	if !ok {
		return nil, notFound("pod sandbox", id)
	}
	return &runtimeapi.PodSandboxStatusResponse{
		Timestamp: time.Now().UnixNano(),
		Status: &runtimeapi.PodSandboxStatus{
			Id:             p.id,
			Metadata:       p.config.GetMetadata(),
			State:          p.stateLocked(),
			CreatedAt:      p.createdAt.UnixNano(),
			Network:        &runtimeapi.PodSandboxNetworkStatus{Ip: p.address},
			Labels:         p.config.GetLabels(),
			Annotations:    p.config.GetAnnotations(),
			RuntimeHandler: p.handler,
			Linux: &runtimeapi.LinuxPodSandboxStatus{Namespaces: &runtimeapi.Namespace{
				Options: p.config.GetLinux().GetSecurityContext().GetNamespaceOptions(),
			}},
		},
	}, nil
}

// ListPodSandbox returns the pods that match every part of filter that is set.
func (r *Runtime) ListPodSandbox(_ context.Context, filter *runtimeapi.PodSandboxFilter) ([]*runtimeapi.PodSandbox, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*runtimeapi.PodSandbox, 0, len(r.pods))
	for _, p := range r.pods {
		if id := filter.GetId(); id != "" && id != p.id {
			continue
		}
		if want := filter.GetState(); want != nil && want.State != p.stateLocked() {
			continue
		}
		if !matches(filter.GetLabelSelector(), p.config.GetLabels()) {
			continue
		}
		list = append(list, &runtimeapi.PodSandbox{
			Id:             p.id,
			Metadata:       p.config.GetMetadata(),
			State:          p.stateLocked(),
			CreatedAt:      p.createdAt.UnixNano(),
			Labels:         p.config.GetLabels(),
			Annotations:    p.config.GetAnnotations(),
			RuntimeHandler: p.handler,
		})
	}
	return list, nil
}

func (p *pod) stateLocked() runtimeapi.PodSandboxState {
	if p.ready {
		return runtimeapi.PodSandboxState_SANDBOX_READY
	}
	return runtimeapi.PodSandboxState_SANDBOX_NOTREADY
}

// containersOf returns the containers of p, in no order.
func (r *Runtime) containersOf(p *pod) []*container {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*container
	for _, c := range r.containers {
		if c.pod == p {
			list = append(list, c)
		}
	}
	return list
}

// matches reports whether labels has every pair of selector.
func matches(selector, labels map[string]string) bool {
	for key, want := range selector {
		if got, ok := labels[key]; !ok || got != want {
			return false
		}
	}
	return true
}
