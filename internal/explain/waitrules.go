package explain

import "github.com/joblab/joblab/internal/timeline"

// statusRules explain STATUS of a pod.
var statusRules = newTable(waitRules, imageRules, startRules, runRules, exitRules, crashRules, terminatingRules, nodeRules)

// waitRules are about a pod whose containers were not tried yet.
var waitRules = []rule{
	{
		id: "pod/unschedulable", on: []string{"Pending"}, actor: Scheduler,
		when: func(m *moment) bool {
			c := unscheduled(m.entry.Pod)
			return c != nil && c.Reason == "Unschedulable"
		},
		title: words{"Pending: no node can take the pod", "Pending: 파드를 받을 수 있는 노드가 없어요"},
		text: words{
			"The scheduler found no node that fits and tries again whenever something changes that might help. Nothing times this out: the pod waits for ever, and a Job does not count it as failed. The scheduler says: {message}",
			"스케줄러가 맞는 노드를 찾지 못했고, 도움이 될 만한 변화가 있을 때마다 다시 시도해요. 시간 제한은 없어요. 파드는 끝없이 기다리고, 잡도 이것을 실패로 세지 않아요. 스케줄러의 설명: {message}",
		},
		field: []string{"pod.nodeSelector", "pod.affinity", "container.resources", "pod.tolerations"},
		sources: []Source{
			code("pkg/scheduler/schedule_one.go", "handleSchedulingFailure", "findNodesThatFitPod"),
			docs("Assigning Pods to Nodes", "scheduling-eviction/assign-pod-node/"), podPhases,
		},
	},
	{
		id: "pod/not-scheduled", on: []string{"Pending"}, actor: Scheduler,
		when: func(m *moment) bool { return unscheduled(m.entry.Pod) != nil },
		title: words{
			"Pending: the scheduler has not placed the pod yet ({reason})",
			"Pending: 스케줄러가 아직 자리를 정하지 못했어요 ({reason})",
		},
		text: words{
			"The pod has no node yet. The scheduler gives this as the reason: {message}",
			"파드에 아직 노드가 없어요. 스케줄러가 말하는 이유: {message}",
		},
		field:   []string{"pod.schedulerName", "pod.nodeSelector"},
		sources: []Source{code("pkg/scheduler/schedule_one.go", "handleSchedulingFailure"), podPhases},
	},
	{
		id: "pod/pending", on: []string{"Pending"}, actor: APIServer,
		title: words{"Pending: the pod is stored, and nothing of it runs yet", "Pending: 파드가 저장됐고, 아직 아무것도 실행되지 않아요"},
		text: words{
			"Every pod begins so. The API server has stored it; first the scheduler has to choose a node, then that node's kubelet has to set it up. With an image that is there this takes a second or less.",
			"모든 파드는 이렇게 시작해요. API 서버가 파드를 저장했고, 이제 스케줄러가 노드를 고른 다음 그 노드의 kubelet이 준비해야 해요. 이미지가 이미 있다면 1초도 걸리지 않아요.",
		},
		field:   []string{"pod.containers"},
		sources: []Source{podPhases, printed},
	},
	{
		id: "pod/scheduling-gated", on: []string{"SchedulingGated"}, actor: Scheduler,
		title: words{"SchedulingGated: the scheduler must not look at the pod yet", "SchedulingGated: 스케줄러가 아직 이 파드를 다루면 안 돼요"},
		text: words{
			"`schedulingGates` is not empty. Until somebody removes the last gate the scheduler leaves the pod alone; it neither fails nor counts as unschedulable.",
			"`schedulingGates`가 비어 있지 않아요. 누군가 마지막 게이트를 지울 때까지 스케줄러는 이 파드를 건드리지 않아요. 실패도 아니고, 배치할 수 없다는 뜻도 아니에요.",
		},
		field:   []string{"pod.schedulingGates"},
		sources: []Source{code("pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go", "PreEnqueue"), docs("Pod Scheduling Readiness", "scheduling-eviction/pod-scheduling-readiness/"), kep("3521", "Pod Scheduling Readiness", "sig-scheduling/3521-pod-scheduling-readiness")},
	},
	{
		id: "pod/container-creating", on: []string{"ContainerCreating"}, actor: Kubelet,
		title: words{"ContainerCreating: the kubelet sets up the pod", "ContainerCreating: kubelet이 파드를 준비해요"},
		text: words{
			"The kubelet of {node} mounts the volumes, makes the sandbox with the pod's network, pulls images that are missing and creates the containers. It is the reason that the kubelet gives for a container which it has not tried to start yet. A volume that is missing, such as a ConfigMap, keeps a pod here for ever.",
			"{node} 노드의 kubelet이 볼륨을 마운트하고, 파드의 네트워크가 있는 샌드박스를 만들고, 없는 이미지를 내려받고, 컨테이너를 만들어요. 아직 시작해 보지 않은 컨테이너에 kubelet이 붙이는 이유예요. 볼륨으로 쓸 컨피그맵 같은 것이 없으면 파드는 끝없이 여기에 머물러요.",
		},
		field:   []string{"container.image"},
		sources: []Source{code(kubeletPodsFile, "convertToAPIContainerStatuses"), code(kuberuntimeFile, "SyncPod"), printed},
	},
	{
		id: "pod/initializing", on: []string{"PodInitializing"}, actor: Kubelet,
		title: words{"PodInitializing: the init containers are done", "PodInitializing: 초기화 컨테이너가 모두 끝났어요"},
		text: words{
			"All init containers have succeeded (or, for sidecars, have started), and the kubelet starts the main containers next. Done: {initdone}.",
			"초기화 컨테이너가 모두 성공했고(사이드카는 시작됐고), 이제 kubelet이 본 컨테이너를 시작해요. 끝난 것: {initdone}.",
		},
		field:   []string{"pod.initContainers"},
		sources: []Source{code(kubeletPodsFile, "convertToAPIContainerStatuses"), docs("Init Containers", "workloads/pods/init-containers/"), printed},
	},
	{
		id: "pod/init", on: []string{"Init"}, actor: Kubelet,
		title: words{"{status}: init containers run one after the other", "{status}: 초기화 컨테이너가 하나씩 실행돼요"},
		text: words{
			"{container} runs now. The kubelet starts the next init container only when the one before has succeeded, and the main containers only when all have. Done: {initdone}.",
			"지금은 {container} 컨테이너 차례예요. kubelet은 앞의 초기화 컨테이너가 성공해야 다음 것을 시작하고, 모두 성공해야 본 컨테이너를 시작해요. 끝난 것: {initdone}.",
		},
		field:   []string{"container.command", "pod.initContainers"},
		sources: []Source{code(kuberuntimeFile, "computePodActions"), docs("Init Containers", "workloads/pods/init-containers/"), printed},
	},
}

