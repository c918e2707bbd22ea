package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/kind"
	"github.com/joblab/joblab/internal/run"
)

// closeTimeout bounds how long it takes to let go of a cluster.
const closeTimeout = 30 * time.Second

// side is one of the two clusters, with its runs.
type side struct {
	cluster cluster.Cluster
	client  kubernetes.Interface
	runs    *run.Manager
	dir     string // goes with the side

	managing sync.WaitGroup
	stop     context.CancelFunc
}

// openBoth starts the embedded cluster and opens that of kind, both at once, and
// waits until runs can start on both.
func openBoth(ctx context.Context, o options, log *slog.Logger) (ours, theirs *side, err error) {
	ours, err = open(log, func(dir string) (cluster.Cluster, error) {
		return embedded.Start(ctx, embedded.Config{Dir: dir, Executable: o.joblab, Logger: log})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("embedded cluster: %w", err)
	}
	theirs, err = open(log, func(dir string) (cluster.Cluster, error) {
		o.kind.Dir, o.kind.Logger = dir, log
		return kind.Start(ctx, o.kind)
	})
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("kind cluster: %w", err), ours.close())
	}
	for _, s := range []*side{ours, theirs} {
		if err := s.ready(ctx); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("%s cluster: %w", s.cluster.Info().Backend, err), ours.close(), theirs.close())
		}
	}
	return ours, theirs, nil
}

// open starts a cluster in a directory of its own, and the manager of its runs.
func open(log *slog.Logger, start func(dir string) (cluster.Cluster, error)) (*side, error) {
	dir, err := os.MkdirTemp("", "joblab-parity-")
	if err != nil {
		return nil, err
	}
	c, err := start(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &side{cluster: c, dir: dir}
	if s.runs, err = run.New(run.Config{Cluster: c, Logger: log}); err != nil {
		return nil, errors.Join(err, s.close())
	}
	var manage context.Context
	manage, s.stop = context.WithCancel(context.Background())
	s.managing.Go(func() {
		if err := s.runs.Run(manage); err != nil && manage.Err() == nil {
			log.Error("runs end", "backend", c.Info().Backend, "err", err)
		}
	})
	return s, nil
}

func (s *side) ready(ctx context.Context) error {
	if _, err := cluster.WaitReady(ctx, s.cluster); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(s.cluster.Config())
	if err != nil {
		return err
	}
	s.client = client
	return s.runs.WaitReady(ctx)
}

func (s *side) name() string {
	info := s.cluster.Info()
	return info.Backend + " (Kubernetes " + info.Version + ")"
}

// close deletes what the runs left and lets go of the cluster.
func (s *side) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var err error
	if s.runs != nil {
		err = s.runs.Close(ctx)
		s.stop()
		s.managing.Wait()
	}
	return errors.Join(err, s.cluster.Close(ctx), os.RemoveAll(s.dir))
}
