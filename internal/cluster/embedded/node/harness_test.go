package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	utilexec "k8s.io/client-go/util/exec"

	"k8s.io/client-go/tools/remotecommand"
)

// limit bounds every wait; a state that does not come within it is a failure.
const limit = 2 * time.Minute

// namespace makes a namespace in which pods can be created, and deletes it when
// the test ends.
func namespace(t testing.TB) string {
	t.Helper()
	ns, err := client.CoreV1().Namespaces().Create(t.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.CoreV1().Namespaces().Delete(context.Background(), ns.Name, metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	})
	until(t, "serviceaccounts", ns.Name, "default", func(*corev1.ServiceAccount) bool { return true })
	return ns.Name
}

// until watches the objects of a resource in a namespace, those with this name
// or all if it is empty, from the first on, and returns the first that done is true of.
func until[T runtime.Object](t testing.TB, resource, namespace, name string, done func(T) bool) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	selector := fields.Everything()
	if name != "" {
		selector = fields.OneTermEqualSelector(metav1.ObjectNameField, name)
	}
	lister := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), resource, namespace, selector)
	if resource == "jobs" {
		lister = cache.NewListWatchFromClient(client.BatchV1().RESTClient(), resource, namespace, selector)
	}
	var found, last T
	_, err := watchtools.UntilWithSync(ctx, lister, found, nil, func(event watch.Event) (bool, error) {
		object, ok := event.Object.(T)
		if !ok || event.Type == watch.Deleted {
			return false, nil
		}
		last = object
		if !done(object) {
			return false, nil
		}
		found = object
		return true, nil
	})
	if err != nil {
		t.Fatalf("%s of namespace %s: %v; the last was %+v", resource, namespace, err, last)
	}
	return found
}

// untilPod is until for pods.
func untilPod(t testing.TB, namespace, name string, done func(*corev1.Pod) bool) *corev1.Pod {
	t.Helper()
	return until(t, "pods", namespace, name, done)
}

// createJob creates the Job that the YAML says.
func createJob(t testing.TB, namespace string, manifest []byte) *batchv1.Job {
	t.Helper()
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(manifest, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	job, err := client.BatchV1().Jobs(namespace).Create(t.Context(), object.(*batchv1.Job), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// createPod creates a pod with these containers that is never restarted; change may be nil.
func createPod(t testing.TB, namespace string, change func(*corev1.PodSpec), containers ...corev1.Container) *corev1.Pod {
	t.Helper()
	grace := int64(0)
	spec := corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, TerminationGracePeriodSeconds: &grace, Containers: containers}
	if change != nil {
		change(&spec)
	}
	pod, err := client.CoreV1().Pods(namespace).Create(t.Context(),
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "pod"}, Spec: spec}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

// bash is a container that runs a script.
func bash(name, script string) corev1.Container {
	return corev1.Container{Name: name, Image: "centos:7", Command: []string{"bash", "-c", script}}
}

// container is the status of a pod's container.
func container(pod *corev1.Pod, name string) corev1.ContainerStatus {
	for _, status := range pod.Status.ContainerStatuses {
		if status.Name == name {
			return status
		}
	}
	return corev1.ContainerStatus{}
}

// isCondition reports whether the pod has the condition with this status.
func isCondition(pod *corev1.Pod, kind corev1.PodConditionType, want corev1.ConditionStatus) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == kind {
			return condition.Status == want
		}
	}
	return false
}

// ended reports whether all of a pod's containers have ended for good.
func ended(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// logs returns the log of a pod's container.
func logs(t testing.TB, namespace, pod string, options *corev1.PodLogOptions) string {
	t.Helper()
	stream, err := client.CoreV1().Pods(namespace).GetLogs(pod, options).Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	data, err := io.ReadAll(stream)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// execute is kubectl exec without a terminal. An exit code other than 0 is no error.
func execute(t testing.TB, namespace, pod string, stdin io.Reader, command ...string) (stdout, stderr string, code int, err error) {
	t.Helper()
	request := client.CoreV1().RESTClient().Post().Namespace(namespace).Resource("pods").Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: command, Stdin: stdin != nil, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := remotecommand.NewWebSocketExecutor(config, "GET", request.URL().String())
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	err = executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdin: stdin, Stdout: &out, Stderr: &errs})
	var exit utilexec.CodeExitError
	if errors.As(err, &exit) {
		code, err = exit.Code, nil
	}
	if err != nil {
		err = fmt.Errorf("exec %v: %w", command, err)
	}
	return out.String(), errs.String(), code, err
}
