package run

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

func versioned(name, uid, version string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, UID: types.UID(uid), ResourceVersion: version}
}

func TestObjectsKeepTheNewestVersion(t *testing.T) {
	var o objects
	o.observe(timeline.Added, kindJob, &batchv1.Job{ObjectMeta: versioned("j", "1", "1")})
	o.observe(timeline.Added, kindPod, &corev1.Pod{ObjectMeta: versioned("p", "2", "2")})
	o.observe(timeline.Modified, kindPod, &corev1.Pod{ObjectMeta: versioned("p", "2", "3"), Status: corev1.PodStatus{Phase: corev1.PodFailed}})
	// A deletion that was found by listing knows no more than the name.
	o.observe(timeline.Deleted, kindPod, &corev1.Pod{ObjectMeta: versioned("p", "2", "")})
	o.observe(timeline.Added, kindPod, &corev1.Pod{ObjectMeta: versioned("p", "3", "4")})
	want := []Object{
		{Kind: "Job", APIVersion: "batch/v1", Name: "j", UID: "1"},
		{Kind: "Pod", APIVersion: "v1", Name: "p", UID: "2", Deleted: true},
		{Kind: "Pod", APIVersion: "v1", Name: "p", UID: "3"},
	}
	if diff := cmp.Diff(want, o.list()); diff != "" {
		t.Errorf("objects (-want +got)\n%s", diff)
	}
	got, err := o.last("Pod", "p")
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: versioned("p", "3", "4")}
	if diff := cmp.Diff(pod, got); diff != "" {
		t.Errorf("the later pod of that name (-want +got)\n%s", diff)
	}
	o.observe(timeline.Deleted, kindPod, &corev1.Pod{ObjectMeta: versioned("p", "3", "5"), Status: corev1.PodStatus{Reason: "Evicted"}})
	if got, err := o.last("Pod", "p"); err != nil || got.(*corev1.Pod).Status.Reason != "Evicted" {
		t.Errorf("its last version: got %v, %v", got, err)
	}
	for _, name := range []string{"j", "q"} {
		if got, err := o.last("Pod", name); !errors.Is(err, ErrNotFound) {
			t.Errorf("pod %s: got %v, %v, want ErrNotFound", name, got, err)
		}
	}
	if _, err := o.last("Job", "j"); err != nil {
		t.Error(err)
	}
}

// TestObjectsAreBounded: what was deleted is forgotten first, and the newest
// version of all is kept whatever its size.
func TestObjectsAreBounded(t *testing.T) {
	var o objects
	large := map[string]string{"large": strings.Repeat("x", maxVersions/8)}
	for i := range 12 {
		pod := &corev1.Pod{ObjectMeta: versioned(fmt.Sprintf("p%d", i), fmt.Sprint(i), fmt.Sprint(i+1))}
		pod.Annotations = large
		o.observe(timeline.Added, kindPod, pod)
		if i < 4 {
			o.observe(timeline.Deleted, kindPod, pod)
		}
	}
	if o.size > maxVersions {
		t.Errorf("%d bytes are kept, want at most %d", o.size, maxVersions)
	}
	if n := len(o.list()); n != 12 {
		t.Errorf("%d objects are known, want 12", n)
	}
	var kept []string
	for _, seen := range o.all {
		if seen.Newest != nil {
			kept = append(kept, seen.Name)
		}
	}
	if got, want := strings.Join(kept, " "), "p5 p6 p7 p8 p9 p10 p11"; got != want {
		t.Errorf("kept are %s, want %s", got, want)
	}
	huge := &corev1.Pod{ObjectMeta: versioned("huge", "huge", "99")}
	huge.Annotations = map[string]string{"large": strings.Repeat("x", maxVersions+1)}
	o.observe(timeline.Added, kindPod, huge)
	if _, err := o.last("Pod", "huge"); err != nil {
		t.Error(err)
	}
}
