package explain

import "github.com/joblab/joblab/internal/timeline"

// jobRules explain changes of a Job.
var jobRules = newTable(jobSpecRules, conditionRules, counterRules)

// jobSpecRules are about the Job itself: that it is there, what somebody changed
// in it, that it is gone.
var jobSpecRules = []rule{
	{
		id: "job/created-by-cronjob", on: []string{"created"}, actor: CronJobController,
		when:    func(m *moment) bool { return m.entry.Job.Owner != "" },
		title:   words{"Job {name} is made by CronJob {owner}", "{owner} 크론잡이 {name} 잡을 만들었어요"},
		text:    words{"The schedule {schedule} was due, so the CronJob controller made a Job from `jobTemplate`. The number in its name is the time for which it was scheduled, in minutes.", "{schedule} 일정이 되어 크론잡 컨트롤러가 `jobTemplate`으로 잡을 만들었어요. 이름 끝의 숫자는 예정된 시각을 분 단위로 나타낸 거예요."},
		value:   words{"schedule {schedule}, concurrencyPolicy {concurrency}", "schedule {schedule}, concurrencyPolicy {concurrency}"},
		field:   []string{"cron.schedule"},
		sources: []Source{code("pkg/controller/cronjob/cronjob_controllerv2.go", "syncCronJob", "getJobName"), cronField("spec.schedule"), docs("CronJob", "workloads/controllers/cron-jobs/")},
	},
	{
		id: "job/created", on: []string{"created"}, actor: APIServer,
		title:   words{"Job {name} is created", "{name} 잡이 만들어졌어요"},
		text:    words{"The API server checked the manifest, filled in what it leaves out and stored the Job. In force: completions {completions}, parallelism {parallelism}, backoffLimit {limit}. Nothing runs yet: next the Job controller makes pods.", "API 서버가 매니페스트를 검사하고, 빠진 값을 기본값으로 채워 잡을 저장했어요. 적용된 값: completions {completions}, parallelism {parallelism}, backoffLimit {limit}. 아직 아무것도 실행되지 않고, 이제 잡 컨트롤러가 파드를 만들어요."},
		value:   words{"completions {completions}, parallelism {parallelism}, backoffLimit {limit}", "completions {completions}, parallelism {parallelism}, backoffLimit {limit}"},
		field:   []string{"job.template"},
		sources: []Source{code("pkg/apis/batch/v1/defaults.go", "SetDefaults_Job"), jobField("spec.template"), docs("Jobs", "workloads/controllers/job/")},
	},
	{
		id: "job/changed", on: []string{"spec"}, actor: Learner,
		title:   words{"Somebody changed the Job: {changes}", "누군가 잡을 바꿨어요: {changes}"},
		text:    words{"The Job's spec was changed while it runs, as with `kubectl patch` or a step of the lab. The manifest still shows what was applied first; from now on the Job controller goes by the new value.", "`kubectl patch`나 실습의 단계로, 실행 중인 잡의 spec이 바뀌었어요. 매니페스트에는 처음 적용한 값이 그대로 보이지만, 이제 잡 컨트롤러는 새 값을 따라요."},
		value:   words{"{changes}{act}", "{changes}{act}"},
		field:   []string{"job.suspend", "job.parallelism", "job.completions", "job.backoffLimit"},
		sources: []Source{code("pkg/apis/batch/validation/validation.go", "ValidateJobUpdate"), jobField("spec.parallelism"), docs("Jobs", "workloads/controllers/job/")},
	},
	{
		id: "job/deleted-ttl", on: []string{timeline.JobDeleted}, actor: TTLController,
		when:    func(m *moment) bool { return m.says("job.ttlSecondsAfterFinished") && ending(m.job) != nil },
		title:   words{"Job {name} is deleted: its time to live is over", "{name} 잡이 삭제됐어요: 보존 시간이 끝났어요"},
		text:    words{"`ttlSecondsAfterFinished` {ttl} after the Job ended ({reason}) the TTL controller deletes it, in the foreground: its pods go first. With 0 that is at once.", "잡이 끝나고({reason}) `ttlSecondsAfterFinished` {ttl} 뒤에 TTL 컨트롤러가 잡을 삭제해요. 포그라운드 삭제라서 파드가 먼저 사라져요. 0이면 바로 삭제돼요."},
		value:   words{"{ttlSum}", "{ttlSum}"},
		field:   []string{"job.ttlSecondsAfterFinished"},
		sources: []Source{code("pkg/controller/ttlafterfinished/ttlafterfinished_controller.go", "processJob", "timeLeft"), docs("Automatic Cleanup for Finished Jobs", "workloads/controllers/ttlafterfinished/"), kep("592", "TTL after finish", "sig-apps/592-ttl-after-finish")},
	},
	{
		id: "job/deleted-by-cronjob", on: []string{timeline.JobDeleted}, actor: CronJobController,
		when:    func(m *moment) bool { return m.entry.Job.Owner != "" },
		title:   words{"Job {name} is deleted by its CronJob", "크론잡이 {name} 잡을 삭제했어요"},
		text:    words{"A CronJob keeps only the newest finished Jobs (`successfulJobsHistoryLimit`, `failedJobsHistoryLimit`), and with `concurrencyPolicy: Replace` it deletes one that still runs when the next is due. In force: {concurrency}.", "크론잡은 끝난 잡을 최근 것만 남겨요(`successfulJobsHistoryLimit`, `failedJobsHistoryLimit`). `concurrencyPolicy: Replace`라면 다음 차례가 됐을 때 아직 실행 중인 잡을 삭제해요. 적용된 정책: {concurrency}."},
		field:   []string{"cron.concurrencyPolicy", "cron.successfulJobsHistoryLimit"},
		sources: []Source{code("pkg/controller/cronjob/cronjob_controllerv2.go", "cleanupFinishedJobs", "deleteJob"), cronField("spec.concurrencyPolicy"), cronField("spec.successfulJobsHistoryLimit")},
	},
	{
		id: "job/deleted", on: []string{timeline.JobDeleted}, actor: Learner,
		title:   words{"Job {name} is deleted", "{name} 잡이 삭제됐어요"},
		text:    words{"Somebody deleted the Job, and no `ttlSecondsAfterFinished` asked for it. By default its pods are deleted after it, by the garbage collector; in the foreground they go first; with orphan they stay.", "누군가 잡을 삭제했어요. `ttlSecondsAfterFinished` 때문은 아니에요. 기본으로는 가비지 컬렉터가 잡 다음에 파드를 삭제하고, 포그라운드 삭제라면 파드가 먼저 사라지고, orphan이라면 파드가 남아요."},
		value:   words{"{act}", "{act}"},
		field:   []string{"job.ttlSecondsAfterFinished"},
		sources: []Source{code("pkg/controller/garbagecollector/garbagecollector.go", "attemptToDeleteItem", "orphanDependents"), docs("Garbage Collection, cascading deletion", "architecture/garbage-collection/#cascading-deletion")},
	},
	{
		id: "job/same", on: []string{"same"}, actor: JobController,
		title:   words{"Nothing that shows has changed in Job {name}", "{name} 잡에서 눈에 보이는 것은 바뀌지 않았어요"},
		text:    words{"The Job was written without a change of its state or counters, as when its controller notes which pods it has counted already.", "상태나 카운터는 그대로인 채 잡이 기록됐어요. 컨트롤러가 이미 센 파드를 적어 두는 경우예요."},
		field:   []string{"job.template"},
		sources: []Source{code(jobControllerFile, "trackJobStatusAndRemoveFinalizers"), tracking},
	},
}
