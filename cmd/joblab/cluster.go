package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/joblab/joblab/internal/cluster/embedded"
)

// clusterCommand asks about the cluster of a server that runs on a data
// directory.
func clusterCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var data string
	flags := newFlags("cluster", "status|kubeconfig [-data DIR]", stderr)
	flags.StringVar(&data, "data", defaultDataDir(), "data directory of the server")
	verbs, err := parse(flags, args, 1, "one of status, kubeconfig")
	if err != nil {
		return err
	}
	verb := verbs[0]
	if verb != "status" && verb != "kubeconfig" {
		return fmt.Errorf("cluster takes one of status, kubeconfig, not %q", verb)
	}
	kube, err := embedded.Attach(data)
	if err != nil {
		return err
	}
	defer kube.Close(ctx)
	if verb == "kubeconfig" {
		file, err := kube.Kubeconfig()
		if err != nil {
			return err
		}
		_, err = stdout.Write(file)
		return err
	}
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
