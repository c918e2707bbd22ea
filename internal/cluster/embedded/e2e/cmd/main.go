// Command cmd runs Kubernetes' own end-to-end specs on an embedded cluster that
// it starts and stops, prints a line for each, and writes the document's section.
// It exits with 1 if not all is as package e2e expects.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/e2e"
)

// startLimit and stopLimit bound how long the cluster takes to start and stop.
const (
	startLimit = 2 * time.Minute
	stopLimit  = 30 * time.Second
)

// config is what the command is told.
type config struct {
	joblab, ginkgo, suite string // programs
	out                   string // directory of reports and logs
	document              string
	focus                 string // run only these, and write no document
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var cfg config
	flags := flag.NewFlagSet("e2e", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&cfg.joblab, "joblab", "bin/joblab", "the `program` that is the cluster")
	flags.StringVar(&cfg.ginkgo, "ginkgo", "bin/ginkgo", "the `program` that runs a suite in several processes")
	flags.StringVar(&cfg.suite, "suite", "bin/e2e.test", "the test `binary`")
	flags.StringVar(&cfg.out, "out", "bin/e2e", "`directory` for reports and logs")
	flags.StringVar(&cfg.document, "document", "", "the `file` to write the section to")
	flags.StringVar(&cfg.focus, "focus", "", "run only specs that match this `expression`, and judge nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	specs, err := e2e.Load()
	if err != nil {
		return err
	}
	// ginkgo runs the suite in the suite's own directory.
	for _, path := range []*string{&cfg.joblab, &cfg.suite, &cfg.out} {
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(cfg.out, 0o755); err != nil {
		return fmt.Errorf("make the directory of reports: %w", err)
	}
	kube, err := start(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "the specs take more than five minutes; their logs are in %s\n", cfg.out)
	began := time.Now()
	var outcomes []e2e.Outcome
	err = whileReady(ctx, kube, func(ctx context.Context) (err error) {
		outcomes, err = runSpecs(ctx, cfg, specs, kube)
		return err
	})
	version := kube.Info().Version
	err = errors.Join(err, stop(kube))
	if err != nil {
		return err
	}
	e2e.Print(stdout, specs, outcomes, time.Since(began))
	if cfg.focus != "" {
		return nil
	}
	if unexpected := specs.Unexpected(outcomes); len(unexpected) > 0 {
		for _, sentence := range unexpected {
			fmt.Fprintln(stdout, sentence)
		}
		return fmt.Errorf("%d specs are not as specs.yaml says; logs are in %s", len(unexpected), cfg.out)
	}
	if cfg.document == "" {
		return nil
	}
	return e2e.WriteSection(cfg.document, specs.Section(version, outcomes))
}

// start starts a cluster for the specs and waits until it is ready.
func start(ctx context.Context, cfg config) (*embedded.Cluster, error) {
	kube, err := embedded.Start(ctx, embedded.Config{
		Dir:        filepath.Join(cfg.out, "cluster"),
		Executable: cfg.joblab,
		Logger:     slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Privileged: true,
	})
	if err != nil {
		return nil, fmt.Errorf("start the cluster: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if _, err := cluster.WaitReady(ctx, kube); err != nil {
		return nil, errors.Join(err, stop(kube))
	}
	return kube, nil
}

// whileReady calls do with a context that ends if the cluster is lost: another
// one takes its place, in which specs would wait for what was in the first.
func whileReady(ctx context.Context, kube cluster.Cluster, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel(nil)
	group.Go(func() {
		for {
			status, changed := kube.Status()
			if status.State != cluster.Ready {
				cancel(fmt.Errorf("the cluster was lost: %w", status.Err))
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	})
	return do(ctx)
}

func stop(kube *embedded.Cluster) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	return kube.Close(ctx)
}
