package node_test

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkHundredPods measures the time from a Job's creation until its 100
// pods are all Running.
func BenchmarkHundredPods(b *testing.B) {
	const pods = 100
	for b.Loop() {
		b.StopTimer()
		ns := namespace(b)
		b.StartTimer()
		start := time.Now()
		createJob(b, ns, fmt.Appendf(nil, `
apiVersion: batch/v1
kind: Job
metadata: {name: job}
spec:
  completions: %[1]d
  parallelism: %[1]d
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      containers: [{name: c, image: "centos:7", command: [sleep, "3600"]}]
`, pods))
		running := make(map[string]bool)
		untilPod(b, ns, "", func(pod *corev1.Pod) bool {
			if pod.Status.Phase == corev1.PodRunning {
				running[pod.Name] = true
			}
			return len(running) == pods
		})
		b.ReportMetric(time.Since(start).Seconds(), "s/100pods")
	}
}
