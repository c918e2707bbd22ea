package embedded_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// BenchmarkPods measures, on a new cluster, from the creation of a Job until all
// of its pods are Running, and the processor time that the cluster and the
// containers use meanwhile.
func BenchmarkPods(b *testing.B) {
	for _, pods := range []int32{100, 500} {
		b.Run(fmt.Sprint(pods), func(b *testing.B) {
			var seconds, cpu, containers float64
			for b.Loop() {
				b.StopTimer()
				c := embeddedtest.StartIn(b, b.TempDir())
				client := clientOf(b, c)
				createNamespace(b, client, "many")
				child := onlyChild(b, os.Getpid())
				before := cpuSeconds(b, child)
				b.StartTimer()
				start := time.Now()
				createJob(b, client, "many", newJobOf(pods, "sleep", "3600"))
				waitForRunning(b, client, "many", int(pods))
				seconds += time.Since(start).Seconds()
				b.StopTimer()
				cpu += cpuSeconds(b, child) - before
				for _, container := range childrenOf(b, child) {
					containers += cpuSeconds(b, container)
				}
				embeddedtest.Close(b, c)
				b.StartTimer()
			}
			b.ReportMetric(seconds/float64(b.N), "s-to-all-running")
			b.ReportMetric(cpu/float64(b.N), "cpu-s-cluster")
			b.ReportMetric(containers/float64(b.N), "cpu-s-containers")
		})
	}
}

// BenchmarkSleeping measures the memory of a cluster with 300 containers that
// sleep: of all its processes together, what they share counted once, and of a
// container.
func BenchmarkSleeping(b *testing.B) {
	const pods = 300
	c := embeddedtest.StartIn(b, b.TempDir())
	client := clientOf(b, c)
	createNamespace(b, client, "many")
	child := onlyChild(b, os.Getpid())
	createJob(b, client, "many", newJobOf(pods, "sleep", "3600"))
	waitForRunning(b, client, "many", pods)
	for b.Loop() {
		own := fieldsOf(b, child, "smaps_rollup")["Pss"] / 1024
		var containers float64
		all := childrenOf(b, child)
		if len(all) != pods {
			b.Fatalf("the cluster has %d processes, want one for each of %d containers", len(all), pods)
		}
		for _, container := range all {
			containers += fieldsOf(b, container, "smaps_rollup")["Pss"] / 1024
		}
		b.ReportMetric(own+containers, "MiB-in-all")
		b.ReportMetric(containers/pods, "MiB/container")
	}
}
