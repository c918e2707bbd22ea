package view

// TabWords are the words of the tabs below the timeline.
type TabWords struct {
	Tabs, Describe, LiveYAML, Console string

	EventsOf, EventsAll, EventsWarnings string
	EventsNewest                        string // %d, the listed; %d, all
	EventsJSON                          string
	EventsCSV                           string
	LogEnd, LogWrap, LogDownload        string
	LogWhole                            string
	Object, NothingYet, Copy            string

	ConsoleOutput, ConsoleLine, ConsoleEnter, ConsoleStop string
	ConsoleKeys, ConsoleAllowed, ConsoleExamples          string
	ConsoleNeedsScript                                    string

	OwnKubectl, OwnKubectlGet, OwnKubectlUse string
	OwnKubectlUntil, OwnKubectlNoRun         string
}

// TabScriptWords are the words that the script shows in the tabs, and those that it
// says of the connection that brings what they hold; {…} is filled in.
type TabScriptWords struct {
	NothingLost string `json:"nothingLost"` // {n}
	SomeLost    string `json:"someLost"`    // {n}
	Earlier     string `json:"earlier"`     // {n}
	NoMatch     string `json:"noMatch"`

	DeletedAt     string `json:"deletedAt"` // {t}
	DeletedAfter  string `json:"deletedAfter"`
	NewestVersion string `json:"newestVersion"` // {t}
	ObjectDeleted string `json:"objectDeleted"` // {object}, {when}
	ObjectGone    string `json:"objectGone"`    // {object}, {when}
	ObjectWas     string `json:"objectWas"`     // {object}, {when}
	ObjectsNone   string `json:"objectsNone"`
	ManagedShow   string `json:"managedShow"` // {n}
	ManagedHide   string `json:"managedHide"`
	Copied        string `json:"copied"`
	CopyFailed    string `json:"copyFailed"`

	CleanedUp  string `json:"cleanedUp"`
	NotServed  string `json:"notServed"`
	ClusterOff string `json:"clusterOff"`

	Cut            string `json:"cut"`    // {n}
	ExitCode       string `json:"exited"` // {code}
	Stopped        string `json:"stopped"`
	BrokeOff       string `json:"brokeOff"`
	NoCompletion   string `json:"noCompletion"`
	MoreLines      string `json:"moreLines"` // {n}
	ConsoleWaiting string `json:"consoleWaiting"`

	Polling string `json:"polling"`
	Again   string `json:"again"`
	Gone    string `json:"gone"`
}

