// Package cluster says what a Kubernetes cluster is to the rest of the program,
// whichever backend runs it. The backends are in its subdirectories.
//
// Guarantees that every backend gives:
//
//   - Config and Kubeconfig are valid from the first Ready on at the latest, and
//     then stay the same for the cluster's whole life: whoever holds one need not
//     ask again after a restart.
//   - Status never blocks. Its channel is closed at the next change, so a reader
//     that loops over Status and its channel sees the latest state, though not
//     every state between two of its reads.
//   - Generation grows by one with each new cluster behind the same Config. What
//     was learned from one generation (UIDs, resource versions, watches) says
//     nothing about the next.
//   - Methods may be called from several goroutines at once.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/rest"
)

// ErrClosed is why WaitReady gives up on a cluster that was closed.
var ErrClosed = errors.New("cluster is closed")

// Cluster is a Kubernetes API server and what stands behind it.
type Cluster interface {
	// Info says what the cluster is.
	Info() Info

	// Config returns a copy of the configuration of a client with full
	// rights, without rate limits (QPS -1); nil if that is not known yet. It is
	// the same for all generations.
	Config() *rest.Config

	// Status returns the status now, and a channel that is closed when it changes.
	Status() (Status, <-chan struct{})

	// Kubeconfig returns a file for kubectl with the rights of Config. It
	// refers to no other file.
	Kubeconfig() ([]byte, error)

	// Close lets go of the cluster: one that the program started is stopped,
	// and Close waits until nothing of it is left. If ctx ends first, Close
	// ends it by force and returns the context's error. Closing again is
	// harmless.
	Close(ctx context.Context) error
}

// Info says what a cluster is.
type Info struct {
	Backend string // "embedded", "kind" or "kubeconfig"
	Version string // as the API server reports it, "v1.37.2"; empty until the cluster was ready for the first time
	// Shared says that the cluster is somebody's, with other users: what is not
	// the program's own there is neither watched nor touched, and Config may have
	// few rights.
	Shared bool
}

// State is what a cluster is doing.
type State string

const (
	Starting State = "starting" // the first generation is on its way
	Ready    State = "ready"    // a run can start
	// Unreachable: the API server does not answer, and what goes on behind it is
	// not known. The generation is the same; if the API server comes back as
	// another cluster, Ready comes with a new one.
	Unreachable State = "unreachable"
	Restarting  State = "restarting" // a generation was lost and the next is on its way
	Failed      State = "failed"     // given up; Close is all that is left
	Closed      State = "closed"     // Close was called
)

// Status is a cluster's state at one moment.
type Status struct {
	State      State
	Generation int       // counts clusters from 1; 0 before the first was started
	Step       string    // what is being done, for people: "start the API server"; empty when ready
	Err        error     // why the last generation ended or the cluster failed; nil if none did
	Since      time.Time // when State was entered
	Restarts   int       // generations that were lost so far
}

// WaitReady waits until c is ready and returns that status. It fails when c
// failed or was closed, or when ctx ends; the error says what was being done.
func WaitReady(ctx context.Context, c Cluster) (Status, error) {
	for {
		status, changed := c.Status()
		switch status.State {
		case Ready:
			return status, nil
		case Failed:
			return status, fmt.Errorf("start cluster: %w", status.Err)
		case Closed:
			return status, ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return status, fmt.Errorf("wait for the cluster (%s: %s): %w", status.State, status.Step, ctx.Err())
		}
	}
}
