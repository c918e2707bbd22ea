package parity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// Observation is what a run showed on one cluster.
type Observation struct {
	Pods []Pod // in the order of their creation
	Jobs []Job // in the order in which they were first seen
}

// Pod is the life of one pod.
type Pod struct {
	Owner  string   // "Job/pi", or empty
	States []State  // published and inferred, without repeats; the last may be [Gone]
	Ends   []string // how each container instance ended: its reason and exit code
	Events []string // reasons, in the order of their first appearance

	uid string
}

// State is what kubectl shows of a pod, from a time on.
type State struct {
	Status   string
	Restarts int
	T        float64 // in seconds since the first apply
	// Inferred says that the cluster did not publish the state; T is then that of
	// what proved it, and so only a bound.
	Inferred bool
}

// Gone is the Status of a pod that is deleted.
const Gone = "(deleted)"

// String is the state in kubectl's words, an inferred one in brackets.
func (s State) String() string {
	text := s.name()
	if s.Inferred {
		return "[" + text + "]"
	}
	return text
}

func (s State) name() string {
	if s.Status == Gone {
		return Gone
	}
	return fmt.Sprintf("%s %d", s.Status, s.Restarts)
}

// Job is what became of one Job.
type Job struct {
	Name       string
	Conditions []Condition // in the order of their first appearance
	Counters   string      // those of the last status
	Events     []string    // reasons, in the order of their first appearance

	uid      string
	parallel bool // pods are created together, in no certain order
}

// Condition is a condition of a Job, as it was first seen.
type Condition struct {
	Text string // type, status and reason
	T    float64
}

// Observe reads what entries show, up to where the scenario ends.
func Observe(entries []timeline.Entry, until Until) *Observation {
	if end := until.end(entries); end >= 0 {
		entries = entries[:end+1]
	}
	var d timeline.Drawer
	for i := range entries {
		d.Add(&entries[i])
	}
	o := &Observation{}
	for _, l := range d.View().Lanes {
		o.Pods = append(o.Pods, newPod(&l))
	}
	for i := range entries {
		if entries[i].Job != nil {
			o.addJob(&entries[i])
		}
	}
	// An event may be seen before what it is about.
	for i := range entries {
		if entries[i].Event != nil {
			o.addEvent(&entries[i])
		}
	}
	return o
}

func newPod(l *timeline.Lane) Pod {
	p := Pod{Owner: l.Owner, uid: l.UID}
	for _, s := range l.Segments {
		p.States = append(p.States, State{Status: s.Status, Restarts: s.Restarts, T: s.From, Inferred: s.Inferred})
	}
	for _, m := range l.Marks {
		switch m.Kind {
		case timeline.MarkExit:
			end := m.Text
			if m.ExitCode != nil {
				end += fmt.Sprintf(" %d", *m.ExitCode)
			}
			p.Ends = append(p.Ends, end)
		case timeline.MarkDeleted:
			p.States = append(p.States, State{Status: Gone, T: m.T})
		}
	}
	return p
}

func (o *Observation) addJob(e *timeline.Entry) {
	i := slices.IndexFunc(o.Jobs, func(j Job) bool { return j.uid == e.UID })
	if i < 0 {
		i = len(o.Jobs)
		o.Jobs = append(o.Jobs, Job{Name: e.Name, uid: e.UID})
	}
	j := &o.Jobs[i]
	j.parallel = j.parallel || e.Job.Parallelism != nil && *e.Job.Parallelism > 1
	j.Counters = fmt.Sprintf("active %d, succeeded %d, failed %d", e.Job.Active, e.Job.Succeeded, e.Job.Failed)
	for _, c := range e.Job.Conditions {
		text := strings.TrimSpace(c.Type + "=" + c.Status + " " + c.Reason)
		if !slices.ContainsFunc(j.Conditions, func(seen Condition) bool { return seen.Text == text }) {
			j.Conditions = append(j.Conditions, Condition{text, e.T})
		}
	}
}

func (o *Observation) addEvent(e *timeline.Entry) {
	add := func(reasons *[]string) {
		if !slices.Contains(*reasons, e.Event.Reason) {
			*reasons = append(*reasons, e.Event.Reason)
		}
	}
	if i := slices.IndexFunc(o.Pods, func(p Pod) bool { return p.uid == e.Event.ObjectUID }); i >= 0 {
		add(&o.Pods[i].Events)
	}
	if i := slices.IndexFunc(o.Jobs, func(j Job) bool { return j.uid == e.Event.ObjectUID }); i >= 0 {
		add(&o.Jobs[i].Events)
	}
}
