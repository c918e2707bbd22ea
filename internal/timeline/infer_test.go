package timeline

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// version is one published version of a pod and the cells printed for it.
type version struct {
	row string // STATUS
	n   string // RESTARTS
	pod func(*corev1.Pod)
}

// at is a second of the test's day.
func at(second int64) metav1.Time { return metav1.Unix(1795447200+second, 0) }

// The states of a container. Instances are numbered by restart count, which
// makes their ids.
func id(n int) string { return fmt.Sprintf("containerd://%d", n) }

func waiting(reason string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}}
}

func runningSince(s int64) corev1.ContainerState {
	return corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(s)}}
}

func ended(n int, reason string, code int32, from, to int64) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ContainerID: id(n), Reason: reason, ExitCode: code, StartedAt: at(from), FinishedAt: at(to),
	}}
}

// notStarted is how the runtime reports an instance that could not start.
func notStarted(n int) corev1.ContainerState {
	s := ended(n, "StartError", 128, 0, 1)
	s.Terminated.StartedAt = metav1.Unix(0, 0)
	return s
}

// main sets the status of the pod's containers, by default of instance 0.
func main(states ...corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.ContainerStatuses = nil
		for i, s := range states {
			status := corev1.ContainerStatus{Name: p.Spec.Containers[i].Name, State: s}
			if s.Waiting == nil {
				status.ContainerID = id(0)
			}
			p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, status)
		}
	}
}

// restarted sets the status of the only container, of instance n.
func restarted(n int, state, last corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name: "main", RestartCount: int32(n), ContainerID: id(n), State: state, LastTerminationState: last,
		}}
	}
}

// initially sets the status of the init containers; the main ones wait.
func initially(states ...corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		main(waiting(statusPodInitializing))(p)
		p.Status.InitContainerStatuses = nil
		for i, s := range states {
			p.Status.InitContainerStatuses = append(p.Status.InitContainerStatuses,
				corev1.ContainerStatus{Name: p.Spec.InitContainers[i].Name, State: s})
		}
	}
}

func both(fs ...func(*corev1.Pod)) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		for _, f := range fs {
			f(p)
		}
	}
}

func bound(p *corev1.Pod) {
	p.Spec.NodeName = "n1"
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: at(0)}}
}

func deleting(p *corev1.Pod) { t := at(60); p.DeletionTimestamp = &t }

func containers(names ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Containers = nil
		for _, n := range names {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: n})
		}
	}
}

func initContainers(names ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		for _, n := range names {
			p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: n})
		}
	}
}

