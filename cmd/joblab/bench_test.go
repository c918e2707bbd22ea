package main

import (
	"context"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// sleeper is a Job with one pod that runs until it is stopped.
const sleeper = `apiVersion: batch/v1
kind: Job
metadata:
  name: sleeper
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: c
        image: busybox
        command: [sleep, "600"]
`

// BenchmarkReady measures the start of the program until a run can start.
func BenchmarkReady(b *testing.B) {
	for b.Loop() {
		s := startServer(b)
		s.waitReady(b)
		b.StopTimer()
		s.stop(b)
		b.StartTimer()
	}
}

// BenchmarkFirstEntry measures from the POST of a run to its first pod entry at
// a WebSocket client.
func BenchmarkFirstEntry(b *testing.B) {
	s := startServer(b)
	s.waitReady(b)
	s.measureFirstEntry(b)
}

func (s *server) measureFirstEntry(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		id := s.post(b, "first-job", sleeper)
		for e := range s.stream(b, id, 0) {
			if e.Kind == timeline.KindPod {
				took = append(took, time.Since(start))
				break
			}
		}
		b.StopTimer()
		s.stopRun(b, id)
		b.StartTimer()
	}
	report(b, took)
}

// busy is a Job with twenty pods that compute without end.
const busy = `apiVersion: batch/v1
kind: Job
metadata:
  name: busy
spec:
  parallelism: 20
  completions: 20
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: c
        image: busybox
        command: [sh, -c, "while :; do :; done"]
`

// BenchmarkBusy measures what a learner feels of others' busy containers: from
// the POST of a run to its first pod entry, and the answer of /readyz, with an
// idle node and with twenty containers that compute without end.
func BenchmarkBusy(b *testing.B) {
	s := startServer(b)
	s.waitReady(b)
	measure := func(b *testing.B) {
		b.Run("first-entry", s.measureFirstEntry)
		b.Run("readyz", func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				s.waitReady(b)
				took = append(took, time.Since(start))
			}
			report(b, took)
		})
	}
	b.Run("idle", measure)
	id := s.post(b, "first-job", busy)
	running := make(map[string]bool)
	for e := range s.stream(b, id, 0) {
		if e.Kind == timeline.KindPod && e.Pod.Phase == string(corev1.PodRunning) {
			running[e.Name] = true
		}
		if len(running) == 20 {
			break
		}
	}
	b.Run("20-busy", measure)
	s.stopRun(b, id)
}

// BenchmarkLatency measures how much later than at a raw watch of the same API
// server a pod's change is at a WebSocket client, both in this process.
func BenchmarkLatency(b *testing.B) {
	s := startServer(b)
	s.waitReady(b)
	client := s.client(b)
	var behind []time.Duration
	for b.Loop() {
		id := s.post(b, "first-job", sleeper)
		ctx, cancel := context.WithCancel(b.Context())
		watch, err := client.CoreV1().Pods(s.info(b, id).Namespace).Watch(ctx, metav1.ListOptions{})
		if err != nil {
			b.Fatal(err)
		}
		raw := make(chan map[string]time.Time)
		go func() {
			seen := map[string]time.Time{}
			for event := range watch.ResultChan() {
				pod, ok := event.Object.(*corev1.Pod)
				if !ok {
					continue
				}
				seen[pod.ResourceVersion] = time.Now()
				if pod.Status.Phase == corev1.PodRunning {
					break
				}
			}
			raw <- seen
		}()
		streamed := map[string]time.Time{}
		for e := range s.stream(b, id, 0) {
			if e.Kind != timeline.KindPod || e.Inferred {
				continue
			}
			streamed[e.ResourceVersion] = time.Now()
			if e.Pod.Phase == string(corev1.PodRunning) {
				break
			}
		}
		for version, at := range <-raw {
			if got, ok := streamed[version]; ok {
				behind = append(behind, got.Sub(at))
			}
		}
		cancel()
		s.stopRun(b, id)
	}
	report(b, behind)
}

// BenchmarkMemory measures what the server and its cluster hold when they have
// been idle for a while: the sum of their resident memory, in which pages of the
// program that both have count twice, that of the server alone, and the sum of
// their share. Go collects garbage every two minutes at the latest, which takes
// pages of the program that an idle server has not used before: it is longer idle.
func BenchmarkMemory(b *testing.B) {
	s := startServer(b)
	s.waitReady(b)
	<-time.After(150 * time.Second)
	for b.Loop() {
		server, pss := memory(b, s.cmd.Process.Pid)
		rss := server
		for _, pid := range descendants(b, s.cmd.Process.Pid) {
			r, p := memory(b, pid)
			rss, pss = rss+r, pss+p
		}
		b.ReportMetric(float64(rss)/1024, "MB-resident")
		b.ReportMetric(float64(server)/1024, "MB-resident-server")
		b.ReportMetric(float64(pss)/1024, "MB-proportional")
	}
}

// BenchmarkLabPage measures what a browser transfers to show a lab.
func BenchmarkLabPage(b *testing.B) {
	s := startServer(b)
	s.waitReady(b)
	for b.Loop() {
		b.ReportMetric(float64(s.pageWeight(b, "/labs/first-job"))/1024, "KB")
	}
}

// report adds the 50th and 99th percentile, in milliseconds.
func report(b *testing.B, took []time.Duration) {
	b.Helper()
	if len(took) == 0 {
		b.Fatal("nothing was measured")
	}
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(at(0.99), "p99-ms")
}
