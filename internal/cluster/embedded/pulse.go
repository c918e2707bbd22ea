package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

const (
	askEvery  = 5 * time.Second  // between questions whether the API server lives
	askLimit  = 5 * time.Second  // for an answer
	hungAfter = 20 * time.Second // without an answer a child is hung
)

// feelPulse asks the API server of a child that was ready whether it lives, since
// a process can hang without ending: the cluster is Unreachable while it does not
// answer. It returns when the child has ended or the cluster is closed, with nil,
// or with how long and why there was no answer if that is too long.
func (c *Cluster) feelPulse(p *process) error {
	client, err := rest.HTTPClientFor(c.Config())
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancel(c.stopping)
	defer cancel()
	p.group.Go(func() {
		select {
		case <-p.exited:
			cancel()
		case <-ctx.Done():
		}
	})
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		err := askAlive(ctx, client, c.config.Host)
		if ctx.Err() != nil {
			return nil
		}
		c.status.answering(err)
		if err == nil {
			last = time.Now()
		} else if silence := time.Since(last); silence > hungAfter {
			return fmt.Errorf("it hung: no answer for %v: %w", silence.Round(time.Second), err)
		}
	}
}

// askAlive asks an API server for its own opinion, etcd included.
func askAlive(ctx context.Context, client *http.Client, host string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, askLimit, fmt.Errorf("no answer within %v", askLimit))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, host+"/livez", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if errors.Is(err, context.DeadlineExceeded) {
		return context.Cause(ctx)
	} else if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the API server says that it is not well: %s", response.Status)
	}
	return nil
}
