package child

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
)

var errEnded = errors.New("ended by itself")

// components are parts of the cluster that live and die together: the context
// of all ends with the first that ends.
type components struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	fail   func(error)
	group  errgroup.Group
	up     []<-chan struct{}
}

// newComponents returns components that end with ctx. fail is called with the
// reason why one of them ended before, at once; again if others follow.
func newComponents(ctx context.Context, fail func(error)) *components {
	ctx, cancel := context.WithCancelCause(ctx)
	return &components{ctx: ctx, cancel: cancel, fail: fail}
}

// start starts a component, which must run until its context ends and call its
// second argument once when it does its work.
func (c *components) start(name string, run func(context.Context, func()) error) {
	up := make(chan struct{})
	c.up = append(c.up, up)
	c.group.Go(func() error {
		err := run(c.ctx, func() { close(up) })
		return c.ended(name, err)
	})
}

// ended makes the end of one component the end of all.
func (c *components) ended(name string, err error) error {
	if c.ctx.Err() != nil {
		return nil // it was told to end
	}
	if err == nil {
		err = errEnded
	}
	err = fmt.Errorf("%s: %w", name, err)
	c.fail(err)
	c.cancel(err)
	return err
}

// wait calls ready once all components do their work, and returns when all have
// ended, with the error of the first that ended by itself.
func (c *components) wait(ready func(context.Context) error) error {
	defer c.cancel(nil)
	c.group.Go(func() error {
		for _, up := range c.up {
			select {
			case <-up:
			case <-c.ctx.Done():
				return nil
			}
		}
		if err := ready(c.ctx); err != nil {
			return c.ended("readiness", err)
		}
		return nil
	})
	return c.group.Wait()
}
