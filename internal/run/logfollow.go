package run

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// The waits before a log is asked for again without a change of its pod: after
// the API server did not answer, doubled each time, and after a stream ended
// though its container is not known to have ended.
const (
	maxLogAgain   = 5 * time.Second
	afterCleanEnd = 5 * time.Second
)

// follow reads the log of one instance to its end. Where the log cannot be had
// yet, it tries again when the pod's status has changed; where the API server does
// not answer, after a while; where it cannot be had any more, it gives up.
//
// That a stream ends says nothing of the container: an API server that shuts down
// ends it just so. Only a stream that was opened when the container was known to
// have ended is read to the log's end.
func (l *logs) follow(ctx context.Context, p *loggedPod, c *loggedContainer, i *instance) {
	defer i.tail.end()
	again := retryAfter
	for {
		at := l.where(p, c, i)
		if !at.there {
			return
		}
		progress, err := l.copy(ctx, p.name, c.name, at.previous, i)
		var wait time.Duration // 0: for the pod's next status
		switch {
		case ctx.Err() != nil, err == nil && at.last:
			return
		case err != nil && progress:
			again = retryAfter
			continue // it broke off: go on where it did
		case err == nil:
			again = retryAfter
			wait = afterCleanEnd
		case isAnswer(err) && at.last, at.frozen:
			return
		case !isAnswer(err):
			wait = again
			again = min(2*again, maxLogAgain)
		}
		if !l.wait(ctx, p, c, i, at, wait) {
			return
		}
	}
}

// wait waits until a pod has another status than at a place, or no more are
// observed, or for that long if it is not 0. It reports false when ctx has ended.
func (l *logs) wait(ctx context.Context, p *loggedPod, c *loggedContainer, i *instance, before place, d time.Duration) bool {
	var over <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	for at := before; at.statuses == before.statuses && at.frozen == before.frozen; at = l.where(p, c, i) {
		select {
		case <-at.changed:
		case <-over:
			return true
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// isAnswer reports whether an error is what the API server has to say about a log,
// rather than that it, or the kubelet behind it, does not answer.
func isAnswer(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return false
	}
	code := status.Status().Code
	return code >= 400 && code < 500 && code != http.StatusTooManyRequests
}

// place says where the log of an instance is, by the newest status.
type place struct {
	there    bool // the API server has it
	previous bool
	last     bool // no later change can help if it cannot be read
	frozen   bool // no later change will be observed
	statuses int  // of the pod
	changed  <-chan struct{}
}

func (l *logs) where(p *loggedPod, c *loggedContainer, i *instance) place {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := place{changed: l.changed, statuses: p.statuses, frozen: l.frozen}
	switch i.id {
	case c.current:
		at.there, at.last = true, c.terminated || c.last == i.id
	case c.last:
		at.there, at.last, at.previous = true, true, true
	}
	at.there = at.there && !p.gone
	at.last = at.last || l.frozen
	return at
}

// copy adds what a log has beyond what was read before, until its stream ends.
func (l *logs) copy(ctx context.Context, pod, container string, previous bool, i *instance) (progress bool, err error) {
	stream, err := l.open(ctx, pod, container, previous, i.read.at)
	if err != nil {
		return false, err
	}
	defer stream.Close()
	before, _ := i.tail.size()
	lines := resume(&i.read, &i.tail)
	for err == nil {
		_, err = io.CopyN(lines, stream, slack)
		l.limit(&i.tail)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	after, _ := i.tail.size()
	return after > before, err
}
