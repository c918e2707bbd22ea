package cri

import (
	"context"
	"math"

	"google.golang.org/protobuf/proto"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

// limits are what a container's process may use, from the requests and limits
// of the pod's spec as the kubelet says them in the terms of cgroups.
func limits(resources *runtimeapi.LinuxContainerResources) sandbox.Limits {
	l := sandbox.Limits{
		Memory: resources.GetMemoryLimitInBytes(),
		Nice:   niceness(resources.GetCpuShares()),
	}
	if quota, period := resources.GetCpuQuota(), resources.GetCpuPeriod(); quota > 0 && period > 0 {
		l.CPU = max(1, quota*1000/period)
	}
	return l
}

// Containers stand back behind the server, however much they request: with the
// least of these values the kernel gives one a third of what it gives the server.
const (
	leastNice   = 5
	nicePerCore = 10
	mostNice    = 19
)

// niceness is the nice value that shares processors out among containers about
// as the weight of a cgroup would, which has 1024 for a request of one
// processor and 2 for none: each step is a quarter more or less.
func niceness(shares int64) int {
	n := nicePerCore - math.Log(float64(max(shares, 2))/1024)/math.Log(1.25)
	return int(min(max(math.Round(n), leastNice), mostNice))
}

// UpdateContainerResources changes the limits of a container and what its status
// says of its resources; what is not set in resources stays. The share of
// processors that a request gives stays as it was at the start.
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
	if c.process == nil {
		return nil
	}
	return c.process.SetLimits(limits(changed.GetLinux()))
}
