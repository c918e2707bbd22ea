package run

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

// maxRunLogs is how many bytes of logs are kept for a whole run. Beyond that the
// logs of the instances that ended first are forgotten.
const maxRunLogs = 4 << 20

// logs follows the log of every container of a run: each instance, from its
// start, as soon as the pod's status names it. What was read outlives the pod. A
// stream that broke off, with the API server or the kubelet, is taken up where it
// did: no line is lost or repeated while the kubelet has the log.
type logs struct {
	open openLog

	// start runs a goroutine under a context that stop ends.
	start     func(func(context.Context))
	stop      context.CancelFunc
	following sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	frozen    bool
	pods      map[types.UID]*loggedPod
	instances []*instance // in the order in which they were seen
	// changed is closed and replaced when a pod's status changes.
	changed chan struct{}
}

// openLog opens the log of a container and follows it to its end, each line
// after its time. Previous means the instance before the one that runs or ran
// last. Lines from before since may be left out.
type openLog func(ctx context.Context, pod, container string, previous bool, since time.Time) (io.ReadCloser, error)

// loggedPod is what the newest status of a pod says about its containers.
type loggedPod struct {
	name       string
	seen       int // pods are counted, so that of two with one name the later is found
	containers []*loggedContainer
	gone       bool
	statuses   int // how many were observed
}

type loggedContainer struct {
	name      string
	init      bool
	instances []*instance
	// current and last are the IDs of the instance that runs or ran last, and of
	// the one before; the same while a container waits to be restarted.
	current, last string
	terminated    bool // current is
}

// instance is one start of a container.
type instance struct {
	id   string
	tail tail
	read mark // of its follower
}

func newLogs(ctx context.Context, open openLog) *logs {
	ctx, stop := context.WithCancel(ctx)
	l := &logs{open: open, stop: stop, pods: make(map[types.UID]*loggedPod), changed: make(chan struct{})}
	l.start = func(follow func(context.Context)) { l.following.Go(func() { follow(ctx) }) }
	return l
}

// close ends all following and waits for it. What was read can still be read.
func (l *logs) close() {
	l.stop()
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.following.Wait()
}

// freeze says that no more changes will be observed: a log that cannot be had
// now never can. Those that are being read go on to their end.
func (l *logs) freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen = true
	close(l.changed)
	l.changed = make(chan struct{})
}

// observe takes a pod's newest status and begins to follow the instances that it
// names for the first time.
func (l *logs) observe(typ timeline.Type, pod *corev1.Pod) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.pods[pod.UID]
	if p == nil {
		p = &loggedPod{name: pod.Name, seen: len(l.pods)}
		l.pods[pod.UID] = p
		for _, c := range pod.Spec.InitContainers {
			p.containers = append(p.containers, &loggedContainer{name: c.Name, init: true})
		}
		for _, c := range pod.Spec.Containers {
			p.containers = append(p.containers, &loggedContainer{name: c.Name})
		}
	}
	for _, c := range p.containers {
		statuses := pod.Status.ContainerStatuses
		if c.init {
			statuses = pod.Status.InitContainerStatuses
		}
		i := slices.IndexFunc(statuses, func(s corev1.ContainerStatus) bool { return s.Name == c.name })
		if i >= 0 {
			l.observeLocked(p, c, &statuses[i])
		}
	}
	p.gone = p.gone || typ == timeline.Deleted
	p.statuses++
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *logs) observeLocked(p *loggedPod, c *loggedContainer, s *corev1.ContainerStatus) {
	c.current, c.last = s.ContainerID, ""
	c.terminated = s.State.Terminated != nil
	if t := s.LastTerminationState.Terminated; t != nil {
		c.last = t.ContainerID
	}
	for _, id := range []string{c.last, c.current} {
		known := slices.ContainsFunc(c.instances, func(i *instance) bool { return i.id == id })
		if id == "" || known || l.closed {
			continue
		}
		i := &instance{id: id}
		c.instances = append(c.instances, i)
		l.instances = append(l.instances, i)
		l.start(func(ctx context.Context) { l.follow(ctx, p, c, i) })
	}
}

// limit forgets the oldest logs if all together are too large, never the one
// that is being written.
func (l *logs) limit(writing *tail) {
	l.mu.Lock()
	defer l.mu.Unlock()
	total := 0
	for _, i := range l.instances {
		_, kept := i.tail.size()
		total += kept
	}
	for _, i := range l.instances {
		if total <= maxRunLogs {
			return
		}
		if &i.tail != writing {
			total -= i.tail.drop()
		}
	}
}

// read returns the kept log of a container: of its newest instance, or of the
// one before. With follow it goes on until the instance has ended. The log of an
// instance that has ended is always read whole.
func (l *logs) read(ctx context.Context, pod, container string, previous, follow bool) (io.ReadCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var p *loggedPod
	for _, candidate := range l.pods {
		if candidate.name == pod && (p == nil || candidate.seen > p.seen) {
			p = candidate
		}
	}
	if p == nil {
		return nil, fmt.Errorf("pod %q %w", pod, ErrNotFound)
	}
	c := p.container(container)
	if c == nil {
		return nil, fmt.Errorf("container %q in pod %q %w", container, pod, ErrNotFound)
	}
	n := len(c.instances)
	switch {
	case previous && n < 2:
		return nil, fmt.Errorf("previous terminated container %q in pod %q %w", c.name, pod, ErrNotFound)
	case n == 0:
		return nil, fmt.Errorf("log of container %q in pod %q %w: it has not started", c.name, pod, ErrNotFound)
	case previous:
		return c.instances[n-2].tail.finished(ctx), nil
	}
	i := c.instances[n-1]
	ended := p.gone || c.current != i.id || c.terminated || c.last == i.id
	if ended && !follow {
		return i.tail.finished(ctx), nil
	}
	return i.tail.reader(ctx, follow), nil
}

// container finds a container by its name; without one it is the first that is
// no init container, as for kubectl.
func (p *loggedPod) container(name string) *loggedContainer {
	for _, c := range p.containers {
		if c.name == name || name == "" && !c.init {
			return c
		}
	}
	return nil
}
