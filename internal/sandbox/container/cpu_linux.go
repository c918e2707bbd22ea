package container

import (
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// period is how long a container that used up its share of a processor at once
// waits at most, as for a cgroup.
const period = 100 * time.Millisecond

// tick is the signal of the timer of processor time, one that nothing else uses.
const tick = syscall.Signal(50)

// throttle holds a container to its share of a processor, as the kernel does
// with a cgroup's quota: what it uses too early, it waits for.
//
// A timer that runs with the process's own processor time tells when a period's
// share is used up, so a container that does not compute costs nothing. The
// process has one processor of the Go runtime, and to wait is to sleep on it
// without telling the runtime: nothing else in the container can go on
// meanwhile, whatever it is doing.
type throttle struct {
	mu    sync.Mutex
	timer int32 // 0: none; guarded by mu, as all below
	armed bool
	cpu   int64         // thousandths of a processor
	used  time.Duration // at the last look
	paid  time.Duration // until when on the clock what was used is paid for
}

// set changes the limit; 0 is none.
func (t *throttle) set(cpu int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if cpu >= 1000 {
		cpu = 0 // no more than one processor can be used
	}
	if cpu > 0 && !t.armed {
		if err := t.start(); err != nil {
			return err
		}
	}
	t.cpu = cpu
	if !t.armed {
		return nil
	}
	every := unix.NsecToTimespec(int64(period) * cpu / 1000)
	spec := unix.ItimerSpec{Interval: every, Value: every} // zeros stop it
	_, _, errno := syscall.RawSyscall6(unix.SYS_TIMER_SETTIME, uintptr(t.timer), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("timer_settime", errno)
	}
	return nil
}

// start makes the timer and waits for it from now on.
func (t *throttle) start() error {
	ticks := make(chan os.Signal, 1)
	signal.Notify(ticks, tick)
	event := struct { // sigevent(3)
		value          uintptr
		signal, notify int32
		_              [64]byte
	}{signal: int32(tick)}
	_, _, errno := syscall.RawSyscall(unix.SYS_TIMER_CREATE, unix.CLOCK_PROCESS_CPUTIME_ID,
		uintptr(unsafe.Pointer(&event)), uintptr(unsafe.Pointer(&t.timer)))
	if errno != 0 {
		return os.NewSyscallError("timer_create", errno)
	}
	t.armed = true
	t.used, t.paid = now(unix.CLOCK_PROCESS_CPUTIME_ID), now(unix.CLOCK_MONOTONIC)
	go func() {
		runtime.LockOSThread()
		for range ticks {
			t.mu.Lock()
			until := t.pay()
			t.mu.Unlock()
			sleepUntil(until)
		}
	}()
	return nil
}

// pay accounts for the processor time used since the last look and returns when
// the container may go on.
func (t *throttle) pay() time.Duration {
	used, at := now(unix.CLOCK_PROCESS_CPUTIME_ID), now(unix.CLOCK_MONOTONIC)
	spent := used - t.used
	t.used = used
	if t.cpu == 0 {
		t.paid = at
		return at
	}
	// What was not used before is kept for one period.
	t.paid = max(t.paid, at-period) + spent*1000/time.Duration(t.cpu)
	return t.paid
}

// sleepUntil sleeps without giving the processor of the Go runtime away, which
// its own sleep and ordinary system calls do.
func sleepUntil(until time.Duration) {
	at := unix.NsecToTimespec(int64(until))
	for {
		_, _, errno := syscall.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME,
			uintptr(unsafe.Pointer(&at)), 0, 0, 0)
		if errno != unix.EINTR { // by the runtime, which would have another goroutine run
			return
		}
	}
}

func now(clock int32) time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(clock, &ts) // cannot fail for clocks that every kernel has
	return time.Duration(ts.Nano())
}

// setNice makes all threads of the process, which leads a process group, stand
// back behind others.
func setNice(n int) error {
	if n == 0 {
		return nil
	}
	return os.NewSyscallError("setpriority", unix.Setpriority(unix.PRIO_PGRP, 0, n))
}
