package cri

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"syscall"
	"testing"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// noServices is a cluster without Services and without a name server.
type noServices struct{}

func (noServices) Query(context.Context, netip.Addr, network.Question) (network.Answer, error) {
	return network.Answer{}, syscall.ETIMEDOUT
}

func (noServices) Route(context.Context, netip.AddrPort) (netip.AddrPort, error) {
	return netip.AddrPort{}, syscall.ETIMEDOUT
}

func TestPodsReachEachOther(t *testing.T) {
	server, client := newHarness(t), new(harness)
	*client = *server
	var err error
	if client.pod, err = server.RunPodSandbox(t.Context(), server.sandbox, ""); err != nil {
		t.Fatal(err)
	}
	shell := func(name, script string) *runtimeapi.ContainerConfig {
		c := config(name, script)
		c.Image, c.Command = &runtimeapi.ImageSpec{UserSpecifiedImage: "busybox"}, []string{"sh"}
		return c
	}
	id := server.start(shell("server", "nc -lk -p 80 -e echo hello"))
	address, err := server.PodAddress(id)
	if err != nil {
		t.Fatal(err)
	}
	asks := client.start(shell("client", fmt.Sprintf("until [ \"$(nc %s 80)\" = hello ]; do sleep 0.1; done", address)))
	if got := client.exited(asks); got.GetExitCode() != 0 {
		t.Errorf("the client exited with %d", got.GetExitCode())
	}
	to := netip.AddrPortFrom(address, 80)
	conn, err := server.DialPod(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); string(got) != "hello\n" || err != nil {
		t.Errorf("the node read %q, %v", got, err)
	}
	conn.Close()
	if err := server.StopPodSandbox(t.Context(), server.pod); err != nil {
		t.Fatal(err)
	}
	if _, err := server.DialPod(t.Context(), to); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("after the pod was stopped: got %v, want that nobody answers", err)
	}
}
