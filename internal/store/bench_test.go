package store

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// recorded is a run of n entries as the cluster publishes them, and its keeper.
func recorded(b *testing.B, n int) *source {
	b.Helper()
	r := begin(b, "one", "me")
	r.apply()
	now := metav1.NewTime(time.Now().Truncate(time.Second))
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "never-with-limit-4c44f", UID: "5c3f2b1e-8a57-4e0e-9d34-0d5c8bb1f0a7", ResourceVersion: "12345", CreationTimestamp: now,
			OwnerReferences: []metav1.OwnerReference{{Kind: "Job", Name: "never-with-limit", Controller: new(true)}},
		},
		Spec: corev1.PodSpec{NodeName: "node", Containers: []corev1.Container{{Name: "main"}}},
	}
	pod.Status.Phase = corev1.PodFailed
	for _, c := range []corev1.PodConditionType{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: c, Status: "False", Reason: "PodFailed", LastTransitionTime: now})
	}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "main", Image: "centos:7", ContainerID: "joblab://e2d5a7b1c3f94c55a1f7d9e3c5b7a9d1",
		State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: 128, Reason: "StartError", StartedAt: now, FinishedAt: now, ContainerID: "joblab://e2d5a7b1c3f94c55a1f7d9e3c5b7a9d1",
			Message: `failed to create containerd task: exec: "muzzi": executable file not found in $PATH: unknown`,
		}},
	}}
	for range n {
		r.Pod(timeline.Modified, timeline.Row{Ready: "0/1", Status: "StartError", Restarts: "0"}, pod)
	}
	return r
}

// BenchmarkWrite writes a run of 10,000 entries, from the first to the end.
func BenchmarkWrite(b *testing.B) {
	const entries = 10_000
	bytes := 0
	for b.Loop() {
		b.StopTimer()
		s := open(b, b.TempDir())
		r := recorded(b, entries)
		r.settle()
		close(r.over)
		bytes = 0
		for _, record := range r.Log().Records() {
			bytes += len(record.JSON)
		}
		b.StartTimer()
		<-keep(s, r)
		b.StopTimer()
		closeNow(b, s)
		b.StartTimer()
	}
	b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(bytes)/entries, "bytes/entry")
}

// BenchmarkWriteOne writes one entry at a time, as a quiet run does.
func BenchmarkWriteOne(b *testing.B) {
	s := open(b, b.TempDir())
	r := begin(b, "one", "me")
	keep(s, r)
	for b.Loop() {
		r.pod(timeline.Modified, "a-long-name-of-a-pod", "ContainerCreating")
		waitFor(b, s, "one", r.Log().Len())
	}
	r.settle()
	close(r.over)
}

// BenchmarkOpen opens a run of 10,000 entries that nobody has asked for yet.
func BenchmarkOpen(b *testing.B) {
	s := open(b, b.TempDir())
	r := recorded(b, 10_000)
	r.settle()
	close(r.over)
	<-keep(s, r)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.read(b.Context(), "one"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGet asks for it again.
func BenchmarkGet(b *testing.B) {
	s := open(b, b.TempDir())
	r := recorded(b, 10_000)
	r.settle()
	close(r.over)
	<-keep(s, r)
	for b.Loop() {
		if _, err := s.Get("one"); err != nil {
			b.Fatal(err)
		}
	}
}
