package watch

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// collector is a sink that keeps what it is given, and notices overlapping calls.
type collector struct {
	t     *testing.T
	calls atomic.Int32

	mu   sync.Mutex
	got  map[string][]string // by resource: "added NAME VERSION"
	all  []string            // in order: "RESOURCE added NAME VERSION"
	more chan struct{}       // closed at the next call
}

func newCollector(t *testing.T) *collector {
	return &collector{t: t, got: map[string][]string{}, more: make(chan struct{})}
}

func (c *collector) add(resource, line string) {
	if c.calls.Add(1) != 1 {
		c.t.Error("two calls of one sink overlap")
	}
	defer c.calls.Add(-1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got[resource] = append(c.got[resource], line)
	c.all = append(c.all, resource+" "+line)
	close(c.more)
	c.more = make(chan struct{})
}

// wait returns after n calls, and when everything has come to rest. The timeout
// is in the time of the test's bubble.
func (c *collector) wait(n int) {
	c.t.Helper()
	c.until(fmt.Sprintf("%d calls", n), func() bool { return len(c.all) >= n })
}

// waitFor returns after a call that begins so.
func (c *collector) waitFor(prefix string) {
	c.t.Helper()
	c.until(prefix, func() bool {
		return slices.ContainsFunc(c.all, func(l string) bool { return strings.HasPrefix(l, prefix) })
	})
}

func (c *collector) until(what string, done func() bool) {
	c.t.Helper()
	timeout := time.After(time.Hour)
	for {
		c.mu.Lock()
		ok, more := done(), c.more
		c.mu.Unlock()
		if ok {
			synctest.Wait()
			return
		}
		select {
		case <-more:
		case <-timeout:
			c.t.Fatalf("no %s within an hour:\n%s", what, strings.Join(c.all, "\n"))
		}
	}
}

func line(typ timeline.Type, o metav1.Object) string {
	return fmt.Sprintf("%s %s %s", typ, o.GetName(), o.GetResourceVersion())
}

func (c *collector) Pod(typ timeline.Type, row timeline.Row, p *corev1.Pod) {
	c.add("pods", fmt.Sprintf("%s %s %s %s", line(typ, p), row.Ready, row.Status, row.Restarts))
}
func (c *collector) Job(typ timeline.Type, j *batchv1.Job)         { c.add("jobs", line(typ, j)) }
func (c *collector) CronJob(typ timeline.Type, j *batchv1.CronJob) { c.add("cronjobs", line(typ, j)) }
func (c *collector) Event(typ timeline.Type, e *corev1.Event)      { c.add("events", line(typ, e)) }
func (c *collector) Note(n timeline.Note)                          { c.add("notes", n.Code) }
