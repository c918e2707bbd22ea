package embedded_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kube-openapi/pkg/spec3"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// TestKubernetes shows on one cluster that the controllers do their work.
func TestKubernetes(t *testing.T) {
	c := embeddedtest.Start(t)
	client := clientOf(t, c)
	core, batch := client.CoreV1().RESTClient(), client.BatchV1().RESTClient()

	t.Run("components say the version of Info", func(t *testing.T) {
		version, err := client.Discovery().ServerVersion()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := version.String(), c.Info().Version; got != want {
			t.Errorf("the API server says %s, Info says %s", got, want)
		}
		node, err := client.CoreV1().Nodes().Get(t.Context(), "joblab", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := node.Status.NodeInfo.KubeletVersion, c.Info().Version; got != want {
			t.Errorf("the kubelet says %s, Info says %s", got, want)
		}
	})
	t.Run("OpenAPI describes what is served", func(t *testing.T) {
		paths, err := client.Discovery().OpenAPIV3().Paths()
		if err != nil {
			t.Fatal(err)
		}
		_, served, err := client.Discovery().ServerGroupsAndResources()
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range served {
			path := "apis/" + group.GroupVersion
			switch group.GroupVersion {
			case "v1":
				path = "api/v1"
			case "apiextensions.k8s.io/v1", "apiregistration.k8s.io/v1":
				continue // of other servers in the chain, whose documents are not merged
			}
			described, ok := paths[path]
			if !ok {
				t.Errorf("no document of %s", path)
				continue
			}
			text, err := described.Schema("application/json")
			if err != nil {
				t.Fatal(err)
			}
			var document spec3.OpenAPI
			if err := json.Unmarshal(text, &document); err != nil {
				t.Fatal(err)
			}
			for _, r := range group.APIResources {
				if _, ok := document.Paths.Paths["/"+path+"/"+r.Name]; !ok && !r.Namespaced && !strings.Contains(r.Name, "/") {
					t.Errorf("%s is not described in that of %s", r.Name, path)
				}
			}
		}
	})
	t.Run("a job runs to completion", func(t *testing.T) {
		namespace := createNamespace(t, client, "completes")
		createJob(t, client, namespace, newJob("hello", "echo hello"))
		waitForJob(t, client, namespace, batchv1.JobComplete)
	})
	t.Run("the garbage collector deletes the pods of a deleted job", func(t *testing.T) {
		namespace := createNamespace(t, client, "collected")
		createJob(t, client, namespace, newJob("owner", "sleep 1000"))
		waitForRunning(t, client, namespace, 1)
		background := metav1.DeletePropagationBackground
		err := client.BatchV1().Jobs(namespace).Delete(t.Context(), "owner", metav1.DeleteOptions{PropagationPolicy: &background})
		if err != nil {
			t.Fatal(err)
		}
		waitFor(t, core, "pods", namespace, none[*corev1.Pod])
	})
	t.Run("a job with a TTL is deleted after it finished", func(t *testing.T) {
		namespace := createNamespace(t, client, "expires")
		job := newJob("short", "echo hello")
		job.Spec.TTLSecondsAfterFinished = new(int32)
		createJob(t, client, namespace, job)
		waitFor(t, batch, "jobs", namespace, none[*batchv1.Job])
	})
	t.Run("a deleted namespace goes with all in it", func(t *testing.T) {
		namespace := createNamespace(t, client, "deleted")
		createJob(t, client, namespace, newJob("runs", "sleep 1000"))
		waitForRunning(t, client, namespace, 1)
		if err := client.CoreV1().Namespaces().Delete(t.Context(), namespace, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		waitFor(t, core, "namespaces", "", func(all []*corev1.Namespace) bool {
			return !slices.ContainsFunc(all, func(n *corev1.Namespace) bool { return n.Name == namespace })
		})
	})
	t.Run("the quota refuses the 21st pod", func(t *testing.T) {
		namespace := createNamespace(t, client, "quota")
		limitPods(t, client, namespace, 20)
		job := newJob("many", "sleep 1000")
		pods := int32(21)
		job.Spec.Parallelism, job.Spec.Completions = &pods, &pods
		createJob(t, client, namespace, job)
		waitFor(t, core, "events", namespace, func(all []*corev1.Event) bool {
			return slices.ContainsFunc(all, func(e *corev1.Event) bool {
				return e.Reason == "FailedCreate" && strings.Contains(e.Message, "exceeded quota")
			})
		})
		waitForRunning(t, client, namespace, 20)
	})
	t.Run("a headless service gets the pod's address", func(t *testing.T) {
		namespace := createNamespace(t, client, "service")
		_, err := client.CoreV1().Services(namespace).Create(t.Context(), &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "peers"},
			Spec:       corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Selector: map[string]string{batchv1.JobNameLabel: "peer"}},
		}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		createJob(t, client, namespace, newJob("peer", "sleep 1000"))
		address := waitForRunning(t, client, namespace, 1)[0].Status.PodIP
		waitFor(t, client.DiscoveryV1().RESTClient(), "endpointslices", namespace, func(all []*discoveryv1.EndpointSlice) bool {
			return slices.ContainsFunc(all, func(s *discoveryv1.EndpointSlice) bool {
				return slices.ContainsFunc(s.Endpoints, func(e discoveryv1.Endpoint) bool { return slices.Contains(e.Addresses, address) })
			})
		})
	})
	t.Run("pods are not privileged and see nothing of the node", func(t *testing.T) { testRefusals(t, client) })
	t.Run("the roles that every cluster has are there", func(t *testing.T) {
		_, err := client.RbacV1().ClusterRoles().Get(t.Context(), "view", metav1.GetOptions{})
		if err != nil {
			t.Error(err)
		}
	})
}

