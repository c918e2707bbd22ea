package explain

import "github.com/joblab/joblab/internal/timeline"

// because reports whether the condition came for one of some reasons.
func because(reasons ...string) func(*moment) bool {
	return func(m *moment) bool {
		for _, r := range reasons {
			if m.reason == r {
				return true
			}
		}
		return false
	}
}

// ofOnFailure is because, for a Job whose pods are restarted.
func ofOnFailure(reason string) func(*moment) bool {
	return func(m *moment) bool { return m.reason == reason && m.value("pod.restartPolicy") == "OnFailure" }
}

const (
	target = timeline.JobFailureTarget
	failed = timeline.JobFailed
	met    = timeline.JobSuccessCriteriaMet
	done   = timeline.JobComplete
)

// What FailureTarget and Failed, SuccessCriteriaMet and Complete mean besides
// their reason.
const (
	targetNote   = " FailureTarget says that the Job will fail; it becomes Failed when its last pod has ended."
	targetNoteKo = " FailureTarget은 잡이 곧 실패한다는 뜻이고, 마지막 파드가 끝나면 Failed가 돼요."
	failedNote   = " Failed is final: the Job makes no more pods. Those that had ended are kept."
	failedNoteKo = " Failed는 끝이에요. 잡은 더 이상 파드를 만들지 않고, 이미 끝난 파드는 남아요."
	metNote      = " SuccessCriteriaMet says that the Job will be Complete as soon as its last pod has ended."
	metNoteKo    = " SuccessCriteriaMet은 마지막 파드가 끝나는 대로 잡이 Complete가 된다는 뜻이에요."
	doneNote     = " Complete is final. The pods stay, for their logs, until the Job is deleted."
	doneNoteKo   = " Complete는 끝이에요. 파드는 로그를 볼 수 있도록 잡이 삭제될 때까지 남아요."
)

// conditionRules are about conditions that a Job got.
var conditionRules = []rule{
	limitRule("job/target-limit-restarts", target, ofOnFailure("BackoffLimitExceeded"), true, targetNote, targetNoteKo),
	limitRule("job/failed-limit-restarts", failed, ofOnFailure("BackoffLimitExceeded"), true, failedNote, failedNoteKo),
	limitRule("job/target-limit", target, because("BackoffLimitExceeded"), false, targetNote, targetNoteKo),
	limitRule("job/failed-limit", failed, because("BackoffLimitExceeded"), false, failedNote, failedNoteKo),
	deadlineRule("job/target-deadline", target, targetNote, targetNoteKo),
	deadlineRule("job/failed-deadline", failed, failedNote, failedNoteKo),
	policyRule("job/target-policy", target, targetNote, targetNoteKo),
	policyRule("job/failed-policy", failed, failedNote, failedNoteKo),
	indexesRule("job/target-indexes", target, targetNote, targetNoteKo),
	indexesRule("job/failed-indexes", failed, failedNote, failedNoteKo),
	maxIndexesRule("job/target-max-indexes", target, targetNote, targetNoteKo),
	maxIndexesRule("job/failed-max-indexes", failed, failedNote, failedNoteKo),
	completionsRule("job/met-completions", met, metNote, metNoteKo),
	completionsRule("job/complete", done, doneNote, doneNoteKo),
	successRule("job/met-policy", met, metNote, metNoteKo),
	successRule("job/complete-policy", done, doneNote, doneNoteKo),
	{
		id: "job/suspended", on: []string{timeline.JobSuspended}, actor: JobController,
		title:   words{"Suspended: the Job makes no pods", "Suspended: 잡이 파드를 만들지 않아요"},
		text:    words{"`suspend` is true. The Job controller deletes the active pods and makes none; `startTime` is taken back, so that the deadline starts anew when the Job is resumed.", "`suspend`가 true예요. 잡 컨트롤러는 활성 파드를 삭제하고 새로 만들지 않아요. `startTime`은 지워지고, 잡이 재개될 때 기한을 처음부터 다시 세요."},
		field:   []string{"job.suspend"},
		sources: []Source{code(jobControllerFile, "syncJob", "jobSuspended"), docs("Suspending a Job", "workloads/controllers/job/#suspending-a-job"), kep("2232", "Suspend Jobs", "sig-apps/2232-suspend-jobs")},
	},
	{
		id: "job/resumed", on: []string{"Resumed"}, actor: JobController,
		title:   words{"Resumed: the Job makes pods again", "Resumed: 잡이 다시 파드를 만들어요"},
		text:    words{"`suspend` became false. `startTime` is set to now, so that `activeDeadlineSeconds` counts from here, and new pods are made. What had succeeded before still counts.", "`suspend`가 false가 됐어요. `startTime`이 지금으로 바뀌어 `activeDeadlineSeconds`를 여기서부터 세고, 새 파드가 만들어져요. 그 전에 성공한 것은 그대로 인정돼요."},
		field:   []string{"job.suspend"},
		sources: []Source{code(jobControllerFile, "syncJob"), docs("Suspending a Job", "workloads/controllers/job/#suspending-a-job"), kep("2232", "Suspend Jobs", "sig-apps/2232-suspend-jobs")},
	},
}

