package view

var english = shared(&Words{
	Lang: English,

	Skip: "Skip to the content", Labs: "Labs",
	OtherLanguage: Korean, OtherLanguageName: "한국어",
	Theme: "Theme", ThemeAuto: "Automatic", ThemeLight: "Light", ThemeDark: "Dark",
	Keys: "Keys",

	Catalogue:      catalogueEnglish,
	CatalogueTitle: "See what your pods really do",
	CatalogueLead:  "Each lab pairs a short guide with a manifest. Predict, press Run, and watch a real Kubernetes: every state of every pod in order, next to what is expected.",
	Minutes:        "%d min",
	Lab:            "Lab %s",

	Goal: "Goal", Guide: "Guide", Sources: "Sources", Previous: "Previous lab", Next: "Next lab",

	Manifest: "Manifest", ManifestHint: "edit it, or run it as it is", Reset: "Reset", Run: "Run", RunAgain: "Run again", Stop: "Stop",
	RunKeys: "Ctrl+Enter", ReadOnly: "as applied",
	Problems: "The manifest was refused", Line: "line %d",
	EditorKeys:  "Ctrl+Space fields · F1 help · F8 next problem · Esc, then Tab leaves",
	NeedsScript: "Without JavaScript the page of a run shows what has happened so far: reload it to see more.",

	Predict: "Predict first", PredictHint: "What do you think will happen? You can also run without answering.", Yes: "Yes", No: "No", SecondsUnit: "seconds",

	BrokenLabs: "Labs with problems", BrokenLab: "This lab has problems",
	BrokenMeans: "It cannot be shown or run until its files are corrected. They are read again when they change: reload this page then.",

	RecordedRun: "Recorded run", RecordedNote: "A run that was recorded, not yours.", Play: "Play", Speed: "%d× as fast as it was",
	Why: "Why?", WhyTitle: "Why did this happen?", WhyNothing: "There is nothing to explain here.",
	WhyActor: "Who acts", WhyField: "Decided by", WhyAbsent: "not in the manifest", WhyDefault: "not in the manifest; the default is %s", WhyValue: "Computed", WhyFacts: "What the cluster published",

	Expected: "Expected", ExpectedNone: "This lab expects nothing: look around.",
	Timeline: "Timeline", TimelineEmpty: "Nothing has run yet. The pale bars are what is expected; what happens will be drawn below them on the same axis.",
	TableCaption: "Every state in order, as kubectl get pods --watch prints it",
	ColumnTime:   "Time", ColumnPod: "Pod",
	Events: "Events", EventsEmpty: "No events yet.", ColumnObject: "Object", ColumnReason: "Reason", ColumnMessage: "Message",
	Logs: "Logs", LogsEmpty: "No pod has a log yet.", LogPod: "Pod", LogContainer: "Container", LogPrevious: "Previous container",
	Permalink: "Permanent link", OfLab: "Open the lab", Namespace: "Namespace",
	RunTitle: "Run %s",
	GoneRun:  "The run in this address is not kept any more. Press Run to start another.",

	NotFound: "There is no such page", NotFoundMeans: "The address may be misspelt, or the page has moved.",
	NoLab: "There is no such lab", NoLabMeans: "No lab has this name. It may be misspelt.", LabGone: "Lab (no longer here)",
	NoRun: "This run is not here", NoRunMeans: "There is no run of this name, or it was forgotten: the oldest runs make room for new ones. Open the lab and run it again.",
	Internal: "Something went wrong here", InternalMeans: "This is a fault of the server, not of what you did. Trying again may help; the server's log says more under this request.",
	BadRequest: "The request could not be read", BadRequestMeans: "What the browser sent is not what this page expects. Go back and try again.",
	MethodNotAllowed: "This address does not take such requests",
	UnknownHost:      "This server does not go by that name", UnknownHostMeans: "Open it by its address, such as http://127.0.0.1:8080, or start it with -host and the name that you use.",
	Forbidden: "The request came from another site", ForbiddenMeans: "Only pages of this server may start and stop runs. Open the lab here and try again.",
	Near: "Perhaps you meant", Back: "All labs",
	TooLarge: "The manifest is too large: at most 256 KiB.", Full: "As many runs as this server takes are going on. Try again when one has ended, or stop one of yours.",
	NotReady: "The cluster is not ready yet. The badge at the top shows what it is doing; try again when it is ready.",
	Refused:  "The manifest was refused. Nothing was created.", RequestID: "Request",
	Unreachable:  "The API server does not answer, so no run can start. Runs that are going on wait for it. Try again when the badge at the top says that the cluster is ready.",
	NotHere:      "Not available here",
	NeedsBackend: "This lab runs only on these clusters: %s. The cluster here is: %s.",
	NeedsVersion: "This lab needs Kubernetes %s or newer. The cluster here runs %s.",
	NeedsGate:    "This lab needs the feature gate %s, which is on by default from Kubernetes %s on. The cluster here runs %s.",

	Clusters: map[string]string{"starting": "starting", "ready": "ready", "unreachable": "not answering", "restarting": "restarting", "failed": "failed", "closed": "stopped", "lost": "no connection"},
	Runs:     map[string]string{"pending": "starting", "running": "running", "finished": "finished", "stopped": "stopped", "interrupted": "interrupted", "failed": "failed"},
	Checks:   map[string]string{"pending": "pending", "met": "met", "diverged": "diverged", "undecided": "undecided"},
	Outcomes: map[string]string{"met": "All went as expected", "diverged": "It went differently than expected", "undecided": "Ended before all was decided"},
	Backends: map[string]string{"embedded": "embedded", "kind": "kind", "kubeconfig": "your cluster"},

	Actors: map[string]string{
		"kubelet": "kubelet", "job-controller": "Job controller", "cronjob-controller": "CronJob controller", "scheduler": "scheduler", "api-server": "API server",
		"garbage-collector": "garbage collector", "ttl-controller": "TTL controller", "node-controller": "node and eviction controllers", "program": "the program in the container",
		"learner": "you, or whoever uses the API", "joblab": "Job Lab", "unknown": "not known",
	},

	Steps:  "What you do during the run",
	NotNow: "This step cannot be done now", NotNowMeans: "Its moment has not come yet, it has been done, or the run has ended. The page of the run shows which.",
	StepStates: map[string]string{
		"waiting": "not yet", "ready": "now", "doing": "being done", "done": "done", "refused": "refused", "passed": "passed over",
	},

	OfRun:    runEnglish,
	TabWords: englishTabs,

	Script: ScriptWords{
		RunScriptWords: runScriptEnglish,
		TabScriptWords: englishTabScript,

		Starting: "Starting…",
		Follow:   "Follow", Fit: "Fit", ZoomIn: "Zoom in", ZoomOut: "Zoom out", Table: "Table",
		Pause: "Pause",
		Help:  "Arrow keys walk the states, Enter or a click says why, + and − zoom, F fits.",

		Resume: "Resume", ResumeWaiting: "Resume · {n} new", FirstDivergence: "First divergence",
		NoJob: "Pods of no Job", Index: "index {n}", Merged: "{n} states from {from} to {to}, too short to be drawn apart: {states}. Zoom in to see each.",
		Marks: map[string]string{
			"created": "created", "scheduled": "scheduled", "pulled": "image there", "started": "started", "exit": "ended, with its exit code",
			"restart": "restart, with its number", "sigterm": "told to stop (SIGTERM)", "deleted": "deleted", "gap": "changes may be missing",
		},

		Expected: "expected", Observed: "observed", Inferred: "inferred", Published: "published by the API server", Still: "still so", Kept: "kept", Deleted: "deleted", Created: "created", Restart: "restart {n}", Exit: "exit {code}", Restarts: "restarts {n}",
		Sigterm: "SIGTERM", Gap: "changes may be missing here",
		PodN: "pod {n}", DueAt: "expected at {t}", Span: "{from} to {to}", Lasted: "{length} long", Since: "since {from}", Wait: "{length} later",
		Recorded: "Expected: {source}", Diverged: "expected {expected}, got {got}",
		Active: "active", Ready: "ready", Ending: "terminating", Succeeded: "succeeded", Failed: "failed",
		Announce: "{pod}: {status}", ChecksMet: "{met} of {all} met",
		RightAnswer: "Right: {right}.", WrongAnswer: "Not so: the answer is {right}, not {yours}.",
		RightSeconds: "Right: it was {right}, {off} from your {yours}.", WrongSeconds: "Not so: it was {right}, {off} from your {yours}.",
		Answer: "The answer is {right}.", NoAnswer: "This run has no answer to it.", Score: "{right} of {all} right",
		Lost:               "The connection is lost; trying again. The run goes on, and nothing of it will be missed.",
		NoServer:           "The server does not answer. Is it still running?",
		ClusterDown:        "The cluster was lost and is being started again: {error}",
		ClusterFailed:      "The cluster could not be started: {error}",
		ClusterUnreachable: "The API server has not answered since {since}. Runs go on and show what they missed when it answers again. {error}",
		StopFailed:         "The run could not be stopped.",
		StepFailed:         "The step could not be done. Try it again.",
		LogLoading:         "Reading the log…", LogNone: "This container has written nothing.", LogMissing: "There is no such log.",
		WouldRefuse: "The cluster would refuse this", ProblemCount: "Problems: {n}", NoProblems: "No problems found", NotChecked: "Not checked: the cluster is not ready",
		Difference: "Changed lines: {n}", Completions: "Suggestions", NoHelp: "There is no help here", NoField: "{path}: there is no such field",
		FieldRequired: "required", FieldDefault: "default {value}", FieldValues: "one of {values}",
		Line: "line {n}", ByServer: "Job Lab", EntriesSoFar: "{n} entries so far", EntriesInAll: "{n} entries, none missing",
		Keys: map[string]string{
			"title": "Keys", "close": "Close", "single": "Single keys, such as ? and T, work wherever the focus is",
			"everywhere": "Everywhere", "help": "List the keys",
			"complete": "Offer fields and values", "field": "Say what the field means", "problem": "Go to the next problem", "leave": "Leave the editor", "timeline": "Timeline", "table": "Switch between drawing and table", "walk": "From state to state, from lane to lane", "ends": "First and last state of the lane", "why": "Say why", "zoom": "Zoom in and out", "fit": "Show the whole run", "follow": "Follow what is new", "pause": "Pause the picture, and go on", "divergence": "Go to the first divergence", "pan": "Move along in time",
			"catalogue": "Catalogue", "find": "Find a lab", "hint": "Show the three steps of a lab again",
			"manifest": "Manifest", "run": "Run",
			"replay": "Replay, while its controls have the focus", "play": "Play and pause, on the slider", "entryBefore": "To the entry before", "entryAfter": "To the next entry",
		},
		SecondsFormat: "{n} s", MinutesFormat: "{m} min {s} s",
	},
})
