package query

import (
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/joblab/joblab/internal/timeline"
)

// Run is what a run has come to, as expressions see it: the newest state of each
// object, in the order in which they appeared. The zero Run has seen nothing. It
// must not be evaluated and changed at the same time.
type Run struct {
	pods     list[pod]
	jobs     list[job]
	cronJobs list[cronJob]
	events   list[event]
	steps    map[string]bool
	refusals []refusal
	t        float64
	past     map[string]*history
}

// history is what is remembered of an object, by its uid, besides what
// expressions see.
type history struct {
	ended     []int     // of a pod: how many instances of each container have ended
	scheduled time.Time // of a CronJob: its newest lastScheduleTime
}

func (r *Run) history(uid string) *history {
	h := r.past[uid]
	if h == nil {
		h = new(history)
		if r.past == nil {
			r.past = map[string]*history{}
		}
		r.past[uid] = h
	}
	return h
}

// list is the objects of one kind, and the same as CEL has them: wrapping an
// object takes much longer than looking at it.
type list[T any] struct {
	byUID  map[string]*T
	values []ref.Val
}

// get returns the object of a uid; created says that it is new, and zero.
func (l *list[T]) get(uid string) (v *T, created bool) {
	v, known := l.byUID[uid]
	if !known {
		if l.byUID == nil {
			l.byUID = map[string]*T{}
		}
		v = new(T)
		l.byUID[uid] = v
		l.values = append(l.values, adapter().NativeToValue(v))
	}
	return v, !known
}

func (l *list[T]) value() ref.Val { return types.NewRefValList(adapter(), l.values) }

// Observe takes an entry in, and returns what it changed. Verdicts change nothing.
func (r *Run) Observe(e *timeline.Entry) Subjects {
	if e.Kind == timeline.KindVerdict {
		return 0
	}
	var c changes
	set(&c, Clock, &r.t, e.T)
	switch {
	case e.Pod != nil:
		r.observePod(&c, e)
	case e.Job != nil:
		r.observeJob(&c, e)
	case e.CronJob != nil:
		r.observeCronJob(&c, e)
	case e.Event != nil:
		r.observeEvent(&c, e)
	case e.Note != nil:
		r.observeNote(&c, e.Note)
	}
	return Subjects(c)
}

func (r *Run) observeEvent(c *changes, e *timeline.Entry) {
	if e.Type == timeline.Deleted {
		return
	}
	v, created := r.events.get(e.UID)
	if created {
		v.At = e.T
	}
	set(c, Events, &v.Type, e.Event.Type)
	set(c, Events, &v.Reason, e.Event.Reason)
	set(c, Events, &v.Message, e.Event.Message)
	set(c, Events, &v.Object, e.Event.Object)
	set(c, Events, &v.Count, e.Event.Count)
}

func (r *Run) observeNote(c *changes, n *timeline.Note) {
	switch n.Code {
	case timeline.NoteStep:
		if r.steps == nil {
			r.steps = map[string]bool{}
		}
		r.steps[n.Step] = true
		*c |= changes(Steps)
	case timeline.NoteRefused:
		r.refusals = append(r.refusals, refusal{Message: n.Text, Path: n.Path, Step: n.Step})
		*c |= changes(Refusals)
	}
}

// ResolveName implements [cel.Activation].
func (r *Run) ResolveName(name string) (any, bool) {
	switch strings.TrimPrefix(name, scope) {
	case "pods":
		return r.pods.value(), true
	case "jobs":
		return r.jobs.value(), true
	case "cronjobs":
		return r.cronJobs.value(), true
	case "events":
		return r.events.value(), true
	case "steps":
		return done(r.steps), true
	case "refusals":
		return r.refusals, true
	case "t":
		return r.t, true
	}
	return nil, false
}

// Parent implements [cel.Activation].
func (r *Run) Parent() cel.Activation { return nil }

// changes are the subjects that an entry changed so far.
type changes Subjects

// set gives a field its new value.
func set[T comparable](c *changes, s Subjects, field *T, value T) {
	if *field != value {
		*field = value
		*c |= changes(s)
	}
}

// note sets a moment, once it has come.
func note(c *changes, s Subjects, moment *float64, come bool, t float64) {
	if come && *moment == none {
		*moment = t
		*c |= changes(s)
	}
}