func TestInference(t *testing.T) {
	pending := version{"Pending", "0", func(*corev1.Pod) {}}
	scheduled := version{"Pending", "0", bound}
	creating := version{"ContainerCreating", "0", main(waiting("ContainerCreating"))}
	always := corev1.ContainerRestartPolicyAlways
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(80)}}}
	for _, c := range []struct {
		name     string
		spec     func(*corev1.Pod)
		versions []version
		want     []string // inferred ones in brackets
	}{
		{"everything published", nil,
			[]version{pending, scheduled, creating, {"Running", "0", main(runningSince(1))}, {"Completed", "0", main(ended(0, "Completed", 0, 1, 2))}},
			[]string{"Pending 0", "Pending 0", "ContainerCreating 0", "Running 0", "Completed 0"}},
		{"ContainerCreating skipped, the container runs", nil,
			[]version{scheduled, {"Running", "0", main(runningSince(1))}},
			[]string{"Pending 0", "[0/1 ContainerCreating 0 status.containerStatuses[0].state.running.startedAt=2026-11-23T15:20:01Z]", "Running 0"}},
		{"ContainerCreating skipped, the image is missing", nil,
			[]version{scheduled, {"ErrImagePull", "0", main(waiting("ErrImagePull"))}, {"ImagePullBackOff", "0", main(waiting("ImagePullBackOff"))}},
			[]string{"Pending 0", "[0/1 ContainerCreating 0 status.containerStatuses[0].state.waiting.reason=ErrImagePull]", "ErrImagePull 0", "ImagePullBackOff 0"}},
		{"Running skipped", nil,
			[]version{scheduled, creating, {"Completed", "0", main(ended(0, "Completed", 0, 1, 1))}},
			[]string{"Pending 0", "ContainerCreating 0", "[1/1 Running 0 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]", "Completed 0"}},
		{"both skipped", nil,
			[]version{scheduled, {"Error", "0", main(ended(0, "Error", 1, 1, 1))}},
			[]string{"Pending 0",
				"[0/1 ContainerCreating 0 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]",
				"[1/1 Running 0 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]", "Error 0"}},
		{"an inferred Running is not ready while a probe must find it so", func(p *corev1.Pod) { p.Spec.Containers[0].ReadinessProbe = probe },
			[]version{scheduled, creating, {"Completed", "0", main(ended(0, "Completed", 0, 1, 1))}},
			[]string{"Pending 0", "ContainerCreating 0", "[0/1 Running 0 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]", "Completed 0"}},
		{"a container that could not start never ran", nil,
			[]version{scheduled, {"StartError", "0", main(notStarted(0))}, {"StartError", "0", main(notStarted(0))}},
			[]string{"Pending 0", "[0/1 ContainerCreating 0 status.containerStatuses[0].containerID=containerd://0]", "StartError 0", "StartError 0"}},
		{"a container that the kubelet lost has no start", nil,
			[]version{scheduled, creating, {"ContainerStatusUnknown", "0", func(p *corev1.Pod) {
				p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", State: corev1.ContainerState{
					Terminated: &corev1.ContainerStateTerminated{Reason: "ContainerStatusUnknown", ExitCode: 137}}}}
			}}},
			[]string{"Pending 0", "ContainerCreating 0", "ContainerStatusUnknown 0"}},
		{"a pod that the kubelet refused had no containers", nil,
			[]version{pending, {"OutOfpods", "0", func(p *corev1.Pod) { p.Status.Phase, p.Status.Reason = "Failed", "OutOfpods" }}},
			[]string{"Pending 0", "OutOfpods 0"}},
		{"the end skipped at a restart", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))}, {"Running", "1 (1s ago)", restarted(1, runningSince(3), ended(0, "Completed", 0, 1, 2))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "[0/1 Completed 0 status.containerStatuses[0].lastState.terminated.reason=Completed]", "Running 1"}},
		{"an instance skipped as a whole", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))}, {"Completed", "0", main(ended(0, "Completed", 0, 1, 2))},
				{"CrashLoopBackOff", "1 (1s ago)", restarted(1, waiting("CrashLoopBackOff"), ended(1, "Error", 3, 3, 4))},
				{"Running", "2 (9s ago)", restarted(2, runningSince(14), ended(1, "Error", 3, 3, 4))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "Completed 0",
				"[1/1 Running 1 status.containerStatuses[0].lastState.terminated.startedAt=2026-11-23T15:20:03Z]",
				"[0/1 Error 1 status.containerStatuses[0].lastState.terminated.reason=Error]",
				"CrashLoopBackOff 1", "Running 2"}},
		{"two instances end between two versions: only the second is known, CrashLoopBackOff is not", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))},
				{"Completed", "2 (1s ago)", restarted(2, ended(2, "Completed", 0, 20, 21), ended(1, "Completed", 0, 3, 4))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0",
				"[1/1 Running 1 status.containerStatuses[0].lastState.terminated.startedAt=2026-11-23T15:20:03Z]",
				"[0/1 Completed 1 status.containerStatuses[0].lastState.terminated.reason=Completed]",
				"[1/1 Running 2 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:20Z]",
				"Completed 2"}},
		{"instances that could not start", nil,
			[]version{scheduled, creating, {"RunContainerError", "0", restarted(0, waiting("RunContainerError"), notStarted(0))},
				{"RunContainerError", "1 (1s ago)", restarted(1, waiting("RunContainerError"), notStarted(1))},
				{"CrashLoopBackOff", "1 (2s ago)", restarted(1, waiting("CrashLoopBackOff"), notStarted(1))},
				{"Terminating", "1 (2s ago)", both(deleting, restarted(1, waiting("CrashLoopBackOff"), notStarted(1)))},
				{"StartError", "1 (2s ago)", restarted(1, notStarted(1), notStarted(1))}},
			[]string{"Pending 0", "ContainerCreating 0", "RunContainerError 0", "RunContainerError 1", "CrashLoopBackOff 1", "Terminating 1", "StartError 1"}},
		{"a liveness probe's restart shows no end", func(p *corev1.Pod) { p.Spec.Containers[0].LivenessProbe = probe },
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))}, {"Running", "1 (1s ago)", restarted(1, runningSince(9), ended(0, "Error", 1, 1, 8))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "Running 1"}},
		{"a changed spec's restart shows no end", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))},
				{"Running", "1 (1s ago)", both(func(p *corev1.Pod) { p.Generation = 2 }, restarted(1, runningSince(9), ended(0, "Completed", 0, 1, 8)))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "Running 1"}},
		{"a lost sandbox's restart shows no end", nil,
			[]version{scheduled, creating, {"Running", "0", both(main(runningSince(1)), func(p *corev1.Pod) { p.Status.PodIP = "10.0.0.1" })},
				{"Running", "1 (1s ago)", both(func(p *corev1.Pod) { p.Status.PodIP = "10.0.0.2" }, restarted(1, runningSince(9), ended(0, "Completed", 0, 1, 8)))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "Running 1"}},
		{"a killed instance may be the kubelet's doing", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))}, {"Running", "1 (1s ago)", restarted(1, runningSince(9), ended(0, "Error", 137, 1, 8))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "Running 1"}},
		{"out of memory is the container's own end", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))}, {"Running", "1 (1s ago)", restarted(1, runningSince(9), ended(0, "OOMKilled", 137, 1, 8))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "[0/1 OOMKilled 0 status.containerStatuses[0].lastState.terminated.reason=OOMKilled]", "Running 1"}},
		{"nothing is inferred of a pod that is being deleted", nil,
			[]version{scheduled, {"Terminating", "0", deleting}, {"Completed", "0", main(ended(0, "Completed", 0, 1, 1))}},
			[]string{"Pending 0", "Terminating 0", "Completed 0"}},
		{"nor later, when it would come too late", nil,
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1))},
				{"CrashLoopBackOff", "0", both(func(p *corev1.Pod) { p.Generation = 2 }, restarted(0, waiting("CrashLoopBackOff"), ended(0, "Completed", 0, 1, 2)))},
				{"Running", "1 (5s ago)", restarted(1, runningSince(12), ended(0, "Completed", 0, 1, 2))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "CrashLoopBackOff 0", "Running 1"}},
		{"first seen after a gap", nil,
			[]version{{"Running", "0", both(bound, main(runningSince(1)))}},
			[]string{"[0/1 Pending 0 status.conditions[0].lastTransitionTime=2026-11-23T15:20:00Z]",
				"[0/1 ContainerCreating 0 status.containerStatuses[0].state.running.startedAt=2026-11-23T15:20:01Z]", "Running 0"}},
		{"init containers, everything skipped", initContainers("a", "b"),
			[]version{scheduled, {"Running", "0", both(initially(ended(0, "Completed", 0, 1, 1), ended(0, "Completed", 0, 2, 2)), main(runningSince(3)))}},
			[]string{"Pending 0",
				"[0/1 Init:0/2 0 status.initContainerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]",
				"[0/1 Init:1/2 0 status.initContainerStatuses[1].state.terminated.startedAt=2026-11-23T15:20:02Z]",
				"[0/1 PodInitializing 0 status.containerStatuses[0].state.running.startedAt=2026-11-23T15:20:03Z]", "Running 0"}},
		{"init containers, everything published", initContainers("a", "b"),
			[]version{scheduled, {"Init:0/2", "0", initially(waiting(statusPodInitializing), waiting(statusPodInitializing))},
				{"Init:0/2", "0", initially(runningSince(1), waiting(statusPodInitializing))},
				{"Init:1/2", "0", initially(ended(0, "Completed", 0, 1, 1), waiting(statusPodInitializing))},
				{"PodInitializing", "0", initially(ended(0, "Completed", 0, 1, 1), ended(0, "Completed", 0, 2, 2))},
				{"Running", "0", both(initially(ended(0, "Completed", 0, 1, 1), ended(0, "Completed", 0, 2, 2)), main(runningSince(3)))}},
			[]string{"Pending 0", "Init:0/2 0", "Init:0/2 0", "Init:1/2 0", "PodInitializing 0", "Running 0"}},
		{"an init container failed, its start skipped", initContainers("a"),
			[]version{scheduled, {"Init:Error", "0", initially(ended(0, "Error", 1, 1, 1))}},
			[]string{"Pending 0", "[0/1 Init:0/1 0 status.initContainerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]", "Init:Error 0"}},
		{"an init container that was retried", initContainers("a"),
			[]version{scheduled, {"PodInitializing", "0", func(p *corev1.Pod) {
				initially(ended(1, "Completed", 0, 3, 4))(p)
				p.Status.InitContainerStatuses[0].RestartCount = 1
			}}},
			[]string{"Pending 0", "PodInitializing 0"}},
		{"a sidecar", both(initContainers("a"), func(p *corev1.Pod) { p.Spec.InitContainers[0].RestartPolicy = &always }),
			[]version{scheduled, {"Completed", "0", both(initially(ended(0, "Completed", 0, 1, 9)), main(ended(0, "Completed", 0, 2, 8)))}},
			[]string{"Pending 0", "Completed 0"}},
		{"two containers that ran at one time", containers("a", "b"),
			[]version{scheduled, {"Completed", "0", main(ended(0, "Completed", 0, 1, 5), ended(0, "Completed", 0, 2, 3))}},
			[]string{"Pending 0",
				"[0/2 ContainerCreating 0 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]",
				"[2/2 Running 0 status.containerStatuses[1].state.terminated.startedAt=2026-11-23T15:20:02Z]", "Completed 0"}},
		{"two containers that may not have run at one time", containers("a", "b"),
			[]version{scheduled, creating, {"Completed", "0", main(ended(0, "Completed", 0, 1, 2), ended(0, "Completed", 0, 2, 3))}},
			[]string{"Pending 0", "ContainerCreating 0", "Completed 0"}},
		{"two containers, Running was published", containers("a", "b"),
			[]version{scheduled, creating, {"Running", "0", main(runningSince(1), runningSince(1))}, {"Completed", "0", main(ended(0, "Completed", 0, 1, 5), ended(0, "Completed", 0, 1, 5))}},
			[]string{"Pending 0", "ContainerCreating 0", "Running 0", "Completed 0"}},
		{"two containers, one runs on", containers("a", "b"),
			[]version{scheduled, creating, {"NotReady", "0", main(ended(0, "Completed", 0, 1, 5), runningSince(1))}},
			[]string{"Pending 0", "ContainerCreating 0", "[2/2 Running 0 status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z]", "NotReady 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewRecorder(nil, newClock().Now)
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", UID: "u", Generation: 1}, Status: corev1.PodStatus{Phase: "Pending"}}
			containers("main")(pod)
			if c.spec != nil {
				c.spec(pod)
			}
			for _, v := range c.versions {
				v.pod(pod)
				r.Pod(Modified, Row{Ready: "0/1", Status: v.row, Restarts: v.n}, pod)
			}
			var got []string
			for _, rec := range r.Log().Records() {
				e := &rec.Entry
				s := fmt.Sprintf("%s %d", e.Pod.Status, e.Pod.Restarts)
				if e.Inferred {
					s = fmt.Sprintf("[%s %s %s]", e.Pod.Ready, s, e.Proof)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestInferredEntry pins what an inferred entry says and what it leaves open.
func TestInferredEntry(t *testing.T) {
	r := NewRecorder(nil, newClock().Now)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", UID: "u", ResourceVersion: "9"}, Status: corev1.PodStatus{Phase: "Succeeded"}}
	containers("main")(pod)
	bound(pod)
	main(waiting("ContainerCreating"))(pod)
	r.Pod(Added, Row{"0/1", "ContainerCreating", "0"}, pod)
	main(ended(0, "Completed", 0, 1, 1))(pod)
	r.Pod(Modified, Row{"0/1", "Completed", "0"}, pod)
	const want = `{"seq":3,"at":"2026-11-23T15:00:00Z","t":0,"kind":"pod","type":"modified","name":"p","uid":"u","pod":{"ready":"1/1","status":"Running","restarts":0,"phase":"Running","owner":"","index":null,"node":"n1","deletionTimestamp":null,"conditions":[],"containers":[{"name":"main","init":false,"state":"running","startedAt":"2026-11-23T15:20:01Z","ready":true,"restarts":0}]},"inferred":true,"proof":"status.containerStatuses[0].state.terminated.startedAt=2026-11-23T15:20:01Z"}`
	recs := r.Log().Records()
	if len(recs) != 4 {
		t.Fatalf("%d entries, want Pending (inferred), ContainerCreating, Running (inferred), Completed", len(recs))
	}
	if diff := cmp.Diff(want, string(recs[2].JSON)); diff != "" {
		t.Errorf("inferred entry (-want +got):\n%s", diff)
	}
}
