package kind

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// nodes are the states of a cluster's node containers, by name.
type nodes map[string]string

// The states that matter; whatever is in another one is stopped.
const (
	running = "running"
	paused  = "paused"
	stopped = "stopped"
)

// nodes looks at the cluster's node containers. There are none if the cluster
// does not exist.
func (b *backend) nodes(ctx context.Context) (nodes, error) {
	listed, err := b.kind.ListNodes(b.Name)
	if err != nil {
		return nil, fmt.Errorf("look for kind cluster %s: %w", b.Name, b.reason(err))
	}
	if len(listed) == 0 {
		return nil, nil
	}
	names := make([]string, len(listed))
	for i, node := range listed {
		names[i] = node.String()
	}
	states, err := b.runtime.run(ctx, append([]string{"inspect", "--format", "{{.State.Status}}"}, names...)...)
	if err != nil {
		return nil, fmt.Errorf("look at the nodes of kind cluster %s: %w", b.Name, err)
	}
	lines := strings.Fields(states)
	if len(lines) != len(names) {
		return nil, fmt.Errorf("look at the nodes of kind cluster %s: %d states of %d nodes", b.Name, len(lines), len(names))
	}
	found := nodes{}
	for i, name := range names {
		found[name] = strings.ToLower(lines[i])
	}
	return found, nil
}

// in returns the names of the nodes that are running, paused or stopped.
func (n nodes) in(want string) []string {
	var names []string
	for name, state := range n {
		if state != running && state != paused {
			state = stopped
		}
		if state == want {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// missing says what is not there or not running of the cluster, and what to do.
func (n nodes) missing(name string, r runtime) error {
	switch {
	case len(n) == 0:
		return fmt.Errorf("kind cluster %s %w", name, ErrNotThere)
	case len(n.in(paused)) > 0:
		return fmt.Errorf("kind cluster %s is paused (%s unpause %s)", name, r, strings.Join(n.in(paused), " "))
	case len(n.in(stopped)) > 0:
		return fmt.Errorf("kind cluster %s is stopped (%s start %s)", name, r, strings.Join(n.in(stopped), " "))
	}
	return nil
}

// errDeleted is why a cluster that was there does not answer any more.
var errDeleted = errors.New("was deleted: start joblab again to have a new one")

// explain says why the API server does not answer, if its nodes show it.
func (b *backend) explain(ctx context.Context, err error) error {
	nodes, lookErr := b.nodes(ctx)
	if lookErr != nil {
		return err
	}
	if len(nodes) == 0 {
		return fmt.Errorf("kind cluster %s %w", b.Name, errDeleted)
	}
	if missing := nodes.missing(b.Name, b.runtime); missing != nil {
		return fmt.Errorf("%w: %w", missing, err)
	}
	return err
}
