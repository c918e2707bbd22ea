package view

// RunWords are the words of a run's page, and of comparing two runs. In those of
// differences {a} and {b} are the numbers of the two runs.
type RunWords struct {
	CopyLink, Export, ExportDrawing   string
	Started, Took, TookSoFar, Outcome string
	Menu                              string

	// Predicted heads the reader's predictions of a run, PredictedHint is beside it
	// until it has ended, and NotCompared if it was cut off. Answers heads them where
	// nobody predicted.
	Predicted, PredictedHint, NotCompared, Answers string

	Replay, ReplayNote, ReplayAt, Live string
	PreviousEntry, NextEntry           string
	Rewind                             string // to the first divergence

	Compare, CompareWith, CompareTitle string // CompareTitle: %s and %s, the two
	CompareLead, CompareOther          string
	CompareSame, CompareLive           string // CompareLive: %s, the letter
	CompareLabs                        string
	RecordedOf                         string // %s, the lab
	RunOf                              string // %s, the run; %s, the lab
	EarlierRuns, NoEarlierRuns         string
	RecordedRuns, MeantRuns            string
	InWords, Differs, Alike            string
	ChecksCompared, ChecksNone         string
	Expectation, OnlyIn                string // OnlyIn: %s, the letter
	ManifestCompared, ManifestSame     string

	PodsSame, PodsDiffer         string
	RestartsNone, RestartsSame   string
	RestartsDiffer               string
	JobsSame, JobsDiffer         string // the ends
	LeftSame, LeftDiffer         string
	LengthSame, LengthDiffer     string // lengths
	StatusesSame, StatusesDiffer string
	StatusOnly                   string // {letter}, {statuses}
	NotEnded, NoJob              string
}

// RunScriptWords are those that the script of a run's page shows.
type RunScriptWords struct {
	Replay        string `json:"replay"`
	LookBack      string `json:"lookBack"`
	Predicted     string `json:"predicted"`
	PredictedHint string `json:"predictedHint"`
	NotCompared   string `json:"notCompared"`
	AtTime        string `json:"atTime"` // {t}
	ExportFailed  string `json:"exportFailed"`
	Drawing       string `json:"drawing"`
	DrawingTitle  string `json:"drawingTitle"` // {lab}, {run}
}

var runEnglish = RunWords{
	CopyLink: "Copy the link", Export: "Export", ExportDrawing: "The drawing",
	Started: "Started", Took: "Took", TookSoFar: "So far", Outcome: "Outcome", Menu: "What can be done with this run",

	Predicted: "Your predictions", PredictedHint: "They are compared with the run when it has ended.", NotCompared: "The run was cut off, so there is nothing to compare them with.", Answers: "The answers",

	Replay: "Replay", ReplayNote: "This is how it was then: the timeline, the expectations and the events show that moment.", ReplayAt: "Time in the run", Live: "Back to now",
	PreviousEntry: "Previous entry", NextEntry: "Next entry",
	Rewind: "Rewind to the divergence",

	Compare: "Compare", CompareWith: "Compare with…", CompareTitle: "%s, compared with %s",
	CompareLead: "Both on one axis, from the first apply on. Play, scrub and zoom move both.", CompareOther: "Another run…",
	CompareSame: "A run is as it is: it can only be compared with another. Choose one.", CompareLive: "%s is still going on: this is how far it had come. Reload the page to see more.",
	CompareLabs: "These are runs of two labs, which expect different things.",
	RecordedOf:  "Recorded run of “%s”", RunOf: "Run %s of “%s”",
	EarlierRuns: "Your other runs of this lab", NoEarlierRuns: "There is no other run of yours of this lab yet.",
	RecordedRuns: "The lab's recorded run", MeantRuns: "Labs that are worth comparing with this one",
	InWords: "In words", Differs: "differs", Alike: "the same",
	ChecksCompared: "Expectations", ChecksNone: "Neither expects anything.",
	Expectation: "Expectation", OnlyIn: "only in %s",
	ManifestCompared: "Manifests", ManifestSame: "Both ran the same manifest.",

	PodsSame: "Both made the same number of pods: {a}.", PodsDiffer: "Pods made: {a} in A, {b} in B.",
	RestartsNone: "No container was restarted in either.", RestartsSame: "Containers were restarted as often in both: {a}.",
	RestartsDiffer: "Restarts of containers: {a} in A, {b} in B.",
	JobsSame:       "The Job ended the same way: {a}.", JobsDiffer: "How the Job ended: {a} in A, {b} in B.",
	LeftSame: "As many pods are left in both: {a}.", LeftDiffer: "Pods left at the end: {a} in A, {b} in B.",
	LengthSame: "Both took about as long: {a} and {b}.", LengthDiffer: "It took {a} in A, {b} in B.",
	StatusesSame: "Both went through the same states.", StatusesDiffer: "States of pods:",
	StatusOnly: "only in {letter}: {statuses}",
	NotEnded:   "not ended", NoJob: "no Job",
}