var (
	englishTabs = TabWords{
		Tabs: "What the run shows", Describe: "Describe", LiveYAML: "Live YAML", Console: "Console",
		EventsOf: "Object", EventsAll: "All objects", EventsWarnings: "Warnings only",
		EventsNewest: "The newest %d of %d are listed.", EventsJSON: "All entries as JSON", EventsCSV: "All states as CSV, a table",
		LogEnd: "Jump to the end", LogWrap: "Wrap lines", LogDownload: "Download",
		LogWhole: "The log does not follow the replay: its lines are kept without their times, so what came later is here as well.",
		Object:   "Object", NothingYet: "Nothing has run yet. Press Run, and the objects of the run are here.", Copy: "Copy",
		ConsoleOutput: "Output of kubectl", ConsoleLine: "Command line of kubectl", ConsoleEnter: "Enter", ConsoleStop: "Stop",
		ConsoleKeys:     "Tab completes; ↑ and ↓ bring back earlier lines; Ctrl+C stops. Escape and then Tab leaves the line.",
		ConsoleAllowed:  "kubectl runs in the server, limited to this run's namespace: get, describe, logs, explain, events, top, delete, wait, create job, and a few patches. Whatever else is refused, with the reason.",
		ConsoleExamples: "Try", ConsoleNeedsScript: "The console needs JavaScript. Your own kubectl does not:",
		OwnKubectl: "Use your own kubectl", OwnKubectlGet: "Download the kubeconfig", OwnKubectlUse: "Then, where you saved it:",
		OwnKubectlUntil: "It reaches only the namespace of this run, and is valid until the run is cleaned up, which is a while after it has ended.",
		OwnKubectlNoRun: "Press Run first: each run has a kubeconfig of its own.",
	}
	koreanTabs = TabWords{
		Tabs: "실행에서 볼 수 있는 것", Describe: "Describe", LiveYAML: "현재 YAML", Console: "콘솔",
		EventsOf: "대상", EventsAll: "모든 대상", EventsWarnings: "경고만",
		EventsNewest: "가장 새로운 %d개만 보여요. 모두 %d개예요.", EventsJSON: "모든 기록을 JSON으로 보기", EventsCSV: "모든 상태를 CSV 표로 받기",
		LogEnd: "끝으로 가기", LogWrap: "줄 바꿈", LogDownload: "내려받기",
		LogWhole: "로그는 다시 보기를 따라가지 않아요. 줄마다 시각이 남아 있지 않아서, 나중에 쓰인 줄도 함께 보여요.",
		Object:   "오브젝트", NothingYet: "아직 실행하지 않았어요. 실행을 누르면 이 실행의 오브젝트가 여기에 나타나요.", Copy: "복사",
		ConsoleOutput: "kubectl 출력", ConsoleLine: "kubectl 명령줄", ConsoleEnter: "입력", ConsoleStop: "중지",
		ConsoleKeys:     "Tab은 자동 완성, ↑와 ↓는 이전 명령, Ctrl+C는 중지예요. Esc를 누른 다음 Tab을 누르면 입력 칸을 벗어나요.",
		ConsoleAllowed:  "kubectl은 서버 안에서, 이 실행의 네임스페이스로 제한되어 돌아가요. get, describe, logs, explain, events, top, delete, wait, create job과 몇 가지 patch를 쓸 수 있고, 그 밖의 것은 이유와 함께 거부돼요.",
		ConsoleExamples: "해 보기", ConsoleNeedsScript: "콘솔에는 자바스크립트가 필요해요. 내 kubectl은 그렇지 않아요.",
		OwnKubectl: "내 kubectl 쓰기", OwnKubectlGet: "kubeconfig 내려받기", OwnKubectlUse: "그런 다음, 저장한 곳에서 실행하세요.",
		OwnKubectlUntil: "이 실행의 네임스페이스만 쓸 수 있고, 실행이 정리될 때까지 유효해요. 실행이 끝나고 얼마 뒤에 정리돼요.",
		OwnKubectlNoRun: "먼저 실행을 누르세요. 실행마다 kubeconfig가 따로 있어요.",
	}

	englishTabScript = TabScriptWords{
		NothingLost: "entry {n} · nothing lost", SomeLost: "entry {n} · a gap is marked", Earlier: "Show {n} earlier", NoMatch: "No event matches.",
		DeletedAt: "deleted at {t}", DeletedAfter: "deleted after the run",
		NewestVersion: "This tab does not follow the replay: it shows the newest version, which the run saw first at {t}.",
		ObjectDeleted: "{object}, {when}: this is the last version that the run saw.",
		ObjectGone:    "{object}, {when}: the API server has nothing to describe any more. Its last version is under Live YAML.",
		ObjectWas:     "{object}, {when}: this is how it was described last.",
		ObjectsNone:   "The run has no objects yet.",
		ManagedShow:   "show {n} lines", ManagedHide: "hide",
		Copied: "Copied", CopyFailed: "Not copied",
		CleanedUp: "The run has been cleaned up: its objects are gone from the cluster. The timeline, the events and the logs are kept.",
		NotServed: "The server has nothing to show here.", ClusterOff: "The cluster is not ready, so it cannot be asked now. The badge at the top shows how it is.",
		Cut: "{n} earlier lines were cut", ExitCode: "exit {code}", Stopped: "stopped", BrokeOff: "The connection broke off. The command may not have ended.",
		NoCompletion: "Nothing completes this. Press Tab again to leave the line.", MoreLines: "and {n} more lines", ConsoleWaiting: "A command is running. Stop it, or wait for its end.",
		Polling: "The live connection is blocked, perhaps by a proxy. The page asks every 2 s instead; nothing is lost.",
		Again:   "The server has another record of this run's last moments, so the run is shown anew.",
		Gone:    "The server does not know this run any more. What the page has of it stays here; open the lab to run it again.",
	}
	koreanTabScript = TabScriptWords{
		NothingLost: "기록 {n} · 빠진 것 없음", SomeLost: "기록 {n} · 빈 구간이 표시되어 있음", Earlier: "이전 {n}개 더 보기", NoMatch: "맞는 이벤트가 없어요.",
		DeletedAt: "{t}에 삭제됨", DeletedAfter: "실행이 끝난 뒤 삭제됨",
		NewestVersion: "이 탭은 다시 보기를 따라가지 않아요. 가장 새로운 버전을 보여 주고, 이 실행은 그 버전을 {t}에 처음 봤어요.",
		ObjectDeleted: "{object} ({when}): 이 실행이 마지막으로 본 버전이에요.",
		ObjectGone:    "{object} ({when}): API 서버에 설명할 것이 남아 있지 않아요. 마지막 버전은 현재 YAML 탭에 있어요.",
		ObjectWas:     "{object} ({when}): 마지막으로 설명된 내용이에요.",
		ObjectsNone:   "이 실행에는 아직 오브젝트가 없어요.",
		ManagedShow:   "{n}줄 펼치기", ManagedHide: "접기",
		Copied: "복사했어요", CopyFailed: "복사하지 못했어요",
		CleanedUp: "실행이 정리되어 오브젝트가 클러스터에 남아 있지 않아요. 타임라인, 이벤트, 로그는 보관되어 있어요.",
		NotServed: "서버에 보여 줄 것이 없어요.", ClusterOff: "클러스터가 준비되지 않아 지금은 물어볼 수 없어요. 위쪽 배지에서 상태를 볼 수 있어요.",
		Cut: "이전 {n}줄이 잘렸어요", ExitCode: "종료 코드 {code}", Stopped: "중지했어요", BrokeOff: "연결이 끊겼어요. 명령이 끝나지 않았을 수 있어요.",
		NoCompletion: "자동 완성할 것이 없어요. Tab을 한 번 더 누르면 입력 칸을 벗어나요.", MoreLines: "그 밖에 {n}줄", ConsoleWaiting: "명령이 실행 중이에요. 중지하거나 끝날 때까지 기다리세요.",
		Polling: "실시간 연결이 막혀 있어요. 프록시 때문일 수 있어요. 대신 2초마다 확인하고, 빠지는 것은 없어요.",
		Again:   "서버에 남은 이 실행의 마지막 기록이 달라서, 실행을 처음부터 다시 보여 줘요.",
		Gone:    "서버에 이 실행 기록이 더 이상 없어요. 이 페이지에 있는 내용은 그대로 남아 있어요. 다시 실행하려면 실습을 여세요.",
	}
)
