package console

import (
	"context"
	"io"
	"net/http"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// client is what kubectl's commands get in the place of a kubeconfig: one server,
// one identity, one namespace, and no file or variable of this machine. What it
// asks ends with ctx, whichever context kubectl asks with.
type client struct {
	ctx       context.Context // of the command, whose only client it is
	target    Target
	discovery discovery.CachedDiscoveryInterface
	warnings  io.Writer
}

// ToRESTConfig implements [genericclioptions.RESTClientGetter].
func (c *client) ToRESTConfig() (*rest.Config, error) {
	cfg := rest.CopyConfig(c.target.Config)
	cfg.UserAgent = "joblab-console"
	cfg.WarningHandler = rest.NewWarningWriter(c.warnings, rest.WarningWriterOptions{Deduplicate: true})
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return bound{c.ctx, next} })
	return cfg, nil
}

// ToDiscoveryClient implements [genericclioptions.RESTClientGetter].
func (c *client) ToDiscoveryClient() (discovery.CachedDiscoveryInterface, error) {
	return c.discovery, nil
}

// ToRESTMapper implements [genericclioptions.RESTClientGetter].
func (c *client) ToRESTMapper() (meta.RESTMapper, error) {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(c.discovery)
	return restmapper.NewShortcutExpander(mapper, c.discovery, func(warning string) {
		io.WriteString(c.warnings, "Warning: "+warning+"\n")
	}), nil
}

// ToRawKubeConfigLoader implements [genericclioptions.RESTClientGetter]. Commands
// ask it for the namespace only.
func (c *client) ToRawKubeConfigLoader() clientcmd.ClientConfig {
	const name = "run"
	cfg := api.NewConfig()
	cfg.Clusters[name] = &api.Cluster{Server: c.target.Config.Host}
	cfg.AuthInfos[name] = &api.AuthInfo{}
	cfg.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name, Namespace: c.target.Namespace}
	cfg.CurrentContext = name
	return clientcmd.NewDefaultClientConfig(*cfg, &clientcmd.ConfigOverrides{})
}

// bound ends requests, and the reading of their answers, with a context besides
// their own.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (b bound) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := b.ctx.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(b.ctx, cancel)
	end := func() { stop(); cancel() }
	response, err := b.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	response.Body = endingBody{response.Body, end}
	return response, nil
}

// endingBody lets go of its request's context when it is closed.
type endingBody struct {
	io.ReadCloser
	end func()
}

func (b endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
