package cri

import (
	"testing"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		resources *runtimeapi.LinuxContainerResources
		want      sandbox.Limits
	}{
		"none":    {nil, sandbox.Limits{Nice: 19}},
		"minimum": {&runtimeapi.LinuxContainerResources{CpuShares: 2}, sandbox.Limits{Nice: 19}},
		"both": {
			&runtimeapi.LinuxContainerResources{MemoryLimitInBytes: 16 << 20, CpuShares: 512, CpuQuota: 50_000, CpuPeriod: 100_000},
			sandbox.Limits{Memory: 16 << 20, CPU: 500, Nice: 13},
		},
		"one processor":   {&runtimeapi.LinuxContainerResources{CpuShares: 1024}, sandbox.Limits{Nice: 10}},
		"many processors": {&runtimeapi.LinuxContainerResources{CpuShares: 64 << 10}, sandbox.Limits{Nice: 5}},
		"no quota":        {&runtimeapi.LinuxContainerResources{CpuShares: 1024, CpuQuota: -1, CpuPeriod: 100_000}, sandbox.Limits{Nice: 10}},
	} {
		if got := limits(c.resources); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestOutOfMemory(t *testing.T) {
	h := newHarness(t)
	c := config("hog", `s=x; while :; do s="$s$s"; done`)
	c.Linux = &runtimeapi.LinuxContainerConfig{Resources: &runtimeapi.LinuxContainerResources{MemoryLimitInBytes: 16 << 20}}
	neighbour := h.start(config("neighbour", "sleep 1000"))
	got := h.exited(h.start(c))
	if got.Reason != "OOMKilled" || got.ExitCode != 137 {
		t.Errorf("got reason %q, exit code %d, want OOMKilled, 137", got.Reason, got.ExitCode)
	}
	if got := h.status(neighbour).State; got != runtimeapi.ContainerState_CONTAINER_RUNNING {
		t.Errorf("the other container is in state %v", got)
	}
}
