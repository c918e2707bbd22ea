package clustertest

import (
	"context"
	"slices"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	toolswatch "k8s.io/client-go/tools/watch"
)

// Image is what the suite's containers run. The nodes must have it, or be able
// to pull it.
const Image = "busybox:1.36"

// testJob runs a Job to its end, reads its log, and deletes its namespace while
// another one is running.
func testJob(t *testing.T, client kubernetes.Interface) {
	namespace := createNamespace(t, client)
	createJob(t, client, namespace, "hello", "echo hello; echo again")
	waitFor(t, client.BatchV1().RESTClient(), "jobs", namespace, &batchv1.Job{}, func(job *batchv1.Job) bool {
		return slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
			return c.Type == batchv1.JobComplete && c.Status == corev1.ConditionTrue
		})
	})
	pods, err := client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: batchv1.JobNameLabel + "=hello"})
	if err != nil {
		t.Fatal(err)
	}
	if len(pods.Items) != 1 {
		t.Fatalf("the Job has %d pods, want 1", len(pods.Items))
	}
	log, err := client.CoreV1().Pods(namespace).GetLogs(pods.Items[0].Name, &corev1.PodLogOptions{}).DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(log), "hello\nagain\n"; got != want {
		t.Errorf("its log is %q, want %q", got, want)
	}

	createJob(t, client, namespace, "stays", "sleep 600")
	waitFor(t, client.CoreV1().RESTClient(), "pods", namespace, &corev1.Pod{}, func(pod *corev1.Pod) bool {
		return pod.Labels[batchv1.JobNameLabel] == "stays" && pod.Status.Phase == corev1.PodRunning
	})
	removeNamespace(t, client, namespace)
	if pods, err = client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{}); err != nil || len(pods.Items) > 0 {
		t.Errorf("%d pods have outlived their namespace (%v)", len(pods.Items), err)
	}
}

// createNamespace creates a namespace in which pods can be created at once, that
// goes when the test ends at the latest.
func createNamespace(t *testing.T, client kubernetes.Interface) string {
	t.Helper()
	namespace, err := client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "joblab-clustertest-"},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// It is gone already if the test has done its work.
		_ = client.CoreV1().Namespaces().Delete(context.Background(), namespace.Name, metav1.DeleteOptions{})
	})
	waitFor(t, client.CoreV1().RESTClient(), "serviceaccounts", namespace.Name, &corev1.ServiceAccount{}, func(a *corev1.ServiceAccount) bool {
		return a.Name == "default"
	})
	return namespace.Name
}

// removeNamespace deletes a namespace and waits until it is gone.
func removeNamespace(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	gone := make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	events, err := client.CoreV1().Namespaces().Watch(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector(metav1.ObjectNameField, name).String(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	go func() {
		for e := range events.ResultChan() {
			if e.Type == watch.Deleted {
				close(gone)
				return
			}
		}
	}()
	if err := client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-gone:
	case <-ctx.Done():
		t.Fatalf("namespace %s is still there: %v", name, ctx.Err())
	}
}

func createJob(t *testing.T, client kubernetes.Interface, namespace, name, script string) {
	t.Helper()
	grace := int64(1)
	_, err := client.BatchV1().Jobs(namespace).Create(t.Context(), &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy:                 corev1.RestartPolicyNever,
			TerminationGracePeriodSeconds: &grace,
			Containers:                    []corev1.Container{{Name: "main", Image: Image, Command: []string{"sh", "-c", script}}},
		}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// waitFor watches the objects of a namespace until done accepts one.
func waitFor[T runtime.Object](t *testing.T, client rest.Interface, resource, namespace string, like T, done func(T) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	objects := cache.NewListWatchFromClient(client, resource, namespace, fields.Everything())
	_, err := toolswatch.UntilWithSync(ctx, objects, like, nil, func(e watch.Event) (bool, error) {
		object, ok := e.Object.(T)
		return ok && e.Type != watch.Deleted && done(object), nil
	})
	if err != nil {
		t.Fatalf("wait for %s in %s: %v", resource, namespace, err)
	}
}
