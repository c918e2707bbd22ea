package embedded_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// TestPrivileged shows that pods share the node's files, which are not the machine's.
func TestPrivileged(t *testing.T) {
	c, err := embedded.Start(t.Context(), embedded.Config{Dir: t.TempDir(), Privileged: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embeddedtest.Close(t, c) })
	embeddedtest.WaitReady(t, c)
	client := clientOf(t, c)
	shared := filepath.Join(t.TempDir(), "shared") // nothing is there on the machine

	for _, job := range []*batchv1.Job{
		newPrivilegedJob("writer", "echo hello >/node/greeting", shared),
		newPrivilegedJob("reader", "grep hello /node/greeting", shared),
	} {
		namespace := createNamespace(t, client, job.Name)
		createJob(t, client, namespace, job)
		waitForJob(t, client, namespace, batchv1.JobComplete)
	}
	if _, err := os.Stat(shared); !os.IsNotExist(err) {
		t.Errorf("the machine's %s: got %v, want that it is not there", shared, err)
	}
}

// testRefusals shows that a learner's cluster offers nothing of the node.
func testRefusals(t *testing.T, client kubernetes.Interface) {
	namespace := createNamespace(t, client, "refused")
	_, err := client.BatchV1().Jobs(namespace).Create(t.Context(), newPrivilegedJob("privileged", "true", "/"), metav1.CreateOptions{})
	if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "privileged") {
		t.Errorf("a privileged container: got error %v, want that it is invalid", err)
	}
	job := newPrivilegedJob("mounts", "true", "/")
	job.Spec.Template.Spec.Containers[0].SecurityContext = nil
	createJob(t, client, namespace, job)
	waitFor(t, client.CoreV1().RESTClient(), "events", namespace, func(all []*corev1.Event) bool {
		return slices.ContainsFunc(all, func(e *corev1.Event) bool {
			return e.Reason == "FailedMount" && strings.Contains(e.Message, "no volume plugin matched")
		})
	})
}

// newPrivilegedJob returns a Job whose privileged pod has the node's directory path at /node.
func newPrivilegedJob(name, script, path string) *batchv1.Job {
	job := newJob(name, script)
	kind, privileged := corev1.HostPathDirectoryOrCreate, true
	spec := &job.Spec.Template.Spec
	spec.Volumes = []corev1.Volume{{Name: "node", VolumeSource: corev1.VolumeSource{
		HostPath: &corev1.HostPathVolumeSource{Path: path, Type: &kind},
	}}}
	spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "node", MountPath: "/node"}}
	spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: &privileged}
	return job
}
