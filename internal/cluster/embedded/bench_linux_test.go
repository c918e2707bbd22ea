package embedded_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// BenchmarkStart measures, from the start of the child's process, until a run
// can start, until a Job's pod runs, and until the cluster is gone after Close.
func BenchmarkStart(b *testing.B) {
	var ready, running, closed time.Duration
	var cpu float64
	for b.Loop() {
		dir := b.TempDir()
		start := time.Now()
		c, err := embedded.Start(b.Context(), embedded.Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if status := embeddedtest.WaitReady(b, c); status.Restarts > 0 {
			b.Fatalf("the first child ended: %v", status.Err)
		}
		ready += time.Since(start)
		cpu += cpuSeconds(b, onlyChild(b, os.Getpid()))
		client := clientOf(b, c)
		createJob(b, client, "default", newJob("first", "sleep 1000"))
		waitForRunning(b, client, "default", 1)
		running += time.Since(start)
		start = time.Now()
		embeddedtest.Close(b, c)
		closed += time.Since(start)
	}
	report := func(total time.Duration, unit string) {
		b.ReportMetric(float64(total.Milliseconds())/float64(b.N), unit)
	}
	report(ready, "ms-to-ready")
	b.ReportMetric(1000*cpu/float64(b.N), "cpu-ms-to-ready")
	report(running, "ms-to-running")
	report(closed, "ms-to-closed")
}

// BenchmarkIdle measures the child's memory, as the median of readings a second
// apart after its first Job, and its use of a core meanwhile.
func BenchmarkIdle(b *testing.B) {
	const readings = 30
	c := embeddedtest.Start(b)
	client := clientOf(b, c)
	createJob(b, client, "default", newJob("first", "echo hello"))
	waitForJob(b, client, "default", "Complete")
	child := onlyChild(b, os.Getpid())
	for b.Loop() {
		memory := map[string][]float64{}
		before, start := cpuSeconds(b, child), time.Now()
		tick := time.NewTicker(time.Second)
		for range readings {
			<-tick.C
			for field, kibibytes := range fieldsOf(b, child, "smaps_rollup") {
				memory[field] = append(memory[field], kibibytes/1024)
			}
		}
		tick.Stop()
		b.ReportMetric(median(memory["Rss"]), "MiB-rss")
		b.ReportMetric(median(memory["Pss"]), "MiB-pss")
		b.ReportMetric(median(memory["Anonymous"]), "MiB-anonymous")
		b.ReportMetric(fieldsOf(b, child, "status")["VmHWM"]/1024, "MiB-peak-rss")
		b.ReportMetric(100*(cpuSeconds(b, child)-before)/time.Since(start).Seconds(), "%-of-a-core")
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// fieldsOf returns the numbers in a file of /proc/PID whose lines are "Name: 12 kB".
func fieldsOf(t testing.TB, pid int, file string) map[string]float64 {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), file))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]float64{}
	for line := range strings.Lines(string(data)) {
		name, rest, _ := strings.Cut(line, ":")
		var value float64
		if _, err := fmt.Sscan(rest, &value); err == nil {
			fields[name] = value
		}
	}
	return fields
}

// cpuSeconds returns how much processor time a process has used.
func cpuSeconds(t testing.TB, pid int) float64 {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	// The second field is the command in parentheses; user and system time in
	// ticks of 10 ms are the 14th and 15th.
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	var ticks float64
	for _, field := range fields[11:13] {
		value, err := strconv.ParseFloat(field, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += value
	}
	return ticks / 100
}
