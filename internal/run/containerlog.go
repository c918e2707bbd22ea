package run

import (
	"context"
	"io"
	"slices"
)

// ContainerLog is the log of one start of a container.
type ContainerLog struct {
	Pod string
	// PodNumber counts the pods of the run in the order in which they were first
	// seen, so that two of one name can be told apart.
	PodNumber int
	Container string
	// Place is that of the container in its pod, where init containers stand first.
	Place int
	Init  bool
	// Start counts the starts of the container that were seen.
	Start int
	// Ended says that nothing will be added.
	Ended bool
	// Text is what is kept of the log by now: its end.
	Text func() []byte
}

// list lists the logs by pod, container and start.
func (l *logs) list() []ContainerLog {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []ContainerLog
	for _, p := range l.pods {
		for place, c := range p.containers {
			for start, i := range c.instances {
				all = append(all, ContainerLog{
					Pod: p.name, PodNumber: p.seen, Container: c.name, Place: place, Init: c.init, Start: start,
					Ended: i.tail.more() == nil, Text: i.tail.text,
				})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b ContainerLog) int { return a.PodNumber - b.PodNumber })
	return all
}

// text is what is kept by now.
func (t *tail) text() []byte {
	// What is there can be read without waiting, so that no error comes of it.
	b, _ := io.ReadAll(t.reader(context.Background(), false))
	return b
}
