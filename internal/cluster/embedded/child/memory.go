package child

import (
	"runtime"
	"runtime/debug"
	"time"

	"k8s.io/klog/v2"

	"github.com/joblab/joblab/internal/residency"
)

// Go's garbage collector lets the heap grow by so many percent of what is alive.
// While the cluster starts, nearly all that is allocated stays, and time matters;
// yet a heap that grew too freely stays in pieces for ever. Later memory matters
// more than time: the cluster is idle most of its life. But when a Job makes
// hundreds of pods, a heap that may hardly grow is collected many times a second.
const (
	startPercent = 50
	busyPercent  = 200
	idlePercent  = 25
)

func tuneForStart() { debug.SetGCPercent(startPercent) }

// tuneForIdling gives back what only the start needed, and keeps the heap small
// from now on, except while much is allocated.
func tuneForIdling() {
	debug.SetGCPercent(idlePercent)
	debug.FreeOSMemory()
	if err := residency.Release(); err != nil {
		klog.ErrorS(err, "Memory is not given back")
	}
	(&tuner{last: time.Now()}).await()
}

// tuner is told of each garbage collection.
type tuner struct {
	last time.Time // of the collection before
	busy bool
}

// Collections that follow each other within busyInterval show that the process
// is busy; calmInterval between two shows that it no longer is.
const (
	busyInterval = 500 * time.Millisecond
	calmInterval = 5 * time.Second
)

// await has the next collection, and each that follows, decide how far the heap
// may grow.
func (t *tuner) await() {
	type garbage struct{ _ *byte } // has a pointer, so that it is an object of its own
	runtime.AddCleanup(new(garbage), func(t *tuner) {
		t.collected(time.Now())
		t.await()
	}, t)
}

func (t *tuner) collected(at time.Time) {
	since := at.Sub(t.last)
	t.last = at
	switch {
	case !t.busy && since < busyInterval:
		t.busy = true
		debug.SetGCPercent(busyPercent)
	case t.busy && since > calmInterval:
		t.busy = false
		debug.SetGCPercent(idlePercent)
		debug.FreeOSMemory()
	}
}
