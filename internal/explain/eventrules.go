package explain

import "strings"

// about reports whether the event is about an object of a kind.
func about(kind string) func(*moment) bool {
	return func(m *moment) bool { return strings.HasPrefix(m.entry.Event.Object, kind+"/") }
}

// saying is about for events of pods whose message has a part.
func saying(part string) func(*moment) bool {
	return func(m *moment) bool {
		return about("Pod")(m) && strings.Contains(strings.ToLower(m.entry.Event.Message), part)
	}
}

// eventRules explain events, by reason.
var eventRules = newTable(podEventRules, jobEventRules, cronJobEventRules, serviceEventRules)

var eventDocs = Source{"API: Event", "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/"}

// event is a rule for events of a reason.
func event(reason string, actor Actor, when func(*moment) bool, en, ko string, field []string, sources ...Source) rule {
	return rule{
		id: "event/" + strings.ToLower(reason), on: []string{reason}, actor: actor, when: when,
		title: words{"{reason}: {object}", "{reason}: {object}"},
		text:  words{en, ko}, field: field, sources: append(sources, eventDocs),
	}
}

func variant(r rule, name string) rule {
	r.id += "-" + name
	return r
}

var podEventRules = []rule{
	event("Scheduled", Scheduler, nil, "The scheduler bound the pod to a node: {message}", "스케줄러가 파드를 노드에 배정했어요: {message}", []string{"pod.nodeSelector"}, code("pkg/scheduler/schedule_one.go", "bindingCycle")),
	event("FailedScheduling", Scheduler, nil, "No node fits now; the scheduler tries again when something changes. {message}", "지금은 맞는 노드가 없어요. 변화가 있으면 스케줄러가 다시 시도해요. {message}", []string{"pod.nodeSelector", "pod.affinity", "container.resources"}, code("pkg/scheduler/schedule_one.go", "handleSchedulingFailure")),
	event("Pulling", Kubelet, nil, "The kubelet asks the runtime to pull the image, since it is not there or `imagePullPolicy` is Always. {message}", "이미지가 없거나 `imagePullPolicy`가 Always라서 kubelet이 런타임에 이미지를 내려받게 해요. {message}", []string{"container.image"}, code("pkg/kubelet/images/image_manager.go", "EnsureImageExists"), images),
	event("Pulled", Kubelet, nil, "The image is there, just pulled or from before: {message}", "이미지가 준비됐어요. 방금 내려받았거나 전부터 있던 거예요: {message}", []string{"container.image"}, code("pkg/kubelet/images/image_manager.go", "EnsureImageExists"), images),
	event("Created", Kubelet, nil, "The runtime made the container; it is not started yet. Each restart makes a new one.", "런타임이 컨테이너를 만들었고 아직 시작하지 않았어요. 재시작할 때마다 새로 만들어요.", []string{"container.image"}, code(containerFile, "startContainer")),
	event("Started", Kubelet, nil, "The container's first process runs now.", "컨테이너의 첫 프로세스가 이제 실행돼요.", []string{"container.command"}, code(containerFile, "startContainer")),
	event("Killing", Kubelet, nil, "The kubelet stops a container: SIGTERM first, SIGKILL when the grace period is over. {message}", "kubelet이 컨테이너를 멈춰요. 먼저 SIGTERM을 보내고, 유예 기간이 지나면 SIGKILL을 보내요. {message}", []string{"pod.terminationGracePeriodSeconds"}, code(containerFile, "killContainer"), podTermination),
	variant(event("BackOff", Kubelet, saying("pulling image"), "The kubelet waits before it pulls the image again: {message}", "kubelet이 이미지를 다시 내려받기 전에 기다려요: {message}", []string{"container.image"}, code("pkg/kubelet/images/image_manager.go", "EnsureImageExists")), "image"),
	event("BackOff", Kubelet, about("Pod"), "The kubelet waits before it starts the container again: {message}", "kubelet이 컨테이너를 다시 시작하기 전에 기다려요: {message}", []string{"pod.restartPolicy"}, code(kuberuntimeFile, "doBackOff")),
	variant(event("Failed", Kubelet, saying("image"), "The image could not be had: {message}", "이미지를 얻지 못했어요: {message}", []string{"container.image"}, code("pkg/kubelet/images/image_manager.go", "EnsureImageExists")), "image"),
	event("Failed", Kubelet, about("Pod"), "The container could not be created or started: {message}", "컨테이너를 만들거나 시작하지 못했어요: {message}", []string{"container.command"}, code(containerFile, "startContainer")),
	event("ErrImageNeverPull", Kubelet, nil, "The image is not on the node, and `imagePullPolicy: Never` forbids to pull it: {message}", "이미지가 노드에 없는데 `imagePullPolicy: Never`가 내려받기를 금지해요: {message}", []string{"container.imagePullPolicy"}, code("pkg/kubelet/images/image_manager.go", "EnsureImageExists")),
	event("InspectFailed", Kubelet, nil, "The kubelet cannot make out the image, most often because its name is not valid: {message}", "kubelet이 이미지를 알아보지 못해요. 이름이 올바르지 않은 경우가 대부분이에요: {message}", []string{"container.image"}, code("pkg/kubelet/images/image_manager.go", "EnsureImageExists"), images),
	event("FailedToRetrieveImagePullSecret", Kubelet, nil, "A Secret named in `imagePullSecrets` is not there; the pull is tried without it. {message}", "`imagePullSecrets`에 적힌 시크릿이 없어서 그것 없이 내려받아 봐요. {message}", []string{"pod.imagePullSecrets"}, images),
	event("ExceededGracePeriod", Kubelet, nil, "The container did not stop within the grace period and is killed: {message}", "컨테이너가 유예 기간 안에 멈추지 않아 강제로 종료돼요: {message}", []string{"pod.terminationGracePeriodSeconds"}, code("pkg/kubelet/events/event.go", "ExceededGracePeriod"), podTermination),
	event("FailedKillPod", Kubelet, nil, "The kubelet could not stop the pod; it tries again. {message}", "kubelet이 파드를 멈추지 못했고 다시 시도해요. {message}", []string{"pod.terminationGracePeriodSeconds"}, code("pkg/kubelet/events/event.go", "FailedToKillPod")),
	event("NetworkNotReady", Kubelet, nil, "The node's network is not ready, so pods have to wait. {message}", "노드의 네트워크가 준비되지 않아서 파드가 기다려요. {message}", []string{"pod.hostNetwork"}, code("pkg/kubelet/events/event.go", "NetworkNotReady")),
	event("FailedAttachVolume", NodeController, nil, "A volume could not be attached to the node; it is tried again. {message}", "볼륨을 노드에 연결하지 못했고 다시 시도해요. {message}", []string{"pod.volumes"}, docs("Volumes", "storage/volumes/")),
	event("Unhealthy", Kubelet, nil, "A probe failed. A failing liveness or startup probe makes the kubelet stop the container after `failureThreshold` failures; a failing readiness probe only makes it not ready. {message}", "프로브가 실패했어요. liveness나 startup 프로브가 `failureThreshold`번 실패하면 kubelet이 컨테이너를 멈추고, readiness 프로브가 실패하면 준비되지 않은 상태가 될 뿐이에요. {message}", []string{"container.livenessProbe", "container.readinessProbe", "container.startupProbe"}, code("pkg/kubelet/prober/worker.go", "doProbe"), docs("Pod lifecycle, container probes", "workloads/pods/pod-lifecycle/#container-probes")),
	event("FailedMount", Kubelet, nil, "A volume cannot be set up, most often because the ConfigMap, Secret or claim does not exist. The kubelet tries again; the pod waits in ContainerCreating. {message}", "볼륨을 준비하지 못했어요. 컨피그맵이나 시크릿, 클레임이 없는 경우가 대부분이에요. kubelet이 다시 시도하고, 파드는 ContainerCreating에서 기다려요. {message}", []string{"pod.volumes"}, code("pkg/kubelet/events/event.go", "FailedMountVolume"), docs("Volumes", "storage/volumes/")),
	event("FailedCreatePodSandBox", Kubelet, nil, "The runtime could not make the pod's sandbox; the kubelet tries again. {message}", "런타임이 파드의 샌드박스를 만들지 못했고 kubelet이 다시 시도해요. {message}", []string{"pod.runtimeClassName"}, code(kuberuntimeFile, "SyncPod")),
	event("SandboxChanged", Kubelet, nil, "The pod's sandbox is gone or changed, so the kubelet makes another and starts the containers in it.", "파드의 샌드박스가 사라졌거나 바뀌어서 kubelet이 새로 만들고 그 안에서 컨테이너를 시작해요.", []string{"pod.containers"}, code(kuberuntimeFile, "computePodActions")),
	event("Evicted", Kubelet, nil, "The kubelet ended the pod because the node ran short of a resource: {message}", "노드의 자원이 부족해서 kubelet이 파드를 끝냈어요: {message}", []string{"container.resources"}, code("pkg/kubelet/eviction/eviction_manager.go", "evictPod")),
	event("Preempted", Scheduler, nil, "A pod with a higher priority needed the place: {message}", "우선순위가 더 높은 파드에 자리가 필요했어요: {message}", []string{"pod.priorityClassName"}, docs("Pod Priority and Preemption", "scheduling-eviction/pod-priority-preemption/")),
	event("TaintManagerEviction", NodeController, nil, "The node has a taint that the pod does not tolerate, so the pod is deleted. {message}", "파드가 견디지 못하는 테인트가 노드에 있어서 파드가 삭제돼요. {message}", []string{"pod.tolerations"}, docs("Taints and Tolerations", "scheduling-eviction/taint-and-toleration/")),
	event("NodeNotReady", NodeController, nil, "The pod's node stopped reporting. {message}", "파드의 노드가 보고를 멈췄어요. {message}", []string{"pod.tolerations"}, docs("Nodes", "architecture/nodes/")),
	event("FailedPostStartHook", Kubelet, nil, "The `postStart` hook failed, so the kubelet stops the container. {message}", "`postStart` 훅이 실패해서 kubelet이 컨테이너를 멈춰요. {message}", []string{"container.lifecycle.postStart"}, code(containerFile, "startContainer")),
	event("FailedPreStopHook", Kubelet, nil, "The `preStop` hook failed; the container is stopped all the same. {message}", "`preStop` 훅이 실패했지만 컨테이너는 그대로 멈춰요. {message}", []string{"container.lifecycle.preStop"}, code(containerFile, "killContainer")),
	variant(event("DeadlineExceeded", Kubelet, about("Pod"), "The pod's own `activeDeadlineSeconds` has passed: {message}", "파드 자신의 `activeDeadlineSeconds`가 지났어요: {message}", []string{"pod.activeDeadlineSeconds"}, code("pkg/kubelet/active_deadline.go", "pastActiveDeadline")), "pod"),
}

