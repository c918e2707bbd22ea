package view

import "slices"

// The languages.
const (
	English = "en"
	Korean  = "ko"
)

// Languages lists the languages, the default first.
var Languages = []string{English, Korean}

// Words are the words of the pages in one language. A word with a verb of
// package fmt, or with {name} for scripts, says so in its name's comment.
type Words struct {
	Lang string

	Skip, Labs, OtherLanguage, OtherLanguageName string
	Theme, ThemeAuto, ThemeLight, ThemeDark      string
	// Keys names the list of keys.
	Keys string

	CatalogueTitle, CatalogueLead string
	Catalogue                     CatalogueWords
	Minutes                       string // %d
	Lab                           string // %s, the number

	Goal, Guide, Sources, Previous, Next string

	Manifest, ManifestHint, Reset, Run, RunAgain, Stop, RunKeys, ReadOnly string
	Problems, Line                                                        string // Line: %d
	NeedsScript                                                           string
	EditorKeys                                                            string

	Predict, PredictHint, Yes, No, SecondsUnit string

	// BrokenLabs heads the labs that have problems, BrokenLab one of them, of which
	// BrokenMeans says what to do.
	BrokenLabs, BrokenLab, BrokenMeans string

	// RecordedRun names the recorded run and the button that shows it; RecordedNote
	// says what it is.
	RecordedRun, RecordedNote                                                    string
	Play                                                                         string
	Speed                                                                        string // %d
	Why, WhyTitle, WhyNothing, WhyActor, WhyField, WhyAbsent, WhyValue, WhyFacts string
	WhyDefault                                                                   string // %s

	Expected, ExpectedNone      string
	Timeline, TimelineEmpty     string
	TableCaption                string
	ColumnTime, ColumnPod       string
	Events, EventsEmpty         string
	ColumnObject, ColumnReason  string
	ColumnMessage               string
	Logs, LogsEmpty, LogPod     string
	LogContainer, LogPrevious   string
	Permalink, OfLab, Namespace string
	RunTitle                    string // %s, the run
	GoneRun, LabGone            string // LabGone names a lab that is not there any more

	NotFound, NotFoundMeans, NoLab, NoLabMeans, NoRun, NoRunMeans                          string
	Internal, InternalMeans, BadRequest, BadRequestMeans                                   string
	MethodNotAllowed, Forbidden, ForbiddenMeans, UnknownHost, UnknownHostMeans, Near, Back string
	TooLarge, Full, NotReady, Refused, RequestID, Unreachable                              string

	// NotHere heads why the cluster cannot run a lab: NeedsBackend (%s, the kinds
	// of clusters that can; %s, this one), NeedsVersion (%s; %s, this one's) or
	// NeedsGate (%s; %s, since when it is on by default; %s, this version).
	NotHere, NeedsBackend, NeedsVersion, NeedsGate string

	// Clusters, Runs and Checks are the words for states, Outcomes for whole
	// runs, Backends for kinds of clusters.
	Clusters, Runs, Checks, Outcomes, Backends map[string]string
	// Steps heads what the reader can do in a run, StepStates are how far a step is.
	Steps      string
	StepStates map[string]string
	// NotNow and NotNowMeans are for a step that cannot be done now.
	NotNow, NotNowMeans string
	// Actors names who acts, by the actors of internal/explain.
	Actors map[string]string

	// OfRun are the words of a run's page and of comparing.
	OfRun RunWords
	TabWords

	Script ScriptWords
}

