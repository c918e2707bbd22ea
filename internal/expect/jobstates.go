package expect

import (
	"fmt"

	"github.com/joblab/joblab/internal/timeline"
)

// jobStates are the words of states: what a timeline draws for a Job.
var jobStates = &alphabet{
	noun: "state of a Job",
	words: []string{
		timeline.JobActive, timeline.JobSuspended, timeline.JobFailureTarget, timeline.JobSuccessCriteriaMet,
		timeline.JobFailed, timeline.JobComplete, timeline.JobDeleted,
	},
	follows: jobMayGo,
	why: func(from, to string) string {
		switch from {
		case "":
			return "no Job is " + to + " at first"
		case to:
			return fmt.Sprintf("repeats of a state count as one, and %s comes next to it", to)
		}
		return fmt.Sprintf("a Job never goes from %s to %s", from, to)
	},
}

// jobMayGo reports whether a Job may go from one state right to another. One that
// has ended, or must, does not go back, and how it must end is how it does; see
// excludes.
func jobMayGo(from, to string) bool {
	switch from {
	case "":
		return to != timeline.JobDeleted
	case timeline.JobActive, timeline.JobSuspended:
		return from != to
	case timeline.JobFailureTarget:
		return to == timeline.JobFailed || to == timeline.JobDeleted
	case timeline.JobSuccessCriteriaMet:
		return to == timeline.JobComplete || to == timeline.JobDeleted
	case timeline.JobFailed, timeline.JobComplete:
		return to == timeline.JobDeleted
	}
	return false
}
