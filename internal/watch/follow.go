package watch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	toolswatch "k8s.io/client-go/tools/watch"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"

	"github.com/joblab/joblab/internal/timeline"
)

// typeOf maps a watch's types to a timeline's.
var typeOf = map[watch.EventType]timeline.Type{
	watch.Added: timeline.Added, watch.Modified: timeline.Modified, watch.Deleted: timeline.Deleted,
}

// follow lists and watches one resource until ctx ends. established is called
// each time that a watch is established.
func (h *Hub) follow(ctx context.Context, res *resource, established func()) {
	ctx = klog.NewContext(ctx, logr.FromSlogHandler(h.log.With("resource", res.name).Handler()))
	backoff := wait.Backoff{Duration: 100 * time.Millisecond, Factor: 2, Jitter: 0.2, Steps: 6, Cap: 5 * time.Second}
	place := "" // where the last watch was lost
	// The error is ctx's: the condition never ends the loop.
	_ = backoff.DelayWithReset(clock.RealClock{}, time.Minute).Until(ctx, true, true, func(ctx context.Context) (bool, error) {
		listed, version, err := res.list(ctx, metav1.ListOptions{})
		if err != nil {
			if ctx.Err() == nil {
				h.refused("list", res, err)
				h.log.Warn("list before watch", "resource", res.name, "err", err)
			}
			return false, nil
		}
		sortByVersion(listed)
		if place == "" {
			h.deliverFirst(res, listed)
		} else {
			h.catchUp(ctx, res, place, version, listed)
		}
		place = h.stream(ctx, res, version, established)
		return false, nil
	})
}

func sortByVersion(objects []object) {
	slices.SortStableFunc(objects, func(a, b object) int {
		n, _ := resourceversion.CompareResourceVersion(a.GetResourceVersion(), b.GetResourceVersion())
		return n
	})
}

// deliverFirst hands the sinks what the first list shows: what was there before
// the Hub is nobody's, unless it came just now.
func (h *Hub) deliverFirst(res *resource, listed []object) {
	for _, o := range listed {
		if r := h.route(o.GetNamespace()); r != nil {
			r.deliver(res, timeline.Added, o)
		}
	}
}

// catchUp hands the sinks what has changed since a watch was lost at a place: step
// by step if the API server still has the steps, else at once, after a note.
func (h *Hub) catchUp(ctx context.Context, res *resource, place, version string, listed []object) {
	steps, whole := h.replay(ctx, res, place, version)
	level := slog.LevelInfo
	if !whole {
		level = slog.LevelWarn
	}
	h.log.Log(ctx, level, "watch lost its place, listed again", "resource", res.name, "place", place, "version", version, "whole", whole)
	h.mu.RLock()
	routes := maps.Clone(h.routes)
	h.mu.RUnlock()
	if !whole {
		for _, r := range routes {
			r.noteGap(res)
		}
	}
	for _, step := range append(steps, listed) {
		byNamespace := map[string][]object{}
		for _, o := range step {
			byNamespace[o.GetNamespace()] = append(byNamespace[o.GetNamespace()], o)
		}
		for ns, r := range routes {
			r.catchUp(res, ns, byNamespace[ns])
		}
	}
}

// stream watches from a version on, through broken connections, until the API
// server no longer has the version to resume at, or ctx ends. It returns the version
// up to which everything was delivered.
func (h *Hub) stream(ctx context.Context, res *resource, version string, established func()) (place string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e := &establisher{h: h, res: res, established: established}
	e.from.Store(&version)
	w, err := toolswatch.NewRetryWatcherWithContext(ctx, version, e)
	if err != nil {
		h.log.Error("start watch", "resource", res.name, "version", version, "err", err)
		return version
	}
	place = version
	// Bookmarks move a watch as well, which the start of the next one shows.
	defer func() {
		if from := *e.from.Load(); older(place, from) {
			place = from
		}
	}()
	for e := range w.ResultChan() {
		o := res.object(e.Object)
		typ, ok := typeOf[e.Type]
		if !ok || o == nil {
			h.log.Warn("watch ended", "resource", res.name, "err", apierrors.FromObject(e.Object))
			return place
		}
		place = o.GetResourceVersion()
		if r := h.route(o.GetNamespace()); r != nil {
			r.deliver(res, typ, o)
		}
	}
	return place
}

// establisher starts the connections of a RetryWatcher.
type establisher struct {
	h           *Hub
	res         *resource
	established func()
	failing     bool // the last try failed: say so once
	// from is the version from which the newest connection starts.
	from atomic.Pointer[string]
}

// WatchWithContext starts one connection. A RetryWatcher retries for ever at a
// version that is gone if it learns so while establishing, but ends if an event
// says so: hence the error becomes an event. It also ends if the watch is
// forbidden, which an API server that has just started says before it knows the
// rights. So all other errors are logged here and become EOF, which it retries
// without a word; that every second.
func (e *establisher) WatchWithContext(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	e.from.Store(&opts.ResourceVersion)
	w, err := e.res.watch(ctx, opts)
	switch {
	case err == nil:
		e.failing = false
		e.established()
		return w, nil
	case ctx.Err() != nil:
		return nil, io.EOF
	}
	e.h.refused("watch", e.res, err)
	switch status := apierrors.APIStatus(nil); {
	case (apierrors.IsGone(err) || apierrors.IsResourceExpired(err)) && errors.As(err, &status):
		gone := status.Status()
		gone.Code = 410
		events := watch.NewFakeWithChanSize(1, false)
		events.Error(&gone)
		return events, nil
	default:
		level := slog.LevelWarn
		if e.failing {
			level = slog.LevelDebug
		}
		e.failing = true
		e.h.log.Log(ctx, level, "establish watch", "resource", e.res.name, "err", err)
		return nil, io.EOF
	}
}
