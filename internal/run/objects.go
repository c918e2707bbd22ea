package run

import (
	"fmt"
	"slices"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/timeline"
)

// maxVersions is how many bytes of objects are kept for a whole run. Beyond that
// versions are forgotten: first those of deleted objects, then those of the others,
// in either case of what was seen first.
const maxVersions = 1 << 20

// The kinds that a run watches.
const (
	kindPod     = "Pod"
	kindJob     = "Job"
	kindCronJob = "CronJob"
)

var watched = map[string]schema.GroupVersionKind{
	kindPod:     corev1.SchemeGroupVersion.WithKind(kindPod),
	kindJob:     batchv1.SchemeGroupVersion.WithKind(kindJob),
	kindCronJob: batchv1.SchemeGroupVersion.WithKind(kindCronJob),
}

// Object is a pod, Job or CronJob that a run has seen.
type Object struct {
	Kind       string    `json:"kind"`
	APIVersion string    `json:"apiVersion"`
	Name       string    `json:"name"`
	UID        types.UID `json:"uid"`
	// Deleted says that it is not there any more.
	Deleted bool `json:"deleted"`
}

// Objects returns the objects that the run has seen, in the order in which they
// were. What becomes of one after the run has ended it does not see, but for the
// end of the namespace.
func (r *Run) Objects() []Object {
	objects := r.seen.objects.list()
	if _, gone := r.Space(); gone {
		for i := range objects {
			objects[i].Deleted = true
		}
	}
	return objects
}

// Seen returns the same objects with the versions that are kept of them.
func (r *Run) Seen() []SeenObject { return r.seen.objects.seen() }

// LastVersion returns the last version of an object that the run has seen; of
// several with one name, of the latest. The error is [ErrNotFound] if it has seen
// none, or has forgotten it.
func (r *Run) LastVersion(kind, name string) (runtime.Object, error) {
	return r.seen.objects.last(kind, name)
}

// Space is the run's namespace, the time when nobody needs it any more, and
// whether it is gone, or will be, with whoever may do something in it.
func (r *Run) Space() (space Space, gone bool) {
	select {
	case <-r.cleaned:
		gone = true
	default:
	}
	return Space{Name: r.space.name, Expires: r.space.expires}, gone
}

// Space is a run's namespace.
type Space struct {
	Name    string
	Expires time.Time
}

// objects keeps the newest version of each object of a run, encoded, within a
// bound.
type objects struct {
	mu   sync.Mutex
	all  []*SeenObject // in the order in which they were first seen
	byID map[types.UID]*SeenObject
	size int
}

// SeenObject is an object with the newest version of it that a run has seen.
type SeenObject struct {
	Object
	// Newest is the object as protobuf, a tenth of what it takes decoded; nil if it
	// is forgotten.
	Newest []byte
}

// protobuf is an object that can be kept.
type protobuf interface {
	metav1.Object
	Marshal() ([]byte, error)
}

// observe takes a change of an object. A deletion that was found by listing comes
// with its name only, and leaves the version before.
func (o *objects) observe(typ timeline.Type, kind string, object protobuf) {
	o.mu.Lock()
	defer o.mu.Unlock()
	seen := o.byID[object.GetUID()]
	if seen == nil {
		seen = &SeenObject{Object: Object{Kind: kind, APIVersion: watched[kind].GroupVersion().String(), Name: object.GetName(), UID: object.GetUID()}}
		if o.byID == nil {
			o.byID = make(map[types.UID]*SeenObject)
		}
		o.byID[seen.UID] = seen
		o.all = append(o.all, seen)
	}
	seen.Deleted = typ == timeline.Deleted
	if object.GetResourceVersion() == "" {
		return
	}
	encoded, err := object.Marshal()
	if err != nil {
		return // there is no object that cannot be encoded; the version before is as good
	}
	o.size += len(encoded) - len(seen.Newest)
	seen.Newest = encoded
	o.limitLocked(seen)
}

// limitLocked forgets versions beyond maxVersions, never the newest of all.
func (o *objects) limitLocked(newest *SeenObject) {
	for _, deleted := range []bool{true, false} {
		for _, seen := range o.all {
			if o.size <= maxVersions {
				return
			}
			if seen != newest && (seen.Deleted || !deleted) {
				o.size -= len(seen.Newest)
				seen.Newest = nil
			}
		}
	}
}

func (o *objects) list() []Object {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]Object, 0, len(o.all))
	for _, seen := range o.all {
		list = append(list, seen.Object)
	}
	return list
}

// last decodes the last version of the latest object with that name.
func (o *objects) last(kind, name string) (runtime.Object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, seen := range slices.Backward(o.all) {
		if seen.Kind == kind && seen.Name == name && seen.Newest != nil {
			return seen.Decode()
		}
	}
	return nil, fmt.Errorf("%s %q %w", kind, name, ErrNotFound)
}

// seen returns the objects in the order in which they were first seen.
func (o *objects) seen() []SeenObject {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]SeenObject, len(o.all))
	for i, seen := range o.all {
		all[i] = *seen
	}
	return all
}

// Decode returns the newest version, which must be there.
func (s *SeenObject) Decode() (runtime.Object, error) {
	var object interface {
		runtime.Object
		Unmarshal([]byte) error
	}
	switch s.Kind {
	case kindPod:
		object = &corev1.Pod{}
	case kindJob:
		object = &batchv1.Job{}
	case kindCronJob:
		object = &batchv1.CronJob{}
	default:
		return nil, fmt.Errorf("decode %s %s: no run watches such objects", s.Kind, s.Name)
	}
	if err := object.Unmarshal(s.Newest); err != nil {
		return nil, fmt.Errorf("decode %s %s: %w", s.Kind, s.Name, err)
	}
	object.GetObjectKind().SetGroupVersionKind(watched[s.Kind])
	return object, nil
}
