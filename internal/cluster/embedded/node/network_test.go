package node_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// createService creates a Service for the pods with these labels; headless
// without ports.
func createService(t testing.TB, namespace, name string, selector map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	t.Helper()
	spec := corev1.ServiceSpec{Selector: selector, Ports: ports}
	if len(ports) == 0 {
		spec.ClusterIP = corev1.ClusterIPNone
	}
	service, err := client.CoreV1().Services(namespace).Create(t.Context(),
		&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: spec}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// create creates the Job of a file.
func create(t testing.TB, namespace, file string) *batchv1.Job {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(testdata, file))
	if err != nil {
		t.Fatal(err)
	}
	return createJob(t, namespace, manifest)
}

// complete creates the Job of a file and waits until it is complete. It returns
// the logs of its pods by their index.
func complete(t testing.TB, namespace, file string) map[int]string {
	t.Helper()
	job := create(t, namespace, file)
	until(t, "jobs", namespace, job.Name, func(job *batchv1.Job) bool {
		for _, c := range job.Status.Conditions {
			if c.Type == batchv1.JobComplete && c.Status == corev1.ConditionTrue {
				return true
			}
		}
		return false
	})
	all := make(map[int]string)
	for index, name := range podsByIndex(t, job) {
		all[index] = logs(t, namespace, name, &corev1.PodLogOptions{})
	}
	return all
}

// podsByIndex returns the names of the pods of an Indexed Job.
func podsByIndex(t testing.TB, job *batchv1.Job) map[int]string {
	t.Helper()
	pods, err := client.CoreV1().Pods(job.Namespace).List(t.Context(), metav1.ListOptions{LabelSelector: batchv1.JobNameLabel + "=" + job.Name})
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[int]string)
	for _, pod := range pods.Items {
		index, err := strconv.Atoi(pod.Annotations[batchv1.JobCompletionIndexAnnotation])
		if err != nil {
			t.Fatal(err)
		}
		names[index] = pod.Name
	}
	return names
}

// logsUntil follows the log of a pod until it has the line, at most as long as limit.
func logsUntil(t testing.TB, namespace, pod, line string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	stream, err := client.CoreV1().Pods(namespace).GetLogs(pod, &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var all strings.Builder
	for lines := bufio.NewReader(stream); !strings.HasSuffix(all.String(), line); {
		next, err := lines.ReadString('\n')
		all.WriteString(next)
		if err != nil {
			t.Fatalf("the log of pod %s lacks %q: %v\n%s", pod, line, err, all.String())
		}
	}
	return all.String()
}

func TestPodsOfAJobReachEachOther(t *testing.T) {
	t.Parallel()
	t.Run("the example of the documentation", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		createService(t, ns, "headless-svc", map[string]string{"job-name": "example-job"})
		job := create(t, ns, "pod-to-pod.yaml")
		until(t, "jobs", ns, job.Name, func(job *batchv1.Job) bool { return job.Status.Ready != nil && *job.Status.Ready == 3 })
		for index, name := range podsByIndex(t, job) {
			// One ping is a line; the one of the last pod is the last.
			got := logsUntil(t, ns, name, "Successfully pinged pod: example-job-2.headless-svc\n")
			for _, want := range []string{
				fmt.Sprintf("Starting Pod example-job-%d\n", index),
				"Successfully pinged pod: example-job-0.headless-svc\n",
				"Successfully pinged pod: example-job-1.headless-svc\n",
			} {
				if !strings.Contains(got, want) {
					t.Errorf("the log of pod %d lacks %q:\n%s", index, want, got)
				}
			}
		}
	})
	t.Run("each asks for the next one's address and sends it a line", func(t *testing.T) {
		t.Parallel()
		ns := namespace(t)
		createService(t, ns, "peers", map[string]string{"job-name": "peers"})
		got := complete(t, ns, "peers.yaml")
		for index := range 3 {
			head := "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n" +
				fmt.Sprintf("Name:\tpeers-%d.peers.%s.svc.cluster.local\nAddress: 10.244.", (index+1)%3, ns)
			tail := fmt.Sprintf("\n\nfrom %d\n", (index+2)%3)
			if !strings.HasPrefix(got[index], head) || !strings.HasSuffix(got[index], tail) {
				t.Errorf("the log of pod %d is\n%s\nwant it to begin with\n%s\nand to end with\n%s", index, got[index], head, tail)
			}
		}
	})
}

func TestServices(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	labels := map[string]string{"app": "web"}
	server := corev1.Container{Name: "web", Image: "registry.k8s.io/e2e-test-images/agnhost:2.63.0", Args: []string{"netexec"}}
	pod, err := client.CoreV1().Pods(ns).Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "pod", Labels: labels},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{server}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	service := createService(t, ns, "web", labels, corev1.ServicePort{Port: 80, TargetPort: intstr.FromInt32(8080)})
	createService(t, ns, "nobody", map[string]string{"app": "nobody"}, corev1.ServicePort{Port: 80})
	pod = untilPod(t, ns, pod.Name, func(pod *corev1.Pod) bool { return container(pod, "web").Ready })
	for _, c := range []struct {
		name, command string
		code          int
		want          string
	}{
		// The first waits until the controller knows that the pod is ready.
		{"its name", "until curl -s web/hostname; do sleep 0.1; done", 0, "pod"},
		{"its address", "curl -s " + service.Spec.ClusterIP + "/hostname", 0, "pod"},
		{"its port in the environment of the pods", "wget -q -O - web." + ns + ":80/hostname", 0, "pod"},
		{"the pod itself", "curl -s " + pod.Status.PodIP + ":8080/clientip | cut -d: -f1", 0, pod.Status.PodIP + "\n"},
		{"the pod's name", "getent hosts " + strings.ReplaceAll(pod.Status.PodIP, ".", "-") + "." + ns + ".pod | cut -d' ' -f1", 0, pod.Status.PodIP + "\n"},
		{"a port that is not served", "curl -s " + service.Spec.ClusterIP + ":81 -m 0.2", 28, ""},
		{"no pods", "wget -q -O - nobody || true", 0, ""},
		{"the API server, which pods cannot reach", "curl -s kubernetes.default", 28, ""},
		{"a name of the world", "curl -s example.com", 6, ""},
	} {
		if c.name == "the API server, which pods cannot reach" {
			c.command += " -m 0.2"
		}
		stdout, stderr, code, err := execute(t, ns, "pod", nil, "sh", "-c", c.command)
		if err != nil || code != c.code || stdout != c.want {
			t.Errorf("%s: %s\ngot code %d, %q, %q, %v; want %d, %q", c.name, c.command, code, stdout, stderr, err, c.code, c.want)
		}
	}
}
