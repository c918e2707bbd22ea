package cri

import (
	"context"
	"os"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// ListContainerStats returns the statistics of the running containers that
// match every part of filter that is set.
func (r *Runtime) ListContainerStats(_ context.Context, filter *runtimeapi.ContainerStatsFilter) ([]*runtimeapi.ContainerStats, error) {
	var list []*runtimeapi.ContainerStats
	for _, c := range r.selectContainers(filter.GetId(), filter.GetPodSandboxId(), filter.GetLabelSelector()) {
		if c.currentState() == runtimeapi.ContainerState_CONTAINER_RUNNING {
			list = append(list, r.stats(c))
		}
	}
	return list, nil
}

// ContainerStats returns the statistics of one container: CPU time and memory
// of its process, where the system tells, and what its own part of its file tree
// takes on the disk.
func (r *Runtime) ContainerStats(_ context.Context, id string) (*runtimeapi.ContainerStats, error) {
	c, err := r.container(id)
	if err != nil {
		return nil, err
	}
	return r.stats(c), nil
}

// Memory returns the resident memory of all containers' processes, in bytes, as
// far as the system tells.
func (r *Runtime) Memory() uint64 {
	var sum uint64
	for _, c := range r.selectContainers("", "", nil) {
		if _, rss, ok := c.usage(); ok {
			sum += rss
		}
	}
	return sum
}

// usage returns the CPU time and resident memory of the container's process.
// ok is false if it does not run or the system does not tell.
func (c *container) usage() (cpu time.Duration, rss uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != runtimeapi.ContainerState_CONTAINER_RUNNING {
		return 0, 0, false
	}
	return processUsage(c.process.PID())
}

func (r *Runtime) stats(c *container) *runtimeapi.ContainerStats {
	now := time.Now().UnixNano()
	stats := &runtimeapi.ContainerStats{
		Attributes: &runtimeapi.ContainerAttributes{
			Id:          c.id,
			Metadata:    c.config.GetMetadata(),
			Labels:      c.config.GetLabels(),
			Annotations: c.config.GetAnnotations(),
		},
	}
	if cpu, rss, ok := c.usage(); ok {
		stats.Cpu = &runtimeapi.CpuUsage{
			Timestamp:            now,
			UsageCoreNanoSeconds: &runtimeapi.UInt64Value{Value: uint64(cpu)},
		}
		stats.Memory = &runtimeapi.MemoryUsage{
			Timestamp:       now,
			WorkingSetBytes: &runtimeapi.UInt64Value{Value: rss},
			UsageBytes:      &runtimeapi.UInt64Value{Value: rss},
			RssBytes:        &runtimeapi.UInt64Value{Value: rss},
		}
	}
	bytes, files := filetree.Usage(os.DirFS(c.spec.Root))
	stats.WritableLayer = &runtimeapi.FilesystemUsage{
		Timestamp:  now,
		FsId:       &runtimeapi.FilesystemIdentifier{Mountpoint: r.dir},
		UsedBytes:  &runtimeapi.UInt64Value{Value: bytes},
		InodesUsed: &runtimeapi.UInt64Value{Value: files},
	}
	return stats
}
