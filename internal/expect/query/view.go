package query

// The types of this file are what expressions see. Moments are seconds since the
// run's first apply, by the server's clock, and -1 for what has not come; other
// numbers are -1 where there is none.

// none is a number or a moment that there is not.
const none = -1

// pod is a pod; one that was deleted stays as it was last.
type pod struct {
	Name string `cel:"name"`
	UID  string `cel:"uid"`
	// Owner is "Job/pi", or empty for a bare pod; Job is "pi", if a Job owns it.
	Owner string `cel:"owner"`
	Job   string `cel:"job"`
	// Index is the completion index of a pod of an Indexed Job.
	Index int    `cel:"index"`
	Node  string `cel:"node"`
	// Status, Restarts and Ready are what kubectl prints; Restarts is a number.
	Status   string `cel:"status"`
	Restarts int    `cel:"restarts"`
	Ready    string `cel:"ready"`
	Phase    string `cel:"phase"`
	// States are the values that Status took, as a sequence sees them.
	States []string `cel:"states"`
	// ExitCode and Reason tell how the container ended that did so last, init
	// containers included; if the pod itself has a reason, such as Evicted, that.
	ExitCode int    `cel:"exitCode"`
	Reason   string `cel:"reason"`
	Deleted  bool   `cel:"deleted"`

	CreatedAt   float64 `cel:"createdAt"`
	ScheduledAt float64 `cel:"scheduledAt"`
	// StartedAt is the first start of a container, FinishedAt the newest end.
	StartedAt     float64 `cel:"startedAt"`
	FinishedAt    float64 `cel:"finishedAt"`
	TerminatingAt float64 `cel:"terminatingAt"`
	DeletedAt     float64 `cel:"deletedAt"`
}

// job is a Job; one that was deleted stays as it was last.
type job struct {
	Name string `cel:"name"`
	// Owner is "CronJob/nightly", or empty.
	Owner       string      `cel:"owner"`
	Active      int         `cel:"active"`
	Ready       int         `cel:"ready"`
	Succeeded   int         `cel:"succeeded"`
	Failed      int         `cel:"failed"`
	Terminating int         `cel:"terminating"`
	Conditions  []condition `cel:"conditions"`
	// Suspended and Complete say that the condition is True; FailedWith is the
	// reason of Failed, if that is.
	Suspended   bool   `cel:"suspended"`
	Complete    bool   `cel:"complete"`
	FailedWith  string `cel:"failedWith"`
	Completions int    `cel:"completions"`
	Parallelism int    `cel:"parallelism"`
	Deleted     bool   `cel:"deleted"`

	CreatedAt float64 `cel:"createdAt"`
	StartedAt float64 `cel:"startedAt"`
	// FinishedAt is when Complete or Failed was True.
	FinishedAt float64 `cel:"finishedAt"`
	DeletedAt  float64 `cel:"deletedAt"`
}

// condition is a condition of a Job; Status is "True", "False" or "Unknown".
type condition struct {
	Type    string `cel:"type"`
	Status  string `cel:"status"`
	Reason  string `cel:"reason"`
	Message string `cel:"message"`
}

// cronJob is a CronJob; Active are the names of its Jobs that are.
type cronJob struct {
	Name            string   `cel:"name"`
	Schedule        string   `cel:"schedule"`
	Suspended       bool     `cel:"suspended"`
	Active          []string `cel:"active"`
	Deleted         bool     `cel:"deleted"`
	LastScheduledAt float64  `cel:"lastScheduledAt"`
}

// event is a core Event; At is when it was first seen, Count how often it came.
type event struct {
	Type    string  `cel:"type"`
	Reason  string  `cel:"reason"`
	Message string  `cel:"message"`
	Object  string  `cel:"object"`
	Count   int     `cel:"count"`
	At      float64 `cel:"at"`
}

// refusal is what the API server said no to; Step is empty for the manifest.
type refusal struct {
	Message string `cel:"message"`
	Path    string `cel:"path"`
	Step    string `cel:"step"`
}
