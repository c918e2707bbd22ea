package node

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	kubeletv1beta1 "k8s.io/kubelet/config/v1beta1"
	"k8s.io/kubernetes/pkg/kubelet"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	kubeletscheme "k8s.io/kubernetes/pkg/kubelet/apis/config/scheme"
	runtimeconfig "k8s.io/kubernetes/pkg/kubelet/kubeletconfig"

	"github.com/joblab/joblab/internal/cluster/embedded/services"
)

// kubeletConfiguration is the kubelet's default configuration with what this
// node needs otherwise.
func kubeletConfiguration(cfg Config, dirs directories) (*kubeletconfig.KubeletConfiguration, error) {
	scheme, _, err := kubeletscheme.NewSchemeAndCodecs()
	if err != nil {
		return nil, fmt.Errorf("kubelet configuration: %w", err)
	}
	defaults := &kubeletv1beta1.KubeletConfiguration{}
	scheme.Default(defaults)
	c := &kubeletconfig.KubeletConfiguration{}
	if err := scheme.Convert(defaults, c, nil); err != nil {
		return nil, fmt.Errorf("kubelet configuration: %w", err)
	}

	c.Address = Address
	c.Port = int32(cfg.Port)
	c.ReadOnlyPort = 0
	c.HealthzPort = 0
	c.Authentication.X509.ClientCAFile = cfg.ClientCAFile
	c.Authentication.Anonymous.Enabled = false
	c.Authentication.Webhook.Enabled = false
	c.Authorization.Mode = kubeletconfig.KubeletAuthorizationModeAlwaysAllow // who has a certificate is the API server

	// Handlers that would show the host: its /var/log, and this process from inside.
	c.EnableSystemLogHandler = false
	c.EnableProfilingHandler = false
	c.EnableDebugFlagsHandler = false

	c.MaxPods = int32(cfg.MaxPods)
	c.RegistryPullQPS = 0 // pulls take no time here: the limit would refuse the pods of a large Job
	c.PodLogsDir = dirs.podLogs
	c.ResolverConfig = dirs.resolvConf
	c.ClusterDNS = []string{services.NameServer}
	c.ClusterDomain = services.Domain

	// What needs root, or would change the host.
	c.CgroupsPerQOS = false
	c.EnforceNodeAllocatable = nil
	c.MakeIPTablesUtilChains = false
	c.FailCgroupV1 = false
	c.FailSwapOn = false
	c.ProtectKernelDefaults = false

	// No controller attaches volumes, and no volume here can be attached.
	c.EnableControllerAttachDetach = false

	// As on kind: the node is a guest on somebody's machine, so that a disk
	// that is fairly full is no reason to evict. LocalStorageCapacityIsolation
	// stays on: it is what enforces an emptyDir's sizeLimit.
	c.EvictionHard = map[string]string{}
	c.ImageGCHighThresholdPercent = 100
	c.ImageMaximumGCAge = metav1.Duration{}
	return c, nil
}

// newKubelet makes the kubelet with the defaults of its command's flags.
func newKubelet(ctx context.Context, cfg Config, dirs directories, c *kubeletconfig.KubeletConfiguration, deps *kubelet.Dependencies) (*kubelet.Kubelet, error) {
	return kubelet.NewMainKubelet(
		ctx, c, deps,
		&runtimeconfig.ContainerRuntimeOptions{},
		cfg.Name,
		types.NodeName(cfg.Name),
		nil,        // nodeIPs: from the Node object, because
		"",         // providerID
		"external", // cloudProvider: somebody else, here register, gives the node its addresses
		"",         // certDirectory: certificates are not rotated
		dirs.root,
		dirs.podLogs,
		"", "", // no image credential provider
		true,              // registerNode: take over the Node object that register made
		nil,               // registerWithTaints
		nil,               // allowedUnsafeSysctls
		"",                // experimentalMounterPath
		false,             // kernelMemcgNotification
		false,             // experimentalNodeAllocatableIgnoreEvictionThreshold
		metav1.Duration{}, // minimumGCAge
		1,                 // maxPerPodContainerCount
		-1,                // maxContainerCount: no limit
		nil,               // nodeLabels: not added to a Node object that exists
		c.NodeStatusMaxImages,
		c.SeccompDefault,
	)
}
