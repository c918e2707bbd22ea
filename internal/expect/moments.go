package expect

import (
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// point is a moment in the life of a pod that gaps are measured from or to.
type point int

// The points. The first ones come once in the life of a pod at most: started is
// the first start of a container, finished the last end of one, when the pod has
// come to a final phase or is gone. The last ones come with each instance of a
// container.
const (
	created point = iota
	scheduled
	started
	finished
	terminating
	deleted
	eachStart
	eachFinish
	pointCount
)

// pointNames are the names of the points that come once.
var pointNames = []string{"created", "scheduled", "started", "finished", "terminating", "deleted"}

// timed reports whether Kubernetes keeps the time of a point. A deletionTimestamp
// is no such time: it lies as far in the future as the pod may take.
func (p point) timed() bool { return p != terminating && p != deleted }

// instant is a time in seconds, on either clock, as far as it is known: between
// lo and hi.
type instant struct{ lo, hi float64 }

// moments finds the points in the changes of a pod.
type moments struct {
	had [pointCount]bool
	// began and ended are, for each container, how many instances are known to
	// have started and ended.
	began, ended []int
}

// occurrence is a point that a pod has come to; at is Kubernetes' own time of it,
// nil if there is none.
type occurrence struct {
	point point
	at    *time.Time
}

// observe appends the points that a change shows first, in order.
func (m *moments) observe(e *timeline.Entry, found []occurrence) []occurrence {
	p := e.Pod
	gone := e.Type == timeline.Deleted
	found = m.once(created, p.CreationTimestamp, found)
	for i := range p.Conditions {
		if c := &p.Conditions[i]; c.Type == "PodScheduled" && c.Status == "True" {
			found = m.once(scheduled, &c.LastTransitionTime, found)
		}
	}
	for i := range p.Containers {
		if !p.Containers[i].Init {
			found = m.observeContainer(i, &p.Containers[i], found)
		}
	}
	if gone || p.DeletionTimestamp != nil {
		found = m.once(terminating, nil, found)
	}
	if gone || p.Phase == "Succeeded" || p.Phase == "Failed" {
		if end, ok := lastEnd(p); ok {
			found = m.once(finished, end, found)
		}
	}
	if gone {
		found = m.once(deleted, nil, found)
	}
	return found
}

// once appends a point that comes once, unless it has.
func (m *moments) once(p point, at *time.Time, found []occurrence) []occurrence {
	if m.had[p] {
		return found
	}
	m.had[p] = true
	return append(found, occurrence{p, at})
}

// observeContainer appends the starts and ends of a container's instances. While
// a container waits, Last is the end of its newest instance.
func (m *moments) observeContainer(i int, c *timeline.Container, found []occurrence) []occurrence {
	for len(m.began) <= i {
		m.began, m.ended = append(m.began, 0), append(m.ended, 0)
	}
	if last := c.Last; last != nil {
		n := c.Restarts
		if last.ContainerID == c.ContainerID {
			n++
		}
		found = m.start(i, n, last.StartedAt, found)
		found = m.end(i, n, last.FinishedAt, found)
	}
	found = m.start(i, c.Restarts+1, c.StartedAt, found)
	if c.State == timeline.Terminated {
		found = m.end(i, c.Restarts+1, c.FinishedAt, found)
	}
	return found
}

// start appends the start of the n-th instance, which has none if it could not be
// started.
func (m *moments) start(i, n int, at *time.Time, found []occurrence) []occurrence {
	if at == nil || n <= m.began[i] {
		return found
	}
	m.began[i] = n
	return append(m.once(started, at, found), occurrence{eachStart, at})
}

func (m *moments) end(i, n int, at *time.Time, found []occurrence) []occurrence {
	if n <= m.ended[i] {
		return found
	}
	m.ended[i] = n
	return append(found, occurrence{eachFinish, at})
}

// lastEnd is when the last container of a pod ended that is over; ok is false if
// none ended, or one never did.
func lastEnd(p *timeline.Pod) (at *time.Time, ok bool) {
	for i := range p.Containers {
		c := &p.Containers[i]
		end := c.FinishedAt
		switch {
		case c.Init:
			continue
		case c.State == timeline.Running:
			return nil, false
		case c.State != timeline.Terminated && c.Last == nil:
			continue // it never started
		case c.State != timeline.Terminated:
			end = c.Last.FinishedAt
		}
		if ok = true; end != nil && (at == nil || end.After(*at)) {
			at = end
		}
	}
	return at, ok
}

// running reports whether a container of a pod runs.
func running(p *timeline.Pod) bool {
	for i := range p.Containers {
		if c := &p.Containers[i]; !c.Init && c.State == timeline.Running {
			return true
		}
	}
	return false
}
