package explain

import (
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// TestLiveFollowsTheLog explains a log while it is written, from several
// goroutines.
func TestLiveFollowsTheLog(t *testing.T) {
	rec := timeline.NewRecorder(nil, time.Now)
	rec.Begin(time.Now())
	live := Follow(rec.Log(), inventedManifest, inventedManifest)
	if _, ok := live.Entry(1, "en"); ok {
		t.Error("an empty log has an entry")
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for r := range rec.Log().Follow(t.Context(), 0) {
				if list, ok := live.Entry(r.Entry.Seq, "en"); !ok || len(list) == 0 {
					t.Errorf("entry %d is not explained when it is there", r.Entry.Seq)
				}
			}
		})
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "bare", UID: "bare"}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}}}
	for _, status := range []string{"Pending", "ContainerCreating", "ErrImagePull", "ImagePullBackOff"} {
		rec.Pod(timeline.Modified, timeline.Row{Ready: "0/1", Status: status, Restarts: "0"}, pod)
	}
	rec.Seal(true)
	readers.Wait()
	if _, ok := live.Check("nothing", "en"); ok {
		t.Error("a check that is not there is explained")
	}
}