// ScriptWords are the words that the page's script shows; {…} is filled in.
type ScriptWords struct {
	RunScriptWords

	Run      string `json:"run"`
	RunAgain string `json:"runAgain"`
	Why      string `json:"why"`
	Starting string `json:"starting"`

	Follow  string `json:"follow"`
	Fit     string `json:"fit"`
	ZoomIn  string `json:"zoomIn"`
	ZoomOut string `json:"zoomOut"`
	Table   string `json:"table"`
	Help    string `json:"help"`

	RecordedRun string `json:"recordedRun"`
	Play        string `json:"play"`
	Pause       string `json:"pause"`

	Resume          string `json:"resume"`
	ResumeWaiting   string `json:"resumeWaiting"` // {n}
	FirstDivergence string `json:"firstDivergence"`
	NoJob           string `json:"noJob"`
	Index           string `json:"index"`  // {n}
	Merged          string `json:"merged"` // {n} {from} {to} {states}
	// Marks are the kinds of marks of a pod.
	Marks map[string]string `json:"marks"`

	Expected  string `json:"expected"`
	Observed  string `json:"observed"`
	Inferred  string `json:"inferred"`
	Published string `json:"published"`
	Still     string `json:"still"`
	Kept      string `json:"kept"`
	Deleted   string `json:"deleted"`
	Created   string `json:"created"`
	Restart   string `json:"restart"`  // {n}
	Exit      string `json:"exit"`     // {code}
	Restarts  string `json:"restarts"` // {n}
	Sigterm   string `json:"sigterm"`
	Gap       string `json:"gap"`
	PodN      string `json:"podN"`     // {n}
	DueAt     string `json:"dueAt"`    // {t}
	Span      string `json:"span"`     // {from} {to}
	Lasted    string `json:"lasted"`   // {length}
	Since     string `json:"since"`    // {from}
	Wait      string `json:"wait"`     // {length}
	Recorded  string `json:"recorded"` // {source}
	Diverged  string `json:"diverged"` // {expected} {got}
	Active    string `json:"active"`
	Ready     string `json:"ready"`
	Ending    string `json:"terminating"`
	Succeeded string `json:"succeeded"`
	Failed    string `json:"failed"`
	Announce  string `json:"announce"`  // {pod} {status}
	ChecksMet string `json:"checksMet"` // {met} {all}

	// RightAnswer and the like say how a prediction compares with the run: {yours}
	// and {right}, of seconds {off}, too.
	RightAnswer  string `json:"rightAnswer"`
	WrongAnswer  string `json:"wrongAnswer"`
	RightSeconds string `json:"rightSeconds"`
	WrongSeconds string `json:"wrongSeconds"`
	Answer       string `json:"answer"` // {right}
	NoAnswer     string `json:"noAnswer"`
	Score        string `json:"score"` // {right} {all}

	Lost          string `json:"lost"`
	TooLarge      string `json:"tooLarge"`
	Full          string `json:"full"`
	NotReady      string `json:"notReady"`
	Problems      string `json:"problems"`
	NoServer      string `json:"noServer"`
	ClusterDown   string `json:"clusterDown"`   // {error}
	ClusterFailed string `json:"clusterFailed"` // {error}
	// ClusterUnreachable has {since} and {error}.
	ClusterUnreachable string `json:"clusterUnreachable"`
	Unreachable        string `json:"unreachable"`
	StopFailed         string `json:"stopFailed"`
	StepFailed         string `json:"stepFailed"`
	LogLoading         string `json:"logLoading"`
	LogNone            string `json:"logNone"`
	LogMissing         string `json:"logMissing"`

	// WouldRefuse heads what a check has found, ProblemCount and NoProblems say how
	// much that is, NotChecked that it could not be made.
	WouldRefuse   string `json:"wouldRefuse"`
	ProblemCount  string `json:"problemCount"` // {n}
	NoProblems    string `json:"noProblems"`
	NotChecked    string `json:"notChecked"`
	Difference    string `json:"difference"` // {n}
	Completions   string `json:"completions"`
	NoHelp        string `json:"noHelp"`
	NoField       string `json:"noField"` // {path}
	FieldRequired string `json:"fieldRequired"`
	FieldDefault  string `json:"fieldDefault"` // {value}
	FieldValues   string `json:"fieldValues"`  // {values}

	Line          string `json:"line"` // {n}
	ByServer      string `json:"byServer"`
	EntriesSoFar  string `json:"entriesSoFar"` // {n}
	EntriesInAll  string `json:"entriesInAll"` // {n}
	SecondsFormat string `json:"seconds"`      // {n}
	MinutesFormat string `json:"minutes"`      // {m} {s}

	Clusters map[string]string `json:"clusters"`
	Runs     map[string]string `json:"runs"`
	Checks   map[string]string `json:"checks"`
	Outcomes map[string]string `json:"outcomes"`
	Backends map[string]string `json:"backends"`
	// Keys are the words of the list of keys: what they do, and the parts of the page.
	Keys map[string]string `json:"keys"`
	// StepStates are the states of steps.
	StepStates map[string]string `json:"steps"`

	TabScriptWords
}

// In returns the words of a language, English for an unknown one.
func In(lang string) *Words {
	if lang == Korean {
		return korean
	}
	return english
}

// Known reports whether there are words in a language.
func Known(lang string) bool { return slices.Contains(Languages, lang) }

// shared gives the script the words that pages have too.
func shared(w *Words) *Words {
	s := &w.Script
	s.Clusters, s.Runs, s.Checks, s.Outcomes, s.Backends = w.Clusters, w.Runs, w.Checks, w.Outcomes, w.Backends
	s.RecordedRun, s.Play = w.RecordedRun, w.Play
	s.Run, s.RunAgain, s.Problems, s.Why = w.Run, w.RunAgain, w.Problems, w.Why
	s.TooLarge, s.Full, s.NotReady = w.TooLarge, w.Full, w.NotReady
	s.Unreachable = w.Unreachable
	s.StepStates = w.StepStates
	return w
}
