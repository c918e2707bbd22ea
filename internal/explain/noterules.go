package explain

import "github.com/joblab/joblab/internal/timeline"

var (
	runLife = []Source{{"Job Lab: when a run ends", "https://github.com/joblab/joblab/blob/main/doc/contract.md"}}
	watches = []Source{{"Kubernetes documentation: efficient detection of changes", "https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes"}}
)

// noteRules explain the server's own remarks, by their code.
var noteRules = newTable([]rule{
	{
		id: "note/applied", on: []string{timeline.NoteApplied}, actor: JobLab,
		title:   words{"The manifest is applied: time starts here", "매니페스트가 적용됐어요: 여기서부터 시간을 세요"},
		text:    words{"Job Lab has created the objects of the manifest in the run's own namespace, as `kubectl apply` would. t = 0 is the first of them.", "Job Lab이 이 실행만의 네임스페이스에 `kubectl apply`처럼 매니페스트의 오브젝트를 만들었어요. 첫 오브젝트를 만든 때가 t = 0이에요."},
		sources: []Source{{"Kubernetes documentation: Server-Side Apply", "https://kubernetes.io/docs/reference/using-api/server-side-apply/"}},
	},
	{
		id: "note/refused", on: []string{timeline.NoteRefused}, actor: APIServer,
		title:   words{"The API server refused it", "API 서버가 거부했어요"},
		text:    words{"The request was not valid or not allowed, so nothing was stored and no controller ever saw it: {note}", "요청이 올바르지 않거나 허용되지 않아서 아무것도 저장되지 않았고, 어떤 컨트롤러도 보지 못했어요: {note}"},
		sources: []Source{code("pkg/apis/batch/validation/validation.go", "ValidateJobUpdate"), {"Kubernetes documentation: Kubernetes API concepts", "https://kubernetes.io/docs/reference/using-api/api-concepts/"}},
	},
	{
		id: "note/step", on: []string{timeline.NoteStep}, actor: Learner,
		title:   words{"A step of the lab: you acted here", "실습의 단계: 여기서 직접 작업했어요"},
		text:    words{"From here on the cluster has something else to do than the manifest says: {note}", "여기서부터 클러스터가 할 일은 매니페스트에 적힌 것과 달라져요: {note}"},
		sources: runLife,
	},
	{
		id: "note/ready", on: []string{timeline.NoteReady}, actor: JobLab,
		title:   words{"A step of the lab can be done now", "이제 실습의 단계를 할 수 있어요"},
		text:    words{"What the lab waits for has come, so its button can be pressed; the run does not end before: {note}", "실습이 기다리던 상태가 되어 버튼을 누를 수 있어요. 그 전에는 실행이 끝나지 않아요: {note}"},
		sources: runLife,
	},
	{
		id: "note/settled", on: []string{timeline.NoteSettled}, actor: JobLab,
		title:   words{"Settled: nothing of the run can change any more", "안정됨: 이제 아무것도 바뀌지 않아요"},
		text:    words{"Every Job has ended, every pod has ended or is gone, and everything that the API server lists has been seen. So what is still open can be judged.", "모든 잡이 끝났고, 모든 파드가 끝났거나 사라졌고, API 서버에 있는 것을 모두 확인했어요. 그래서 남은 예상을 판정할 수 있어요."},
		sources: runLife,
	},
	{
		id: "note/until", on: []string{timeline.NoteUntil}, actor: JobLab,
		title:   words{"The run has shown what it is about", "보려던 것을 모두 봤어요"},
		text:    words{"Something in this lab goes on for ever, so the lab says when to end the run, and that condition holds now.", "이 실습에는 끝없이 계속되는 것이 있어서 실행을 끝낼 조건이 정해져 있고, 이제 그 조건이 맞았어요."},
		sources: runLife,
	},
	{
		id: "note/limit", on: []string{timeline.NoteLimit}, actor: JobLab,
		title:   words{"The run reached its time limit", "실행이 시간 제한에 이르렀어요"},
		text:    words{"Something had not ended by then. What is still open stays undecided.", "그때까지 끝나지 않은 것이 있어요. 판정하지 못한 예상은 미정으로 남아요."},
		sources: runLife,
	},
	{
		id: "note/stopped", on: []string{timeline.NoteStopped}, actor: Learner,
		title:   words{"Somebody stopped the run", "누군가 실행을 중지했어요"},
		text:    words{"Job Lab deletes what the run made; nothing of that is on the timeline any more.", "Job Lab이 이 실행에서 만든 것을 삭제해요. 그 과정은 타임라인에 나타나지 않아요."},
		sources: runLife,
	},
	{
		id: "note/interrupted", on: []string{timeline.NoteInterrupted}, actor: JobLab,
		title:   words{"The cluster was lost", "클러스터를 잃었어요"},
		text:    words{"The cluster ended, or the server was shut down, in the middle of the run. A new cluster knows nothing of it: run it again.", "실행 도중에 클러스터가 끝났거나 서버가 종료됐어요. 새 클러스터는 이 실행을 모르니 다시 실행하세요."},
		sources: runLife,
	},
	{
		id: "note/gap", on: []string{timeline.NoteGap}, actor: APIServer,
		title:   words{"Changes may be missing before this", "이 앞의 변경이 빠졌을 수 있어요"},
		text:    words{"The API server no longer had what happened since the last entry, so Job Lab listed the objects again: states that came and went in between are not here.", "마지막 기록 이후에 일어난 일이 API 서버에 남아 있지 않아서 Job Lab이 오브젝트 목록을 다시 읽었어요. 그사이 나타났다 사라진 상태는 여기에 없어요."},
		sources: watches,
	},
	{
		id: "note/unreachable", on: []string{timeline.NoteUnreachable}, actor: APIServer,
		title:   words{"The API server does not answer", "API 서버가 응답하지 않아요"},
		text:    words{"What happens now is seen later. Kubelets go on with the containers that run.", "지금 일어나는 일은 나중에 보여요. kubelet은 실행 중인 컨테이너를 계속 돌봐요."},
		sources: watches,
	},
	{
		id: "note/reachable", on: []string{timeline.NoteReachable}, actor: APIServer,
		title:   words{"The API server answers again", "API 서버가 다시 응답해요"},
		text:    words{"Everything that it shows has been seen; what came in between came earlier than its entry says.", "API 서버에 있는 것을 모두 확인했어요. 그사이의 일은 기록된 시각보다 먼저 일어났어요."},
		sources: watches,
	},
	{
		id: "note/not-kept", on: []string{timeline.NoteNotKept}, actor: JobLab,
		title:   words{"The run cannot be kept now", "지금은 실행 기록을 저장할 수 없어요"},
		text:    words{"The run goes on all the same, and Job Lab tries again to write it down. If it cannot until the server ends, this run is gone then: {note}", "실행은 그대로 계속되고, Job Lab이 기록을 다시 저장해 봐요. 서버가 끝날 때까지 저장하지 못하면 이 실행 기록은 사라져요: {note}"},
		sources: runLife,
	},
	{
		id: "outcome/met", on: []string{"outcome met"}, actor: JobLab,
		title: words{"All went as expected", "모두 예상대로 됐어요"}, text: words{"Every check of the lab is met.", "실습의 모든 예상이 맞았어요."}, sources: runLife,
	},
	{
		id: "outcome/diverged", on: []string{"outcome diverged"}, actor: JobLab,
		title: words{"It went differently than expected", "예상과 다르게 됐어요"}, text: words{"At least one check diverged; each says at which entry.", "예상 중 적어도 하나가 어긋났어요. 어느 기록에서 어긋났는지 각각 나와 있어요."}, sources: runLife,
	},
	{
		id: "outcome/undecided", on: []string{"outcome undecided"}, actor: JobLab,
		title: words{"Ended before all was decided", "모두 판정되기 전에 끝났어요"}, text: words{"No check diverged, but at least one could not be decided.", "어긋난 예상은 없지만, 판정하지 못한 것이 있어요."}, sources: runLife,
	},
})
