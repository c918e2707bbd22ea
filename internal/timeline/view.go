package timeline

// View is a whole timeline as it is drawn: the answer of
// GET /api/runs/{id}/timeline, and a lab's trace.json. Slices are never null in
// JSON. All times are seconds since the run's first apply.
type View struct {
	// Run is the id of the run; empty in a trace.
	Run string `json:"run"`
	// Lanes and Jobs are in the order in which the objects were first seen.
	Lanes []Lane    `json:"lanes"`
	Jobs  []JobLane `json:"jobs"`
	// Marks are the steps that were done, or refused.
	Marks   []Mark  `json:"marks,omitempty"`
	Entries []Entry `json:"entries"`
	// Verdict is the run's outcome; null until it has ended.
	Verdict *Verdict `json:"verdict"`
	// Source says where a trace was recorded.
	Source string `json:"source,omitempty"`
}

// End is when the last entry came, in seconds; 0 without entries.
func (v *View) End() float64 {
	if n := len(v.Entries); n > 0 {
		return v.Entries[n-1].T
	}
	return 0
}

// Lane is the life of one pod. A pod that is deleted and made again under its
// old name has two lanes.
type Lane struct {
	Pod   string `json:"pod"`
	UID   string `json:"uid"`
	Owner string `json:"owner"`
	// Index is the completion index of a pod of an Indexed Job.
	Index *int `json:"index"`
	// Segments follow each other without holes.
	Segments []Segment `json:"segments"`
	Marks    []Mark    `json:"marks"`
}

// Segment is a time in which a pod's STATUS and RESTARTS did not change.
type Segment struct {
	Status string `json:"status"`
	// Ready is the newest READY of the segment.
	Ready    string  `json:"ready"`
	Restarts int     `json:"restarts"`
	From     float64 `json:"from"`
	// To is null while the pod is still so. It equals From for a state that was
	// not published (see Inferred), or that was gone at once.
	To *float64 `json:"to"`
	// Seq is the entry that began the segment.
	Seq Seq `json:"seq"`
	// ExitCode is how the container ended whose end STATUS names.
	ExitCode *int32 `json:"exitCode,omitempty"`
	// Message is the cluster's reason for STATUS, if it gives one.
	Message  string `json:"message,omitempty"`
	Inferred bool   `json:"inferred"`
}

// The kinds of marks.
const (
	MarkCreated   = "created"   // the pod was first seen
	MarkScheduled = "scheduled" // a node was chosen; Text names it
	MarkPulled    = "pulled"    // an image is there; Text is the event's message
	MarkStarted   = "started"   // a container runs
	MarkExit      = "exit"      // a container ended, or failed to start; Text is its reason
	MarkRestart   = "restart"   // RESTARTS grew; Text is the number
	MarkSigterm   = "sigterm"   // a running container was told to stop
	MarkDeleted   = "deleted"   // the pod is gone from the API
	MarkGap       = "gap"       // changes may have been missed
)

// The kinds of marks of a run as a whole; Text is what kubectl would have printed.
const (
	MarkStep    = "step"    // a step was done
	MarkRefused = "refused" // a step was refused
)

// Mark is a moment in the life of a pod, or of the run.
type Mark struct {
	T    float64 `json:"t"`
	Kind string  `json:"kind"`
	// Seq is the entry that shows it.
	Seq Seq `json:"seq"`
	// Container is set for started and exit.
	Container string `json:"container,omitempty"`
	// ExitCode is set for exit.
	ExitCode *int32 `json:"exitCode,omitempty"`
	// Step is the id of the step; set for step and refused.
	Step string `json:"step,omitempty"`
	Text string `json:"text"`
}

// JobLane is the life of one Job.
type JobLane struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
	// Owner is "CronJob/name" for a Job that a CronJob made.
	Owner    string       `json:"owner"`
	Segments []JobSegment `json:"segments"`
}

// The states of a Job: the conditions that are True, the last of these that
// applies, and Active without any.
const (
	JobActive             = "Active"
	JobSuspended          = "Suspended"
	JobFailureTarget      = "FailureTarget"
	JobSuccessCriteriaMet = "SuccessCriteriaMet"
	JobFailed             = "Failed"
	JobComplete           = "Complete"
	JobDeleted            = "Deleted"
)

// JobSegment is a time in which neither a Job's state nor its counters changed.
type JobSegment struct {
	State string  `json:"state"`
	From  float64 `json:"from"`
	// To is null while the Job is still so.
	To  *float64 `json:"to"`
	Seq Seq      `json:"seq"`

	Active      int `json:"active"`
	Ready       int `json:"ready"`
	Succeeded   int `json:"succeeded"`
	Failed      int `json:"failed"`
	Terminating int `json:"terminating"`

	// Reason and Message are those of the condition that State names.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}
