package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/kind"
)

// benchImage is what the pods of these benchmarks run.
const benchImage = "busybox:1.36"

// BenchmarkReadyOnKind measures the start of the program on a kind cluster that
// exists until a run can start.
func BenchmarkReadyOnKind(b *testing.B) {
	kube, err := kind.Find(b.Context(), kind.Config{Dir: b.TempDir()})
	if err != nil {
		b.Skip(err)
	}
	kube.Close(b.Context())
	data := b.TempDir()
	for b.Loop() {
		s := startServerIn(b, data, "-cluster", "kind")
		s.waitReady(b)
		b.StopTimer()
		s.stop(b)
		b.StartTimer()
	}
}

// BenchmarkFirstPodAgainstKind measures both ways to a new cluster, from its
// start to the first Running pod, and how many times the embedded one is faster.
func BenchmarkFirstPodAgainstKind(b *testing.B) {
	config := kind.Config{
		Name: "joblab-bench", Dir: b.TempDir(),
		NodeImage: os.Getenv("KIND_NODE_IMAGE"), File: os.Getenv("KIND_CONFIG"),
	}
	b.Cleanup(func() { deleteKind(b, config) })
	for b.Loop() {
		start := time.Now()
		made, err := kind.Start(b.Context(), config)
		if err != nil {
			b.Skip(err)
		}
		client := benchClient(b, made)
		onKind := time.Since(start)
		// The image is no part of what kind does.
		loading := config
		loading.Images, loading.NodeImage, loading.File = []string{benchImage}, "", ""
		loaded, err := kind.Start(b.Context(), loading)
		if err != nil {
			b.Fatal(err)
		}
		benchClient(b, loaded)
		start = time.Now()
		firstPod(b, client)
		onKind += time.Since(start)
		for _, kube := range []cluster.Cluster{made, loaded} {
			if err := kube.Close(context.Background()); err != nil {
				b.Error(err)
			}
		}
		deleteKind(b, config)

		start = time.Now()
		kube, err := embedded.Start(b.Context(), embedded.Config{Dir: filepath.Join(b.TempDir(), "data")})
		if err != nil {
			b.Fatal(err)
		}
		firstPod(b, benchClient(b, kube))
		onEmbedded := time.Since(start)
		if err := kube.Close(context.Background()); err != nil {
			b.Error(err)
		}

		b.ReportMetric(onKind.Seconds(), "s-kind")
		b.ReportMetric(onEmbedded.Seconds(), "s-embedded")
		b.ReportMetric(onKind.Seconds()/onEmbedded.Seconds(), "times-faster")
	}
}

// deleteKind deletes a cluster, if it is there.
func deleteKind(b *testing.B, config kind.Config) {
	b.Helper()
	err := kind.Delete(context.Background(), config)
	if err != nil && !errors.Is(err, kind.ErrNotThere) && !errors.Is(err, kind.ErrNoRuntime) && !errors.Is(err, kind.ErrNotRunning) {
		b.Error(err)
	}
}

// benchClient waits until a cluster is ready.
func benchClient(b *testing.B, kube cluster.Cluster) kubernetes.Interface {
	b.Helper()
	if _, err := cluster.WaitReady(b.Context(), kube); err != nil {
		b.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(kube.Config())
	if err != nil {
		b.Fatal(err)
	}
	return client
}

// firstPod creates a Job and waits until its pod is running.
func firstPod(b *testing.B, client kubernetes.Interface) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	pods, err := client.CoreV1().Pods(metav1.NamespaceDefault).Watch(ctx, metav1.ListOptions{LabelSelector: batchv1.JobNameLabel})
	if err != nil {
		b.Fatal(err)
	}
	defer pods.Stop()
	grace := int64(1)
	if _, err := client.BatchV1().Jobs(metav1.NamespaceDefault).Create(ctx, &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: "first"},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy:                 corev1.RestartPolicyNever,
			TerminationGracePeriodSeconds: &grace,
			Containers:                    []corev1.Container{{Name: "c", Image: benchImage, Command: []string{"sleep", "600"}}},
		}}},
	}, metav1.CreateOptions{}); err != nil {
		b.Fatal(err)
	}
	for e := range pods.ResultChan() {
		if pod, ok := e.Object.(*corev1.Pod); ok && pod.Status.Phase == corev1.PodRunning {
			return
		}
	}
	b.Fatalf("no pod is running: %v", ctx.Err())
}