var jobEventRules = []rule{
	event("SuccessfulCreate", JobController, about("Job"), "The Job controller made a pod: {message}", "잡 컨트롤러가 파드를 만들었어요: {message}", []string{"job.parallelism"}, code("pkg/controller/controller_utils.go", "SuccessfulCreatePodReason"), code(jobControllerFile, "manageJob")),
	event("SuccessfulDelete", JobController, about("Job"), "The Job controller deleted a pod that was active: {message}", "잡 컨트롤러가 활성 파드를 삭제했어요: {message}", []string{"job.parallelism"}, code(jobControllerFile, "deleteJobPods")),
	event("FailedCreate", JobController, about("Job"), "The API server refused the pod, as when a quota is used up, a limit is broken or a policy forbids it. The Job controller tries again with growing waits; this is no failure of a pod, so `backoffLimit` does not end it. {message}", "할당량이 찼거나, 제한을 어겼거나, 정책이 막아서 API 서버가 파드를 거부했어요. 잡 컨트롤러는 점점 더 오래 기다리며 다시 시도해요. 파드의 실패가 아니라서 `backoffLimit`으로는 끝나지 않아요. {message}", []string{"container.resources", "job.parallelism"}, code("pkg/controller/controller_utils.go", "FailedCreatePodReason"), docs("Resource Quotas", "policy/resource-quotas/")),
	event("FailedDelete", JobController, about("Job"), "A pod could not be deleted; the Job controller tries again. {message}", "파드를 삭제하지 못했고, 잡 컨트롤러가 다시 시도해요. {message}", []string{"job.parallelism"}, code("pkg/controller/controller_utils.go", "FailedDeletePodReason")),
	event("Completed", JobController, about("Job"), "The Job is Complete.", "잡이 Complete가 됐어요.", []string{"job.completions"}, code(jobControllerFile, "recordJobFinished")),
	event("BackoffLimitExceeded", JobController, nil, "The Job has Failed: its failures went past `backoffLimit`.", "실패가 `backoffLimit`을 넘어서 잡이 Failed가 됐어요.", []string{"job.backoffLimit"}, code(jobControllerFile, "recordJobFinished")),
	event("DeadlineExceeded", JobController, about("Job"), "The Job has Failed: it was active for longer than `activeDeadlineSeconds`.", "잡이 `activeDeadlineSeconds`보다 오래 활성 상태여서 Failed가 됐어요.", []string{"job.activeDeadlineSeconds"}, code(jobControllerFile, "recordJobFinished", "pastActiveDeadline")),
	event("PodFailurePolicy", JobController, nil, "The Job has Failed by a rule of `podFailurePolicy`: {message}", "`podFailurePolicy`의 규칙으로 잡이 Failed가 됐어요: {message}", []string{"job.podFailurePolicy"}, code("pkg/controller/job/pod_failure_policy.go", "matchPodFailurePolicy")),
	event("FailedIndexes", JobController, nil, "The Job has Failed: at least one index has.", "인덱스 중 적어도 하나가 실패해서 잡이 Failed가 됐어요.", []string{"job.backoffLimitPerIndex"}, code(jobControllerFile, "recordJobFinished")),
	event("MaxFailedIndexesExceeded", JobController, nil, "The Job has Failed: more indices failed than `maxFailedIndexes` allows.", "실패한 인덱스가 `maxFailedIndexes`보다 많아서 잡이 Failed가 됐어요.", []string{"job.maxFailedIndexes"}, code(jobControllerFile, "recordJobFinished")),
	event("Suspended", JobController, nil, "The Job controller has seen `suspend: true`: active pods are deleted, and none are made.", "잡 컨트롤러가 `suspend: true`를 봤어요. 활성 파드는 삭제되고 새로 만들지 않아요.", []string{"job.suspend"}, code(jobControllerFile, "syncJob")),
	event("Resumed", JobController, nil, "The Job controller has seen `suspend: false`: pods are made again, and the deadline starts anew.", "잡 컨트롤러가 `suspend: false`를 봤어요. 파드를 다시 만들고 기한을 처음부터 세요.", []string{"job.suspend"}, code(jobControllerFile, "syncJob")),
	event("TooManySucceededPods", JobController, nil, "More pods have succeeded than `completions` asks for: they ran at the same time.", "동시에 실행된 파드가 있어서 `completions`보다 많이 성공했어요.", []string{"job.completions"}, code(jobControllerFile, "recordJobFinished")),
}

