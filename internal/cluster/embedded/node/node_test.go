package node_test

import (
	"os"
	"runtime"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/cluster/embedded/controlplane"
	"github.com/joblab/joblab/internal/cluster/embedded/node"
	"github.com/joblab/joblab/internal/cluster/embedded/pki"
)

func TestNodeObject(t *testing.T) {
	t.Parallel()
	got := until(t, "nodes", "", pki.NodeName, func(n *corev1.Node) bool { return n.Status.NodeInfo.KubeletVersion != "" })
	info := got.Status.NodeInfo
	if info.KubeletVersion != controlplane.Version {
		t.Errorf("got kubelet version %s, want %s", info.KubeletVersion, controlplane.Version)
	}
	if !strings.HasPrefix(info.ContainerRuntimeVersion, "joblab://") {
		t.Errorf("got runtime %s", info.ContainerRuntimeVersion)
	}
	if info.OperatingSystem != runtime.GOOS || info.Architecture != runtime.GOARCH || info.KernelVersion == "" || info.OSImage == "" || info.BootID == "" {
		t.Errorf("got node info %+v", info)
	}
	if got := got.Status.Capacity.Cpu().Value(); got != int64(runtime.NumCPU()) {
		t.Errorf("got %d CPUs, want %d", got, runtime.NumCPU())
	}
	if got.Status.Capacity.Memory().IsZero() || got.Status.Capacity.StorageEphemeral().IsZero() || got.Status.Capacity.Pods().Value() != 1000 {
		t.Errorf("got capacity %v", got.Status.Capacity)
	}
	addresses := make(map[corev1.NodeAddressType]string)
	for _, address := range got.Status.Addresses {
		addresses[address.Type] = address.Address
	}
	if addresses[corev1.NodeInternalIP] != node.Address || addresses[corev1.NodeHostName] != pki.NodeName {
		t.Errorf("got addresses %v", addresses)
	}
	events, err := client.CoreV1().Events("").List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.kind=Node,type=Warning"})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events.Items {
		t.Errorf("warning about the node: %s: %s", event.Reason, event.Message)
	}
}

// The kubelet writes nowhere but below its directory.
func TestNothingOutsideOfTheDirectory(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, nil, bash("c", "true"))
	untilPod(t, ns, "pod", ended)
	links, err := os.ReadDir("/var/log/containers")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, link := range links {
		if strings.Contains(link.Name(), ns) {
			t.Errorf("the kubelet made /var/log/containers/%s", link.Name())
		}
	}
}
