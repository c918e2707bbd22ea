package view

var korean = shared(&Words{
	Lang: Korean,

	Skip: "본문으로 건너뛰기", Labs: "실습",
	OtherLanguage: English, OtherLanguageName: "English",
	Theme: "화면 테마", ThemeAuto: "시스템 설정", ThemeLight: "밝게", ThemeDark: "어둡게",
	Keys: "단축키",

	Catalogue:      catalogueKorean,
	CatalogueTitle: "파드가 실제로 무엇을 하는지 보세요",
	CatalogueLead:  "실습마다 짧은 안내와 매니페스트가 짝을 이뤄요. 먼저 예상하고, 실행을 눌러 진짜 쿠버네티스를 지켜보세요. 모든 파드의 모든 상태가 순서대로, 예상 결과와 나란히 나타나요.",
	Minutes:        "%d분",
	Lab:            "실습 %s",

	Goal: "목표", Guide: "안내", Sources: "출처", Previous: "이전 실습", Next: "다음 실습",

	Manifest: "매니페스트", ManifestHint: "고쳐도 되고, 그대로 실행해도 돼요", Reset: "되돌리기", Run: "실행", RunAgain: "다시 실행", Stop: "중지",
	RunKeys: "Ctrl+Enter", ReadOnly: "적용된 그대로",
	Problems: "매니페스트가 거부됐어요", Line: "%d행",
	EditorKeys:  "Ctrl+Space 필드 · F1 도움말 · F8 다음 문제 · Esc 다음 Tab으로 나가기",
	NeedsScript: "자바스크립트가 꺼져 있으면 실행 페이지는 지금까지 일어난 일을 보여 줘요. 새로 고치면 이어서 볼 수 있어요.",

	Predict: "먼저 예상해 보세요", PredictHint: "무슨 일이 일어날까요? 답하지 않고 실행해도 돼요.", Yes: "네", No: "아니요", SecondsUnit: "초",

	BrokenLabs: "문제가 있는 실습", BrokenLab: "이 실습에 문제가 있어요",
	BrokenMeans: "파일을 바로잡기 전에는 보여 주거나 실행할 수 없어요. 파일이 바뀌면 자동으로 다시 읽으니, 그때 이 페이지를 새로 고치세요.",

	RecordedRun: "기록된 실행", RecordedNote: "지금 내 실행이 아니라, 전에 기록해 둔 실행이에요.", Play: "재생", Speed: "%d× 속도",
	Why: "왜 그럴까요?", WhyTitle: "왜 이렇게 됐을까요?", WhyNothing: "여기에는 설명할 것이 없어요.",
	WhyActor: "누가", WhyField: "정하는 필드", WhyAbsent: "매니페스트에 없음", WhyDefault: "매니페스트에 없음, 기본값 %s", WhyValue: "계산", WhyFacts: "클러스터가 알린 내용",

	Expected: "예상", ExpectedNone: "이 실습에는 정해진 예상이 없어요. 자유롭게 살펴보세요.",
	Timeline: "타임라인", TimelineEmpty: "아직 실행하지 않았어요. 옅은 막대가 예상이고, 실제로 일어난 일은 그 아래 같은 시간 축에 그려져요.",
	TableCaption: "kubectl get pods --watch가 출력하는 모든 상태를 순서대로",
	ColumnTime:   "시간", ColumnPod: "파드",
	Events: "이벤트", EventsEmpty: "아직 이벤트가 없어요.", ColumnObject: "대상", ColumnReason: "이유", ColumnMessage: "메시지",
	Logs: "로그", LogsEmpty: "아직 로그가 있는 파드가 없어요.", LogPod: "파드", LogContainer: "컨테이너", LogPrevious: "이전 컨테이너",
	Permalink: "고정 링크", OfLab: "실습 열기", Namespace: "네임스페이스",
	RunTitle: "실행 %s",
	GoneRun:  "이 주소의 실행 기록은 더 이상 보관되어 있지 않아요. 실행을 눌러 새로 시작하세요.",

	NotFound: "없는 페이지예요", NotFoundMeans: "주소에 오타가 있거나 페이지가 옮겨졌을 수 있어요.",
	NoLab: "없는 실습이에요", NoLabMeans: "이런 이름의 실습은 없어요. 주소에 오타가 있을 수 있어요.", LabGone: "실습 (이제 없어요)",
	NoRun: "이 실행 기록은 여기에 없어요", NoRunMeans: "이런 이름의 실행 기록이 없거나 지워졌어요. 새 실행을 위해 오래된 기록부터 지워져요. 실습을 열어 다시 실행해 보세요.",
	Internal: "서버에 문제가 생겼어요", InternalMeans: "사용자가 아니라 서버의 잘못이에요. 다시 시도하면 될 수도 있어요. 자세한 내용은 서버 로그에 이 요청 번호로 남아 있어요.",
	BadRequest: "요청을 읽을 수 없어요", BadRequestMeans: "브라우저가 보낸 내용이 이 페이지가 기대하는 형식과 달라요. 이전 페이지로 돌아가 다시 시도해 보세요.",
	MethodNotAllowed: "이 주소는 그런 요청을 받지 않아요",
	UnknownHost:      "이 서버의 이름이 아니에요", UnknownHostMeans: "http://127.0.0.1:8080처럼 주소로 열거나, 쓰려는 이름을 -host로 알려 주고 서버를 시작하세요.",
	Forbidden: "다른 사이트에서 온 요청이에요", ForbiddenMeans: "실행과 중지는 이 서버의 페이지에서만 할 수 있어요. 여기에서 실습을 열고 다시 시도해 보세요.",
	Near: "혹시 이 실습을 찾으셨나요?", Back: "전체 실습",
	TooLarge: "매니페스트가 너무 커요. 256KiB까지 쓸 수 있어요.", Full: "이 서버가 동시에 실행할 수 있는 수를 모두 쓰고 있어요. 하나가 끝난 뒤 다시 시도하거나, 진행 중인 실행을 중지하세요.",
	NotReady: "클러스터가 아직 준비되지 않았어요. 위쪽 배지에서 진행 상황을 볼 수 있어요. 준비되면 다시 시도하세요.",
	Refused:  "매니페스트가 거부됐어요. 아무것도 만들어지지 않았어요.", RequestID: "요청 번호",
	Unreachable:  "API 서버가 응답하지 않아서 지금은 실행할 수 없어요. 진행 중인 실행은 응답을 기다리고 있어요. 위쪽 배지가 준비됨으로 바뀌면 다시 시도하세요.",
	NotHere:      "여기에서는 할 수 없어요",
	NeedsBackend: "이 실습은 다음 클러스터에서만 실행할 수 있어요: %s. 지금 클러스터: %s.",
	NeedsVersion: "이 실습에는 쿠버네티스 %s 이상이 필요해요. 지금 클러스터의 버전은 %s이에요.",
	NeedsGate:    "이 실습에는 기능 게이트 %s가 필요하고, 이 게이트는 쿠버네티스 %s부터 기본으로 켜져 있어요. 지금 클러스터의 버전은 %s이에요.",

	Clusters: map[string]string{"starting": "시작하는 중", "ready": "준비됨", "unreachable": "응답 없음", "restarting": "다시 시작하는 중", "failed": "실패", "closed": "종료됨", "lost": "연결 끊김"},
	Runs:     map[string]string{"pending": "시작하는 중", "running": "실행 중", "finished": "끝남", "stopped": "중지됨", "interrupted": "중단됨", "failed": "실패"},
	Checks:   map[string]string{"pending": "대기", "met": "일치", "diverged": "어긋남", "undecided": "미정"},
	Outcomes: map[string]string{"met": "모두 예상대로 됐어요", "diverged": "예상과 다르게 됐어요", "undecided": "모두 판정되기 전에 끝났어요"},
	Backends: map[string]string{"embedded": "내장", "kind": "kind", "kubeconfig": "연결한 클러스터"},

	Actors: map[string]string{
		"kubelet": "kubelet", "job-controller": "잡 컨트롤러", "cronjob-controller": "크론잡 컨트롤러", "scheduler": "스케줄러", "api-server": "API 서버",
		"garbage-collector": "가비지 컬렉터", "ttl-controller": "TTL 컨트롤러", "node-controller": "노드·축출 컨트롤러", "program": "컨테이너 안의 프로그램",
		"learner": "나, 또는 API를 쓴 사람", "joblab": "Job Lab", "unknown": "알 수 없음",
	},

	Steps:  "실행하는 동안 직접 하는 일",
	NotNow: "지금은 이 단계를 할 수 없어요", NotNowMeans: "아직 때가 되지 않았거나, 이미 했거나, 실행이 끝났어요. 실행 페이지에서 확인할 수 있어요.",
	StepStates: map[string]string{
		"waiting": "아직", "ready": "지금", "doing": "하는 중", "done": "했음", "refused": "거부됨", "passed": "지나감",
	},

	OfRun:    runKorean,
	TabWords: koreanTabs,

	Script: ScriptWords{
		RunScriptWords: runScriptKorean,
		TabScriptWords: koreanTabScript,

		Starting: "시작하는 중…",
		Follow:   "따라가기", Fit: "전체 보기", ZoomIn: "확대", ZoomOut: "축소", Table: "표",
		Pause: "일시 정지",
		Help:  "화살표 키로 상태를 옮겨 다니고, Enter를 누르거나 클릭하면 이유를 볼 수 있어요. +와 −로 확대·축소하고, F로 전체를 볼 수 있어요.",

		Resume: "이어서 보기", ResumeWaiting: "이어서 보기 · 새 기록 {n}개", FirstDivergence: "처음 어긋난 곳",
		NoJob: "잡에 속하지 않은 파드", Index: "인덱스 {n}", Merged: "{from}부터 {to}까지 상태 {n}개, 너무 짧아 따로 그릴 수 없어요: {states}. 확대하면 하나씩 볼 수 있어요.",
		Marks: map[string]string{
			"created": "생성됨", "scheduled": "노드 배정됨", "pulled": "이미지 준비됨", "started": "시작됨", "exit": "종료됨, 종료 코드",
			"restart": "재시작, 횟수", "sigterm": "종료 신호 (SIGTERM)", "deleted": "삭제됨", "gap": "변경이 빠졌을 수 있음",
		},

		Expected: "예상", Observed: "실제", Inferred: "추론", Published: "API 서버가 알린 상태", Still: "지금도 그대로", Kept: "남아 있음", Deleted: "삭제됨", Created: "생성됨", Restart: "재시작 {n}", Exit: "종료 코드 {code}", Restarts: "재시작 {n}회",
		Sigterm: "SIGTERM", Gap: "이 구간의 변경은 빠졌을 수 있어요",
		PodN: "파드 {n}", DueAt: "{t}에 예상", Span: "{from}부터 {to}까지", Lasted: "{length} 동안", Since: "{from}부터", Wait: "{length} 뒤",
		Recorded: "예상: {source}", Diverged: "예상은 {expected}, 실제는 {got}",
		Active: "활성", Ready: "준비", Ending: "종료 중", Succeeded: "성공", Failed: "실패",
		Announce: "{pod}: {status}", ChecksMet: "{all}개 중 {met}개 일치",
		RightAnswer: "맞았어요: {right}", WrongAnswer: "달랐어요: 내 답은 {yours}, 실제는 {right}",
		RightSeconds: "맞았어요: 실제는 {right}, 내 답 {yours}와 {off} 차이", WrongSeconds: "달랐어요: 실제는 {right}, 내 답 {yours}와 {off} 차이",
		Answer: "실제: {right}", NoAnswer: "이번 실행에서는 답이 나오지 않았어요.", Score: "{all}개 중 {right}개 맞음",
		Lost:               "연결이 끊겨 다시 연결하고 있어요. 실행은 계속되고, 그동안의 기록도 빠지지 않아요.",
		NoServer:           "서버가 응답하지 않아요. 서버가 켜져 있는지 확인해 보세요.",
		ClusterDown:        "클러스터와 연결이 끊겨 다시 시작하고 있어요: {error}",
		ClusterFailed:      "클러스터를 시작하지 못했어요: {error}",
		ClusterUnreachable: "API 서버가 {since}부터 응답하지 않아요. 실행은 계속되고, 다시 응답하면 그동안 일어난 일을 보여 줘요. {error}",
		StopFailed:         "실행을 중지하지 못했어요.",
		StepFailed:         "이 단계를 하지 못했어요. 다시 해 보세요.",
		LogLoading:         "로그를 읽고 있어요…", LogNone: "이 컨테이너는 아무것도 출력하지 않았어요.", LogMissing: "그런 로그가 없어요.",
		WouldRefuse: "이대로는 클러스터가 거부해요", ProblemCount: "문제 {n}개", NoProblems: "문제를 찾지 못했어요", NotChecked: "클러스터가 준비되지 않아서 확인하지 못했어요",
		Difference: "바뀐 줄: {n}", Completions: "제안", NoHelp: "여기에는 도움말이 없어요", NoField: "{path}: 그런 필드는 없어요",
		FieldRequired: "필수", FieldDefault: "기본값 {value}", FieldValues: "다음 중 하나: {values}",
		Line: "{n}행", ByServer: "Job Lab", EntriesSoFar: "지금까지 기록 {n}개", EntriesInAll: "기록 {n}개, 빠진 것 없음",
		Keys: map[string]string{
			"title": "단축키", "close": "닫기", "single": "?나 T 같은 한 글자 단축키를 어디에서나 쓸게요",
			"everywhere": "어디에서나", "help": "단축키 보기",
			"complete": "필드와 값을 제안해요", "field": "필드의 뜻을 보여 줘요", "problem": "다음 문제로 가요", "leave": "편집기에서 나가요", "timeline": "타임라인", "table": "그림과 표를 서로 바꿔요", "walk": "상태와 레인 사이를 옮겨 다녀요", "ends": "레인의 처음과 마지막 상태로 가요", "why": "이유를 보여 줘요", "zoom": "확대하고 축소해요", "fit": "실행 전체를 보여 줘요", "follow": "새로 생기는 것을 따라가요", "pause": "그림을 멈추고 다시 이어 가요", "divergence": "처음 어긋난 곳으로 가요", "pan": "시간 축을 따라 옮겨요",
			"catalogue": "실습 목록", "find": "실습 찾기", "hint": "실습의 세 단계 다시 보기",
			"manifest": "매니페스트", "run": "실행해요",
			"replay": "다시 보기 (조작 단추에 초점이 있을 때)", "play": "재생하고 멈춰요 (슬라이더에서)", "entryBefore": "이전 기록으로 가요", "entryAfter": "다음 기록으로 가요",
		},
		SecondsFormat: "{n}초", MinutesFormat: "{m}분 {s}초",
	},
})
