package timeline

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// inferInstances infers that containers ran, and how the instance before the
// newest ended.
func (h *podHistory) inferInstances(in *inference) {
	if in.e.Pod.Status == statusRunning {
		defer func(n int) { h.ran = max(h.ran, n) }(in.e.Pod.Restarts + 1)
	}
	if slices.ContainsFunc(in.pod.Spec.InitContainers, func(c corev1.Container) bool { return c.RestartPolicy != nil }) {
		return
	}
	if len(in.pod.Spec.Containers) > 1 {
		h.inferTogether(in)
		return
	}
	if len(in.pod.Spec.Containers) != 1 || len(in.pod.Status.ContainerStatuses) != 1 {
		return
	}
	s := &in.pod.Status.ContainerStatuses[0]
	if last := s.LastTerminationState.Terminated; last != nil {
		h.inferLast(in, s, last)
	}
	current := int(s.RestartCount)
	if t := s.State.Terminated; t != nil {
		if at := timePtr(&t.StartedAt); at != nil && current >= h.ran {
			in.ran(current, "status.containerStatuses[0].state.terminated.startedAt", *at)
		}
		h.ran, h.ended = max(h.ran, current+1), max(h.ended, current+1)
	} else if s.State.Running != nil {
		h.ran = max(h.ran, current+1)
	}
}

// inferLast infers from lastState.terminated. While the container waits for its
// next start, that is the end of the newest instance, else of the one before.
func (h *podHistory) inferLast(in *inference, s *corev1.ContainerStatus, last *corev1.ContainerStateTerminated) {
	if s.ContainerID == "" || last.ContainerID == "" {
		return
	}
	n := int(s.RestartCount)
	if last.ContainerID != s.ContainerID {
		n--
	}
	const field = "status.containerStatuses[0].lastState.terminated"
	at := timePtr(&last.StartedAt)
	if at != nil && n >= 0 {
		if n >= h.ran {
			in.ran(n, field+".startedAt", *at)
		}
		if n >= h.ended && h.endedByItself(in.pod, last) {
			in.add(corev1.PodRunning, endStatus(last), 0, n, field+".reason="+endStatus(last), func(c *Container) {
				if !c.Init {
					c.setTerminated(last)
					c.Restarts = n
				}
			})
		}
	}
	h.ran, h.ended = max(h.ran, n+1), max(h.ended, n+1)
}

// endedByItself reports whether it is certain that the kubelet did not stop the
// container of a pod with one container: for a probe, for a failed postStart
// hook, for a changed spec or with its sandbox.
func (h *podHistory) endedByItself(pod *corev1.Pod, last *corev1.ContainerStateTerminated) bool {
	c := &pod.Spec.Containers[0]
	if c.LivenessProbe != nil || c.StartupProbe != nil || len(c.RestartPolicyRules) > 0 {
		return false
	}
	if c.Lifecycle != nil && c.Lifecycle.PostStart != nil {
		return false
	}
	if killed := last.ExitCode == 128+9 || last.ExitCode == 128+15; killed && last.Reason != "OOMKilled" {
		return false
	}
	if h.last == nil { // nothing to compare with
		return false
	}
	if p := h.last.Containers; len(p) > 0 && p[len(p)-1].Image != c.Image {
		return false
	}
	return h.generation == pod.Generation && (h.podIP == "" || h.podIP == pod.Status.PodIP)
}

// inferTogether infers that all of several containers ran at one time. Times are
// whole seconds, rounded down: an end in a later second is a later end.
func (h *podHistory) inferTogether(in *inference) {
	statuses := in.pod.Status.ContainerStatuses
	if h.ran > 0 || len(statuses) != len(in.pod.Spec.Containers) {
		return
	}
	var started, finished time.Time
	var proof string
	for i := range statuses {
		s := &statuses[i]
		field, at := startedAt(&s.State)
		if at == nil || s.RestartCount > 0 {
			return
		}
		if proof == "" || at.After(started) {
			started = *at
			proof = fmt.Sprintf("status.containerStatuses[%d].%s=%s", i, field, at.Format(time.RFC3339))
		}
		if t := s.State.Terminated; t != nil && (finished.IsZero() || t.FinishedAt.Time.Before(finished)) {
			finished = t.FinishedAt.Time
		}
	}
	h.ran = 1
	if in.e.Pod.Status != statusRunning && started.Before(finished) {
		in.add(corev1.PodRunning, statusRunning, readyAtStart(in.pod), 0, proof, func(c *Container) {
			specs := in.pod.Spec.Containers
			i := slices.IndexFunc(specs, func(s corev1.Container) bool { return s.Name == c.Name })
			_, s := containerStatus(statuses, c.Name)
			if c.Init || s == nil || i < 0 {
				return
			}
			_, at := startedAt(&s.State)
			c.run(*at, readyAtOnce(&specs[i]))
		})
	}
}

// ran adds Running of instance n of a pod's only container.
func (in *inference) ran(n int, field string, at time.Time) {
	in.add(corev1.PodRunning, statusRunning, readyAtStart(in.pod), n, field+"="+at.Format(time.RFC3339), func(c *Container) {
		if !c.Init {
			c.run(at, readyAtOnce(&in.pod.Spec.Containers[0]))
			c.Restarts = n
		}
	})
}
