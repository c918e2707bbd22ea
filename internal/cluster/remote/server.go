package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/version"
	apimachineryversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// MinVersion is the oldest Kubernetes that labs run on.
const MinVersion = "v1.31"

// ErrTooOld is why a cluster is refused whose version is below [MinVersion].
var ErrTooOld = errors.New("labs need Kubernetes " + MinVersion + " or later")

// server is what an API server says of itself.
type server struct {
	version string
	uid     string // of the cluster
	// resourceVersion is that of the namespace kube-system: where a watch begins.
	resourceVersion string
}

// client talks to one API server.
type client struct {
	kube kubernetes.Interface
	host string
}

func newClient(config *rest.Config) (*client, error) {
	config = rest.CopyConfig(config)
	config.QPS = -1    // few requests, one at a time
	config.Timeout = 0 // would end the watch
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	return &client{kube: kube, host: config.Host}, nil
}

// Check asks the API server whether it is one that labs run on. Errors are one
// line for people; those of the API server are wrapped.
func Check(ctx context.Context, config *rest.Config) error {
	client, err := newClient(config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, firstLimit)
	defer cancel()
	_, err = client.ask(ctx)
	return err
}

// ask asks the API server who it is.
func (c *client) ask(ctx context.Context) (server, error) {
	// Not by the discovery client, whose errors do not have the server's words.
	said := c.kube.CoreV1().RESTClient().Get().AbsPath("/version").SetHeader("Accept", "application/json").Do(ctx)
	if err := said.Error(); err != nil {
		return server{}, c.explain(err)
	}
	body, err := said.Raw()
	if err != nil {
		return server{}, c.explain(err)
	}
	var info apimachineryversion.Info
	if err := json.Unmarshal(body, &info); err != nil {
		return server{}, c.stranger(fmt.Errorf("its version cannot be read: %w", err))
	}
	if err := c.supported(info.GitVersion); err != nil {
		return server{}, err
	}
	system, err := c.kube.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err != nil {
		return server{}, c.explain(err)
	}
	return server{version: info.GitVersion, uid: string(system.UID), resourceVersion: system.ResourceVersion}, nil
}

// supported says why a version is none that labs run on, or nothing.
func (c *client) supported(gitVersion string) error {
	got, err := version.ParseGeneric(gitVersion)
	if err != nil {
		return c.stranger(fmt.Errorf("it says that its version is %q", gitVersion))
	}
	if !got.AtLeast(version.MustParseGeneric(MinVersion)) {
		return fmt.Errorf("API server %s is Kubernetes %s: %w", c.host, gitVersion, ErrTooOld)
	}
	return nil
}

// watch follows the namespace kube-system from where s saw it, and returns when
// that has come to an end, or ctx has. What ended it says nothing reliable about
// the API server: the caller asks.
func (c *client) watch(ctx context.Context, s server) {
	events, err := c.kube.CoreV1().Namespaces().Watch(ctx, metav1.ListOptions{
		FieldSelector:   fields.OneTermEqualSelector(metav1.ObjectNameField, metav1.NamespaceSystem).String(),
		ResourceVersion: s.resourceVersion,
	})
	if err != nil {
		return
	}
	defer events.Stop()
	for range events.ResultChan() {
	}
}
