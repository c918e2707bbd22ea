// Package view renders the pages: templ components and the models that they
// show.
//
// Guarantees:
//   - Components do no I/O and know no handler; what they show is in their
//     model.
//   - Every word that people read is in [Words], in each language; Kubernetes'
//     own words (StartError, BackoffLimitExceeded) are never translated.
//   - Pages hold no inline script and no style attribute, so that they work
//     under the policy default-src 'self'.
//   - Everything that a script shows is in the page without it.
package view

import (
	"cmp"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// Frame is what every page has around its content.
type Frame struct {
	Title string
	Words *Words
	// Self is the page's own address without the language, to which "?lang="
	// or "&lang=" is added.
	Self    string
	Crumbs  []Crumb
	Cluster Cluster
	Assets  Assets
	// Description says what the page is about where a link to it is shown; empty for
	// what the whole site is about.
	Description string
	// Version is the program's.
	Version string
}

func (f Frame) description() string { return cmp.Or(f.Description, f.Words.Catalogue.Description) }

// Crumb is a step of the way to a page; the last has no URL.
type Crumb struct{ Text, URL string }

// Assets are the addresses of the built files.
type Assets struct{ Boot, Script, Style, Icon string }

// Cluster is the state of the cluster behind the labs, as GET /api/cluster and
// its events give it.
type Cluster struct {
	Backend string `json:"backend"`
	// Version is the API server's, "v1.37.2"; empty until it was ready once.
	Version string `json:"version"`
	// State is starting, ready, unreachable, restarting, failed or closed.
	State string `json:"state"`
	// Since is when it became so.
	Since time.Time `json:"since"`
	// Step is what is being done, in English; empty when ready.
	Step       string `json:"step"`
	Generation int    `json:"generation"`
	// Restarts counts the clusters that were lost.
	Restarts int `json:"restarts"`
	// Error is why the last cluster was lost, or why this one is unreachable;
	// empty if it is not known or there was none.
	Error string `json:"error"`
}

// Track is a group of labs in the catalogue.
type Track struct {
	// Summary may be empty.
	ID, Title, Summary string
	Labs               []LabCard
	// Shown counts the labs that are not hidden, Met those that the learner has met.
	Shown, Met int
}

// LabCard is a lab in the catalogue.
type LabCard struct {
	LabLink
	// State is the best that the learner has come to, met, diverged or undecided;
	// empty before the first run.
	State  string
	Sketch Sketch
	// Hidden says that the lab is not among those that are looked for.
	Hidden bool
}

// Find is what is looked for in the catalogue.
type Find struct {
	Query string
	// Minutes is how long a lab may take; 0 for any.
	Minutes    int
	Left, Here bool
}

// LabLink names a lab where another page points to it.
type LabLink struct {
	Slug, Title string
	// Summary may hold code and emphasis.
	Summary         template.HTML
	Number, Minutes int
	// Obstacle is why the cluster cannot run the lab; empty if it can.
	Obstacle string
}

// Lab is a lab in one language.
type Lab struct {
	LabLink
	Track, File string
	// Goal may hold code and emphasis.
	Goal    template.HTML
	Guide   Guide
	Sources []Source
	// Trace is the address of the expected timeline; empty if there is none.
	Trace string
	// Recording is the address of the recorded run with its entries; empty if there
	// is none. Source says where it was recorded, Recorded is its length in seconds.
	Recording, Source string
	Recorded          float64
	// Lanes and Jobs count the pods and Jobs in the expected timeline, Headings the
	// CronJobs of the Jobs, and one more for pods that no Job owns beside Jobs.
	Lanes, Jobs, Headings int
	Previous, Next        *LabLink
	// Manifest is the lab's own.
	Manifest string
	// Gone says that the lab is not there any more: only its Slug is known, which
	// is its Title too.
	Gone bool
}

// Guide is rendered from the lab's Markdown, without raw HTML. A part that it has
// not is empty.
type Guide struct {
	// Idea goes as far as what to predict, Try is how to run it.
	Idea, Try template.HTML
	// Heading is that of the explanation, Why the explanation and all that follows.
	Heading, Why template.HTML
}

// Source is where a claim of a lab comes from.
type Source struct{ Title, URL string }

// Problem is what is wrong with a manifest. Line is 0 if it is not about one.
type Problem struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Check is an expectation and how it stands.
type Check struct {
	ID string
	// Say is the expectation in words, Text as the lab states it.
	Say, Text string
	Verdict   timeline.Verdict
}

// Step is something that the reader does to the cluster in the middle of a run.
type Step struct {
	ID, Say string
	// Command is the kubectl command that does the same.
	Command string
	// State is waiting, ready, doing, done, refused or passed, Message what kubectl
	// would have printed.
	State, Message string
}

// Question is asked before a run.
type Question struct {
	ID string
	// Ask may hold code and emphasis.
	Ask template.HTML
	// Type is int, seconds, string or bool, that of the answer.
	Type string
	// Choices are the answers to choose from, if Type is string.
	Choices []Choice
	// Within is how many seconds an answer may be off, if Type is seconds.
	Within string
	// Answered says that the run has ended; Answer is the right answer, or nil if
	// the run has none.
	Answered bool
	Answer   any
}

// Choice is an answer that may be given.
type Choice struct{ Value, Text string }

// Run is a run as far as it has come.
type Run struct {
	ID, Lab, Namespace, Backend, Version string
	// State is pending, running, finished, stopped, interrupted or failed.
	State, Reason string
	Outcome       timeline.State
	// StartedAt is when it was started, FinishedAt when it ended, nil until then.
	StartedAt  time.Time
	FinishedAt *time.Time
	// Elapsed is the seconds since the start, negative if it has not begun.
	Elapsed  float64
	Live     bool
	Manifest string
	Timeline timeline.View
}

// Bench is where a manifest is run: the manifest, what is expected, the
// timeline, events and logs.
type Bench struct {
	Lab Lab
	// Manifest is what the editor holds or, if the bench is not Editable, what
	// was applied.
	Manifest string
	Editable bool
	// EditorScript is the address of the code editor, which is loaded when it is
	// wanted.
	EditorScript string
	Checks       []Check
	Predict      []Question
	// Steps are what the reader can do in the middle of the run.
	Steps []Step
	// Judged is how a refusal of the manifest was judged; empty if it was not.
	Judged timeline.State
	// Run is nil before the first one.
	Run *Run
	// Own is the lab's recorded run, Meant are those of other labs that are worth
	// comparing with a run of this one.
	Own   *CompareLink
	Meant []CompareLink
	// Refused says in one sentence why no run was started, Problems what is
	// wrong with the manifest.
	Refused  string
	Problems []Problem
}

// LabPage is a lab, with a run in it if there is one.
type LabPage struct {
	Frame
	Bench
	// Known says that the reader has seen how the lab goes, so that its explanation
	// spoils nothing.
	Known bool
}

// seen reports whether the reader has seen how it goes: the run has ended, or was
// refused as it should be.
func (b Bench) seen() bool { return b.Judged != "" || b.Run != nil && !b.Run.Live }

// RunPage is one run at its permanent address.
type RunPage struct {
	Frame
	Bench
}

// CataloguePage lists the labs.
type CataloguePage struct {
	Frame
	Find   Find
	Tracks []Track
	// Index has, by slug, every word by which a lab is found.
	Index map[string]string
	// Total counts the labs, Shown those that are looked for, Met those that the
	// learner has met.
	Total, Shown, Met int
	// Begun says that the learner has run something, Obstacles that the cluster cannot
	// run every lab.
	Begun, Obstacles bool
	// Next is the first lab that is to be met yet; nil if there is none.
	Next *LabLink
	// Broken are labs that have problems, Problems those that no lab has.
	Broken   []BrokenLab
	Problems []LabProblem
}

// BrokenLab is a lab that has problems.
type BrokenLab struct {
	LabLink
	// Dir is its directory.
	Dir      string
	Problems []LabProblem
}

// LabProblem is one of them: "08-never/lab.yaml:9:8", the path in the file, which
// may be empty, and what is wrong, in English.
type LabProblem struct{ Where, Path, Message string }

// BrokenLabPage shows the problems of a lab.
type BrokenLabPage struct {
	Frame
	BrokenLab
}

// ErrorPage says what happened, what it means and what to do.
type ErrorPage struct {
	Frame
	Status         int
	Heading, Means string
	// Near are labs that may have been meant.
	Near []LabCard
	// Request is the identifier under which the server logged it; empty if it
	// did not.
	Request string
}

// doing is what a cluster that is not ready does just now.
func (c Cluster) doing() string {
	if c.State == "ready" || c.Step == "" {
		return ""
	}
	return ": " + c.Step
}

// notice says what a reader must know of a cluster that is not as it should be,
// in the words in which the script says it; empty if there is nothing.
func (c Cluster) notice(w *Words) string {
	text := map[string]string{
		"unreachable": w.Script.ClusterUnreachable,
		"restarting":  w.Script.ClusterDown,
		"failed":      w.Script.ClusterFailed,
	}[c.State]
	return strings.NewReplacer("{since}", c.Since.Format("15:04:05 MST"), "{error}", c.Error).Replace(text)
}

// lineCount is the number of lines that an editor shows.
func lineCount(text string) int {
	n := 1
	for i := range len(text) - 1 {
		if text[i] == '\n' {
			n++
		}
	}
	return n
}

// seconds prints a time of a timeline, "1.426".
func seconds(t float64) string { return strconv.FormatFloat(t, 'f', 3, 64) }

// number prints a lab's number in two digits.
func number(n int) string { return fmt.Sprintf("%02d", n) }

// langURL is the address of the same page in another language.
func langURL(self, lang string) string {
	for _, c := range self {
		if c == '?' {
			return self + "&lang=" + lang
		}
	}
	return self + "?lang=" + lang
}
