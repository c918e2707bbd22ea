// Package timeline is the record of one run: every change that the API server
// published about the run's objects, in the order in which it arrived, and what
// the judge said about it.
//
// Guarantees:
//   - Entries are numbered from 1 without holes; once written an entry never
//     changes and is never removed.
//   - Every observed change becomes an entry. What was missed is said by a note
//     (see [NoteGap]); nothing is dropped silently.
//   - READY, STATUS and RESTARTS are the API server's own printed cells, never
//     derived here, except in an entry that says Inferred and names its Proof.
//   - A Log may be read by any number of goroutines while its one Recorder
//     writes; readers never block the writer, and the writer never blocks them.
//
// The package does no I/O.
package timeline

import (
	"time"
)

// Seq numbers the entries of one log from 1. Zero stands before the first.
type Seq int64

// Kind says what an entry is about.
type Kind string

// The kinds of entries.
const (
	KindPod     Kind = "pod"
	KindJob     Kind = "job"
	KindCronJob Kind = "cronjob"
	KindEvent   Kind = "event"
	KindVerdict Kind = "verdict"
	KindNote    Kind = "note"
)

// Type says what happened to the object of an entry.
type Type string

// The types of changes.
const (
	Added    Type = "added"
	Modified Type = "modified"
	Deleted  Type = "deleted"
)

// Entry is one line of a timeline. Exactly one of Pod, Job, CronJob, Event,
// Verdict and Note is set, the one that Kind names. Entries are shared between
// goroutines and must not be modified.
type Entry struct {
	Seq Seq `json:"seq"`
	// At is when the server saw the change.
	At time.Time `json:"at"`
	// T is At in seconds since the run's first apply; 0 before it. It never
	// decreases.
	T    float64 `json:"t"`
	Kind Kind    `json:"kind"`
	Type Type    `json:"type,omitempty"`

	Name            string `json:"name,omitempty"`
	UID             string `json:"uid,omitempty"`
	ResourceVersion string `json:"resourceVersion,omitempty"`

	Pod     *Pod     `json:"pod,omitempty"`
	Job     *Job     `json:"job,omitempty"`
	CronJob *CronJob `json:"cronjob,omitempty"`
	Event   *Event   `json:"event,omitempty"`
	Verdict *Verdict `json:"verdict,omitempty"`
	Note    *Note    `json:"note,omitempty"`

	// Inferred marks a state that the API server did not publish but that a
	// field of the next entry of this pod proves; Proof is that field and its
	// value, such as "status.containerStatuses[0].state.terminated.startedAt=…".
	Inferred bool   `json:"inferred"`
	Proof    string `json:"proof,omitempty"`
}

// Pod is the state of a pod in one entry.
type Pod struct {
	// Ready, Status and Restarts are the cells READY, STATUS and RESTARTS that
	// the API server prints for kubectl; Restarts is the leading integer of its
	// cell.
	Ready    string `json:"ready"`
	Status   string `json:"status"`
	Restarts int    `json:"restarts"`

	// Phase is status.phase; Reason and Message are status.reason and
	// status.message, which say why the kubelet evicted or refused a pod.
	Phase   string `json:"phase"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Owner is the controlling owner as kubectl describe prints it, "Job/pi",
	// or empty for a bare pod.
	Owner string `json:"owner"`
	// Index is the completion index of a pod of an Indexed Job.
	Index *int   `json:"index"`
	Node  string `json:"node"`

	// CreationTimestamp and DeletionTimestamp are Kubernetes' own, in whole
	// seconds.
	CreationTimestamp *time.Time  `json:"creationTimestamp,omitempty"`
	DeletionTimestamp *time.Time  `json:"deletionTimestamp"`
	Conditions        []Condition `json:"conditions"`
	// Containers holds the init containers first, each group in the order of
	// the spec.
	Containers []Container `json:"containers"`
}

// Condition is a condition of a pod or a Job.
type Condition struct {
	Type               string    `json:"type"`
	Status             string    `json:"status"`
	Reason             string    `json:"reason,omitempty"`
	Message            string    `json:"message,omitempty"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
}

// The states of a container.
const (
	Waiting    = "waiting"
	Running    = "running"
	Terminated = "terminated"
)

// Container is the state of one container of a pod.
type Container struct {
	Name string `json:"name"`
	Init bool   `json:"init"`
	// State is waiting, running, terminated, or empty while the kubelet has not
	// reported.
	State       string     `json:"state"`
	Reason      string     `json:"reason,omitempty"`
	Message     string     `json:"message,omitempty"`
	ExitCode    *int32     `json:"exitCode,omitempty"`
	StartedAt   *time.Time `json:"startedAt,omitempty"`
	FinishedAt  *time.Time `json:"finishedAt,omitempty"`
	Ready       bool       `json:"ready"`
	Restarts    int        `json:"restarts"`
	ContainerID string     `json:"containerID,omitempty"`
	Image       string     `json:"image,omitempty"`
	// Last is how the previous instance ended, if there was one.
	Last *Termination `json:"last,omitempty"`
}

// Termination is how a container instance ended. StartedAt is nil if it never
// started.
type Termination struct {
	Reason      string     `json:"reason,omitempty"`
	Message     string     `json:"message,omitempty"`
	ExitCode    int32      `json:"exitCode"`
	StartedAt   *time.Time `json:"startedAt,omitempty"`
	FinishedAt  *time.Time `json:"finishedAt,omitempty"`
	ContainerID string     `json:"containerID,omitempty"`
}

