// Package kubeconfig runs labs on a cluster that is there already, and that
// others use too: the one that a kubeconfig leads to.
//
// Guarantees:
//   - Start returns only when a run can work on the cluster: the kubeconfig is
//     right, the API server answers, is new enough, and gives the rights that
//     runs need. Otherwise its error is one line that says what to do.
//   - Credentials are client-go's matter: plugins are run, and files of tokens
//     read again, as kubectl does.
//   - The kubeconfig is read once, and never written.
package kubeconfig

import (
	"context"
	"errors"
	"log/slog"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/remote"
)

// Config says which cluster it is.
type Config struct {
	// File is the kubeconfig; empty: those that kubectl takes, by KUBECONFIG and
	// then ~/.kube/config.
	File    string
	Context string       // its context; empty: the current one
	Logger  *slog.Logger // default: none
}

// Start connects to the cluster and follows it until it is closed.
func Start(ctx context.Context, config Config) (*remote.Cluster, error) {
	access, err := load(config)
	if err != nil {
		return nil, err
	}
	refused := remote.Check(ctx, access.Config)
	if refused == nil || errors.Is(refused, remote.ErrForbidden) {
		// All rights that are missing are told at once.
		if err := checkRights(ctx, access.Config); err != nil {
			return nil, err
		}
	}
	if refused != nil {
		return nil, refused
	}
	return remote.Start(ctx, remote.Config{
		Info:   cluster.Info{Backend: "kubeconfig", Shared: true},
		Logger: config.Logger,
		Open:   func(context.Context, func(string)) (remote.Access, error) { return access, nil },
	}), nil
}
