package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/joblab/joblab/internal/lab"
)

// maxChecks is how many manifests are checked at a time for those who type. More
// wait, so that a room full of editors is a small load to the API server.
const maxChecks = 4

// examined is a manifest that a run can be made of, and the cluster for it.
type examined struct {
	gen   *generation
	docs  []*document
	rules rules
}

// examine checks a manifest of a lab: by the rules of a run, and, in the generation
// that ready returns, by the API server. What is wrong with the manifest itself is
// said whether or not there is a cluster.
func (m *Manager) examine(ctx context.Context, l *lab.Lab, manifest []byte, ready func() (*generation, error)) (examined, error) {
	info := m.cfg.Cluster.Info()
	if o := l.Obstacle(info.Backend, info.Version); o != nil {
		return examined{}, o
	}
	rules := rules{maxPods: m.cfg.MaxPods, network: info.Backend != "embedded"}
	docs, err := admit(manifest, rules)
	if err != nil {
		return examined{}, judged(err, l)
	}
	gen, err := ready()
	if err != nil {
		return examined{}, err
	}
	if err := m.check(ctx, gen, docs, l.File); err != nil {
		return examined{}, judged(err, l)
	}
	return examined{gen, docs, rules}, nil
}

// Check returns the problems for which Start would refuse a manifest (the lab's own
// if it is empty), none if it would not. Nothing is created. At most a few
// manifests are checked at a time; who waits longer than a check may take, or finds
// no cluster, gets [ErrNotReady]. The error may also be a [*lab.Obstacle],
// [ErrTooLarge] or [ErrClosed].
func (m *Manager) Check(ctx context.Context, l *lab.Lab, manifest []byte) ([]Problem, error) {
	if len(manifest) == 0 {
		manifest = l.Manifest
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	select {
	case m.checking <- struct{}{}:
		defer func() { <-m.checking }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: wait for other checks: %w", ErrNotReady, ctx.Err())
	}
	_, err := m.examine(ctx, l, manifest, m.current)
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Problems, nil
	}
	return nil, err
}
