package node

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/cm"
)

// containerManager is the kubelet's own stub, which manages nothing: an ordinary
// user has no cgroups to manage. Only the capacity is real.
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