func none[T any](all []T) bool { return len(all) == 0 }

func clientOf(t testing.TB, c cluster.Cluster) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// createNamespace creates a namespace and waits for its default service account,
// without which the API server admits no pod.
func createNamespace(t testing.TB, client kubernetes.Interface, name string) string {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := client.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, client.CoreV1().RESTClient(), "serviceaccounts", name, func(all []*corev1.ServiceAccount) bool {
		return slices.ContainsFunc(all, func(a *corev1.ServiceAccount) bool { return a.Name == "default" })
	})
	return name
}

// newJob returns a Job with one pod that runs script.
func newJob(name, script string) *batchv1.Job {
	grace := int64(1)
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy:                 corev1.RestartPolicyNever,
			TerminationGracePeriodSeconds: &grace,
			Containers:                    []corev1.Container{{Name: "main", Image: "busybox", Command: []string{"sh", "-c", script}}},
		}}},
	}
}

// newJobOf returns a Job that runs a command in so many pods at once.
func newJobOf(pods int32, command ...string) *batchv1.Job {
	job := newJob("job", "")
	job.Spec.Completions, job.Spec.Parallelism = &pods, &pods
	job.Spec.Template.Spec.Containers[0].Command = command
	return job
}

func createJob(t testing.TB, client kubernetes.Interface, namespace string, job *batchv1.Job) {
	t.Helper()
	if _, err := client.BatchV1().Jobs(namespace).Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// limitPods gives the namespace a quota and waits until it is in force.
func limitPods(t *testing.T, client kubernetes.Interface, namespace string, pods int64) {
	t.Helper()
	quota := &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "pods"},
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(pods, resource.DecimalSI)}},
	}
	if _, err := client.CoreV1().ResourceQuotas(namespace).Create(t.Context(), quota, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, client.CoreV1().RESTClient(), "resourcequotas", namespace, func(all []*corev1.ResourceQuota) bool {
		return slices.ContainsFunc(all, func(q *corev1.ResourceQuota) bool { return len(q.Status.Hard) > 0 })
	})
}

// waitForJob waits until the namespace's Job has the condition.
func waitForJob(t testing.TB, client kubernetes.Interface, namespace string, condition batchv1.JobConditionType) {
	t.Helper()
	waitFor(t, client.BatchV1().RESTClient(), "jobs", namespace, func(all []*batchv1.Job) bool {
		return slices.ContainsFunc(all, func(j *batchv1.Job) bool {
			return slices.ContainsFunc(j.Status.Conditions, func(c batchv1.JobCondition) bool {
				return c.Type == condition && c.Status == corev1.ConditionTrue
			})
		})
	})
}

// waitForRunning waits until the namespace has so many pods, all of them
// running, and returns them.
func waitForRunning(t testing.TB, client kubernetes.Interface, namespace string, pods int) []*corev1.Pod {
	t.Helper()
	return waitFor(t, client.CoreV1().RESTClient(), "pods", namespace, func(all []*corev1.Pod) bool {
		return len(all) == pods && !slices.ContainsFunc(all, func(p *corev1.Pod) bool { return p.Status.Phase != corev1.PodRunning })
	})
}
