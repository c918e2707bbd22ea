package sandbox

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// readyLine starts a container and waits for the first line of its output.
func readyLine(b *testing.B, r *Runner, s Spec) *box {
	b.Helper()
	pr, pw, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer pr.Close()
	s.Stdout = pw
	c, err := start(b, r, s)
	pw.Close()
	if err != nil {
		b.Fatal(err)
	}
	if line, err := bufio.NewReader(pr).ReadString('\n'); line != "ready\n" {
		b.Fatalf("read %q, %v", line, err)
	}
	return c
}

// BenchmarkPrepare measures making the tree of a container.
func BenchmarkPrepare(b *testing.B) {
	r := newRunner(b)
	for b.Loop() {
		s := spec(b, "centos:7")
		if err := r.Prepare(&s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstOutput measures from Start to the first output of a script.
func BenchmarkFirstOutput(b *testing.B) {
	r := newRunner(b)
	for b.Loop() {
		b.StopTimer()
		s := spec(b, "centos:7", "bash", "-c", "echo ready")
		if err := r.Prepare(&s); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		c := readyLine(b, r, s)
		b.StopTimer()
		<-c.Done()
		b.StartTimer()
	}
}

// BenchmarkSleeping measures the memory of a container that sleeps, as
// /proc/PID/smaps_rollup has it.
func BenchmarkSleeping(b *testing.B) {
	r := newRunner(b)
	for name, argv := range map[string][]string{
		"sleep":  {"sleep", "1000"},
		"script": {"bash", "-c", "echo ready; sleep 1000; echo bye"},
	} {
		b.Run(name, func(b *testing.B) {
			// With a second container, as usual, pages of the executable are
			// shared.
			if _, err := start(b, r, spec(b, "centos:7", argv...)); err != nil {
				b.Fatal(err)
			}
			var resident, private int
			for b.Loop() {
				c, err := start(b, r, spec(b, "centos:7", argv...))
				if err != nil {
					b.Fatal(err)
				}
				rss, priv := memory(b, c.PID())
				resident += rss
				private += priv
				c.Kill()
				<-c.Done()
			}
			b.ReportMetric(float64(resident)/float64(b.N), "resident-kB")
			b.ReportMetric(float64(private)/float64(b.N), "private-kB")
		})
	}
}

// memory is the resident and the private memory of a process, in kB.
func memory(tb testing.TB, pid int) (resident, private int) {
	tb.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		tb.Skip(err)
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		n := 0
		if len(fields) > 1 {
			n, _ = strconv.Atoi(fields[1])
		}
		switch fields[0] {
		case "Rss:":
			resident = n
		case "Private_Clean:", "Private_Dirty:":
			private += n
		}
	}
	return resident, private
}

// BenchmarkHundred starts a hundred containers at once and waits until each
// has printed a line.
func BenchmarkHundred(b *testing.B) {
	r := newRunner(b)
	for b.Loop() {
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				c := readyLine(b, r, spec(b, "centos:7", "bash", "-c", "echo ready; sleep 1000"))
				c.Kill()
			})
		}
		wg.Wait()
	}
}
