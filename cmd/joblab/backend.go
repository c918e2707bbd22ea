package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/kind"
	"github.com/joblab/joblab/internal/cluster/kubeconfig"
)

// The backends, as -cluster names them.
const (
	onEmbedded   = "embedded"
	onKind       = "kind"
	onKubeconfig = "kubeconfig"
)

// backendFlags choose the Kubernetes to run on.
type backendFlags struct {
	backend    string
	data       string
	kubeconfig string // of onKubeconfig, as is context
	context    string
	nodeImage  string // of onKind, as is kindConfig
	kindConfig string
	images     []string // what the labs to be run need; only kind asks
}

func (c *backendFlags) register(flags *flag.FlagSet) {
	flags.StringVar(&c.backend, "cluster", "", "the Kubernetes to run on: embedded, kind or kubeconfig (default: that of a server that runs, or else embedded)")
	c.registerData(flags)
	c.registerKubeconfig(flags)
	c.registerKind(flags)
}

func (c *backendFlags) registerData(flags *flag.FlagSet) {
	flags.StringVar(&c.data, "data", defaultDataDir(), "directory for the cluster's keys, sockets and logs, and the runs that are kept")
}

func (c *backendFlags) registerKubeconfig(flags *flag.FlagSet) {
	flags.StringVar(&c.kubeconfig, "kubeconfig", "", "with -cluster kubeconfig: the file (default: as kubectl, KUBECONFIG or ~/.kube/config)")
	flags.StringVar(&c.context, "context", "", "with -cluster kubeconfig: the context (default: the current one)")
}

func (c *backendFlags) registerKind(flags *flag.FlagSet) {
	flags.StringVar(&c.nodeImage, "node-image", "", "with -cluster kind: the image of the nodes of a new cluster (default: kind's)")
	flags.StringVar(&c.kindConfig, "kind-config", "", "with -cluster kind: a kind configuration file for a new cluster")
}

func (c *backendFlags) check() error {
	switch c.backend {
	case "", onEmbedded, onKind, onKubeconfig:
	default:
		return fmt.Errorf("unknown cluster %q: there are %s, %s and %s", c.backend, onEmbedded, onKind, onKubeconfig)
	}
	for _, f := range []struct{ name, value, backend string }{
		{"-kubeconfig", c.kubeconfig, onKubeconfig},
		{"-context", c.context, onKubeconfig},
		{"-node-image", c.nodeImage, onKind},
		{"-kind-config", c.kindConfig, onKind},
	} {
		if f.value != "" && c.backend != f.backend {
			return fmt.Errorf("%s goes with -cluster %s", f.name, f.backend)
		}
	}
	if c.data == "" {
		return errors.New("no home directory to keep the cluster's files in: say -data DIR")
	}
	return nil
}

// start starts the cluster of a server.
func (c *backendFlags) start(ctx context.Context, log *slog.Logger) (cluster.Cluster, error) {
	switch c.backend {
	case onKind:
		return started(kind.Start(ctx, c.kind(log)))
	case onKubeconfig:
		return started(kubeconfig.Start(ctx, kubeconfig.Config{File: c.kubeconfig, Context: c.context, Logger: log}))
	}
	return started(embedded.Start(ctx, embedded.Config{Dir: c.data, Logger: log}))
}

// find returns a cluster that is there, without making one: that of a server
// that runs on the data directory, which says how far it is, or one that needs
// no server, once it has answered.
func (c *backendFlags) find(ctx context.Context, log *slog.Logger) (cluster.Cluster, error) {
	if err := c.choose(); err != nil {
		return nil, err
	}
	var kube cluster.Cluster
	var err error
	switch c.backend {
	case onEmbedded:
		return started(embedded.Attach(c.data))
	case onKind:
		kube, err = started(kind.Find(ctx, c.kind(log)))
	default:
		kube, err = c.start(ctx, log)
	}
	if err != nil {
		return nil, err
	}
	if _, err := cluster.WaitReady(ctx, kube); err != nil {
		return nil, errors.Join(err, kube.Close(ctx))
	}
	return kube, nil
}

// attachOrStart returns the cluster of a server that runs on the same data
// directory, or else starts one: an embedded one is its own, and its directory
// goes with it.
func attachOrStart(ctx context.Context, c clusterFlags, log *slog.Logger) (cluster.Cluster, error) {
	if err := c.choose(); err != nil {
		return nil, err
	}
	if c.backend != onEmbedded {
		return c.start(ctx, log)
	}
	kube, err := embedded.Attach(c.data)
	if err == nil || !errors.Is(err, embedded.ErrNotRunning) {
		return started(kube, err)
	}
	dir, err := os.MkdirTemp("", "joblab-")
	if err != nil {
		return nil, err
	}
	own, err := embedded.Start(ctx, embedded.Config{Dir: dir, Logger: log})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return temporary{own, dir}, nil
}

// kind is the kind cluster that the flags mean.
func (c *backendFlags) kind(log *slog.Logger) kind.Config {
	return kind.Config{
		Dir:       c.besideDir(),
		NodeImage: c.nodeImage, File: c.kindConfig,
		Images: c.images, Logger: log,
	}
}

// started returns no cluster with an error, where a pointer to none would be one.
func started[C cluster.Cluster](kube C, err error) (cluster.Cluster, error) {
	if err != nil {
		return nil, err
	}
	return kube, nil
}

// temporary is a cluster whose directory goes when it is closed.
type temporary struct {
	cluster.Cluster
	dir string
}

func (t temporary) Close(ctx context.Context) error {
	return errors.Join(t.Cluster.Close(ctx), os.RemoveAll(t.dir))
}

// tellSteps prints what a cluster does on its way, a line each, until it is
// ready, has failed, or ctx ends.
func tellSteps(ctx context.Context, kube cluster.Cluster, w io.Writer) {
	told := ""
	for {
		status, changed := kube.Status()
		if status.State != cluster.Starting {
			return
		}
		if status.Step != told && status.Step != "" {
			told = status.Step
			fmt.Fprintf(w, "%s …\n", told)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
