package node

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/klog/v2"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/utils/ptr"
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

// podCgroups are the pods' cgroups, which are not there. The stub answers "not
// implemented", which the kubelet logs at each change of a pod.
type podCgroups struct{ cm.PodContainerManager }

// cpuPeriod is the default of the kubelet's CPUCFSQuotaPeriod, in microseconds.
const cpuPeriod = 100_000

// GetPodCgroupConfig returns what the pod's cgroup would say if there were one.
// All fields that the kubelet reads are set: it dereferences them unseen.
func (podCgroups) GetPodCgroupConfig(pod *corev1.Pod, _ corev1.ResourceName) (*cm.ResourceConfig, error) {
	config := cm.ResourceConfigForPod(pod, true, cpuPeriod, false, kubeletconfig.NoneMemoryReservationPolicy)
	if config == nil {
		config = &cm.ResourceConfig{}
	}
	config.Memory = cmp.Or(config.Memory, new(int64)) // 0: no limit
	config.CPUShares = cmp.Or(config.CPUShares, ptr.To[uint64](cm.MinShares))
	config.CPUQuota = cmp.Or(config.CPUQuota, ptr.To[int64](-1)) // no limit
	config.CPUPeriod = cmp.Or(config.CPUPeriod, ptr.To[uint64](cpuPeriod))
	return config, nil
}

// SetPodCgroupConfig accepts every limit, so that a pod can be resized in place.
func (podCgroups) SetPodCgroupConfig(klog.Logger, *corev1.Pod, *cm.ResourceConfig) error { return nil }