// Job is the status of a Job, and the fields of its spec that decide it.
type Job struct {
	Active      int `json:"active"`
	Ready       int `json:"ready"`
	Succeeded   int `json:"succeeded"`
	Failed      int `json:"failed"`
	Terminating int `json:"terminating"`

	Completions  *int `json:"completions,omitempty"`
	Parallelism  *int `json:"parallelism,omitempty"`
	BackoffLimit *int `json:"backoffLimit,omitempty"`
	Suspend      bool `json:"suspend,omitempty"`

	// Owner is "CronJob/name" for a Job that a CronJob made.
	Owner          string      `json:"owner,omitempty"`
	StartTime      *time.Time  `json:"startTime,omitempty"`
	CompletionTime *time.Time  `json:"completionTime,omitempty"`
	Conditions     []Condition `json:"conditions"`
}

// CronJob is the status of a CronJob.
type CronJob struct {
	Schedule           string     `json:"schedule"`
	Suspend            bool       `json:"suspend"`
	Active             []string   `json:"active"`
	LastScheduleTime   *time.Time `json:"lastScheduleTime,omitempty"`
	LastSuccessfulTime *time.Time `json:"lastSuccessfulTime,omitempty"`
}

// Event is a core Event: decoration, since Kubernetes may lose or aggregate
// them. A repeated event arrives as modified with a raised Count.
type Event struct {
	Type    string `json:"type"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Object is what the event is about, "Pod/pi-x7k2p", and ObjectUID its uid.
	Object    string `json:"object"`
	ObjectUID string `json:"objectUID,omitempty"`
	Count     int    `json:"count"`
}

// The codes of notes.
const (
	// NoteGap: changes may have been missed between the previous entry and this
	// one; what could be found by listing again follows.
	NoteGap = "gap"
	// NoteApplied: the manifest's objects were created; T is 0 at the first.
	NoteApplied = "applied"
	// NoteRefused: the API server refused the manifest, or a step.
	NoteRefused = "refused"
	// NoteSettled: nothing of the run can change any more.
	NoteSettled = "settled"
	// NoteStopped: somebody stopped the run.
	NoteStopped = "stopped"
	// NoteLimit: the run reached its time limit.
	NoteLimit = "limit"
	// NoteUntil: the condition that ends the run became true.
	NoteUntil = "until"
	// NoteInterrupted: the cluster was lost.
	NoteInterrupted = "interrupted"
	// NoteUnreachable: the API server does not answer, since shortly before.
	NoteUnreachable = "unreachable"
	// NoteReachable: it answers again, and everything that it shows has been seen.
	NoteReachable = "reachable"
	// NoteNotKept: the run could not be written to the history, and is tried again.
	NoteNotKept = "not-kept"
	// NoteReady: a step of the lab can be done now.
	NoteReady = "ready"
	// NoteStep: the learner did a step of the lab.
	NoteStep = "step"
)

// Note is a remark of the server itself.
type Note struct {
	Code string `json:"code"`
	Text string `json:"text"`
	// Step is the id of the step that is ready, was done, or was refused.
	Step string `json:"step,omitempty"`
	// Path is the field that a refusal names, if it names one.
	Path string `json:"path,omitempty"`
}

// OfStep reports whether the note says that a step was done, or refused.
func (n *Note) OfStep() bool {
	return n.Code == NoteStep || n.Code == NoteRefused && n.Step != ""
}

// BeginsOutage reports whether the entry says that the API server does not answer.
// It did not for some time already, so that a deadline since then may have passed
// unseen.
func (e *Entry) BeginsOutage() bool { return e.Note != nil && e.Note.Code == NoteUnreachable }

// State is the state of a check.
type State string

// The states of a check, and of a whole run (which is never pending in the
// log's last entry). Pending is the only state that a check leaves.
const (
	Pending   State = "pending"
	Met       State = "met"
	Diverged  State = "diverged"
	Undecided State = "undecided"
)

// Better reports whether the outcome of one run is better than that of another: met,
// else diverged, which at least is an answer, else undecided, else none.
func (s State) Better(than State) bool { return s.rank() > than.rank() }

func (s State) rank() int {
	switch s {
	case Met:
		return 3
	case Diverged:
		return 2
	case Undecided:
		return 1
	}
	return 0
}

// Outcome is that of a run with these checks: met if all are, diverged if any is,
// else undecided.
func Outcome(checks []Verdict) State {
	all := Met
	for _, c := range checks {
		switch c.State {
		case Diverged:
			return Diverged
		case Met:
		default:
			all = Undecided
		}
	}
	return all
}

// Verdict is the state of one check (ID is set), or, as the last entry of a
// sealed log, the outcome of the run (Outcome and Checks are set).
type Verdict struct {
	ID    string `json:"id,omitempty"`
	State State  `json:"state,omitempty"`
	// Seq is the entry that decided the check; 0 if none did.
	Seq Seq    `json:"seq,omitempty"`
	Pod string `json:"pod,omitempty"`
	// Expected is what was expected next, Got what came, and Cause why, in the
	// words of the cluster where it gave any.
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	Cause    string `json:"cause,omitempty"`

	Outcome State     `json:"outcome,omitempty"`
	Checks  []Verdict `json:"checks,omitempty"`
}
