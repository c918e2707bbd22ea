package view

// CatalogueWords are the words of the catalogue, of what is kept of a learner, and
// of a guide's folded part.
type CatalogueWords struct {
	// Description is what search engines and shared links show.
	Description string
	Crumbs      string
	Footer      string

	Tracks     string
	Start      string // before the first run
	Continue   string
	AllMet     string
	Progress   string // %d of %d
	InTrack    string // %d of %d, of one track
	TrackMet   string // %d of %d
	Find       string
	FindHint   string
	Search     string
	AnyLength  string
	UpTo       string // %d minutes
	OnlyLeft   string
	OnlyHere   string
	Length     string
	Matches    string // {n} of {all}
	NoMatch    string
	NoMatchDo  string
	ShowAll    string
	Forget     string
	ForgetSure string
	ForgetDo   string

	// States are how far the learner is with a lab.
	States map[string]string

	Fold     string
	ToReason string

	// Hint and the like are what the first lab page shows.
	Hint, HintPredict, HintRun, HintRead, HintExpected, HintObserved, HintClose string
}

var catalogueEnglish = CatalogueWords{
	Description: "Learn how Kubernetes Jobs really behave: predict, run on a real cluster, and compare every state of every pod with what is expected.",
	Crumbs:      "You are here",
	Footer:      "Apache License 2.0",

	Tracks: "Tracks", Start: "Start with", Continue: "Continue with", AllMet: "Every lab has gone as expected.",
	Progress: "%d of %d as expected", InTrack: "%d of %d", TrackMet: "%d of %d as expected",
	Find: "Find a lab", FindHint: "A field, a STATUS, a symptom: backoffLimit, CrashLoopBackOff, deleted…", Search: "Search",
	AnyLength: "Any length", UpTo: "up to %d min", Length: "Length", OnlyLeft: "not met yet", OnlyHere: "available here",
	Matches: "{n} of {all} labs", NoMatch: "No lab has all of this.", NoMatchDo: "Try fewer words, a field such as backoffLimit, or a STATUS such as OOMKilled. Both languages are searched.",
	ShowAll: "Show all labs",
	Forget:  "Forget my progress", ForgetSure: "This browser is then not known any more: how far you are with each lab, and what you predicted. Runs stay at their addresses for as long as the server keeps them.", ForgetDo: "Forget it",

	States: map[string]string{"": "not run yet", "pending": "running", "undecided": "not decided", "diverged": "diverged", "met": "as expected"},

	Fold: "opens when your run has ended", ToReason: "Read what happened, and why",

	Hint: "Three steps to a lab", HintPredict: "Predict what will happen.", HintRun: "Run the manifest, on a real cluster.", HintRead: "Read the timeline:",
	HintExpected: "pale is what is expected,", HintObserved: "solid is what your run does.", HintClose: "Got it",
}

var catalogueKorean = CatalogueWords{
	Description: "쿠버네티스 잡이 실제로 어떻게 움직이는지 배워요. 예상하고, 진짜 클러스터에서 실행하고, 모든 파드의 모든 상태를 기대한 것과 비교해요.",
	Crumbs:      "현재 위치",
	Footer:      "Apache License 2.0",

	Tracks: "트랙", Start: "여기서 시작해요", Continue: "이어서 하기", AllMet: "모든 실습이 예상대로 끝났어요.",
	Progress: "%d / %d 예상대로", InTrack: "%d / %d", TrackMet: "%d / %d 예상대로",
	Find: "실습 찾기", FindHint: "필드, STATUS, 증상: backoffLimit, CrashLoopBackOff, 삭제…", Search: "찾기",
	AnyLength: "모든 길이", UpTo: "%d분까지", Length: "길이", OnlyLeft: "아직 남은 것", OnlyHere: "여기서 실행할 수 있는 것",
	Matches: "실습 {all}개 중 {n}개", NoMatch: "여기에 모두 맞는 실습이 없어요.", NoMatchDo: "낱말을 줄이거나, backoffLimit 같은 필드나 OOMKilled 같은 STATUS로 찾아보세요. 두 언어에서 모두 찾아요.",
	ShowAll: "모든 실습 보기",
	Forget:  "내 진행 기록 지우기", ForgetSure: "이 브라우저를 더 이상 알아보지 못해요. 실습마다 어디까지 했는지, 무엇을 예상했는지가 지워져요. 실행 기록은 서버가 보관하는 동안 그 주소에 남아 있어요.", ForgetDo: "지우기",

	States: map[string]string{"": "아직 안 했어요", "pending": "실행 중", "undecided": "결론 없음", "diverged": "예상과 달라요", "met": "예상대로"},

	Fold: "실행이 끝나면 열려요", ToReason: "무슨 일이 일어났고 왜 그런지 읽기",

	Hint: "실습은 세 단계예요", HintPredict: "무슨 일이 일어날지 예상해요.", HintRun: "진짜 클러스터에서 매니페스트를 실행해요.", HintRead: "타임라인을 읽어요:",
	HintExpected: "옅은 것은 기대한 것,", HintObserved: "진한 것은 내 실행이에요.", HintClose: "알겠어요",
}