// on is a rule for a condition that came for a reason.
func on(id, condition string, when func(*moment) bool, en, ko, note, noteKo string) rule {
	return rule{
		id: id, on: []string{condition}, actor: JobController, when: when,
		title: words{condition + " ({reason})", condition + " ({reason})"},
		text:  words{en + note, ko + noteKo},
	}
}

func limitRule(id, condition string, when func(*moment) bool, restarts bool, note, noteKo string) rule {
	if restarts {
		r := on(id, condition, when,
			"Under OnFailure the failures happen inside the pod, so the Job controller adds up the restarts of all its pods that still live, and gives up when that reaches `backoffLimit` {limit}. The active pods are deleted, and their logs with them.",
			"OnFailure에서는 실패가 파드 안에서 일어나기 때문에, 잡 컨트롤러는 살아 있는 모든 파드의 재시작 횟수를 더하고 그 합이 `backoffLimit` {limit}에 이르면 포기해요. 활성 파드는 로그와 함께 삭제돼요.", note, noteKo)
		r.value = words{"{restartSum}", "{restartSum}"}
		r.field = []string{"job.backoffLimit"}
		r.sources = []Source{code(jobControllerFile, "pastBackoffLimitOnFailure"), jobBackoff, jobField("spec.backoffLimit")}
		return r
	}
	r := on(id, condition, when,
		"More pods have failed than `backoffLimit` {limit} allows. The first try is no retry, so one pod more than the limit fails before the Job gives up; pods that run at the same time may make it a few more.",
		"실패한 파드가 `backoffLimit` {limit}보다 많아졌어요. 첫 시도는 재시도가 아니기 때문에, 제한보다 하나 더 실패해야 잡이 포기해요. 동시에 실행되는 파드가 있으면 몇 개 더 늘어날 수 있어요.", note, noteKo)
	r.value = words{"{limitSum}", "{limitSum}"}
	r.field = []string{"job.backoffLimit"}
	r.sources = []Source{code(jobControllerFile, "syncJob", "exceedsBackoffLimit"), jobBackoff, jobField("spec.backoffLimit")}
	return r
}

func deadlineRule(id, condition, note, noteKo string) rule {
	r := on(id, condition, because("DeadlineExceeded"),
		"The Job has been active for longer than `activeDeadlineSeconds` {deadline}. The time counts from `status.startTime`, which has whole seconds, so that it may seem up to a second short. It counts however many pods there were, and goes before `backoffLimit`. The active pods are deleted.",
		"잡이 `activeDeadlineSeconds` {deadline}보다 오래 활성 상태였어요. 시간은 `status.startTime`부터 세는데 이 값은 초 단위라서 최대 1초쯤 짧아 보일 수 있어요. 파드가 몇 개였든 상관없고 `backoffLimit`보다 앞서요. 활성 파드는 삭제돼요.", note, noteKo)
	r.value = words{"{deadlineSum}", "{deadlineSum}"}
	r.field = []string{"job.activeDeadlineSeconds"}
	r.sources = []Source{code(jobControllerFile, "pastActiveDeadline", "deleteActivePods"), jobTermination, jobField("spec.activeDeadlineSeconds")}
	return r
}

