package child

import "runtime/debug"

// The garbage collector rests while the cluster starts, when nearly all that is
// allocated stays, unless the heap grows beyond startLimit. Later memory matters
// more than time: the cluster is idle most of its life.
const (
	startLimit   = 200 << 20 // bytes
	startPercent = 400
	idlePercent  = 25
)

func tuneForStart() {
	debug.SetGCPercent(startPercent)
}

func tuneForIdling() {
	debug.SetGCPercent(idlePercent)
	debug.FreeOSMemory()
}
