// Package explain says why something happened in a run: what acted, by which rule
// of Kubernetes, which field of the manifest decided it, and where the rule is
// written down. It does so for each change of a pod, a Job or a CronJob, for
// events and notes, and for a check that diverged.
//
// The rules are data: a table for each thing that is explained, with the words in
// each language (the files whose names end in rules.go). A rule is chosen by what the API
// server published and by the manifest, and filled in with [values]. To add one,
// write it into the table of its concept; the tests say what it lacks.
//
// Guarantees:
//   - An explanation follows from the manifest and the entries alone: the same ones
//     give the same words.
//   - What no rule knows is said to be unknown (Known is false), with the facts of
//     the entry; nothing is made up.
//   - A path and a line in an explanation are those of the manifest that was run. A
//     field that is missing there is said to be, with the default that applies.
//   - STATUS, reasons, field names and messages are Kubernetes' own and are not
//     translated.
//   - The work for one explanation depends on the history of the object that it is
//     about, not on the length of the timeline.
//
// The package does no I/O and reads no clock.
package explain

import "github.com/joblab/joblab/internal/timeline"

// Languages are the languages of the explanations; the first is used for any
// other.
var Languages = []string{"en", "ko"}

// Actor is who made a change.
type Actor string

// The actors.
const (
	Kubelet           Actor = "kubelet"
	JobController     Actor = "job-controller"
	CronJobController Actor = "cronjob-controller"
	Scheduler         Actor = "scheduler"
	APIServer         Actor = "api-server"
	GarbageCollector  Actor = "garbage-collector"
	TTLController     Actor = "ttl-controller"
	NodeController    Actor = "node-controller"
	Program           Actor = "program" // the learner's own process
	Learner           Actor = "learner" // whoever wrote the manifest, or used kubectl
	JobLab            Actor = "joblab"
	Unknown           Actor = "unknown"
)

// Explanation says why one thing happened.
type Explanation struct {
	// Status is what kubectl prints, or the state of a Job; Reason is what the
	// cluster gives as the reason of it. Either may be empty.
	Status string `json:"status,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Title is a line, Text a few sentences; what is code in them stands in
	// backquotes.
	Title string `json:"title"`
	Text  string `json:"text"`
	Actor Actor  `json:"actor"`
	// Rule names the rule, such as "pod/crash-loop-back-off".
	Rule string `json:"rule"`
	// Field is what decides it in the manifest; nil if nothing there does.
	Field *Field `json:"field,omitempty"`
	// Value is what was computed, with the way to it: "third failure in a row: 10 s · 2² = 40 s".
	Value   string   `json:"value,omitempty"`
	Sources []Source `json:"sources"`
	// Facts are what the cluster published, in its own words.
	Facts []string `json:"facts,omitempty"`
	// Known is false if no rule knows this.
	Known bool `json:"known"`
}

// Field is a field of the manifest.
type Field struct {
	// Object is the kind and name of the object that has it, "Job/pi".
	Object string `json:"object"`
	// Path is the field as Kubernetes names it, Line where the manifest has it.
	Path string `json:"path"`
	Line int    `json:"line"`
	// Value is what the manifest says. If the field is Absent, Value is the
	// default that applies, or empty if there is none, and Line is that of what
	// should hold the field.
	Value  string `json:"value,omitempty"`
	Absent bool   `json:"absent,omitempty"`
	// Was is what the lab's own manifest says, if that is another; WasAbsent that
	// it does not have the field.
	Was       string `json:"was,omitempty"`
	WasAbsent bool   `json:"wasAbsent,omitempty"`
}

// Source is where a rule is written down.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Entry explains what an entry began, in the order in which it came about; known
// is false if there is no such entry. An entry that repeats the one before is
// explained by the state that goes on.
func (s *Story) Entry(seq timeline.Seq, lang string) (list []Explanation, known bool) {
	e := s.entry(seq)
	if e == nil {
		return nil, false
	}
	return explainAll(s.moments(e), lang), true
}

// Check explains why a check diverged or is undecided: first what that means, then
// why it came so. There is nothing to explain of one that is met or pending; known
// is false if no check of that name has been decided.
func (s *Story) Check(id, lang string) (list []Explanation, known bool) {
	v := s.verdicts[id]
	if v == nil {
		return nil, false
	}
	if v.State == timeline.Met {
		return []Explanation{}, true
	}
	return s.withChanges(explainAll(s.checkMoments(v), lang), lang), true
}

func explainAll(moments []*moment, lang string) []Explanation {
	list := make([]Explanation, len(moments))
	for i, m := range moments {
		m.lang = lang
		list[i] = m.explain()
	}
	return list
}
