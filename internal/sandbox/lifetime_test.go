package sandbox

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestParent is not a test but the victim of TestDiesWithParent: it starts a
// container and an exec, prints their process ids, and waits to be killed.
func TestParent(t *testing.T) {
	if os.Getenv("SANDBOX_TEST_PARENT") == "" {
		return // TestDiesWithParent starts it
	}
	r := newRunner(t)
	s := spec(t, "centos:7", "bash", "-c", "trap '' TERM; while :; do sleep 1000; done")
	c, err := start(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	e, err := start(t, r, sibling(s, "yes"))
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString(strconv.Itoa(c.PID()) + "\n" + strconv.Itoa(e.PID()) + "\n")
	io.Copy(io.Discard, os.Stdin) // until the test closes it, or for ever
}

// TestDiesWithParent kills a process that has started a container and an exec
// with SIGKILL, and waits for the end of both.
func TestDiesWithParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestParent$", "-test.v")
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_PARENT=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for lines := bufio.NewScanner(stdout); len(pids) < 2 && lines.Scan(); {
		if pid, err := strconv.Atoi(lines.Text()); err == nil {
			pids = append(pids, pid)
		}
	}
	if len(pids) != 2 {
		t.Fatalf("the parent started %v", pids)
	}
	var waits []func() error
	for _, pid := range pids {
		wait, err := watchProcess(pid)
		if err != nil {
			t.Fatalf("process %d: %v", pid, err)
		}
		waits = append(waits, wait)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	for i, wait := range waits {
		if err := wait(); err != nil {
			t.Errorf("process %d: %v", pids[i], err)
		}
	}
}

// TestNoZombies checks that ended containers are reaped and that no descriptor
// stays open.
func TestNoZombies(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	r := newRunner(t)
	run(t, r, spec(t, "busybox", "true"))
	before := descriptors(t)
	var pids []int
	for range 10 {
		b, err := start(t, r, spec(t, "busybox", "sh", "-c", "sleep 0 & exit 3"))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, b.PID())
		if _, _, code := b.result(); code != 3 {
			t.Errorf("exit code %d", code)
		}
		if _, err := start(t, r, spec(t, "busybox", "nosuch")); err == nil {
			t.Error("nosuch started")
		}
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d is still there: %v", pid, err)
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestConcurrent starts containers at the same time.
func TestConcurrent(t *testing.T) {
	r := newRunner(t)
	var wg sync.WaitGroup
	for i := range 20 {
		s := spec(t, "alpine", "sh", "-c", "echo $N > /tmp/n; cat /tmp/n; exit $N")
		s.Env = []string{"N=" + strconv.Itoa(i)}
		wg.Go(func() {
			b, err := start(t, r, s)
			if err != nil {
				t.Error(err)
				return
			}
			stdout, stderr, code := b.result()
			if strings.TrimSpace(stdout) != strconv.Itoa(i) || code != i {
				t.Errorf("container %d printed %q, %q and exited with %d", i, stdout, stderr, code)
			}
		})
	}
	wg.Wait()
}

// TestOneContainerPerRoot checks that a second container cannot take the place
// of one that runs.
func TestOneContainerPerRoot(t *testing.T) {
	r := newRunner(t)
	s := spec(t, "busybox", "sleep", "1000")
	b, err := start(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Start(s); err == nil {
		t.Error("a second container started in the same root")
	}
	b.Kill()
	<-b.Done()
	s.Argv = []string{"true"}
	if _, _, code := run(t, r, s); code != 0 {
		t.Errorf("after the end: exit code %d", code)
	}
}
