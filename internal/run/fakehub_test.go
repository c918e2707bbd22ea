package run

import (
	"context"
	"sync"
	"sync/atomic"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/watch"
)

// fakeHub hands the test the sink of the one namespace that is routed. A
// barrier is not passed before the test has said what is listed.
type fakeHub struct {
	namespace   string
	established chan struct{}
	refusal     error // it is never established
	sinks       chan watch.Sink
	ended       atomic.Bool

	mu     sync.Mutex
	lists  lists
	listed chan struct{} // closed when lists is set
}

type lists func(context.Context) ([]corev1.Pod, []batchv1.Job, error)

func newFakeHub() *fakeHub {
	return &fakeHub{established: make(chan struct{}), sinks: make(chan watch.Sink, 1), listed: make(chan struct{})}
}

// list sets what is asked by Barrier.
func (f *fakeHub) list(l lists) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lists == nil {
		close(f.listed)
	}
	f.lists = l
}

func (f *fakeHub) Run(ctx context.Context) error {
	defer f.ended.Store(true)
	if f.refusal == nil {
		close(f.established)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (f *fakeHub) Established() <-chan struct{} { return f.established }

func (f *fakeHub) Refusal() error { return f.refusal }

func (f *fakeHub) Route(_ string, s watch.Sink) func() {
	f.sinks <- s
	return func() {}
}

func (f *fakeHub) Barrier(ctx context.Context, _ string) ([]corev1.Pod, []batchv1.Job, error) {
	select {
	case <-f.listed:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	f.mu.Lock()
	lists := f.lists
	f.mu.Unlock()
	return lists(ctx)
}
