// Package kind runs labs on a cluster that kind made: real nodes in containers,
// any image.
//
// Guarantees:
//   - It creates, reuses and deletes the cluster of the name it was given, and
//     never another.
//   - The user's own kubeconfig is neither read nor changed.
//   - Close leaves the cluster running, so that the next start is quick; Delete
//     removes it.
package kind

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"github.com/joblab/joblab/internal/cluster"
)

// DefaultName is the cluster's name unless Config says otherwise.
const DefaultName = "joblab"

// nodesReady bounds how long a new cluster's node may take to become Ready.
const nodesReady = 3 * time.Minute

// ErrNoProvider: kind needs docker, podman or nerdctl, and there is none.
var ErrNoProvider = errors.New("kind needs docker, podman or nerdctl on the PATH (the embedded cluster needs none: -cluster embedded)")

// Config says which cluster it is and how to create it.
type Config struct {
	Name      string // default DefaultName
	Dir       string // where the kubeconfig file is kept; must exist
	NodeImage string // default kind's own
	Logger    *slog.Logger
}

func (c Config) name() string {
	if c.Name == "" {
		return DefaultName
	}
	return c.Name
}

func (c Config) kubeconfig() string {
	return filepath.Join(c.Dir, "kind-"+c.name()+".kubeconfig")
}

// Cluster is a cluster that kind made.
type Cluster struct {
	config Config
	done   chan struct{} // closed when start has ended

	mu      sync.Mutex
	status  cluster.Status
	changed chan struct{}
	info    cluster.Info
	rest    *rest.Config
	file    []byte
}

var _ cluster.Cluster = (*Cluster)(nil)

// Start creates the cluster, or reuses it if it exists, in the background: its
// Status tells how far that is. kind cannot be interrupted while it creates, so
// that ctx is only looked at between its steps.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	provider, err := newProvider(config)
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		config:  config,
		done:    make(chan struct{}),
		changed: make(chan struct{}),
		info:    cluster.Info{Backend: "kind"},
	}
	c.set(cluster.Starting, "look for cluster "+config.name(), nil)
	go func() {
		defer close(c.done)
		if err := c.start(ctx, provider); err != nil {
			c.set(cluster.Failed, "", err)
		}
	}()
	return c, nil
}

// Delete deletes the cluster of that name; one that is not there is no error.
func Delete(config Config) error {
	provider, err := newProvider(config)
	if err != nil {
		return err
	}
	if err := provider.Delete(config.name(), config.kubeconfig()); err != nil {
		return fmt.Errorf("delete kind cluster %s: %w", config.name(), err)
	}
	return nil
}

func newProvider(config Config) (*kindcluster.Provider, error) {
	option, err := kindcluster.DetectNodeProvider()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoProvider, err)
	}
	return kindcluster.NewProvider(option, kindcluster.ProviderWithLogger(logger{config.Logger})), nil
}

func (c *Cluster) start(ctx context.Context, provider *kindcluster.Provider) error {
	name := c.config.name()
	names, err := provider.List()
	if err != nil {
		return fmt.Errorf("list kind clusters: %w", err)
	}
	if slices.Contains(names, name) {
		c.set(cluster.Starting, "reuse cluster "+name, nil)
		if err := provider.ExportKubeConfig(name, c.config.kubeconfig(), false); err != nil {
			return fmt.Errorf("kubeconfig of kind cluster %s: %w", name, err)
		}
	} else {
		c.set(cluster.Starting, "create cluster "+name, nil)
		if err := provider.Create(name, c.createOptions()...); err != nil {
			return fmt.Errorf("create kind cluster %s: %w", name, err)
		}
	}
	c.set(cluster.Starting, "connect to cluster "+name, nil)
	return c.connect(ctx)
}

func (c *Cluster) createOptions() []kindcluster.CreateOption {
	options := []kindcluster.CreateOption{
		kindcluster.CreateWithKubeconfigPath(c.config.kubeconfig()),
		kindcluster.CreateWithWaitForReady(nodesReady),
	}
	if c.config.NodeImage != "" {
		options = append(options, kindcluster.CreateWithNodeImage(c.config.NodeImage))
	}
	return options
}

// connect reads the kubeconfig and asks the API server for its version.
func (c *Cluster) connect(ctx context.Context) error {
	file, err := os.ReadFile(c.config.kubeconfig())
	if err != nil {
		return err
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(file)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.config.kubeconfig(), err)
	}
	config.QPS = -1
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return err
	}
	version, err := client.ServerVersionWithContext(ctx)
	if err != nil {
		return fmt.Errorf("ask kind cluster %s for its version: %w (is it stopped?)", c.config.name(), err)
	}
	c.mu.Lock()
	c.rest, c.file, c.info.Version = config, file, version.GitVersion
	c.mu.Unlock()
	c.set(cluster.Ready, "", nil)
	return nil
}

func (c *Cluster) set(state cluster.State, step string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.status.State == cluster.Closed {
		return
	}
	if c.status.State != state {
		c.status.Since = time.Now()
	}
	c.status.State, c.status.Step, c.status.Err, c.status.Generation = state, step, err, 1
	close(c.changed)
	c.changed = make(chan struct{})
}

// Info implements cluster.Cluster.
func (c *Cluster) Info() cluster.Info {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info
}

// Config implements cluster.Cluster.
func (c *Cluster) Config() *rest.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rest == nil {
		return nil
	}
	return rest.CopyConfig(c.rest)
}

// Status implements cluster.Cluster.
func (c *Cluster) Status() (cluster.Status, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.changed
}

// Kubeconfig implements cluster.Cluster.
func (c *Cluster) Kubeconfig() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		return nil, fmt.Errorf("kind cluster %s: not ready yet", c.config.name())
	}
	return slices.Clone(c.file), nil
}

// Close implements cluster.Cluster: it lets go of the cluster, which stays. It
// waits for a creation that is under way.
func (c *Cluster) Close(ctx context.Context) error {
	c.set(cluster.Closed, "", nil)
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
