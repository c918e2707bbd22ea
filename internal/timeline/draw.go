package timeline

import (
	"slices"
	"strconv"
	"strings"
)

// Draw draws a log from its records. The View shares the records' entries.
func Draw(records []Record) View {
	var d Drawer
	for i := range records {
		d.Add(&records[i].Entry)
	}
	return d.View()
}

// A Drawer draws a log entry by entry. Its zero value has seen none.
type Drawer struct {
	lanes   []*drawnLane
	jobs    []*JobLane
	marks   []Mark
	entries []Entry
	verdict *Verdict
}

// drawnLane is a Lane and what must be known to go on drawing it.
type drawnLane struct {
	Lane
	pod        *Pod // the newest state
	containers map[string]instances
	scheduled  bool
	deleted    bool
	// stopped is the restart count up to which sigterm is marked, plus one.
	stopped int
}

// instances counts the instances of one container whose start and whose end are
// drawn or past.
type instances struct{ started, ended int }

// Add draws the next entry. Entries come in the order of Seq.
func (d *Drawer) Add(e *Entry) {
	d.entries = append(d.entries, *e)
	switch {
	case e.Pod != nil:
		d.lane(e).addPod(e)
	case e.Job != nil:
		d.addJob(e)
	case e.Event != nil:
		if i := slices.IndexFunc(d.lanes, func(l *drawnLane) bool { return l.UID == e.Event.ObjectUID }); i >= 0 {
			d.lanes[i].addEvent(e)
		}
	case e.Note != nil && e.Note.Code == NoteGap:
		for _, l := range d.lanes {
			if !l.deleted {
				l.mark(e, Mark{Kind: MarkGap, Text: e.Note.Text})
			}
		}
	case e.Note != nil && e.Note.OfStep():
		m := Mark{T: e.T, Kind: MarkStep, Seq: e.Seq, Step: e.Note.Step, Text: e.Note.Text}
		if e.Note.Code == NoteRefused {
			m.Kind = MarkRefused
		}
		d.marks = append(d.marks, m)
	case e.Verdict != nil && e.Verdict.Outcome != "":
		d.verdict = e.Verdict
	}
}

// View returns what is drawn so far. Later calls of Add do not change it.
func (d *Drawer) View() View {
	v := View{
		Lanes:   make([]Lane, len(d.lanes)),
		Jobs:    make([]JobLane, len(d.jobs)),
		Marks:   append([]Mark(nil), d.marks...),
		Entries: append([]Entry{}, d.entries...),
		Verdict: d.verdict,
	}
	for i, l := range d.lanes {
		v.Lanes[i] = l.Lane
		v.Lanes[i].Segments = append([]Segment{}, l.Segments...)
		v.Lanes[i].Marks = append([]Mark{}, l.Marks...)
	}
	for i, j := range d.jobs {
		v.Jobs[i] = *j
		v.Jobs[i].Segments = append([]JobSegment{}, j.Segments...)
	}
	return v
}

// lane returns the lane of a pod, a new one if it has none.
func (d *Drawer) lane(e *Entry) *drawnLane {
	if i := slices.IndexFunc(d.lanes, func(l *drawnLane) bool { return l.UID == e.UID }); i >= 0 {
		return d.lanes[i]
	}
	l := &drawnLane{Lane: Lane{Pod: e.Name, UID: e.UID}, containers: map[string]instances{}}
	d.lanes = append(d.lanes, l)
	l.mark(e, Mark{Kind: MarkCreated})
	return l
}

func (l *drawnLane) mark(e *Entry, m Mark) {
	m.T, m.Seq = e.T, e.Seq
	l.Marks = append(l.Marks, m)
}

func (l *drawnLane) addPod(e *Entry) {
	p := e.Pod
	l.Owner, l.Index = p.Owner, p.Index
	if !l.scheduled && !e.Inferred && scheduled(p) {
		l.scheduled = true
		l.mark(e, Mark{Kind: MarkScheduled, Text: p.Node})
	}
	if l.pod != nil && p.Restarts > l.pod.Restarts {
		l.mark(e, Mark{Kind: MarkRestart, Text: strconv.Itoa(p.Restarts)})
	}
	for i := range p.Containers {
		l.addContainer(e, &p.Containers[i])
	}
	if p.DeletionTimestamp != nil && (l.pod == nil || l.pod.DeletionTimestamp == nil) && running(p) {
		l.sigterm(e, p.Restarts, "the pod is deleted")
	}
	l.pod = p
	if e.Type == Deleted {
		l.deleted = true
		l.close(e)
		l.mark(e, Mark{Kind: MarkDeleted})
		return
	}
	l.addSegment(e)
}

