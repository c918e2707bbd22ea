package timeline

import (
	corev1 "k8s.io/api/core/v1"
)

// podHistory is what is known of a pod so far.
type podHistory struct {
	last *Pod // the newest published state
}

// observe takes in a published state and returns the states that it proves to
// have come before it and that were not published.
func (h *podHistory) observe(typ Type, e *Entry, pod *corev1.Pod) []Entry {
	h.last = e.Pod
	return nil
}
