package controlplane

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/egressselector"
	"k8s.io/client-go/rest"
	aggregator "k8s.io/kube-aggregator/pkg/apiserver"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// shutdownTimeout is how long the API server waits at its end for connections
// that still have a watch, which end only with the process.
const shutdownTimeout = 300 * time.Millisecond

// groups are the API groups and versions that are served: what labs use and what
// the components watch. Each one more costs memory and time to start.
var groups = []string{
	"api/v1",
	"admissionregistration.k8s.io/v1",
	"apiextensions.k8s.io/v1",
	"apiregistration.k8s.io/v1",
	"apps/v1",
	"authentication.k8s.io/v1",
	"authorization.k8s.io/v1",
	"batch/v1",
	"coordination.k8s.io/v1",
	"discovery.k8s.io/v1",
	"events.k8s.io/v1",
	"networking.k8s.io/v1",
	"node.k8s.io/v1",
	"policy/v1",
	"rbac.authorization.k8s.io/v1",
	"resource.k8s.io/v1",
	"scheduling.k8s.io/v1",
	"storage.k8s.io/v1",
}

// withoutEffect are resources of these groups that are not served, since their
// feature gate is off: nothing would heed them.
var withoutEffect = []schema.GroupVersionResource{
	admissionregistrationv1.SchemeGroupVersion.WithResource("mutatingadmissionpolicies"),
	admissionregistrationv1.SchemeGroupVersion.WithResource("mutatingadmissionpolicybindings"),
}

// apiServerFlags are the flags of kube-apiserver. Anonymous requests are refused
// on every path, /readyz included.
func apiServerFlags(cfg Config) []string {
	keys := cfg.Keys
	runtimeConfig := []string{"api/all=false"}
	for _, group := range groups {
		runtimeConfig = append(runtimeConfig, group+"=true")
	}
	port := cfg.Listener.Addr().(*net.TCPAddr).Port
	return []string{
		"--etcd-servers=unix://" + etcdClientSocket,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1", // else that of the default route, which there may not be
		"--secure-port=" + strconv.Itoa(port),
		"--tls-cert-file=" + keys.APIServer().Cert,
		"--tls-private-key-file=" + keys.APIServer().Key,
		"--client-ca-file=" + keys.CA(),
		"--anonymous-auth=false",
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + keys.Signer(),
		"--service-account-signing-key-file=" + keys.Signer(),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--endpoint-reconciler-type=none",
		"--allow-privileged=" + strconv.FormatBool(cfg.Privileged),
		"--kubelet-certificate-authority=" + keys.CA(),
		"--kubelet-client-certificate=" + keys.KubeletClient().Cert,
		"--kubelet-client-key=" + keys.KubeletClient().Key,
		"--runtime-config=" + strings.Join(runtimeConfig, ","),
		// The kubelet would list the requests of a group that is not served, again and again.
		// What applies policies that change objects asks for OpenAPI every five seconds, policies or not.
		"--feature-gates=PodCertificateRequest=false,MutatingAdmissionPolicy=false",
		// All clients belong to one person on one machine: none is held back
		// for the sake of another.
		"--enable-priority-and-fairness=false",
		"--max-requests-inflight=0",
		"--max-mutating-requests-inflight=0",
		"--profiling=false",
	}
}

// apiServer is a kube-apiserver that was built but does not serve yet.
type apiServer struct {
	aggregated *aggregator.APIAggregator
	loopback   *rest.Config
}

// newAPIServer builds the API server with its extensions and aggregation
// servers. Contexts of requests and controllers in it end with ctx.
func newAPIServer(ctx context.Context, cfg Config) (*apiServer, error) {
	opts := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, set := range opts.Flags().FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(apiServerFlags(cfg)); err != nil {
		return nil, fmt.Errorf("parse flags of the API server: %w", err)
	}
	opts.SecureServing.Listener = cfg.Listener
	opts.KubeletConfig.Lookup = dialKubelet(cfg.KubeletPort)
	if err := opts.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return nil, fmt.Errorf("set feature gates: %w", err)
	}
	completed, err := opts.Complete(ctx)
	if err != nil {
		return nil, fmt.Errorf("complete options of the API server: %w", err)
	}
	if errs := completed.Validate(); len(errs) > 0 {
		return nil, fmt.Errorf("options of the API server: %w", errs[0])
	}
	config, err := apiserver.NewConfig(completed)
	if err != nil {
		return nil, fmt.Errorf("configure the API server: %w", err)
	}
	generic := config.KubeAPIs.ControlPlane.Generic
	generic.LoopbackClientConfig.DisableCompression = true
	generic.DisabledPostStartHooks.Insert(bootstrapHooks...)
	// OpenAPI version 2 takes 0.1 s and 20 MB to build; kubectl uses version 3.
	generic.OpenAPIConfig = nil
	config.ApiExtensions.GenericConfig.OpenAPIConfig = nil
	config.Aggregator.GenericConfig.OpenAPIConfig = nil
	// Version 3 is served by serveOpenAPI.
	generic.SkipOpenAPIInstallation = true
	config.ApiExtensions.GenericConfig.SkipOpenAPIInstallation = true
	generic.MergedResourceConfig.DisableResources(withoutEffect...)
	complete, err := config.Complete()
	if err != nil {
		return nil, fmt.Errorf("complete the API server: %w", err)
	}
	chain, err := apiserver.CreateServerChain(complete)
	if err != nil {
		return nil, fmt.Errorf("build the API server: %w", err)
	}
	if err := serveOpenAPI(chain.GenericAPIServer, generic.OpenAPIV3Config); err != nil {
		return nil, fmt.Errorf("serve OpenAPI: %w", err)
	}
	chain.GenericAPIServer.ShutdownTimeout = shutdownTimeout
	return &apiServer{aggregated: chain, loopback: generic.LoopbackClientConfig}, nil
}

// run serves until ctx ends.
//
// This is what the aggregator's own PrepareRun does, but for one thing: that one
// first merges the OpenAPI documents of all servers, which takes 0.2 s and 10 MB.
// Without it, requests for OpenAPI reach the server below; custom resources are
// not in what that one answers.
func (s *apiServer) run(ctx context.Context) error {
	if err := s.aggregated.GenericAPIServer.PrepareRun().RunWithContext(ctx); err != nil {
		return fmt.Errorf("run the API server: %w", err)
	}
	return nil
}

// hook returns what a post-start hook is called with.
func (s *apiServer) hook(ctx context.Context) genericapiserver.PostStartHookContext {
	return genericapiserver.PostStartHookContext{Context: ctx, LoopbackClientConfig: s.loopback}
}

// dialKubelet leads every connection to a node to port on loopback: the node's
// address belongs to no interface.
func dialKubelet(port int) egressselector.Lookup {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", address)
	}
	return func(egressselector.NetworkContext) (utilnet.DialFunc, error) { return dial, nil }
}
