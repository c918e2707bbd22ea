package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/kind"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/labs"
)

// clusterCommand asks about a cluster that is there, or makes and removes the
// one that outlives the program.
func clusterCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c backendFlags
	flags := newFlags("cluster", "status|kubeconfig|create|delete [flags]", stderr)
	flags.StringVar(&c.backend, "cluster", "", "embedded, kind or kubeconfig (default: kind to create or delete, otherwise that of a server that runs)")
	c.registerData(flags)
	c.registerKubeconfig(flags)
	c.registerKind(flags)
	verbs, err := parse(flags, args, 1, "one of status, kubeconfig, create, delete")
	if err != nil {
		return err
	}
	verb, ok := clusterVerbs[verbs[0]]
	if !ok {
		return fmt.Errorf("cluster takes one of status, kubeconfig, create, delete, not %q", verbs[0])
	}
	if c.backend == "" {
		c.backend = verb.backend
	}
	if err := c.check(); err != nil {
		return err
	}
	return verb.run(ctx, c, stdout, newLogger(stderr, slog.LevelWarn))
}

// clusterVerb is what can be done about a cluster; backend is the one that is
// meant if none is said.
type clusterVerb struct {
	backend string
	run     func(ctx context.Context, c backendFlags, stdout io.Writer, log *slog.Logger) error
}

var clusterVerbs = map[string]clusterVerb{
	"status":     {"", clusterStatus},
	"kubeconfig": {"", clusterKubeconfig},
	"create":     {onKind, clusterCreate},
	"delete":     {onKind, clusterDelete},
}

func clusterStatus(ctx context.Context, c backendFlags, stdout io.Writer, log *slog.Logger) error {
	kube, err := c.find(ctx, log)
	if err != nil {
		return err
	}
	defer kube.Close(ctx)
	info := kube.Info()
	status, _ := kube.Status()
	fmt.Fprintf(stdout, "%s, Kubernetes %s: %s since %s", info.Backend, info.Version, status.State, status.Since.Format(time.RFC3339))
	if status.Step != "" {
		fmt.Fprintf(stdout, " (%s)", status.Step)
	}
	if status.Restarts > 0 {
		fmt.Fprintf(stdout, ", restarted %d times", status.Restarts)
	}
	fmt.Fprintln(stdout)
	return nil
}

func clusterKubeconfig(ctx context.Context, c backendFlags, stdout io.Writer, log *slog.Logger) error {
	kube, err := c.find(ctx, log)
	if err != nil {
		return err
	}
	defer kube.Close(ctx)
	file, err := kube.Kubeconfig()
	if err != nil {
		return err
	}
	_, err = stdout.Write(file)
	return err
}

func clusterCreate(ctx context.Context, c backendFlags, stdout io.Writer, log *slog.Logger) error {
	if err := outlives(c.backend, "create"); err != nil {
		return err
	}
	loaded, err := lab.Load(labs.FS)
	if err != nil {
		return err
	}
	c.images = imagesOf(loaded)
	kube, err := c.start(ctx, log)
	if err != nil {
		return err
	}
	tellSteps(ctx, kube, stdout)
	_, err = cluster.WaitReady(ctx, kube)
	if err == nil {
		fmt.Fprintf(stdout, "kind cluster %s is ready: Kubernetes %s\n", kind.DefaultName, kube.Info().Version)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return errors.Join(err, kube.Close(ctx))
}

func clusterDelete(ctx context.Context, c backendFlags, stdout io.Writer, log *slog.Logger) error {
	if err := outlives(c.backend, "delete"); err != nil {
		return err
	}
	err := kind.Delete(ctx, c.kind(log))
	if errors.Is(err, kind.ErrNotThere) {
		fmt.Fprintf(stdout, "there is no kind cluster %s\n", kind.DefaultName)
		return nil
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "deleted kind cluster %s\n", kind.DefaultName)
	return nil
}

// outlives says why there is nothing to do for a cluster that does not stay when
// the program ends, or is not the program's.
func outlives(backend, verb string) error {
	switch backend {
	case onEmbedded:
		return fmt.Errorf("nothing to %s: the embedded cluster starts and ends with joblab serve (-cluster kind makes one that stays)", verb)
	case onKubeconfig:
		return fmt.Errorf("nothing to %s: the cluster of a kubeconfig is not joblab's", verb)
	}
	return nil
}
