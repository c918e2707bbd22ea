package sandbox

import (
	"bufio"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestMemoryLimit checks what ends a container for its memory, and what does not.
func TestMemoryLimit(t *testing.T) {
	for name, c := range map[string]struct {
		limit  int64
		script string
		killed bool
	}{
		"a variable that doubles":       {limit: 16 << 20, script: `s=x; while :; do s="$s$s"; done`, killed: true},
		"a variable that grows":         {limit: 16 << 20, script: `x=$(head -c 100000 /dev/zero | tr '\0' x); while :; do s="$s$x"; done`, killed: true},
		"an array that grows":           {limit: 16 << 20, script: `x=$(head -c 1000000 /dev/zero | tr '\0' x); while :; do a+=("$x$((i++))"); done`, killed: true},
		"a command's output":            {limit: 16 << 20, script: `x=$(cat /dev/zero | tr '\0' x); echo survived`, killed: true},
		"a command that collects":       {limit: 16 << 20, script: `tail /dev/zero`, killed: true},
		"lines to sort":                 {limit: 16 << 20, script: `seq 10000000 | sort`, killed: true},
		"a background job":              {limit: 16 << 20, script: `tail /dev/zero & wait; echo survived`, killed: true},
		"just below the limit":          {limit: 16 << 20, script: `x=$(head -c 4000000 /dev/zero | tr '\0' x); for i in 1 2 3 4 5 6 7 8 9; do y=$(seq 1000); done`},
		"a stream":                      {limit: 6 << 20, script: `cat /dev/zero | head -c 200M >/dev/null; seq 100000 | tail -n 1`},
		"a lot of what is used no more": {limit: 6 << 20, script: `i=0; while [ $i -lt 800 ]; do x=$(seq 100); i=$((i+1)); done`},
		"nothing":                       {limit: 1 << 20, script: `sleep 0.01; echo hello >/tmp/x; cat /tmp/x`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t)
			s := spec(t, "centos:7", "bash", "-c", c.script)
			s.Limits.Memory = c.limit
			b, err := start(t, r, s)
			if err != nil {
				t.Fatal(err)
			}
			stdout, stderr, code := b.result()
			exit := b.Exit()
			if !c.killed {
				if code != 0 || exit.OOMKilled || stderr != "" {
					t.Errorf("exited with %+v, error output %q", exit, stderr)
				}
				return
			}
			if !exit.OOMKilled || code != 137 || exit.Signal != syscall.SIGKILL {
				t.Errorf("exited with %+v, want 137 and OOMKilled", exit)
			}
			if strings.Contains(stdout, "survived") || stderr != "" {
				t.Errorf("printed %q, %q", stdout, stderr)
			}
		})
	}
}

// TestMemoryLimitIsAContainersOwn checks that one container's end is no
// other's, that a process in a container which takes too much ends the
// container, as the kernel kills all of a container's processes, and that a
// limit can be changed.
func TestMemoryLimitIsAContainersOwn(t *testing.T) {
	r := newRunner(t)
	hog := spec(t, "centos:7", "bash", "-c", "sleep 1000")
	hog.Limits.Memory = 16 << 20
	neighbour := hog
	neighbour.Root = t.TempDir()
	victim, err := start(t, r, hog)
	if err != nil {
		t.Fatal(err)
	}
	other, err := start(t, r, neighbour)
	if err != nil {
		t.Fatal(err)
	}
	exec := hog
	exec.Exec = true
	exec.Argv = []string{"tail", "/dev/zero"}
	culprit, err := start(t, r, exec)
	if err != nil {
		t.Fatal(err)
	}
	<-culprit.Done()
	<-victim.Done()
	for name, exit := range map[string]Exit{"the process": culprit.Exit(), "the container": victim.Exit()} {
		if !exit.OOMKilled || exit.Code != 137 {
			t.Errorf("%s exited with %+v", name, exit)
		}
	}
	neighbour.Exec = true
	neighbour.Argv = []string{"bash", "-c", "x=$(head -c 20M /dev/zero | tr '\\0' x); echo ${#x}"}
	neighbour.Limits.Memory = 100 << 20
	if stdout, stderr, code := run(t, r, neighbour); code != 0 || stdout != "20971520\n" {
		t.Errorf("in the other container: %q, %q, exit code %d", stdout, stderr, code)
	}
	if err := other.SetLimits(Limits{Memory: 1 << 20}); err != nil {
		t.Error(err)
	}
	select {
	case <-other.Done():
		t.Error("the other container ended")
	default:
	}
}

func TestMemoryLimitChanges(t *testing.T) {
	r := newRunner(t)
	s := spec(t, "centos:7", "bash", "-c", `x=$(head -c 20M /dev/zero | tr '\0' x); echo ${#x}; read; for i in 1 2 3 4; do y=$x$x; done; echo survived`)
	s.Limits.Memory = 200 << 20
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pr.Close()
	defer in.Close()
	s.Stdin, s.Stdout = in, pw
	b, err := start(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	pw.Close()
	lines := bufio.NewScanner(pr)
	if !lines.Scan() || lines.Text() != "20971520" {
		t.Fatalf("got line %q", lines.Text())
	}
	if err := b.SetLimits(Limits{Memory: 10 << 20}); err != nil {
		t.Fatal(err)
	}
	out.Close()
	<-b.Done()
	if lines.Scan() || !b.Exit().OOMKilled {
		t.Errorf("exited with %+v after line %q", b.Exit(), lines.Text())
	}
}

// TestDeepRecursion checks that a function which calls itself without end ends
// its shell as it ends bash.
func TestDeepRecursion(t *testing.T) {
	_, stderr, code := run(t, newRunner(t), spec(t, "centos:7", "bash", "-c", `f() { f; }; f`))
	if code != 139 || stderr != "" {
		t.Errorf("exited with %d, error output %q, want 139, as of SIGSEGV", code, stderr)
	}
}

// TestDiskLimit checks that a container cannot fill the host's disk, in whatever
// way it writes, and that it has room again once it has removed something.
func TestDiskLimit(t *testing.T) {
	volume := t.TempDir()
	for name, script := range map[string]string{
		"one file":           `cat /dev/zero >/tmp/big`,
		"appended":           `while printf '%1000d' 1; do :; done | cat >>/tmp/big`,
		"many files":         `i=0; while seq 3000 >/tmp/$i; do i=$((i+1)); done`,
		"many empty files":   `mkdir /tmp/d; i=0; while : >/tmp/d/$i; do i=$((i+1)); done`,
		"directories":        `i=0; while mkdir /tmp/$i; do i=$((i+1)); done`,
		"a copy":             `seq 10000 >/tmp/x; i=0; while cp /tmp/x /tmp/x$i; do i=$((i+1)); done`,
		"a volume":           `cat /dev/zero >/volume/big`,
		"by way of a stream": `{ cat /dev/zero >/dev/stdout; } >/tmp/big`,
	} {
		t.Run(name, func(t *testing.T) {
			s := spec(t, "centos:7", "bash", "-c", script+"; rm -r /tmp/* /volume/* 2>/dev/null; echo again >/tmp/small && cat /tmp/small")
			s.Limits.Disk = 1 << 20
			s.Mounts = []Mount{{Source: volume, Target: "/volume"}}
			stdout, stderr, code := run(t, newRunner(t), s)
			if code != 0 || stdout != "again\n" || !strings.Contains(stderr, "No space left on device") {
				t.Errorf("printed %q, %q and exited with %d", stdout, stderr, code)
			}
		})
	}
}
