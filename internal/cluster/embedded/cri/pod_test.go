package cri

import (
	"context"
	"errors"
	"os"
	"testing"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func TestStoppingPodStopsItsContainers(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	one, two := h.start(config("one", "sleep 3600")), h.start(config("two", "sleep 3600"))
	if err := h.StopPodSandbox(t.Context(), h.pod); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{one, two} {
		if got := h.status(id); got.GetExitCode() != 137 {
			t.Errorf("container %s: got exit code %d, want 137", got.GetMetadata().GetName(), got.GetExitCode())
		}
	}
	response, err := h.PodSandboxStatus(t.Context(), h.pod, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := response.GetStatus().GetState(); got != runtimeapi.PodSandboxState_SANDBOX_NOTREADY {
		t.Errorf("got state %v, want not ready", got)
	}
	if _, err := h.CreateContainer(t.Context(), h.pod, config("three", "true"), h.sandbox); err == nil {
		t.Error("a container was created in a pod that was stopped")
	}
	if err := h.RemovePodSandbox(t.Context(), h.pod); err != nil {
		t.Fatal(err)
	}
	containers, err := h.ListContainers(t.Context(), nil)
	if err != nil || len(containers) != 0 {
		t.Errorf("got containers %v, error %v after the pod was removed", containers, err)
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	other := &runtimeapi.PodSandboxConfig{Metadata: &runtimeapi.PodSandboxMetadata{Name: "other"}, LogDirectory: h.logs}
	otherPod, err := h.RunPodSandbox(t.Context(), other, "")
	if err != nil {
		t.Fatal(err)
	}
	running := h.start(config("running", "sleep 3600"))
	ended := h.start(config("ended", "true"))
	h.exited(ended)
	state := func(s runtimeapi.ContainerState) *runtimeapi.ContainerStateValue {
		return &runtimeapi.ContainerStateValue{State: s}
	}
	for name, test := range map[string]struct {
		filter *runtimeapi.ContainerFilter
		want   int
	}{
		"none":           {nil, 2},
		"id":             {&runtimeapi.ContainerFilter{Id: running}, 1},
		"pod":            {&runtimeapi.ContainerFilter{PodSandboxId: h.pod}, 2},
		"another pod":    {&runtimeapi.ContainerFilter{PodSandboxId: otherPod}, 0},
		"running":        {&runtimeapi.ContainerFilter{State: state(runtimeapi.ContainerState_CONTAINER_RUNNING)}, 1},
		"created":        {&runtimeapi.ContainerFilter{State: state(runtimeapi.ContainerState_CONTAINER_CREATED)}, 0},
		"another label":  {&runtimeapi.ContainerFilter{LabelSelector: map[string]string{"app": "x"}}, 0},
		"pod and exited": {&runtimeapi.ContainerFilter{PodSandboxId: h.pod, State: state(runtimeapi.ContainerState_CONTAINER_EXITED)}, 1},
	} {
		got, err := h.ListContainers(t.Context(), test.filter)
		if err != nil || len(got) != test.want {
			t.Errorf("%s: got %d containers, error %v, want %d", name, len(got), err, test.want)
		}
	}
	pods, err := h.ListPodSandbox(t.Context(), &runtimeapi.PodSandboxFilter{LabelSelector: map[string]string{"app": "test"}})
	if err != nil || len(pods) != 1 || pods[0].GetId() != h.pod {
		t.Errorf("got pods %v, error %v, want the labelled one", pods, err)
	}
}

func TestPodsHaveAddressesOfTheirOwn(t *testing.T) {
	t.Parallel()
	a := newAddresses()
	seen := make(map[string]bool)
	for {
		address, err := a.take()
		if err != nil {
			break
		}
		if seen[address] {
			t.Fatalf("address %s was given twice", address)
		}
		seen[address] = true
	}
	if !seen["10.244.0.2"] || seen["10.244.0.0"] || seen["10.244.0.1"] {
		t.Error("the first address is not 10.244.0.2")
	}
	a.release("10.244.3.4")
	if got, err := a.take(); got != "10.244.3.4" || err != nil {
		t.Errorf("got %s, %v, want the address that was released", got, err)
	}
}

func TestRunPodSandboxEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.RunPodSandbox(ctx, h.sandbox, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
}

// TestStopPodSandboxEndsWithItsContext gives up the teardown with its context, which leaves the
// pod ready, to be stopped again.
func TestStopPodSandboxEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.StopPodSandbox(ctx, h.pod); !errors.Is(err, context.Canceled) {
		t.Errorf("stop a pod with a context that has ended: %v, want context.Canceled", err)
	}
	for _, want := range []runtimeapi.PodSandboxState{runtimeapi.PodSandboxState_SANDBOX_READY, runtimeapi.PodSandboxState_SANDBOX_NOTREADY} {
		status, err := h.PodSandboxStatus(t.Context(), h.pod, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := status.GetStatus().GetState(); got != want {
			t.Errorf("the pod is %s, want %s", got, want)
		}
		if err := h.StopPodSandbox(t.Context(), h.pod); err != nil {
			t.Errorf("stop the pod: %v", err)
		}
	}
}

func TestShutdownLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.start(config("c", "sleep 3600"))
	c, err := h.container(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.process.Done():
	default:
		t.Error("the container's process is still there")
	}
	if _, err := h.RunPodSandbox(t.Context(), h.sandbox, ""); err == nil {
		t.Error("a pod was made after the shutdown")
	}
	if _, err := os.Stat(h.Runtime.dir); !os.IsNotExist(err) {
		t.Errorf("the containers' directory is still there: %v", err)
	}
}
