package watch

import (
	"slices"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"

	"github.com/joblab/joblab/internal/timeline"
)

// object is an API object that knows which of a sink's methods takes it.
type object interface {
	metav1.Object
	deliver(s Sink, typ timeline.Type)
}

// ref is what is remembered of an object that was delivered.
type ref struct{ name, version string }

// seen is what was delivered of one resource in one namespace, by uid.
type seen struct {
	live    map[string]ref
	deleted map[string]bool
}

// route is a namespace's way to its sink.
type route struct {
	mu   sync.Mutex
	sink Sink // nil once closed
	seen map[*resource]*seen
	// changed is closed and cleared by the next delivery; nil while nobody waits.
	changed chan struct{}
}

func (r *route) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sink = nil
	r.wakeLocked()
}

// deliver hands one change to the sink.
func (r *route) deliver(res *resource, typ timeline.Type, o object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deliverLocked(res, typ, o)
	r.wakeLocked()
}

func (r *route) deliverLocked(res *resource, typ timeline.Type, o object) {
	if r.sink == nil {
		return
	}
	s, uid := r.seen[res], string(o.GetUID())
	if typ == timeline.Deleted {
		delete(s.live, uid)
		s.deleted[uid] = true
		if res.expires {
			return
		}
	} else {
		s.live[uid] = ref{name: o.GetName(), version: o.GetResourceVersion()}
	}
	o.deliver(r.sink, typ)
}

// noteGap says that changes may have been missed.
func (r *route) noteGap(res *resource) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sink != nil {
		r.sink.Note(timeline.Note{Code: timeline.NoteGap, Text: "The watch of " + res.name +
			" lost its place. States in between may be missing; what follows was found by listing again."})
	}
}

// catchUp delivers what has changed according to a new list of the namespace,
// which is sorted by resource version.
func (r *route) catchUp(res *resource, namespace string, listed []object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sink == nil {
		return
	}
	there := make(map[string]bool, len(listed))
	for _, o := range listed {
		there[string(o.GetUID())] = true
	}
	s := r.seen[res]
	var gone []object
	for uid, known := range s.live {
		if !there[uid] {
			gone = append(gone, res.deleted(namespace, known.name, uid))
		}
	}
	slices.SortFunc(gone, func(a, b object) int { return strings.Compare(a.GetName(), b.GetName()) })
	for _, o := range gone {
		r.deliverLocked(res, timeline.Deleted, o)
	}
	for _, o := range listed {
		known, ok := s.live[string(o.GetUID())]
		switch {
		case !ok:
			r.deliverLocked(res, timeline.Added, o)
		case known.version != o.GetResourceVersion():
			r.deliverLocked(res, timeline.Modified, o)
		}
	}
	r.wakeLocked()
}

// wakeLocked lets barriers look again.
func (r *route) wakeLocked() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// changedLocked returns a channel that the next delivery closes.
func (r *route) changedLocked() <-chan struct{} {
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return r.changed
}

// caughtUp reports whether everything that a list of the namespace shows has
// been delivered: each object in its listed or a later version, and the deletion
// of each object that the list no longer holds. The version of the list tells
// the latter from objects that were created after it.
func (s *seen) caughtUp(listed map[string]string, listVersion string) bool {
	for uid, version := range listed {
		known, ok := s.live[uid]
		if s.deleted[uid] {
			continue
		}
		if !ok || older(known.version, version) {
			return false
		}
	}
	for uid, known := range s.live {
		if _, ok := listed[uid]; !ok && older(known.version, listVersion) {
			return false
		}
	}
	return true
}

// older reports whether resource version a is older than b, of one resource.
// Versions that cannot be compared are older unless they are equal.
func older(a, b string) bool {
	n, err := resourceversion.CompareResourceVersion(a, b)
	if err != nil {
		return a != b
	}
	return n < 0
}
