package explain

import (
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// finish is when a failed pod has finished for the wait before the next, and what
// says so.
type finish struct {
	at time.Time
	by finishedBy
}

type finishedBy int

// The ways to tell, in the order in which they are tried; see getFinishedTime in
// pkg/controller/job/backoff_utils.go.
const (
	byContainers finishedBy = iota + 1
	byReadiness
	byDeletion
	byCreation
)

// finished is when a pod has finished, from the entry with which it counts as
// failed.
func (s *Story) finished(e *timeline.Entry) finish {
	if at := s.containersFinished(e.Pod); at != nil {
		return finish{*at, byContainers}
	}
	for _, c := range e.Pod.Conditions {
		if c.Type == "Ready" && c.Status == "False" && !c.LastTransitionTime.IsZero() {
			return finish{c.LastTransitionTime, byReadiness}
		}
	}
	if e.Pod.DeletionTimestamp != nil {
		// That timestamp is the end of the grace period.
		return finish{s.deletion(e).At, byDeletion}
	}
	if e.Pod.CreationTimestamp != nil {
		return finish{*e.Pod.CreationTimestamp, byCreation}
	}
	return finish{s.objects[e.UID].entries[0].At, byCreation}
}

// containersFinished is when the last container ended, or nil while one has not.
// Of init containers only sidecars count.
func (s *Story) containersFinished(p *timeline.Pod) *time.Time {
	place := s.placeOfOwner(p.Owner)
	var last *time.Time
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Init && !place.sidecar(c.Name) {
			continue
		}
		if c.State != timeline.Terminated || c.FinishedAt == nil {
			return nil
		}
		if last == nil || c.FinishedAt.After(*last) {
			last = c.FinishedAt
		}
	}
	return last
}

// sidecar reports whether an init container runs as long as the pod.
func (p *place) sidecar(container string) bool {
	if p == nil {
		return false
	}
	policy, _ := p.value("container.restartPolicy", container)
	return policy == "Always"
}

// cause says why the pod that the Job controller replaces counts as failed.
func (m *moment) cause() string {
	e := m.birth.replaced.entry
	if e == nil {
		return ""
	}
	w := words{e.Name + " failed", e.Name + " 파드가 실패했고"}
	if e.Pod.Phase != "Failed" {
		w = words{
			e.Name + " was deleted before it had succeeded, which counts as a failure",
			e.Name + " 파드가 성공하기 전에 삭제됐고(이것도 실패로 세요)",
		}
	}
	return w.in(m.lang)
}

// since says from when the Job controller counts its wait, and why from then.
func (m *moment) since() string {
	f := m.birth.replaced.finish
	at := clock(f.at)
	var w words
	switch f.by {
	case byContainers:
		w = words{at + ", when its last container ended", "마지막 컨테이너가 끝난 " + at}
	case byReadiness:
		w = words{
			at + ", when its condition Ready became False: not all of its main containers ended, so their end is no help, and init containers do not count",
			"Ready 컨디션이 False가 된 " + at + "(본 컨테이너가 모두 끝난 것은 아니라서 끝난 때로 셀 수 없고, 초기화 컨테이너는 치지 않아요)",
		}
	case byDeletion:
		w = words{at + ", when its deletion was asked for", "삭제를 요청한 " + at}
	case byCreation:
		w = words{at + ", when it was created: nothing tells when it ended", "만들어진 " + at + "(언제 끝났는지 알 수 없어서예요)"}
	}
	return w.in(m.lang)
}
