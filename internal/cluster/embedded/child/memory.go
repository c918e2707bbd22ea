package child

import "runtime/debug"

// Go's garbage collector lets the heap grow by so many percent of what is alive.
// While the cluster starts, nearly all that is allocated stays, and time matters;
// yet a heap that grew too freely stays in pieces for ever. Later memory matters
// more than time: the cluster is idle most of its life.
const (
	startPercent = 100
	idlePercent  = 25
)

func tuneForStart() { debug.SetGCPercent(startPercent) }

func tuneForIdling() {
	debug.SetGCPercent(idlePercent)
	debug.FreeOSMemory()
}
