package node

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/cm"
)

// podsCgroup is the name under which the kubelet asks statistics for the sum of all pods.
const podsCgroup = "/pods"

// containerManager is the kubelet's own stub, which manages nothing: an ordinary
// user has no cgroups to manage. What it answers that is not true, or an error
// in the log, is replaced.
type containerManager struct {
	cm.ContainerManager
	machine *machine
}

func newContainerManager(m *machine) cm.ContainerManager {
	return containerManager{ContainerManager: cm.NewStubContainerManager(), machine: m}
}

// GetCapacity returns the storage that pods share. CPU and memory come from cAdvisor's MachineInfo.
func (c containerManager) GetCapacity(logger klog.Logger, _ bool) corev1.ResourceList {
	fs, err := c.machine.fileSystem()
	if err != nil {
		logger.Error(err, "Storage capacity is not known")
		return corev1.ResourceList{}
	}
	return corev1.ResourceList{
		corev1.ResourceEphemeralStorage: *resource.NewQuantity(int64(fs.capacity), resource.BinarySI),
	}
}

// GetPodCgroupRoot names the pods' part of the summary, which the eviction
// manager reports as missing otherwise, every ten seconds.
func (containerManager) GetPodCgroupRoot() string { return podsCgroup }

func (c containerManager) NewPodContainerManager() cm.PodContainerManager {
	return podCgroups{c.ContainerManager.NewPodContainerManager()}
}

// podCgroups are the pods' cgroups, which are not there and so limit nothing.
// The stub answers "not implemented", which the kubelet logs at each change of a pod.
type podCgroups struct{ cm.PodContainerManager }

// GetPodCgroupConfig returns none, so that the pod's status shows what its spec
// says. The kubelet checks for nil, but not for fields that are nil.
func (podCgroups) GetPodCgroupConfig(*corev1.Pod, corev1.ResourceName) (*cm.ResourceConfig, error) {
	return nil, nil
}

// SetPodCgroupConfig accepts every limit, so that a pod can be resized in place.
func (podCgroups) SetPodCgroupConfig(klog.Logger, *corev1.Pod, *cm.ResourceConfig) error { return nil }