var runKorean = RunWords{
	CopyLink: "링크 복사", Export: "내보내기", ExportDrawing: "그림",
	Started: "시작", Took: "걸린 시간", TookSoFar: "지금까지", Outcome: "결과", Menu: "이 실행으로 할 수 있는 일",

	Predicted: "내 예상", PredictedHint: "실행이 끝나면 결과와 비교해요.", NotCompared: "실행이 도중에 끝나서 비교할 결과가 없어요.", Answers: "정답",

	Replay: "다시 보기", ReplayNote: "그때의 모습이에요. 타임라인과 예상, 이벤트가 모두 그 시점을 보여 줘요.", ReplayAt: "실행의 시점", Live: "지금으로 돌아가기",
	PreviousEntry: "이전 기록", NextEntry: "다음 기록",
	Rewind: "어긋난 순간으로 되감기",

	Compare: "비교", CompareWith: "비교하기…", CompareTitle: "%s, %s 비교",
	CompareLead: "둘 다 처음 적용한 때부터 하나의 시간 축에 그려요. 재생, 시점 이동, 확대는 함께 움직여요.", CompareOther: "다른 실행…",
	CompareSame: "같은 실행끼리는 비교할 것이 없어요. 다른 실행을 골라 주세요.", CompareLive: "%s는 아직 진행 중이에요. 지금까지의 모습이니, 이어서 보려면 새로 고치세요.",
	CompareLabs: "서로 다른 실습의 실행이라서 예상하는 것도 달라요.",
	RecordedOf:  "“%s”의 기록된 실행", RunOf: "실행 %s, “%s”",
	EarlierRuns: "이 실습을 실행한 다른 기록", NoEarlierRuns: "이 실습을 실행한 다른 기록이 아직 없어요.",
	RecordedRuns: "실습에 기록된 실행", MeantRuns: "함께 비교해 볼 만한 실습",
	InWords: "말로 하면", Differs: "다름", Alike: "같음",
	ChecksCompared: "예상", ChecksNone: "둘 다 정해진 예상이 없어요.",
	Expectation: "예상한 것", OnlyIn: "%s에만",
	ManifestCompared: "매니페스트", ManifestSame: "둘 다 같은 매니페스트를 실행했어요.",

	PodsSame: "둘 다 파드를 {a}개 만들었어요.", PodsDiffer: "만든 파드: A는 {a}개, B는 {b}개예요.",
	RestartsNone: "어느 쪽에서도 컨테이너가 재시작되지 않았어요.", RestartsSame: "컨테이너가 재시작된 횟수가 {a}회로 같아요.",
	RestartsDiffer: "컨테이너 재시작: A는 {a}회, B는 {b}회예요.",
	JobsSame:       "잡이 똑같이 끝났어요: {a}", JobsDiffer: "잡이 끝난 모습: A는 {a}, B는 {b}",
	LeftSame: "끝났을 때 남은 파드가 {a}개로 같아요.", LeftDiffer: "끝났을 때 남은 파드: A는 {a}개, B는 {b}개예요.",
	LengthSame: "걸린 시간이 비슷해요: {a}, {b}", LengthDiffer: "걸린 시간: A는 {a}, B는 {b}",
	StatusesSame: "둘 다 같은 상태들을 거쳤어요.", StatusesDiffer: "파드의 상태:",
	StatusOnly: "{letter}에만: {statuses}",
	NotEnded:   "끝나지 않음", NoJob: "잡 없음",
}

var runScriptEnglish = RunScriptWords{

	Replay: "Replay", LookBack: "Look back",
	Predicted: runEnglish.Predicted, PredictedHint: runEnglish.PredictedHint, NotCompared: runEnglish.NotCompared,
	AtTime: "as it was at {t}", ExportFailed: "The file could not be made.", Drawing: "Drawing…",
	DrawingTitle: "{lab} · run {run}",
}

var runScriptKorean = RunScriptWords{

	Replay: "다시 보기", LookBack: "되돌아보기",
	Predicted: runKorean.Predicted, PredictedHint: runKorean.PredictedHint, NotCompared: runKorean.NotCompared,
	AtTime: "{t}의 모습", ExportFailed: "파일을 만들지 못했어요.", Drawing: "그리는 중…",
	DrawingTitle: "{lab} · 실행 {run}",
}
