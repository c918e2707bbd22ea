package explain

import (
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// What is said of every pod that is being deleted.
const (
	stopping   = " The kubelet sends SIGTERM to each container's first process and, when the grace period of {grace} is over, SIGKILL; until then kubectl prints Terminating."
	stoppingKo = " kubelet은 각 컨테이너의 첫 프로세스에 SIGTERM을 보내고, 유예 기간({grace})이 지나면 SIGKILL을 보내요. 그때까지 kubectl은 Terminating을 출력해요."
)

var grace = words{"grace period {grace}", "유예 기간 {grace}"}

// terminatingRules say why a pod is being deleted.
var terminatingRules = []rule{
	{
		id: "pod/terminating-disrupted", on: []string{"Terminating"}, actor: NodeController,
		when:    func(m *moment) bool { return condition(m.entry.Pod.Conditions, "DisruptionTarget") != nil },
		title:   words{"Terminating: the pod is disrupted ({reason})", "Terminating: 파드가 밀려나요 ({reason})"},
		text:    words{"It is not the pod's own fault: the condition DisruptionTarget says {reason}: {message}. A `podFailurePolicy` can ignore such failures." + stopping, "파드 자신의 잘못이 아니에요. DisruptionTarget 컨디션의 이유: {reason}, {message}. `podFailurePolicy`로 이런 실패를 무시하게 할 수 있어요." + stoppingKo},
		value:   grace,
		field:   []string{"job.podFailurePolicy", "pod.terminationGracePeriodSeconds"},
		sources: []Source{docs("Disruptions, Pod disruption conditions", "workloads/pods/disruptions/#pod-disruption-conditions"), kep("3329", "Retriable and non-retriable Pod failures for Jobs", "sig-apps/3329-retriable-and-non-retriable-failures")},
	},
	{
		id: "pod/terminating-deadline", on: []string{"Terminating"}, actor: JobController,
		when:    endsWith("DeadlineExceeded"),
		title:   words{"Terminating: the Job's deadline has passed", "Terminating: 잡의 기한이 지났어요"},
		text:    words{"The Job was active for longer than `activeDeadlineSeconds` {deadline}, so it fails, and its controller deletes the pods that are still active." + stopping, "잡이 `activeDeadlineSeconds` {deadline}보다 오래 활성 상태여서 실패하고, 컨트롤러가 아직 활성인 파드를 삭제해요." + stoppingKo},
		value:   words{"{deadlineSum}; grace period {grace}", "{deadlineSum}, 유예 기간 {grace}"},
		field:   []string{"job.activeDeadlineSeconds"},
		sources: []Source{code(jobControllerFile, "pastActiveDeadline", "deleteActivePods"), jobTermination, jobField("spec.activeDeadlineSeconds"), podTermination},
	},
	{
		id: "pod/terminating-limit", on: []string{"Terminating"}, actor: JobController,
		when:    endsWith("BackoffLimitExceeded"),
		title:   words{"Terminating: the Job has given up", "Terminating: 잡이 포기했어요"},
		text:    words{"The Job's failures went past `backoffLimit` {limit}, so it fails, and its controller deletes the pods that are still active. Under OnFailure that is the very pod that failed, since its phase never was Failed: the log goes with it." + stopping, "잡의 실패가 `backoffLimit`({limit})을 넘어서 잡이 실패하고, 컨트롤러가 아직 활성인 파드를 삭제해요. OnFailure에서는 실패한 바로 그 파드가 그래요. 단계가 Failed였던 적이 없으니까요. 로그도 함께 사라져요." + stoppingKo},
		value:   grace,
		field:   []string{"job.backoffLimit"},
		sources: []Source{code(jobControllerFile, "pastBackoffLimitOnFailure", "deleteActivePods"), jobTermination, jobField("spec.backoffLimit"), {"Issue kubernetes#74848: Pod is deleted after failed Job", "https://github.com/kubernetes/kubernetes/issues/74848"}},
	},
	{
		id: "pod/terminating-policy", on: []string{"Terminating"}, actor: JobController,
		when:    endsWith("PodFailurePolicy"),
		title:   words{"Terminating: a rule of podFailurePolicy failed the Job", "Terminating: podFailurePolicy의 규칙이 잡을 실패시켰어요"},
		text:    words{"Another pod's failure matched a rule with FailJob, so the whole Job fails at once and its active pods are deleted." + stopping, "다른 파드의 실패가 FailJob 규칙에 맞아 잡 전체가 바로 실패하고, 활성 파드는 삭제돼요." + stoppingKo},
		value:   grace,
		field:   []string{"job.podFailurePolicy"},
		sources: []Source{code("pkg/controller/job/pod_failure_policy.go", "matchPodFailurePolicy"), docs("Pod failure policy", "workloads/controllers/job/#pod-failure-policy")},
	},
	{
		id: "pod/terminating-indexes", on: []string{"Terminating"}, actor: JobController,
		when:    endsWith("MaxFailedIndexesExceeded", "FailedIndexes"),
		title:   words{"Terminating: too many indices have failed ({reason})", "Terminating: 실패한 인덱스가 너무 많아요 ({reason})"},
		text:    words{"The Job fails with {reason}, so its controller deletes the pods that are still active." + stopping, "잡이 실패해서(이유: {reason}) 컨트롤러가 아직 활성인 파드를 삭제해요." + stoppingKo},
		value:   grace,
		field:   []string{"job.maxFailedIndexes", "job.backoffLimitPerIndex"},
		sources: []Source{code(jobControllerFile, "syncJob", "deleteActivePods"), docs("Backoff limit per index", "workloads/controllers/job/#backoff-limit-per-index")},
	},
	{
		id: "pod/terminating-success", on: []string{"Terminating"}, actor: JobController,
		when:    endsWith("SuccessPolicy", "CompletionsReached"),
		title:   words{"Terminating: the Job has succeeded without this pod ({reason})", "Terminating: 이 파드 없이도 잡이 성공했어요 ({reason})"},
		text:    words{"What the Job needs has succeeded ({reason}), so its controller deletes the pods that are still active." + stopping, "잡에 필요한 만큼 성공해서({reason}) 컨트롤러가 아직 활성인 파드를 삭제해요." + stoppingKo},
		value:   grace,
		field:   []string{"job.successPolicy", "job.completions"},
		sources: []Source{code("pkg/controller/job/success_policy.go", "matchSuccessPolicy"), docs("Success policy", "workloads/controllers/job/#success-policy")},
	},
	{
		id: "pod/terminating-suspended", on: []string{"Terminating"}, actor: JobController,
		when:    func(m *moment) bool { return m.job != nil && m.job.Type != timeline.Deleted && m.job.Job.Suspend },
		title:   words{"Terminating: the Job is suspended", "Terminating: 잡이 일시 중지됐어요"},
		text:    words{"`suspend` became true, so the Job controller deletes all active pods; when the Job is resumed it makes new ones. They are not counted as failures." + stopping, "`suspend`가 true가 되어 잡 컨트롤러가 활성 파드를 모두 삭제해요. 잡이 재개되면 새로 만들어요. 실패로 세지는 않아요." + stoppingKo},
		value:   grace,
		field:   []string{"job.suspend"},
		sources: []Source{code(jobControllerFile, "manageJob"), jobField("spec.suspend"), docs("Suspending a Job", "workloads/controllers/job/#suspending-a-job")},
	},
	{
		id: "pod/terminating-replaced", on: []string{"Terminating"}, actor: CronJobController,
		when:    func(m *moment) bool { return m.jobDeleted() && m.value("cron.concurrencyPolicy") == "Replace" },
		title:   words{"Terminating: the next Job replaces this pod's", "Terminating: 다음 잡이 이 파드의 잡을 대신해요"},
		text:    words{"With `concurrencyPolicy: Replace` the CronJob controller deletes a Job that still runs when the next is due, and its pods go with it. Their work is not finished." + stopping, "`concurrencyPolicy: Replace`라서 다음 차례가 되면 크론잡 컨트롤러가 아직 실행 중인 잡을 삭제하고, 파드도 함께 삭제돼요. 하던 작업은 끝나지 않아요." + stoppingKo},
		value:   grace,
		field:   []string{"cron.concurrencyPolicy"},
		sources: []Source{code(cronFile, "syncCronJob", "deleteJob"), cronField("spec.concurrencyPolicy")},
	},
	{
		id: "pod/terminating-with-job", on: []string{"Terminating"}, actor: GarbageCollector,
		when:    (*moment).jobDeleted,
		title:   words{"Terminating: its Job is deleted", "Terminating: 소유한 잡이 삭제됐어요"},
		text:    words{"The pod's ownerReference names a Job that is deleted, so the garbage collector deletes the pod, too. With `--cascade=orphan` it would stay." + stopping, "파드의 ownerReference가 가리키는 잡이 삭제되어 가비지 컬렉터가 파드도 삭제해요. `--cascade=orphan`이었다면 남았을 거예요." + stoppingKo},
		value:   grace,
		field:   []string{"pod.terminationGracePeriodSeconds"},
		sources: []Source{code("pkg/controller/garbagecollector/garbagecollector.go", "attemptToDeleteItem"), docs("Garbage Collection, cascading deletion", "architecture/garbage-collection/#cascading-deletion"), podTermination},
	},
	{
		id: "pod/terminating-scaled", on: []string{"Terminating"}, actor: JobController,
		when:    (*moment).scaledDown,
		title:   words{"Terminating: parallelism was lowered to {parallelism}", "Terminating: parallelism이 {parallelism}까지 줄었어요"},
		text:    words{"More pods are active than `parallelism` now allows, so the Job controller deletes some: those that run for the shortest time first. They are not counted as failures." + stopping, "활성 파드가 이제 `parallelism`이 허용하는 것보다 많아서 잡 컨트롤러가 일부를 삭제해요. 실행된 지 가장 얼마 안 된 파드부터예요. 실패로 세지는 않아요." + stoppingKo},
		value:   words{"parallelism {parallelism}, grace period {grace}", "parallelism {parallelism}, 유예 기간 {grace}"},
		field:   []string{"job.parallelism"},
		sources: []Source{code(jobControllerFile, "manageJob", "activePodsForRemoval"), docs("controlling parallelism", "workloads/controllers/job/#controlling-parallelism")},
	},
	{
		id: "pod/terminating", on: []string{"Terminating"}, actor: Learner,
		title:   words{"Terminating: somebody deleted the pod", "Terminating: 누군가 파드를 삭제했어요"},
		text:    words{"A request to delete this pod was made, and nothing in its Job or its node explains it.{owned}" + stopping, "이 파드를 삭제하라는 요청이 있었고, 잡이나 노드에는 그럴 이유가 없어요.{owned}" + stoppingKo},
		value:   grace,
		field:   []string{"pod.terminationGracePeriodSeconds"},
		sources: []Source{code("pkg/registry/core/pod/strategy.go", "CheckGracefulDelete"), podTermination, code(jobControllerFile, "isPodFailed")},
	},
}

// endsWith reports whether the pod's Job ends for one of some reasons.
func endsWith(reasons ...string) func(*moment) bool {
	return func(m *moment) bool {
		got := m.endReason()
		for _, r := range reasons {
			if got == r {
				return true
			}
		}
		return false
	}
}

// jobDeleted reports whether the Job that owns the pod is gone, or goes before
// anything else happens to it.
func (m *moment) jobDeleted() bool {
	name, ok := strings.CutPrefix(m.entry.Pod.Owner, "Job/")
	h := m.story.jobs[name]
	if !ok || h == nil {
		return false
	}
	return h.entries[len(h.entries)-1].Type == timeline.Deleted
}

// scaledDown reports whether the Job controller deleted the pod because parallelism
// was lowered.
func (m *moment) scaledDown() bool {
	job := m.story.released(m.entry)
	return job != nil && !job.Job.Suspend
}
