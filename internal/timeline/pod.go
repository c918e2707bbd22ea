package timeline

import (
	"strconv"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// newPod copies what a timeline keeps of a pod; it holds no reference to pod.
func newPod(row Row, pod *corev1.Pod) *Pod {
	p := podIdentity(pod)
	p.Ready, p.Status, p.Restarts = row.Ready, row.Status, leadingInt(row.Restarts)
	p.Phase = string(pod.Status.Phase)
	p.Reason, p.Message = pod.Status.Reason, pod.Status.Message
	p.DeletionTimestamp = timePtr(pod.DeletionTimestamp)
	p.Conditions = make([]Condition, len(pod.Status.Conditions))
	for i := range pod.Status.Conditions {
		c := &pod.Status.Conditions[i]
		p.Conditions[i] = Condition{string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime.UTC()}
	}
	p.Containers = make([]Container, 0, len(pod.Spec.InitContainers)+len(pod.Spec.Containers))
	for i := range pod.Spec.InitContainers {
		c := &pod.Spec.InitContainers[i]
		p.Containers = append(p.Containers, newContainer(c, true, pod.Status.InitContainerStatuses))
	}
	for i := range pod.Spec.Containers {
		c := &pod.Spec.Containers[i]
		p.Containers = append(p.Containers, newContainer(c, false, pod.Status.ContainerStatuses))
	}
	return p
}

// podIdentity returns what does not change while a pod goes from state to state.
func podIdentity(pod *corev1.Pod) *Pod {
	p := &Pod{
		Node:              pod.Spec.NodeName,
		CreationTimestamp: timePtr(&pod.CreationTimestamp),
		Owner:             controller(pod.OwnerReferences),
	}
	if s, ok := pod.Annotations[batchv1.JobCompletionIndexAnnotation]; ok {
		if n, err := strconv.Atoi(s); err == nil {
			p.Index = &n
		}
	}
	return p
}

func newContainer(spec *corev1.Container, init bool, statuses []corev1.ContainerStatus) Container {
	c := Container{Name: spec.Name, Init: init, Image: spec.Image}
	_, status := containerStatus(statuses, spec.Name)
	if status == nil {
		return c
	}
	c.Ready, c.Restarts, c.ContainerID = status.Ready, int(status.RestartCount), status.ContainerID
	if last := status.LastTerminationState.Terminated; last != nil {
		c.Last = newTermination(last)
	}
	switch s := &status.State; {
	case s.Running != nil:
		c.State = Running
		c.StartedAt = timePtr(&s.Running.StartedAt)
	case s.Terminated != nil:
		c.setTerminated(s.Terminated)
	case s.Waiting != nil:
		c.State, c.Reason, c.Message = Waiting, s.Waiting.Reason, s.Waiting.Message
	default: // the zero state means waiting; see the API's ContainerState
		c.State = Waiting
	}
	return c
}

func (c *Container) setTerminated(t *corev1.ContainerStateTerminated) {
	code := t.ExitCode
	c.State, c.Reason, c.Message, c.ExitCode = Terminated, t.Reason, t.Message, &code
	c.StartedAt, c.FinishedAt = timePtr(&t.StartedAt), timePtr(&t.FinishedAt)
}

func newTermination(t *corev1.ContainerStateTerminated) *Termination {
	return &Termination{
		Reason: t.Reason, Message: t.Message, ExitCode: t.ExitCode, ContainerID: t.ContainerID,
		StartedAt: timePtr(&t.StartedAt), FinishedAt: timePtr(&t.FinishedAt),
	}
}

// containerStatus returns the status of the container of that name and its
// place in statuses, or nil: the kubelet sorts statuses by its own order.
func containerStatus(statuses []corev1.ContainerStatus, name string) (int, *corev1.ContainerStatus) {
	for i := range statuses {
		if statuses[i].Name == name {
			return i, &statuses[i]
		}
	}
	return -1, nil
}

// controller is the controlling owner as kubectl describe prints it.
func controller(owners []metav1.OwnerReference) string {
	for i := range owners {
		if owners[i].Controller != nil && *owners[i].Controller {
			return owners[i].Kind + "/" + owners[i].Name
		}
	}
	return ""
}

// leadingInt is the number of restarts in a RESTARTS cell, "3 (27s ago)".
func leadingInt(cell string) int {
	digits, _, _ := strings.Cut(cell, " ")
	n, _ := strconv.Atoi(digits)
	return n
}

// timePtr copies a time in UTC. It is nil for no time, and for the epoch, which
// is what a runtime reports for something that never happened.
func timePtr(t *metav1.Time) *time.Time {
	if t == nil || t.IsZero() || t.Unix() == 0 {
		return nil
	}
	u := t.UTC()
	return &u
}
