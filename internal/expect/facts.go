package expect

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/expect/query"
	"github.com/joblab/joblab/internal/timeline"
)

// facts are what the entries so far say about the run's pods and Jobs: their
// newest state only, in the order in which they appeared.
type facts struct {
	pods     []pod
	byUID    map[string]int
	jobs     []job
	jobByUID map[string]int
	// seq is the newest entry; gap the newest note of missed changes.
	seq, gap timeline.Seq
	// blind: the API server did not answer, and what was missed has not all been
	// seen yet. So what comes now may have happened earlier, after known, which is
	// the time of the newest change before.
	blind bool
	known float64
	// outage: there was one, which may have held up the cluster itself; lastOutage
	// is when it was over, or the newest entry in it.
	outage     bool
	lastOutage float64
	// view is what expressions see; nil if the contract has none.
	view *query.Run
	// ended is the newest entry in which a Job became Complete or Failed.
	ended *timeline.Entry
}

// pod is the newest state of a pod.
type pod struct {
	name, owner string
	// status is the last STATUS; the row of a deletion is not counted, since the
	// pod is gone by then.
	status, phase string
	restarts      int
	deleted       bool
	// entry is the newest entry of the pod.
	entry *timeline.Entry
}

// over reports whether no more states can come: the pod is gone, or its phase is
// final and nothing follows.
func (p *pod) over() bool {
	return p.deleted || p.phase == "Succeeded" || p.phase == "Failed"
}

// job is the newest state of a Job.
type job struct {
	name    string
	deleted bool
	entry   *timeline.Entry
}

// change is what an entry changed.
type change struct {
	entry *timeline.Entry
	// pod and job are the index of what the entry is about, or -1.
	pod, job int
	// created: this is the first entry of the pod or Job. deleted: this is the
	// last.
	created, deleted bool
	// status and restarts say that the pod's STATUS or RESTARTS is another than
	// before; always for its first entry, never for its deletion.
	status, restarts bool
	// terminating: the pod has a deletionTimestamp, or is gone.
	terminating bool
	// viewed is what changed of that which expressions see.
	viewed query.Subjects
	// gap: changes may have been missed before this note.
	gap bool
}

// observe takes an entry in. It reports false for entries that no check is
// about.
func (f *facts) observe(e *timeline.Entry) (change, bool) {
	c, ok := f.observeObject(e)
	if !ok {
		c = change{entry: e, pod: -1, job: -1}
	}
	if f.view != nil {
		c.viewed = f.view.Observe(e)
	}
	return c, ok || c.viewed != 0
}

func (f *facts) observeObject(e *timeline.Entry) (change, bool) {
	if e.Kind != timeline.KindVerdict {
		f.seq = e.Seq
	}
	if (e.Pod != nil || e.Job != nil) && !f.blind {
		f.known = e.T
	}
	if f.blind {
		f.lastOutage = e.T
	}
	switch {
	case e.Pod != nil:
		return f.observePod(e)
	case e.Job != nil:
		return f.observeJob(e), true
	case e.Event != nil:
		return change{entry: e, pod: -1, job: -1}, true
	case e.Note != nil:
		return f.observeNote(e)
	}
	return change{}, false
}

func (f *facts) observeNote(e *timeline.Entry) (change, bool) {
	switch e.Note.Code {
	case timeline.NoteGap:
		f.gap = e.Seq
		return change{entry: e, pod: -1, job: -1, gap: true}, true
	case timeline.NoteUnreachable:
		f.blind, f.outage = true, true
	case timeline.NoteReachable:
		f.blind = false
	case timeline.NoteApplied, timeline.NoteRefused, timeline.NoteStep:
		return change{entry: e, pod: -1, job: -1}, true
	}
	return change{}, false
}

func (f *facts) observePod(e *timeline.Entry) (change, bool) {
	c := change{entry: e, job: -1}
	i, known := f.byUID[e.UID]
	if !known {
		i = len(f.pods)
		f.byUID[e.UID] = i
		f.pods = append(f.pods, pod{name: e.Name, owner: e.Pod.Owner})
		c.created = true
	}
	p := &f.pods[i]
	if p.deleted {
		return c, false
	}
	c.pod, p.entry = i, e
	if e.Type == timeline.Deleted {
		c.deleted, p.deleted = true, true
	} else {
		c.status = c.created || p.status != e.Pod.Status
		c.restarts = c.created || p.restarts != e.Pod.Restarts
		p.status, p.restarts = e.Pod.Status, e.Pod.Restarts
	}
	c.terminating = c.deleted || e.Pod.DeletionTimestamp != nil
	p.phase = e.Pod.Phase
	return c, true
}

func (f *facts) observeJob(e *timeline.Entry) change {
	c := change{entry: e, pod: -1}
	i, known := f.jobByUID[e.UID]
	if !known {
		i = len(f.jobs)
		f.jobByUID[e.UID] = i
		f.jobs = append(f.jobs, job{name: e.Name})
		c.created = true
	}
	j := &f.jobs[i]
	was := j.entry
	c.job, j.entry = i, e
	c.deleted = e.Type == timeline.Deleted
	j.deleted = j.deleted || c.deleted
	if end := ending(e.Job); end != nil && (was == nil || ending(was.Job) == nil) {
		f.ended = e
	}
	return c
}

// isTrue returns the condition of a type if its status is True, else nil.
func isTrue(conditions []timeline.Condition, typ string) *timeline.Condition {
	for i := range conditions {
		if conditions[i].Type == typ && conditions[i].Status == "True" {
			return &conditions[i]
		}
	}
	return nil
}

// ending returns the condition that ended a Job, or nil.
func ending(j *timeline.Job) *timeline.Condition {
	if c := isTrue(j.Conditions, "Failed"); c != nil {
		return c
	}
	return isTrue(j.Conditions, "Complete")
}

// cause is why a pod is as it is, in the cluster's own words, or empty if it gave
// none: what its first container that does not run reports, else why it was not
// scheduled or was disrupted.
func cause(p *timeline.Pod) string {
	for _, c := range p.Containers {
		switch {
		case c.State == timeline.Terminated && !(c.Init && c.ExitCode != nil && *c.ExitCode == 0):
			return outcomeOf(c.Reason, c.ExitCode, c.Message)
		case c.State == timeline.Waiting && c.Message != "":
			return outcomeOf(c.Reason, nil, c.Message)
		}
	}
	for _, c := range p.Conditions {
		if c.Type == "PodScheduled" && c.Status == "False" || c.Type == "DisruptionTarget" && c.Status == "True" {
			return outcomeOf(c.Reason, nil, c.Message)
		}
	}
	return ""
}

// outcomeOf joins the words for how something ended: "StartError, exit code 128:
// exec: …".
func outcomeOf(reason string, exitCode *int32, message string) string {
	var b strings.Builder
	b.WriteString(reason)
	if exitCode != nil {
		fmt.Fprintf(&b, ", exit code %d", *exitCode)
	}
	if message != "" {
		b.WriteString(": ")
		b.WriteString(message)
	}
	return strings.TrimPrefix(strings.TrimPrefix(b.String(), ", "), ": ")
}

// conditionText is "Failed (BackoffLimitExceeded)", or the type alone where there
// is no reason.
func conditionText(typ, reason string) string {
	if reason == "" {
		return typ
	}
	return typ + " (" + reason + ")"
}
