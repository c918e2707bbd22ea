package explain

// cronJobRules explain changes of a CronJob.
var cronJobRules = newTable([]rule{
	{
		id: "cronjob/created", on: []string{"created"}, actor: APIServer,
		title:   words{"CronJob {name} is created: {schedule}", "{name} 크론잡이 만들어졌어요: {schedule}"},
		text:    words{"The CronJob controller makes a Job each time the schedule is due, at second 0 of a minute. Nothing runs before the first of these times. Without `timeZone` the time zone is that of the kube-controller-manager.", "크론잡 컨트롤러는 일정이 될 때마다, 곧 해당하는 분의 0초에 잡을 만들어요. 첫 시각이 되기 전에는 아무것도 실행되지 않아요. `timeZone`이 없으면 kube-controller-manager의 시간대를 따라요."},
		value:   words{"schedule {schedule}, concurrencyPolicy {concurrency}", "schedule {schedule}, concurrencyPolicy {concurrency}"},
		field:   []string{"cron.schedule"},
		sources: []Source{code(cronFile, "syncCronJob", "nextScheduleTime"), cronField("spec.schedule"), cronDocs},
	},
	{
		id: "cronjob/started", on: []string{"started"}, actor: CronJobController,
		title:   words{"CronJob {name} has a Job running: {activeOf}", "{name} 크론잡의 잡이 실행 중이에요: {activeOf}"},
		text:    words{"A time of the schedule {schedule} came, and `concurrencyPolicy: {concurrency}` allowed a Job. `active` lists the Jobs that have not finished.", "{schedule} 일정의 시각이 됐고 `concurrencyPolicy: {concurrency}`가 잡을 허용했어요. `active`에는 끝나지 않은 잡이 적혀요."},
		field:   []string{"cron.schedule", "cron.concurrencyPolicy"},
		sources: []Source{code(cronFile, "syncCronJob"), cronField("spec.concurrencyPolicy"), cronDocs},
	},
	{
		id: "cronjob/ended", on: []string{"ended"}, actor: CronJobController,
		title:   words{"A Job of CronJob {name} has finished", "{name} 크론잡의 잡이 끝났어요"},
		text:    words{"The Job is Complete or Failed, or was deleted, so it is no longer listed as active; with `concurrencyPolicy: Forbid` the next may start now.", "잡이 Complete나 Failed가 됐거나 삭제되어 더 이상 활성으로 적히지 않아요. `concurrencyPolicy: Forbid`라면 이제 다음 잡이 시작될 수 있어요."},
		field:   []string{"cron.concurrencyPolicy"},
		sources: []Source{code(cronFile, "syncCronJob", "cleanupFinishedJobs"), cronField("spec.concurrencyPolicy")},
	},
	{
		id: "cronjob/suspended", on: []string{"suspended"}, actor: Learner,
		title:   words{"CronJob {name} is suspended", "{name} 크론잡이 일시 중지됐어요"},
		text:    words{"`suspend` became true: no new Jobs are made. Jobs that run go on, and times that pass meanwhile count as missed.", "`suspend`가 true가 되어 새 잡을 만들지 않아요. 실행 중인 잡은 계속되고, 그동안 지나간 시각은 놓친 것으로 세요."},
		field:   []string{"cron.suspend"},
		sources: []Source{code(cronFile, "syncCronJob"), cronField("spec.suspend")},
	},
	{
		id: "cronjob/resumed", on: []string{"resumed"}, actor: Learner,
		title:   words{"CronJob {name} is resumed", "{name} 크론잡이 재개됐어요"},
		text:    words{"`suspend` became false. If a time was missed meanwhile and no `startingDeadlineSeconds` forbids it, one Job is started at once for the newest of them.", "`suspend`가 false가 됐어요. 그사이 놓친 시각이 있고 `startingDeadlineSeconds`가 막지 않으면, 가장 최근 것에 대해 잡 하나를 바로 시작해요."},
		field:   []string{"cron.suspend", "cron.startingDeadlineSeconds"},
		sources: []Source{code("pkg/controller/cronjob/utils.go", "mostRecentScheduleTime"), cronField("spec.suspend")},
	},
	{
		id: "cronjob/deleted", on: []string{"deleted"}, actor: Learner,
		title:   words{"CronJob {name} is deleted", "{name} 크론잡이 삭제됐어요"},
		text:    words{"No more Jobs are made. The garbage collector deletes the Jobs that it owns, unless they were orphaned.", "더 이상 잡을 만들지 않아요. orphan으로 삭제하지 않았다면 소유한 잡은 가비지 컬렉터가 삭제해요."},
		field:   []string{"cron.schedule"},
		sources: []Source{code("pkg/controller/garbagecollector/garbagecollector.go", "attemptToDeleteItem"), cronDocs},
	},
	{
		id: "cronjob/same", on: []string{"same"}, actor: CronJobController,
		title:   words{"CronJob {name}: its status was written", "{name} 크론잡: 상태가 기록됐어요"},
		text:    words{"The controller noted when it last scheduled a Job, or when one last succeeded. It counts missed times from there.", "컨트롤러가 마지막으로 잡을 예약한 시각이나 마지막으로 성공한 시각을 적었어요. 놓친 시각은 여기서부터 세요."},
		field:   []string{"cron.schedule"},
		sources: []Source{code(cronFile, "syncCronJob"), cronDocs},
	},
})

const cronFile = "pkg/controller/cronjob/cronjob_controllerv2.go"

var cronDocs = docs("CronJob", "workloads/controllers/cron-jobs/")
