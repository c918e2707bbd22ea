package cri

import (
	"context"

	"google.golang.org/protobuf/proto"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// UpdateContainerResources changes what the container's status says of its
// resources; what is not set in resources stays. Requests and limits are for the scheduler and the kubelet; a
// container's process has the sandbox's own hard limits.
func (r *Runtime) UpdateContainerResources(_ context.Context, id string, resources *runtimeapi.ContainerResources) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := &runtimeapi.ContainerResources{}
	if c.resources != nil {
		changed = proto.Clone(c.resources).(*runtimeapi.ContainerResources)
	}
	proto.Merge(changed, resources)
	c.resources = changed
	return nil
}
