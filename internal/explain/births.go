package explain

import (
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// birth is what led to a pod.
type birth struct {
	// nth counts the pods of the Job, or of the completion index, from 1.
	nth int
	// failures are those in a row before it.
	failures int
	// replaced is the pod that ended last before it; it counts as failed if
	// failures is not 0.
	replaced end
	// sameIndex is the pod before it of the same completion index; empty if there
	// is none.
	sameIndex string
}

// end is how a pod ended as its Job's controller sees it.
type end struct {
	// entry is the pod's first entry with which it counts as ended; nil if there
	// is no pod.
	entry *timeline.Entry
	// finish is when, for the wait before a retry.
	finish finish
}

// failures counts as the Job controller does; see newBackoffRecord in
// pkg/controller/job/backoff_utils.go.
type failures struct {
	pods, inARow int
	last         end
	counted      map[string]bool
	// ended are the ends since the last pod was made, not counted yet.
	ended []*timeline.Entry
	// byIndex is the newest pod of each completion index.
	byIndex map[int]string
}

// born notes what led to a new pod.
func (s *Story) born(e *timeline.Entry) {
	r := s.record(e.Pod.Owner)
	s.count(r)
	r.pods++
	b := &birth{nth: r.pods}
	if e.Pod.Owner != "" {
		b.failures, b.replaced = r.inARow, r.last
	}
	if i := e.Pod.Index; i != nil {
		b.sameIndex = r.byIndex[*i]
		r.byIndex[*i] = e.Name
	}
	s.births[e.UID] = b
}

// record is the count for the pods of an owner.
func (s *Story) record(owner string) *failures {
	r := s.records[owner]
	if r == nil {
		r = &failures{counted: map[string]bool{}, byIndex: map[int]string{}}
		s.records[owner] = r
	}
	return r
}

// note keeps the first entry with which a pod counts as ended; see isPodFailed in
// pkg/controller/job/job_controller.go.
func (s *Story) note(e *timeline.Entry) {
	r := s.record(e.Pod.Owner)
	if r.counted[e.UID] || !over(e.Pod) && (e.Pod.DeletionTimestamp == nil || s.waitsForEnd(e.Pod.Owner)) {
		return
	}
	r.counted[e.UID] = true
	r.ended = append(r.ended, e)
}

// count counts what ended. That is put off until the next pod appears: why a pod
// was deleted may be seen only after it was.
func (s *Story) count(r *failures) {
	for _, e := range r.ended {
		switch {
		case e.Pod.Phase == "Succeeded":
			r.inARow, r.last = 0, end{entry: e}
		case s.released(e) == nil:
			r.inARow++
			r.last = end{entry: e, finish: s.finished(e)}
		}
	}
	r.ended = nil
}

// over reports whether a pod has ended for good.
func over(p *timeline.Pod) bool { return p.Phase == "Succeeded" || p.Phase == "Failed" }

// waitsForEnd reports whether a Job counts and replaces a deleted pod only when it
// has ended.
func (s *Story) waitsForEnd(owner string) bool {
	place := s.placeOfOwner(owner)
	if place == nil {
		return false
	}
	const field = "job.podReplacementPolicy"
	policy, ok := place.value(field, "")
	if !ok {
		policy = place.standard(field)
	}
	return policy == "Failed"
}

// placeOfOwner is where the manifest describes the Job that owns a pod, or nil.
func (s *Story) placeOfOwner(owner string) *place {
	name, ok := strings.CutPrefix(owner, "Job/")
	if !ok {
		return nil
	}
	of := ""
	if h := s.jobs[name]; h != nil {
		of = h.entries[0].Job.Owner
	}
	return s.manifest.ofJob(name, of)
}

// released returns the state of the Job for which its controller deleted a pod that
// was active, for want of a place: it is suspended, or its parallelism was lowered.
// It is nil if that is not why. The controller takes its finalizer off such a pod
// first, so that the pod counts neither as failed nor for the wait; see
// deleteJobPods in pkg/controller/job/job_controller.go.
func (s *Story) released(e *timeline.Entry) *timeline.Entry {
	name, ok := strings.CutPrefix(e.Pod.Owner, "Job/")
	h := s.jobs[name]
	if !ok || h == nil || e.Pod.DeletionTimestamp == nil {
		return nil
	}
	deletion := s.deletion(e)
	active := s.activeAt(deletion)
	for _, job := range h.entries[max(h.after(deletion.Seq)-1, 0):] {
		if job.Seq > deletion.Seq && job.T > deletion.T+lag {
			break
		}
		if j := job.Job; j.Suspend || j.Parallelism != nil && *j.Parallelism < active {
			return job
		}
	}
	return nil
}

// deletion is the first entry in which the pod of an entry is being deleted.
func (s *Story) deletion(e *timeline.Entry) *timeline.Entry {
	for _, d := range s.objects[e.UID].entries {
		if d.Pod.DeletionTimestamp != nil {
			return d
		}
	}
	return e
}

// activeAt is how many pods of the owner were active when one was deleted, with
// that one.
func (s *Story) activeAt(deletion *timeline.Entry) int {
	n := 1
	for _, h := range s.pods {
		e := h.before(deletion.Seq)
		if e != nil && e.UID != deletion.UID && e.Pod.Owner == deletion.Pod.Owner && e.Type != timeline.Deleted && !over(e.Pod) && e.Pod.DeletionTimestamp == nil {
			n++
		}
	}
	return n
}
