package node

import (
	"context"
	"crypto/tls"
	"fmt"

	noopoteltrace "go.opentelemetry.io/otel/trace/noop"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/authentication/authenticatorfactory"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/server/dynamiccertificates"
	clientset "k8s.io/client-go/kubernetes"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/kubelet"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	podconfig "k8s.io/kubernetes/pkg/kubelet/config"
	"k8s.io/kubernetes/pkg/kubelet/server"
	kubetypes "k8s.io/kubernetes/pkg/kubelet/types"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"
	"k8s.io/kubernetes/pkg/util/oom"
	"k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/downwardapi"
	"k8s.io/kubernetes/pkg/volume/emptydir"
	"k8s.io/kubernetes/pkg/volume/projected"
	"k8s.io/kubernetes/pkg/volume/secret"

	"github.com/joblab/joblab/internal/cluster/embedded/cri"
)

// dependencies are the kubelet's ways to the outside. ProbeManager stays nil, so
// that the kubelet makes its own and probes are really run. The caller calls
// stopEvents when the kubelet is done with.
func dependencies(ctx context.Context, cfg Config, dirs directories, config *kubeletconfig.KubeletConfiguration,
	client clientset.Interface, runtime *cri.Runtime, mounter mounter, m *machine,
) (deps *kubelet.Dependencies, stopEvents func(), err error) {
	auth, err := clientCertificates(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	events := record.NewBroadcaster(record.WithContext(ctx))
	events.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	recorder := events.NewRecorder(legacyscheme.Scheme, corev1.EventSource{Component: server.ComponentKubelet, Host: cfg.Name})
	latency := kubeletutil.NewPodStartupLatencyTracker()

	return &kubelet.Dependencies{
		KubeClient:      client,
		HeartbeatClient: client,
		EventClient:     client.CoreV1(),
		Recorder:        recorder,
		PodConfig:       podSource(ctx, cfg, client, recorder, latency),

		RemoteRuntimeService: handlerRuntime{runtime},
		RemoteImageService:   cri.NewImages(m.disk),
		CAdvisorInterface:    &statistics{machine: m, podMemory: runtime.Memory},
		ContainerManager:     newContainerManager(m),
		Mounter:              mounter,
		HostUtil:             hostFiles{},
		Subpather:            subpaths{},
		OSInterface:          system{logLinks: dirs.logLinks},
		OOMAdjuster:          oom.NewOOMAdjuster(),
		VolumePlugins:        volumePlugins(dirs.rootTree),

		Auth: auth,
		TLSOptions: &server.TLSOptions{
			MinVersion:   tls.VersionTLS12,
			CertFile:     cfg.ServerCertFile,
			KeyFile:      cfg.ServerKeyFile,
			ClientCAFile: cfg.ClientCAFile,
		},

		PodStartupLatencyTracker:  latency,
		NodeStartupLatencyTracker: kubeletutil.NewNodeStartupLatencyTracker(klog.FromContext(ctx)),
		TracerProvider:            noopoteltrace.NewTracerProvider(),
	}, events.Shutdown, nil
}

// podSource is where the kubelet learns of its pods: the API server. The one
// that the kubelet makes by itself first waits until it has seen its Node
// object, and looks once a second; here that object was made before.
func podSource(ctx context.Context, cfg Config, client clientset.Interface, recorder record.EventRecorderLogger, latency kubeletutil.PodStartupLatencyTracker) *podconfig.PodConfig {
	c := podconfig.NewPodConfig(recorder, latency)
	registered := func() bool { return true }
	podconfig.NewSourceApiserver(klog.FromContext(ctx), client, types.NodeName(cfg.Name), registered, c.Channel(ctx, kubetypes.ApiserverSource))
	return c
}

// clientCertificates lets in who has a certificate that cfg.ClientCAFile signed,
// and nobody else.
func clientCertificates(ctx context.Context, cfg Config) (server.AuthInterface, error) {
	ca, err := dynamiccertificates.NewDynamicCAContentFromFile("client-ca-bundle", cfg.ClientCAFile)
	if err != nil {
		return nil, fmt.Errorf("client authority of the kubelet's server: %w", err)
	}
	authenticator, _, err := authenticatorfactory.DelegatingAuthenticatorConfig{ClientCertificateCAContentProvider: ca}.New()
	if err != nil {
		return nil, fmt.Errorf("authentication of the kubelet's server: %w", err)
	}
	return server.NewKubeletAuth(
		authenticator,
		server.NewNodeAuthorizerAttributesGetter(types.NodeName(cfg.Name)),
		authorizerfactory.NewAlwaysAllowAuthorizer(),
		ca,
	), nil
}

// volumePlugins are the volumes that a pod can have. Those that would show the
// host (local, and hostPath but in a rootTree) or need a network are left out: a
// pod that asks for one waits with a FailedMount event.
func volumePlugins(rootTree string) []volume.VolumePlugin {
	var plugins []volume.VolumePlugin
	plugins = append(plugins, emptydir.ProbeVolumePlugins()...)
	plugins = append(plugins, configmap.ProbeVolumePlugins()...)
	plugins = append(plugins, secret.ProbeVolumePlugins()...)
	plugins = append(plugins, downwardapi.ProbeVolumePlugins()...)
	plugins = append(plugins, projected.ProbeVolumePlugins()...)
	if rootTree != "" {
		plugins = append(plugins, newHostPath(rootTree))
	}
	return plugins
}
