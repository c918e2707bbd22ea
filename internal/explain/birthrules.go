package explain

import (
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

var birthRules = newTable(createdRules, scheduledRules, restartedRules)

// createdRules say who made a pod, and why then.
var createdRules = []rule{
	{
		id: "pod/created-by-learner", on: []string{"created"}, actor: Learner,
		when:    func(m *moment) bool { return m.entry.Pod.Owner == "" },
		title:   words{"{name} is created from the manifest", "{name} 파드가 매니페스트대로 만들어져요"},
		text:    words{"The manifest asks for this pod itself, so no controller looks after it: if it is deleted, nobody makes another.", "매니페스트가 파드 자체를 요청했기 때문에 이 파드를 돌보는 컨트롤러는 없어요. 삭제되면 아무도 다시 만들지 않아요."},
		field:   []string{"pod.containers"},
		sources: []Source{docs("Pods", "workloads/pods/"), podField("spec.containers", "containers")},
	},
	{
		id: "pod/replaces-after-failure", on: []string{"created"}, actor: JobController,
		when: func(m *moment) bool {
			return m.birth.failures > 0 && strings.HasPrefix(m.entry.Pod.Owner, "Job/") && !m.says("job.backoffLimitPerIndex")
		},
		title: words{"{name} is the {nth} pod: a retry after a failure", "{name}: 실패 뒤의 재시도, {nth} 파드"},
		text: words{
			"The Job controller makes a new pod because {cause} (the {failures} failure in a row), and the Job is not over yet. It waits before each retry, twice as long after each failure, and adds no jitter; a success would set the count back. The wait counts from {since}.",
			"{cause} 잡이 아직 끝나지 않아서(연속 {failures} 실패), 잡 컨트롤러가 새 파드를 만들어요. 재시도하기 전에는 기다리고, 실패할 때마다 두 배로 기다려요. 무작위 시간은 더하지 않고, 한 번 성공하면 처음부터 다시 세요. 기다리는 시간을 세기 시작하는 때: {since}.",
		},
		value:   words{"{failures} failure in a row: {retry}", "연속 {failures} 실패: {retry}"},
		field:   []string{"job.backoffLimit"},
		sources: []Source{code(backoffFile, "newBackoffRecord", "getFinishedTime", "getRemainingTimeForFailuresCount"), code(jobControllerFile, "isPodFailed", "manageJob", "DefaultJobPodFailureBackOff"), jobBackoff, jobField("spec.backoffLimit")},
	},
	{
		id: "pod/created-again-for-index", on: []string{"created"}, actor: JobController,
		when:  func(m *moment) bool { return m.birth.sameIndex != "" },
		title: words{"{name} tries completion index {index} again", "{name} 파드가 완료 인덱스 {index}번을 다시 맡아요"},
		text: words{
			"{sameIndex} had the same index and did not succeed. An index needs one success, so the Job controller makes another pod for it as long as `backoffLimit`, or `backoffLimitPerIndex` for each index, allows.",
			"{sameIndex} 파드가 같은 인덱스를 맡았지만 성공하지 못했어요. 인덱스마다 성공이 하나씩 필요해서, `backoffLimit`(인덱스별로는 `backoffLimitPerIndex`)이 허용하는 동안 잡 컨트롤러가 파드를 다시 만들어요.",
		},
		value:   words{"index {index}, backoffLimit {limit}", "인덱스 {index}번, backoffLimit {limit}"},
		field:   []string{"job.backoffLimitPerIndex", "job.backoffLimit"},
		sources: []Source{code("pkg/controller/job/indexed_job_utils.go", "firstPendingIndexes"), jobField("spec.backoffLimitPerIndex"), docs("Backoff limit per index", "workloads/controllers/job/#backoff-limit-per-index")},
	},
	{
		id: "pod/created-for-index", on: []string{"created"}, actor: JobController,
		when: func(m *moment) bool { return m.entry.Pod.Index != nil },
		title: words{
			"{name} is created for completion index {index}",
			"{name} 파드가 완료 인덱스 {index}번을 맡아요",
		},
		text: words{
			"The Job is Indexed: each index from 0 to completions − 1 needs one success. The Job controller makes pods for the lowest indices that have neither succeeded nor a pod, at most `parallelism` at a time, and tells each its index in `JOB_COMPLETION_INDEX`, in an annotation, in a label and in the host name.",
			"이 잡은 Indexed예요. 0부터 completions − 1까지 인덱스마다 성공이 하나씩 필요해요. 잡 컨트롤러는 아직 성공하지도 않았고 파드도 없는 인덱스 가운데 가장 낮은 것부터, 한 번에 `parallelism`개까지 파드를 만들어요. 인덱스는 `JOB_COMPLETION_INDEX` 환경 변수와 애너테이션, 레이블, 호스트 이름으로 알려 줘요.",
		},
		value:   words{"index {index} of 0 to completions − 1, completions {completions}", "인덱스 {index}번, 전체는 0부터 completions − 1까지 (completions {completions})"},
		field:   []string{"job.completionMode", "job.completions"},
		sources: []Source{code("pkg/controller/job/indexed_job_utils.go", "firstPendingIndexes", "addCompletionIndexEnvVariables"), jobField("spec.completionMode"), kep("2214", "Indexed Job", "sig-apps/2214-indexed-job")},
	},
	{
		id: "pod/created-after-resume", on: []string{"created"}, actor: JobController,
		when:  (*moment).resumed,
		title: words{"{name} is created because the Job is resumed", "잡이 재개되어 {name} 파드가 만들어져요"},
		text: words{
			"`suspend` is false again, so the Job controller makes pods again: new ones, since those from before were deleted. What succeeded before still counts.",
			"`suspend`가 다시 false가 되어 잡 컨트롤러가 파드를 다시 만들어요. 이전 파드는 삭제됐기 때문에 모두 새 파드예요. 그 전에 성공한 것은 그대로 인정돼요.",
		},
		field:   []string{"job.suspend"},
		sources: []Source{code(jobControllerFile, "syncJob", "manageJob"), jobField("spec.suspend"), kep("2232", "Suspend Jobs", "sig-apps/2232-suspend-jobs")},
	},
	{
		id: "pod/created-for-queue", on: []string{"created"}, actor: JobController,
		when: func(m *moment) bool { return strings.HasPrefix(m.entry.Pod.Owner, "Job/") && m.workQueue() },
		title: words{
			"{name} is the {nth} pod of a Job without completions",
			"{name}: completions가 없는 잡의 {nth} 파드",
		},
		text: words{
			"With `parallelism` and no `completions` the Job is a work queue: its pods find out among themselves when the work is done. The Job controller keeps `parallelism` pods active until one has succeeded; then it makes no more, and the Job is Complete when all have ended.",
			"`parallelism`만 있고 `completions`가 없으면 작업 큐예요. 일이 다 끝났는지는 파드들이 스스로 알아내요. 하나가 성공할 때까지 잡 컨트롤러는 활성 파드를 `parallelism`개로 유지해요. 그 뒤에는 더 만들지 않고, 파드가 모두 끝나면 잡이 Complete가 돼요.",
		},
		value:   words{"{parallelism} active until one has succeeded; done when one pod has succeeded and all have ended", "하나가 성공할 때까지 활성 {parallelism}개, 하나가 성공하고 모두 끝나면 완료"},
		field:   []string{"job.parallelism", "job.completions"},
		sources: []Source{code(jobControllerFile, "manageJob", "syncJob"), jobField("spec.completions"), docs("parallel Jobs", "workloads/controllers/job/#parallel-jobs")},
	},
	{
		id: "pod/created-first", on: []string{"created"}, actor: JobController,
		when:  func(m *moment) bool { return m.birth.nth == 1 && strings.HasPrefix(m.entry.Pod.Owner, "Job/") },
		title: words{"{name} is the Job's first pod", "{name}: 잡의 첫 파드"},
		text: words{
			"The Job controller saw the Job and makes a pod from its template at once. It wants as many active pods as `parallelism` says, but no more than successes are still missing.",
			"잡 컨트롤러가 잡을 보고 템플릿으로 곧바로 파드를 만들어요. 활성 파드는 `parallelism`개를 유지하려 하지만, 아직 모자라는 성공 수보다 많이 만들지는 않아요.",
		},
		value:   words{"the smaller of parallelism {parallelism} and the successes still missing of completions {completions}", "parallelism {parallelism}, 그리고 completions {completions}까지 모자라는 성공 수 중 작은 쪽"},
		field:   []string{"job.parallelism", "job.completions"},
		sources: []Source{code(jobControllerFile, "manageJob"), jobField("spec.parallelism"), docs("Jobs", "workloads/controllers/job/")},
	},
	{
		id: "pod/created-beside", on: []string{"created"}, actor: JobController,
		when: func(m *moment) bool { return m.parallelPods() },
		title: words{
			"{name} is the {nth} pod: several may be active at a time",
			"{name}: {nth} 파드, 동시에 여러 개가 활성 상태일 수 있어요",
		},
		text: words{
			"Fewer pods are active than `parallelism` allows, and more successes are still missing than pods are active, so the Job controller makes another.",
			"활성 파드가 `parallelism`보다 적고, 모자라는 성공 수가 활성 파드보다 많아서 잡 컨트롤러가 파드를 더 만들어요.",
		},
		value:   words{"parallelism {parallelism}, completions {completions}", "parallelism {parallelism}, completions {completions}"},
		field:   []string{"job.parallelism", "job.completions"},
		sources: []Source{code(jobControllerFile, "manageJob"), jobField("spec.parallelism"), docs("parallel Jobs", "workloads/controllers/job/#parallel-jobs")},
	},
	{
		id: "pod/created-next", on: []string{"created"}, actor: JobController,
		when: func(m *moment) bool { return strings.HasPrefix(m.entry.Pod.Owner, "Job/") },
		title: words{
			"{name} is the {nth} pod: another success is needed",
			"{name}: {nth} 파드, 성공이 더 필요해요",
		},
		text: words{
			"`completions` is the number of successes that the Job needs, and some are still missing. With `parallelism` {parallelism} the Job controller makes the next pod when one before has ended.",
			"`completions`는 잡에 필요한 성공의 수이고, 아직 모자라요. `parallelism`이 {parallelism}일 때는 앞의 파드가 끝나야 잡 컨트롤러가 다음 파드를 만들어요.",
		},
		value:   words{"completions {completions}, parallelism {parallelism}", "completions {completions}, parallelism {parallelism}"},
		field:   []string{"job.completions", "job.parallelism"},
		sources: []Source{code(jobControllerFile, "manageJob"), jobField("spec.completions"), docs("parallel Jobs", "workloads/controllers/job/#parallel-jobs")},
	},
	{
		id: "pod/created-by-controller", on: []string{"created"}, actor: Unknown,
		title:   words{"{name} is created by a controller", "{name} 파드를 어떤 컨트롤러가 만들었어요"},
		text:    words{"The pod has an owner that is no Job: that controller made it and looks after it.", "이 파드에는 잡이 아닌 소유자가 있어요. 그 컨트롤러가 파드를 만들고 돌봐요."},
		sources: []Source{docs("Owners and Dependents", "overview/working-with-objects/owners-dependents/")},
	},
}

// resumed reports whether the pod's Job was suspended until just before.
func (m *moment) resumed() bool {
	if m.job == nil {
		return false
	}
	return slices.ContainsFunc(m.job.Job.Conditions, func(c timeline.Condition) bool {
		return c.Type == timeline.JobSuspended && c.Status == "False" && m.entry.At.Sub(c.LastTransitionTime).Seconds() < lag
	})
}

// parallelPods reports whether the Job may have several pods at a time.
func (m *moment) parallelPods() bool {
	return strings.HasPrefix(m.entry.Pod.Owner, "Job/") && m.parallelism() != "1" && m.parallelism() != "0"
}

var scheduledRules = []rule{{
	id: "pod/scheduled", on: []string{"scheduled"}, actor: Scheduler,
	title: words{"The scheduler chose node {node}", "스케줄러가 {node} 노드를 골랐어요"},
	text: words{
		"The pod fits on the node: its requests, taints and affinity allow it. From now on the node's kubelet is responsible; STATUS stays Pending until that reports.",
		"자원 요청, 테인트, 어피니티 조건이 맞는 노드예요. 이제부터는 그 노드의 kubelet이 맡아요. kubelet이 상태를 알릴 때까지 STATUS는 계속 Pending이에요.",
	},
	field:   []string{"pod.nodeSelector", "pod.affinity", "pod.nodeName"},
	sources: []Source{code("pkg/scheduler/schedule_one.go", "schedulePod", "bind"), docs("Kubernetes Scheduler", "scheduling-eviction/kube-scheduler/")},
}}

var restartedRules = []rule{{
	id: "pod/restarted", on: []string{"restarted"}, actor: Kubelet,
	title: words{"RESTARTS is now {restarts}: the kubelet started the container again", "RESTARTS {restarts}: kubelet이 컨테이너를 다시 시작했어요"},
	text: words{
		"It is the same pod on the same node, with a new container in it. `restartPolicy: {policy}` tells the kubelet to do so; no controller takes part. RESTARTS adds up the restarts of all containers of the pod.",
		"같은 노드의 같은 파드이고, 안의 컨테이너만 새것이에요. `restartPolicy: {policy}`에 따라 kubelet이 하는 일이고 컨트롤러는 관여하지 않아요. RESTARTS는 파드 안 모든 컨테이너의 재시작을 더한 값이에요.",
	},
	field:   []string{"container.restartPolicy", "pod.restartPolicy"},
	sources: []Source{restarting, restartPolicy, printed},
}}
