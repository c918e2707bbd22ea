package remote

import (
	"context"
	"errors"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/clock"

	"github.com/joblab/joblab/internal/cluster"
)

const (
	firstLimit = 10 * time.Second // for the first answer of the API server
	askLimit   = 3 * time.Second  // for each later one
)

// errReplaced is why the generation before has ended.
var errReplaced = errors.New("another cluster answers at its address")

// retry spaces the attempts to reach an API server.
var retry = wait.Backoff{Duration: 100 * time.Millisecond, Factor: 2, Jitter: 0.2, Steps: 6, Cap: 2 * time.Second}

// follow watches the API server and, when that breaks, asks it who it is, until
// ctx ends.
func (c *Cluster) follow(ctx context.Context, client *client, server server) {
	client.watch(ctx, server)
	// The error is ctx's: the condition never ends the loop.
	_ = retry.DelayWithReset(clock.RealClock{}, time.Minute).Until(ctx, true, true, func(ctx context.Context) (bool, error) {
		asking, cancel := context.WithTimeout(ctx, askLimit)
		now, err := client.ask(asking)
		cancel()
		switch {
		case ctx.Err() != nil:
		case err != nil:
			c.unreachable(c.config.Explain(ctx, err))
		default:
			c.ready(now)
			client.watch(ctx, now)
		}
		return false, nil
	})
}

// ready says that the API server answers, and counts a generation if it is not
// the one that answered before.
func (c *Cluster) ready(now server) {
	c.mu.Lock()
	before := c.uid
	c.uid = now.uid
	c.info.Version = now.version
	c.mu.Unlock()
	switch before {
	case now.uid:
		if status, _ := c.Status(); status.State == cluster.Ready {
			return
		}
		c.config.Logger.Info("API server answers again")
		c.set(func(s *cluster.Status) { s.State, s.Err = cluster.Ready, nil })
	case "":
		c.config.Logger.Info("cluster is ready", "backend", c.config.Info.Backend, "version", now.version)
		c.set(func(s *cluster.Status) { s.State, s.Step, s.Generation = cluster.Ready, "", 1 })
	default:
		c.config.Logger.Warn("another cluster answers at the same address")
		c.set(func(s *cluster.Status) {
			s.State, s.Err = cluster.Ready, errReplaced
			s.Generation++
			s.Restarts++
		})
	}
}

// unreachable says that the API server does not answer.
func (c *Cluster) unreachable(err error) {
	status, _ := c.Status()
	if status.State == cluster.Unreachable && status.Err.Error() == err.Error() {
		return
	}
	if status.State != cluster.Unreachable {
		c.config.Logger.Warn("API server does not answer", "err", err)
	}
	c.set(func(s *cluster.Status) { s.State, s.Err = cluster.Unreachable, err })
}
