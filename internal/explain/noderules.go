package explain

// nodeRules are about pods that the node, or what watches over it, ended or
// refused, and about bare phases.
var nodeRules = []rule{
	{
		id: "pod/evicted", on: []string{"Evicted"}, actor: Kubelet,
		title: words{"Evicted: the node ran short of a resource", "Evicted: 노드의 자원이 부족했어요"},
		text: words{
			"The kubelet ended the pod to save the node, or because the pod used more ephemeral storage than it may: {message}. The pod stays as Failed; a Job counts it as a failure unless a `podFailurePolicy` ignores DisruptionTarget.",
			"kubelet이 노드를 지키려고, 또는 파드가 임시 저장 공간을 제한보다 많이 써서 파드를 끝냈어요: {message}. 파드는 Failed로 남고, `podFailurePolicy`로 DisruptionTarget을 무시하지 않으면 잡은 실패로 세요.",
		},
		field:   []string{"container.resources.limits.ephemeral-storage", "container.resources", "job.podFailurePolicy"},
		sources: []Source{code("pkg/kubelet/eviction/eviction_manager.go", "evictPod"), docs("Node-pressure Eviction", "scheduling-eviction/node-pressure-eviction/")},
	},
	{
		id: "pod/deadline", on: []string{"DeadlineExceeded"}, actor: Kubelet,
		title: words{"DeadlineExceeded: the pod's own deadline has passed", "DeadlineExceeded: 파드 자신의 기한이 지났어요"},
		text: words{
			"`activeDeadlineSeconds` stands in the pod's spec here, so the kubelet stops the containers and the pod becomes Failed; it is kept, unlike what a Job's deadline deletes. The Job counts one failure and may try again.",
			"여기서는 `activeDeadlineSeconds`가 파드의 spec에 있어요. 그래서 kubelet이 컨테이너를 멈추고 파드가 Failed가 돼요. 잡의 기한과 달리 파드는 삭제되지 않고 남아요. 잡은 실패 하나로 세고 다시 시도할 수 있어요.",
		},
		value:   words{"pod's startTime + {podDeadline}", "파드의 startTime + {podDeadline}"},
		field:   []string{"pod.activeDeadlineSeconds"},
		sources: []Source{code("pkg/kubelet/active_deadline.go", "pastActiveDeadline"), podField("spec.activeDeadlineSeconds", "lifecycle"), docs("Job termination and cleanup", "workloads/controllers/job/#job-termination-and-cleanup")},
	},
	{
		id: "pod/node-lost", on: []string{"Unknown", "NodeLost"}, actor: NodeController,
		title: words{"{status}: the node does not answer", "{status}: 노드가 응답하지 않아요"},
		text: words{
			"The kubelet of {node} has not reported for a while, so nobody knows what the pod does now. The pod is marked for deletion, but stays until the kubelet confirms or the node object is removed.",
			"{node} 노드의 kubelet이 한동안 보고하지 않아서 파드가 지금 어떤지 알 수 없어요. 파드에 삭제 표시가 붙지만, kubelet이 확인하거나 노드 오브젝트가 지워질 때까지 남아 있어요.",
		},
		field:   []string{"pod.tolerations"},
		sources: []Source{code("pkg/controller/util/node/controller_utils.go", "SetPodTerminationReason"), docs("Nodes", "architecture/nodes/"), printed},
	},
	{
		id: "pod/shut-down", on: []string{"Terminated", "NodeShutdown"}, actor: Kubelet,
		title:   words{"{status}: the node shuts down", "{status}: 노드가 종료돼요"},
		text:    words{"The kubelet ends the pods of a node that shuts down, in the order of their priority, and takes no new ones: {message}", "노드가 종료될 때 kubelet은 우선순위 순서로 파드를 끝내고 새 파드를 받지 않아요: {message}"},
		field:   []string{"pod.priorityClassName"},
		sources: []Source{code("pkg/kubelet/nodeshutdown/nodeshutdown_manager.go", "nodeShutdownReason", "NodeShutdownNotAdmittedReason"), docs("Node Shutdowns", "cluster-administration/node-shutdown/")},
	},
	{
		id: "pod/preempted", on: []string{"Preempting", "Preempted"}, actor: Kubelet,
		title:   words{"{status}: the pod made room for a critical one", "{status}: 중요한 파드에 자리를 내줬어요"},
		text:    words{"A pod with a higher priority needed the place on the node: {message}", "우선순위가 더 높은 파드에 노드의 자리가 필요했어요: {message}"},
		field:   []string{"pod.priorityClassName"},
		sources: []Source{code("pkg/kubelet/preemption/preemption.go", "evictPodsToFreeRequests"), docs("Pod Priority and Preemption", "scheduling-eviction/pod-priority-preemption/")},
	},
	{
		id: "pod/not-admitted", on: []string{"OutOfcpu", "OutOfmemory", "OutOfpods", "OutOfephemeral-storage", "NodeAffinity", "NodePorts", "NodeName", "NodeUnschedulable", "PodOSNotSupported", "TopologyAffinityError", "UnexpectedAdmissionError", "SMTAlignmentError"}, actor: Kubelet,
		title: words{"{status}: the node's kubelet refused the pod", "{status}: 노드의 kubelet이 파드를 받지 않았어요"},
		text: words{
			"The pod was bound to {node}, but the kubelet there checks again whether it fits, and it did not: {message}. The pod is Failed at once and no container was started; a Job counts a failure and makes another.",
			"파드가 {node} 노드에 배정됐지만, 그곳의 kubelet이 다시 확인해 보니 맞지 않았어요: {message}. 파드는 바로 Failed가 되고 컨테이너는 시작되지 않아요. 잡은 실패로 세고 새 파드를 만들어요.",
		},
		field:   []string{"pod.nodeName", "container.resources", "pod.nodeSelector"},
		sources: []Source{code("pkg/kubelet/lifecycle/predicate.go", "Admit"), docs("Node-pressure Eviction", "scheduling-eviction/node-pressure-eviction/")},
	},
	{
		id: "pod/failed", on: []string{"Failed"}, actor: Unknown,
		title:   words{"Failed: the pod has failed, and no container says why", "Failed: 파드가 실패했는데, 이유를 알려 주는 컨테이너가 없어요"},
		text:    words{"kubectl prints the bare phase when neither the pod nor a container gives a reason, as for a pod whose node was removed before it could report.", "파드도 컨테이너도 이유를 알리지 않으면 kubectl은 단계를 그대로 출력해요. 보고하기 전에 노드가 사라진 파드가 그런 경우예요."},
		field:   []string{"pod.containers"},
		sources: []Source{podPhases, code("pkg/controller/podgc/gc_controller.go", "markFailedAndDeletePod"), printed},
	},
	{
		id: "pod/succeeded", on: []string{"Succeeded"}, actor: Kubelet,
		title:   words{"Succeeded: the pod is done", "Succeeded: 파드가 끝났어요"},
		text:    words{"All containers have succeeded and none will be started again; kubectl prints the bare phase since no container's state is kept.", "모든 컨테이너가 성공했고 다시 시작되지 않아요. 남아 있는 컨테이너 상태가 없어서 kubectl이 단계를 그대로 출력해요."},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{podPhases, printed},
	},
}
