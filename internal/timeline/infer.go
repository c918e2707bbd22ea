package timeline

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// The STATUS values that inference knows.
const (
	statusPending           = "Pending"
	statusContainerCreating = "ContainerCreating"
	statusPodInitializing   = "PodInitializing"
	statusRunning           = "Running"
)

// podHistory is what has been published or inferred of one pod, as far as it
// matters to what may still be inferred. A stage that is past is settled,
// whether it was published, inferred, or could not be proven; it is never
// inferred later, when it would come in the wrong place.
//
// What is inferred, and from what; the kubelet's own order of work is the reason
// why a field proves a state (SyncPod and convertToAPIContainerStatuses in
// pkg/kubelet, printPod in pkg/printers/internalversion):
//
//   - Pending, before a first entry that shows more, from the condition
//     PodScheduled: a pod is created Pending, and bound Pending.
//   - ContainerCreating, from a container that has been created or could not be:
//     the kubelet sets it before it tries.
//   - Init:i/N, from an init container that started, and PodInitializing, from a
//     main container that was created, if no init container is a sidecar or was
//     restarted.
//   - Running, from a startedAt of a pod's only container; of several, from
//     startedAt and finishedAt if all of them ran at one time. A container that
//     failed to start has no startedAt.
//   - The end of the instance before the newest (Completed, Error, …), from
//     lastState.terminated, if the container ended by itself. One that the
//     kubelet stops, as for a liveness probe, is restarted at once and kubectl
//     never shows how it ended.
//
// Nothing is inferred of a pod that is being deleted, for which kubectl prints
// Terminating, nor is CrashLoopBackOff, which no field proves.
type podHistory struct {
	last       *Pod // the newest published state; nil before the first
	generation int64
	podIP      string

	inits       int  // Init:0/N to Init:inits-1/N are settled
	initialized bool // PodInitializing is settled
	created     bool // ContainerCreating is settled
	ran         int  // Running is settled for instances below this restart count
	ended       int  // the end is settled for instances below this restart count
}

// observe takes in a published state and returns the states that it proves to
// have come before it and that were not published, in order.
func (h *podHistory) observe(typ Type, e *Entry, pod *corev1.Pod) []Entry {
	in := &inference{e: e, pod: pod}
	if h.last == nil {
		in.pending()
	}
	if len(pod.Spec.InitContainers) > 0 {
		h.inferInit(in)
	} else {
		h.inferCreating(in)
	}
	h.inferInstances(in)
	h.last, h.generation, h.podIP = e.Pod, pod.Generation, pod.Status.PodIP
	if pod.DeletionTimestamp != nil || typ == Deleted {
		return nil
	}
	return in.entries
}

// pending infers the state that every pod is created or bound in.
func (in *inference) pending() {
	if in.e.Pod.Status == statusPending {
		return
	}
	for i := range in.pod.Status.Conditions {
		c := &in.pod.Status.Conditions[i]
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionTrue {
			proof := fmt.Sprintf("status.conditions[%d].lastTransitionTime=%s", i, c.LastTransitionTime.UTC().Format(time.RFC3339))
			in.add(corev1.PodPending, statusPending, 0, 0, proof, func(*Container) {})
		}
	}
}

// inferCreating infers ContainerCreating.
func (h *podHistory) inferCreating(in *inference) {
	if h.created {
		return
	}
	proof := creationProof(in.pod)
	h.created = proof != "" || in.e.Pod.Status == statusContainerCreating
	if proof != "" && in.e.Pod.Status != statusContainerCreating {
		in.add(corev1.PodPending, statusContainerCreating, 0, 0, proof, wait(statusContainerCreating))
	}
}

// inferInit infers Init:i/N and PodInitializing.
func (h *podHistory) inferInit(in *inference) {
	spec, statuses := in.pod.Spec.InitContainers, in.pod.Status.InitContainerStatuses
	n := len(spec)
	if h.initialized {
		return
	}
	for i := range spec {
		index, s := containerStatus(statuses, spec[i].Name)
		if s == nil {
			return
		}
		if spec[i].RestartPolicy != nil || s.RestartCount > 0 || s.LastTerminationState.Terminated != nil {
			h.inits, h.initialized = n, true
			return
		}
		status := fmt.Sprintf("Init:%d/%d", i, n)
		field, at := startedAt(&s.State)
		if i == h.inits && (at != nil || in.e.Pod.Status == status) {
			h.inits++
			if in.e.Pod.Status != status {
				proof := fmt.Sprintf("status.initContainerStatuses[%d].%s=%s", index, field, at.Format(time.RFC3339))
				in.add(corev1.PodPending, status, 0, 0, proof, func(c *Container) {
					c.wait(statusPodInitializing)
					if j := slices.IndexFunc(spec, func(s corev1.Container) bool { return s.Name == c.Name }); j == i {
						c.run(*at, false)
					} else if j >= 0 && j < i {
						*c = newContainer(&spec[j], true, statuses)
					}
				})
			}
		}
		if t := s.State.Terminated; t == nil || t.ExitCode != 0 {
			return
		}
	}
	proof := creationProof(in.pod)
	h.initialized = proof != "" || in.e.Pod.Status == statusPodInitializing
	if proof != "" && in.e.Pod.Status != statusPodInitializing {
		in.add(corev1.PodPending, statusPodInitializing, 0, 0, proof, func(c *Container) {
			if i := slices.IndexFunc(spec, func(s corev1.Container) bool { return s.Name == c.Name }); i >= 0 {
				*c = newContainer(&spec[i], true, statuses)
			} else {
				c.wait(statusPodInitializing)
			}
		})
	}
}