var cronJobEventRules = []rule{
	variant(event("SuccessfulCreate", CronJobController, about("CronJob"), "A time of the schedule came, and the CronJob controller made a Job: {message}", "일정의 시각이 되어 크론잡 컨트롤러가 잡을 만들었어요: {message}", []string{"cron.schedule"}, code(cronFile, "syncCronJob")), "cronjob"),
	variant(event("SuccessfulDelete", CronJobController, about("CronJob"), "The CronJob controller deleted a Job: the history is full, or `concurrencyPolicy: Replace` makes room for the next. {message}", "크론잡 컨트롤러가 잡을 삭제했어요. 기록이 가득 찼거나 `concurrencyPolicy: Replace`로 다음 잡에 자리를 내준 거예요. {message}", []string{"cron.concurrencyPolicy", "cron.successfulJobsHistoryLimit"}, code(cronFile, "deleteJob")), "cronjob"),
	event("SawCompletedJob", CronJobController, nil, "The CronJob controller has seen a Job of its own end: {message}", "크론잡 컨트롤러가 자기 잡이 끝난 것을 봤어요: {message}", []string{"cron.successfulJobsHistoryLimit"}, code(cronFile, "syncCronJob")),
	event("JobAlreadyActive", CronJobController, nil, "A time of the schedule came while a Job still runs, and `concurrencyPolicy: Forbid` skips it. It may be caught up when that Job ends.", "잡이 아직 실행 중일 때 일정의 시각이 됐고, `concurrencyPolicy: Forbid`라서 건너뛰었어요. 그 잡이 끝나면 뒤늦게 시작될 수 있어요.", []string{"cron.concurrencyPolicy"}, code(cronFile, "syncCronJob"), cronField("spec.concurrencyPolicy")),
	event("MissSchedule", CronJobController, nil, "A time of the schedule was missed, and `startingDeadlineSeconds` says that it is too late now. {message}", "일정의 시각을 놓쳤고, `startingDeadlineSeconds`에 따라 이제는 너무 늦었어요. {message}", []string{"cron.startingDeadlineSeconds"}, code(cronFile, "syncCronJob"), cronField("spec.startingDeadlineSeconds")),
	event("TooManyMissedTimes", CronJobController, nil, "More than 100 times were missed; the newest is taken. {message}", "100번 넘게 놓쳤고, 가장 최근 것을 골라요. {message}", []string{"cron.startingDeadlineSeconds"}, code("pkg/controller/cronjob/utils.go", "mostRecentScheduleTime")),
	event("UnexpectedJob", CronJobController, nil, "A Job that the CronJob did not make itself has its owner reference, as one made with `kubectl create job --from`. {message}", "크론잡이 직접 만들지 않은 잡이 이 크론잡을 소유자로 가리켜요. `kubectl create job --from`으로 만든 잡이 그래요. {message}", []string{"cron.schedule"}, code(cronFile, "syncCronJob")),
	event("InvalidSchedule", CronJobController, nil, "The schedule can be read but names no time that will ever come, such as 30 February, so no Job is made until somebody changes it. The controller looks for the next two times; where there are none, no time lies between them, which it reports as a difference of less than 1 second: {message}", "일정을 해석할 수는 있지만 2월 30일처럼 영영 오지 않는 시각이라, 누군가 고칠 때까지 잡이 만들어지지 않아요. 컨트롤러는 다음 두 시각을 찾는데, 그런 시각이 없으면 둘의 간격도 없어서 1초보다 짧다고 알려요: {message}", []string{"cron.schedule"}, code(cronFile, "syncCronJob", "nextScheduleTime"), code("pkg/controller/cronjob/utils.go", "mostRecentScheduleTime"), cronField("spec.schedule")),
	event("UnknownTimeZone", CronJobController, nil, "The time zone is not known to the controller: {message}", "컨트롤러가 모르는 시간대예요: {message}", []string{"cron.timeZone"}, code(cronFile, "syncCronJob"), kep("3140", "TimeZone support in CronJob", "sig-apps/3140-TimeZone-support-in-CronJob")),
	event("MissingJob", CronJobController, nil, "A Job that is listed as active is gone. {message}", "활성으로 적힌 잡이 사라졌어요. {message}", []string{"cron.concurrencyPolicy"}, code(cronFile, "syncCronJob")),
	event("UnparseableSchedule", CronJobController, nil, "The schedule cannot be read: {message}", "일정을 해석할 수 없어요: {message}", []string{"cron.schedule"}, code(cronFile, "syncCronJob")),
	event("UnsupportedSchedule", CronJobController, nil, "The schedule has a time zone in it, which belongs into `timeZone`: {message}", "일정에 시간대가 들어 있어요. 시간대는 `timeZone`에 적어야 해요: {message}", []string{"cron.schedule"}, code(cronFile, "syncCronJob")),
	event("UnParseableCronJobSchedule", CronJobController, nil, "The schedule cannot be read: {message}", "일정을 해석할 수 없어요: {message}", []string{"cron.schedule"}, code(cronFile, "syncCronJob")),
}

var serviceEventRules = []rule{
	event("ClusterIPNotAllocated", APIServer, about("Service"), "The API server keeps a list of the cluster IPs that it has given out, and the Service's was not yet there when it compared the two, as may happen just after the Service was made. It enters the address; the Service keeps it, and pods are not affected. {message}", "API 서버는 나눠 준 클러스터 IP의 목록을 관리해요. 둘을 비교했을 때 이 서비스의 주소가 아직 목록에 없었어요. 서비스를 막 만들었을 때 그럴 수 있어요. API 서버가 주소를 적어 넣고, 서비스는 주소를 그대로 쓰고, 파드에는 영향이 없어요. {message}", nil, code("pkg/registry/core/service/ipallocator/controller/repairip.go", "syncService"), docs("Service ClusterIP allocation", "services-networking/cluster-ip-allocation/")),
}
