package sandbox

import (
	"os/exec"
	"testing"

	"github.com/joblab/joblab/internal/sandbox/container"
)

// A container may end between the moment that an exec is let in and the moment
// that the exec has a process, as happens to the probes of a short one.
func TestAnExecEndsWithAContainerThatEndedBeforeIt(t *testing.T) {
	r := newRunner(t)
	enter := func(isExec bool) *Process {
		p := &Process{runner: r, root: "/root", isExec: isExec, done: make(chan struct{})}
		if err := r.enter(p, &container.Config{}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	init, late := enter(false), enter(true)
	r.leave(init)

	command := exec.Command("sleep", "1000")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	late.proc = command.Process
	r.started(late)
	if err := command.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("the exec's process: got %v, want that it was killed", err)
	}
	r.leave(late)

	r.leave(enter(false)) // nothing of the container is left in the way of another
}
