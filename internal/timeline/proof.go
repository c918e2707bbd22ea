package timeline

import (
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// inference collects what one published entry proves.
type inference struct {
	e       *Entry
	pod     *corev1.Pod
	entries []Entry
}

// add adds a state; set fills in what is proven of each container.
func (in *inference) add(phase corev1.PodPhase, status string, ready, restarts int, proof string, set func(*Container)) {
	p := podIdentity(in.pod)
	p.Ready = strconv.Itoa(ready) + "/" + strconv.Itoa(len(in.pod.Spec.Containers))
	p.Status, p.Restarts = status, restarts
	p.Phase = string(phase)
	p.Conditions = []Condition{}
	p.Containers = make([]Container, len(in.e.Pod.Containers))
	for i, c := range in.e.Pod.Containers {
		p.Containers[i] = Container{Name: c.Name, Init: c.Init, Image: c.Image}
		set(&p.Containers[i])
	}
	in.entries = append(in.entries, Entry{
		Kind: KindPod, Type: Modified, Name: in.e.Name, UID: in.e.UID, Pod: p, Inferred: true, Proof: proof,
	})
}

// creationProof names a field which shows that a main container was created or
// that the kubelet tried to; empty if there is none.
func creationProof(pod *corev1.Pod) string {
	for i := range pod.Status.ContainerStatuses {
		s := &pod.Status.ContainerStatuses[i]
		path := fmt.Sprintf("status.containerStatuses[%d].", i)
		if field, at := startedAt(&s.State); at != nil {
			return path + field + "=" + at.Format(time.RFC3339)
		}
		if s.ContainerID != "" {
			return path + "containerID=" + s.ContainerID
		}
		if w := s.State.Waiting; w != nil && w.Reason != "" && w.Reason != statusContainerCreating && w.Reason != statusPodInitializing {
			return path + "state.waiting.reason=" + w.Reason
		}
	}
	return ""
}

// startedAt is when a container's newest instance started, and the field that
// says so; nil if it did not start or no longer says.
func startedAt(s *corev1.ContainerState) (field string, at *time.Time) {
	switch {
	case s.Running != nil:
		return "state.running.startedAt", timePtr(&s.Running.StartedAt)
	case s.Terminated != nil:
		return "state.terminated.startedAt", timePtr(&s.Terminated.StartedAt)
	}
	return "", nil
}

// readyAtStart is how many containers are ready as soon as they run: those that
// no probe must find ready first.
func readyAtStart(pod *corev1.Pod) int {
	n := 0
	for i := range pod.Spec.Containers {
		if readyAtOnce(&pod.Spec.Containers[i]) {
			n++
		}
	}
	return n
}

func readyAtOnce(c *corev1.Container) bool { return c.ReadinessProbe == nil && c.StartupProbe == nil }

// endStatus is what kubectl prints for a container that ended.
func endStatus(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	default:
		return fmt.Sprintf("ExitCode:%d", t.ExitCode)
	}
}

func wait(reason string) func(*Container) {
	return func(c *Container) { c.wait(reason) }
}

func (c *Container) wait(reason string) { c.State, c.Reason = Waiting, reason }

func (c *Container) run(at time.Time, ready bool) {
	c.State, c.StartedAt, c.Ready = Running, &at, ready
}