func (l *drawnLane) addSegment(e *Entry) {
	p := e.Pod
	if n := len(l.Segments); n > 0 {
		if s := &l.Segments[n-1]; s.Status == p.Status && s.Restarts == p.Restarts {
			s.Ready = p.Ready
			s.ExitCode, s.Message = explainStatus(p)
			return
		}
	}
	l.close(e)
	s := Segment{Status: p.Status, Ready: p.Ready, Restarts: p.Restarts, From: e.T, Seq: e.Seq, Inferred: e.Inferred}
	s.ExitCode, s.Message = explainStatus(p)
	l.Segments = append(l.Segments, s)
}

// close ends the newest segment.
func (l *drawnLane) close(e *Entry) {
	if n := len(l.Segments); n > 0 {
		t := e.T
		l.Segments[n-1].To = &t
	}
}

// addContainer marks the starts and ends that a container's state shows first.
func (l *drawnLane) addContainer(e *Entry, c *Container) {
	seen := l.containers[c.Name]
	if last := c.Last; last != nil {
		// While a container waits, Last is the end of its newest instance.
		n := c.Restarts
		if last.ContainerID != c.ContainerID {
			n--
		}
		if n >= seen.ended {
			code := last.ExitCode
			l.mark(e, Mark{Kind: MarkExit, Container: c.Name, ExitCode: &code, Text: last.Reason})
			seen.ended, seen.started = n+1, max(seen.started, n+1)
		}
	}
	if c.StartedAt != nil && c.Restarts >= seen.started {
		l.mark(e, Mark{Kind: MarkStarted, Container: c.Name})
		seen.started = c.Restarts + 1
	}
	if c.State == Terminated && c.Restarts >= seen.ended {
		l.mark(e, Mark{Kind: MarkExit, Container: c.Name, ExitCode: c.ExitCode, Text: c.Reason})
		seen.ended = c.Restarts + 1
	}
	l.containers[c.Name] = seen
}

// addEvent marks what only events tell.
func (l *drawnLane) addEvent(e *Entry) {
	switch {
	case e.Type != Added:
	case e.Event.Reason == "Pulled":
		l.mark(e, Mark{Kind: MarkPulled, Text: e.Event.Message})
	case e.Event.Reason == "Killing" && l.pod != nil:
		l.sigterm(e, l.pod.Restarts, e.Event.Message)
	}
}

// sigterm marks once per restart that containers were told to stop: the API and
// the kubelet's event both say so, in either order.
func (l *drawnLane) sigterm(e *Entry, restarts int, text string) {
	if restarts >= l.stopped {
		l.stopped = restarts + 1
		l.mark(e, Mark{Kind: MarkSigterm, Text: text})
	}
}

func scheduled(p *Pod) bool {
	return slices.ContainsFunc(p.Conditions, func(c Condition) bool {
		return c.Type == "PodScheduled" && c.Status == "True"
	})
}

func running(p *Pod) bool {
	return slices.ContainsFunc(p.Containers, func(c Container) bool { return c.State == Running })
}

// explainStatus finds the container whose state STATUS names.
func explainStatus(p *Pod) (exitCode *int32, message string) {
	status := strings.TrimPrefix(p.Status, "Init:")
	for i := range p.Containers {
		switch c := &p.Containers[i]; {
		case c.State == Terminated && c.Reason == status:
			return c.ExitCode, c.Message
		case c.State == Terminated && c.Reason == "" && strings.HasPrefix(status, "ExitCode:"):
			return c.ExitCode, c.Message
		case c.State == Waiting && c.Reason == status:
			return nil, c.Message
		}
	}
	if p.Reason == p.Status {
		return nil, p.Message
	}
	return nil, ""
}