// runRules are about containers that run.
var runRules = []rule{
	{
		id: "pod/running-again", on: []string{"Running"}, actor: Kubelet,
		when: func(m *moment) bool { return m.entry.Pod.Restarts > 0 },
		title: words{
			"Running: the container runs again, restart {restarts}",
			"Running: 컨테이너가 다시 실행돼요, 재시작 {restarts}",
		},
		text: words{
			"The kubelet started a new container in the same pod, with the command {command}: the first restart comes at once, each later one after a wait. READY {ready}.",
			"kubelet이 같은 파드에서 새 컨테이너를 시작했어요. 명령: {command}. 첫 재시작은 바로, 그다음부터는 기다렸다가 해요. READY {ready}.",
		},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{restarting, restartPolicy},
	},
	{
		id: "pod/running", on: []string{"Running"}, actor: Kubelet,
		title: words{"Running: the container runs", "Running: 컨테이너가 실행 중이에요"},
		text: words{
			"The kubelet started {command}. READY {ready} counts the containers that are ready: without a readiness probe a container is ready as soon as it runs. How long this lasts is up to the program alone.",
			"kubelet이 {command} 명령을 시작했어요. READY({ready})는 준비된 컨테이너를 센 값이고, readiness 프로브가 없으면 컨테이너는 실행되자마자 준비된 것으로 봐요. 얼마나 오래 실행될지는 오로지 프로그램에 달려 있어요.",
		},
		field:   []string{"container.command", "container.args", "container.image"},
		sources: []Source{code(containerFile, "startContainer"), podPhases, printed},
	},
	{
		id: "pod/not-ready", on: []string{"NotReady"}, actor: Kubelet,
		title: words{"NotReady: one container has ended, another still runs", "NotReady: 한 컨테이너는 끝났고 다른 컨테이너는 아직 실행 중이에요"},
		text: words{
			"kubectl prints NotReady when a container completed while another goes on. Not ready: {waiting}. The pod is over only when all of its containers are, so a Job waits for the one that goes on. A helper that should not keep the Job waiting belongs into `initContainers` with `restartPolicy: Always`: a sidecar is stopped when the rest is done.",
			"한 컨테이너가 끝났는데 다른 컨테이너가 계속 실행 중이면 kubectl은 NotReady를 출력해요. 준비되지 않은 컨테이너: {waiting}. 파드는 모든 컨테이너가 끝나야 끝나기 때문에, 잡은 남은 컨테이너를 기다려요. 잡을 붙잡아 두면 안 되는 보조 컨테이너는 `restartPolicy: Always`로 `initContainers`에 두세요. 그런 사이드카는 나머지가 끝나면 멈춰요.",
		},
		field:   []string{"pod.containers"},
		sources: []Source{printed, docs("Sidecar Containers", "workloads/pods/sidecar-containers/"), kep("753", "Sidecar containers", "sig-node/753-sidecar-containers")},
	},
}

// always reports whether the kubelet starts a container again that succeeded. If
// the manifest does not describe the pod, its phase tells.
func (m *moment) always() bool {
	if m.place == nil {
		return m.entry.Pod.Phase != "Succeeded"
	}
	return m.value("pod.restartPolicy") == "Always"
}

// dying reports whether the pod is being deleted.
func (m *moment) dying() bool { return m.entry.Pod.DeletionTimestamp != nil }

// failedPod reports whether the pod has failed for good.
func (m *moment) failedPod() bool { return m.entry.Pod.Phase == "Failed" }

// ended reports whether the container that STATUS names has ended.
func (m *moment) ended() bool {
	return m.container != nil && m.container.State == timeline.Terminated
}
