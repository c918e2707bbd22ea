// Package child is the process that is an embedded cluster: the control plane
// and a node, under the supervisor of package embedded.
//
//   - It ends when its standard input ends, on SIGTERM and on SIGINT, in about
//     half a second; after stopLimit it ends in any case.
//   - It ends with the first of its components, and with a panic of any.
//   - What it leaves behind is in the directory's Run, for the supervisor to
//     remove.
package child

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/cluster/embedded/controlplane"
	"github.com/joblab/joblab/internal/cluster/embedded/pki"
	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// stopLimit is how long a clean end may take.
const stopLimit = 3 * time.Second

// defaultMaxPods is how many pods the node takes at once. The kubelet's own
// default, 110, is for machines that one node has for itself.
const defaultMaxPods = 500

var errSupervisorGone = errors.New("the supervisor is gone")

// IsChild reports whether args, a program's arguments with its name, make the
// process a child. Main then takes args[3:].
func IsChild(args []string) bool {
	return len(args) > 2 && args[1] == protocol.Args[0] && args[2] == protocol.Args[1]
}

// Main runs the cluster until ctx ends or one of the reasons in the package's
// comment. args are the flags: -dir, -max-pods and -privileged. It never writes to stdout;
// stderr gets the log.
//
// Main can be called once in a process, and the process should exit after it.
func Main(ctx context.Context, args []string, _, stderr io.Writer) error {
	flags := flag.NewFlagSet("joblab cluster embedded", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", "", "the cluster's `directory`")
	maxPods := flags.Int("max-pods", defaultMaxPods, "how many pods the node takes")
	privileged := flags.Bool("privileged", false, "let pods be privileged and mount paths of the node")
	if err := flags.Parse(args); err != nil {
		return err
	}
	inherited, err := inherit()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ctx, stopSignals := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stopSignals()
	go func() {
		// Nothing is ever written to the pipe: reading returns when it ends.
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop(errSupervisorGone)
	}()
	context.AfterFunc(ctx, func() {
		time.AfterFunc(stopLimit, func() {
			fmt.Fprintln(stderr, "the clean end took too long")
			os.Exit(1)
		})
	})

	c := cluster{
		dir:      protocol.Dir(*dir),
		keys:     pki.Existing(protocol.Dir(*dir).Keys()),
		maxPods:  *maxPods,
		listener: inherited.listener,
		report:   inherited.report,

		privileged: *privileged,
	}
	err = c.run(ctx)
	if ctx.Err() != nil {
		return nil // however components ended, they were told to
	}
	c.fail(err)
	return err
}

// configureProcess sets what all components of the process share.
func configureProcess(dir protocol.Dir) error {
	if err := os.Chdir(dir.Run()); err != nil {
		return fmt.Errorf("enter the cluster's directory: %w", err)
	}
	if err := configureLog(); err != nil {
		return err
	}
	return controlplane.SetVersion()
}
