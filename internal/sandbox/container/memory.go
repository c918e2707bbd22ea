package container

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
)

// maxStack bounds the stack of one goroutine in bytes, and with it how deep
// shell functions can call each other. It is about as deep as bash gets.
const maxStack = 32 << 20

// memory ends the container when its scripts and commands hold more than the
// limit: variables, the lines that a sort or a tail collects, calls of
// functions.
//
// All that is memory of the Go runtime, which looks at what is in use whenever
// it has grown by half. So it is looked at then: what counts is exact, nothing
// that is no longer in use is in it, and a container that does nothing costs
// nothing. Between two looks a container can get to some multiple of what it had
// at the first; from a point on the kernel refuses more, see limitData.
type memory struct {
	limit atomic.Int64
	base  int64 // held before the command began
	over  func()
}

// watchMemory begins to watch. over is called when the limit is exceeded.
func watchMemory(limit int64, over func()) *memory {
	debug.SetMaxStack(maxStack)
	m := &memory{over: over}
	m.limit.Store(limit)
	m.base = read("/memory/classes/heap/objects:bytes") + read(stacks)
	m.await()
	return m
}

// await has the memory looked at after the next garbage collection, and after
// each that follows.
func (m *memory) await() {
	type garbage struct{ _ *byte } // has a pointer, so that it is an object of its own
	runtime.AddCleanup(new(garbage), func(m *memory) {
		if read(live)+read(stacks)-m.base > m.limit.Load() {
			m.over()
		}
		m.await()
	}, m)
}

const (
	live   = "/gc/heap/live:bytes" // as the last collection found it
	stacks = "/memory/classes/heap/stacks:bytes"
)

func read(metric string) int64 {
	sample := []metrics.Sample{{Name: metric}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// outOfMemory ends the process as the kernel's OOM killer does.
func (m *machine) outOfMemory() {
	// If the parent is gone, nobody needs the reason.
	_ = m.reports.send(Report{OutOfMemory: true})
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until it is delivered
}
