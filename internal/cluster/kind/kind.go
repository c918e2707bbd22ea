// Package kind runs labs on a cluster that kind made: nodes that are containers,
// and any image.
//
// Guarantees:
//   - It creates, reuses and deletes the cluster of the name it was given, and
//     never another.
//   - A cluster that was not made to its end is never used: what is left of it is
//     removed, by the next start if need be. Processes of one user that start,
//     create or delete a cluster at the same time wait for each other.
//   - The user's own kubeconfig is neither read nor changed.
//   - Close leaves the cluster running, so that the next start is quick; Delete
//     removes it.
//   - Images are never pulled for a lab; those that the host has are taken.
package kind

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/remote"
)

// DefaultName is the cluster's name unless Config says otherwise.
const DefaultName = "joblab"

// ErrNotThere is why Find and Delete fail on a cluster that does not exist.
var ErrNotThere = errors.New("does not exist (joblab cluster create -cluster kind makes it)")

// Config says which cluster it is, and how to create it.
type Config struct {
	Name string // default DefaultName
	Dir  string // where its kubeconfig file is kept; made if needed
	// NodeImage and File, a kind configuration, count when the cluster is created.
	NodeImage string   // default: File's, or kind's own
	File      string   // default: none
	Images    []string // what the nodes get if the host has it
	Logger    *slog.Logger
}

// backend is kind, for one cluster.
type backend struct {
	Config
	runtime runtime
	kind    *kindcluster.Provider
	custom  *customization
	step    func(string)
}

// Start creates the cluster, or reuses it if it exists, in the background: its
// Status tells how far that is. It fails at once if there is no container
// runtime that answers, or if the configuration cannot be read.
func Start(ctx context.Context, config Config) (*remote.Cluster, error) {
	b, err := newBackend(ctx, config)
	if err != nil {
		return nil, err
	}
	return b.follow(ctx, b.open), nil
}

// Find is Start for a cluster that exists and runs; otherwise it fails.
func Find(ctx context.Context, config Config) (*remote.Cluster, error) {
	b, err := newBackend(ctx, config)
	if err != nil {
		return nil, err
	}
	nodes, err := b.nodes(ctx)
	if err != nil {
		return nil, err
	}
	if err := nodes.missing(b.Name, b.runtime); err != nil {
		return nil, err
	}
	access, err := b.access(ctx)
	if err != nil {
		return nil, fmt.Errorf("kind cluster %s: %w", b.Name, err)
	}
	return b.follow(ctx, func(context.Context, func(string)) (remote.Access, error) { return access, nil }), nil
}

// Delete deletes the cluster, which need not be whole. ErrNotThere says that
// there is none.
func Delete(ctx context.Context, config Config) error {
	b, err := newBackend(ctx, config)
	if err != nil {
		return err
	}
	journal, err := openJournal(ctx, b.Name, b.step)
	if err != nil {
		return err
	}
	defer journal.close()
	nodes, err := b.nodes(ctx)
	if err != nil {
		return err
	}
	if len(nodes) > 0 {
		err = b.remove()
	} else {
		err = fmt.Errorf("kind cluster %s %w", b.Name, ErrNotThere)
	}
	if err == nil || errors.Is(err, ErrNotThere) {
		if err := journal.end(); err != nil {
			return err
		}
	}
	return err
}

func newBackend(ctx context.Context, config Config) (*backend, error) {
	if config.Name == "" {
		config.Name = DefaultName
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	b := &backend{Config: config, step: func(string) {}}
	var err error
	if b.custom, err = readCustomization(config); err != nil {
		return nil, err
	}
	if b.runtime, err = findRuntime(ctx); err != nil {
		return nil, err
	}
	b.kind = kindcluster.NewProvider(b.runtime.provider(), kindcluster.ProviderWithLogger(logger{log: config.Logger, step: func(s string) { b.step(s) }}))
	return b, nil
}

// follow returns the cluster that open leads to.
func (b *backend) follow(ctx context.Context, open func(context.Context, func(string)) (remote.Access, error)) *remote.Cluster {
	return remote.Start(ctx, remote.Config{
		Info: cluster.Info{Backend: "kind"}, Logger: b.Logger, Open: open, Explain: b.explain,
	})
}

// kubeconfig is the path of the cluster's kubeconfig file.
func (b *backend) kubeconfig() string { return filepath.Join(b.Dir, b.Name+".kubeconfig") }

// remove deletes the nodes and forgets the cluster.
func (b *backend) remove() error {
	if err := b.kind.Delete(b.Name, b.kubeconfig()); err != nil {
		return fmt.Errorf("delete kind cluster %s: %w", b.Name, b.reason(err))
	}
	if err := os.Remove(b.kubeconfig()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("delete kind cluster %s: %w", b.Name, err)
	}
	return nil
}