func policyRule(id, condition, note, noteKo string) rule {
	r := on(id, condition, because("PodFailurePolicy"),
		"A failed pod matched a rule with the action FailJob, so the Job fails at once, however many retries `backoffLimit` would still allow: {message}",
		"실패한 파드가 FailJob 규칙에 맞아서, `backoffLimit`의 재시도가 남아 있어도 잡이 바로 실패해요: {message}", note, noteKo)
	r.field = []string{"job.podFailurePolicy"}
	r.sources = []Source{code("pkg/controller/job/pod_failure_policy.go", "matchPodFailurePolicy"), docs("Pod failure policy", "workloads/controllers/job/#pod-failure-policy"), kep("3329", "Retriable and non-retriable Pod failures for Jobs", "sig-apps/3329-retriable-and-non-retriable-failures")}
	return r
}

func indexesRule(id, condition, note, noteKo string) rule {
	r := on(id, condition, because("FailedIndexes"),
		"Every index has ended, and at least one has failed more often than `backoffLimitPerIndex` {perIndex} allows.",
		"모든 인덱스가 끝났고, 그중 적어도 하나가 `backoffLimitPerIndex` {perIndex}보다 많이 실패했어요.", note, noteKo)
	r.field = []string{"job.backoffLimitPerIndex"}
	r.sources = []Source{code(jobControllerFile, "syncJob"), docs("Backoff limit per index", "workloads/controllers/job/#backoff-limit-per-index"), kep("3850", "Backoff limits per index", "sig-apps/3850-backoff-limits-per-index-for-indexed-jobs")}
	return r
}

func maxIndexesRule(id, condition, note, noteKo string) rule {
	r := on(id, condition, because("MaxFailedIndexesExceeded"),
		"More indices have failed than `maxFailedIndexes` {maxFailed} allows, so the Job fails without waiting for the others.",
		"실패한 인덱스가 `maxFailedIndexes` {maxFailed}보다 많아서, 잡은 나머지를 기다리지 않고 실패해요.", note, noteKo)
	r.field = []string{"job.maxFailedIndexes"}
	r.sources = []Source{code(jobControllerFile, "syncJob"), jobField("spec.maxFailedIndexes"), kep("3850", "Backoff limits per index", "sig-apps/3850-backoff-limits-per-index-for-indexed-jobs")}
	return r
}

func completionsRule(id, condition, note, noteKo string) rule {
	r := on(id, condition, because("CompletionsReached"),
		"As many pods have succeeded as `completions` asks for; without `completions`, one success and no active pod are enough. How many failed on the way does not matter.",
		"`completions`가 요구한 만큼 파드가 성공했어요. `completions`가 없으면 하나만 성공하고 활성 파드가 없으면 돼요. 그사이 몇 개가 실패했는지는 상관없어요.", note, noteKo)
	r.value = words{"{completeness}", "{completeness}"}
	r.field = []string{"job.completions", "job.parallelism"}
	r.sources = []Source{code(jobControllerFile, "syncJob", "newSuccessCondition"), jobField("spec.completions"), docs("parallel Jobs", "workloads/controllers/job/#parallel-jobs")}
	return r
}

func successRule(id, condition, note, noteKo string) rule {
	r := on(id, condition, because("SuccessPolicy"),
		"A rule of `successPolicy` is met, so the Job has succeeded before all indices have; the pods that are still active are deleted. {message}",
		"`successPolicy`의 규칙이 채워져서, 모든 인덱스가 성공하기 전에 잡이 성공했어요. 아직 활성인 파드는 삭제돼요. {message}", note, noteKo)
	r.field = []string{"job.successPolicy"}
	r.sources = []Source{code("pkg/controller/job/success_policy.go", "matchSuccessPolicy"), docs("Success policy", "workloads/controllers/job/#success-policy"), kep("3998", "Job success/completion policy", "sig-apps/3998-job-success-completion-policy")}
	return r
}
