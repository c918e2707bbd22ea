package sandbox

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is how much processor time a process has used.
func cpuTime(t testing.TB, pid int) time.Duration {
	t.Helper()
	var clock int32 = ^int32(pid)<<3 | 2 // CPUCLOCK_SCHED of a process, see clock_getcpuclockid(3)
	var ts unix.Timespec
	if err := unix.ClockGettime(clock, &ts); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// busy starts a container that computes without end.
func busy(t testing.TB, r *Runner, script string, limits Limits) *box {
	t.Helper()
	s := spec(t, "centos:7", "bash", "-c", script)
	s.Limits = limits
	b, err := start(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCPULimit checks that busy containers, in whatever way they are busy, take
// as long to use up some processor time as their limits say.
func TestCPULimit(t *testing.T) {
	for name, script := range map[string]string{
		"a loop of commands":  `while :; do :; done`,
		"a loop of numbers":   `while ((1)); do ((i++)); done`,
		"a loop of tests":     `while [[ 1 ]]; do [[ a == b ]]; done`,
		"a command":           `cat /dev/zero >/dev/null`,
		"a pipe of commands":  `yes | cat >/dev/null`,
		"jobs":                `for i in 1 2 3; do while :; do :; done & done; wait`,
		"commands of a shell": `while :; do x=$(echo x | cat); done`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const share = 300 // thousandths
			b := busy(t, newRunner(t), script, Limits{CPU: share})
			start, before := time.Now(), cpuTime(t, b.PID())
			const spend = 150 * time.Millisecond
			untilUsed(t, b, before+spend)
			spent := cpuTime(t, b.PID()) - before
			// What was not used for a period of 100 ms may be used at once, and
			// the Go runtime takes up to 10 ms to see to it.
			if least := spent*1000/share - 200*time.Millisecond; time.Since(start) < least {
				t.Errorf("used %v in %v, want at least %v", spent, time.Since(start), least)
			}
		})
	}
}

// untilUsed waits until a container has used so much processor time.
func untilUsed(t testing.TB, b *box, want time.Duration) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for cpuTime(t, b.PID()) < want {
		select {
		case <-tick.C:
		case <-b.Done():
			t.Fatalf("the container ended: %+v", b.Exit())
		}
	}
}

// TestThrottledContainer checks that a container which waits for its
// share still ends at once, and runs its traps.
func TestThrottledContainer(t *testing.T) {
	b := busy(t, newRunner(t), `trap 'echo bye; exit 3' TERM; echo ready; while :; do :; done`, Limits{CPU: 10})
	untilUsed(t, b, 20*time.Millisecond)
	if err := b.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr, code := b.result(); code != 3 || stdout != "ready\nbye\n" {
		t.Errorf("printed %q, %q and exited with %d", stdout, stderr, code)
	}
}

// TestNice checks that all threads of a container stand back, and that it is no
// session of its own, which would count as much as the whole program.
func TestNice(t *testing.T) {
	b := busy(t, newRunner(t), `while :; do :; done`, Limits{Nice: 7})
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", b.PID()))
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", b.PID(), task.Name()))
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if nice := fields[19-3]; nice != "7" {
			t.Errorf("thread %s has nice value %s, want 7", task.Name(), nice)
		}
	}
	own, err := unix.Getsid(0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := unix.Getsid(b.PID()); err != nil || got != own {
		t.Errorf("the container is in session %d, %v, want %d", got, err, own)
	}
}
