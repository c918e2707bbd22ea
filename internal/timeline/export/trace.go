package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/joblab/joblab/internal/timeline"
)

// Event is one of Chrome's trace events, as "Trace Event Format" describes them:
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
type Event struct {
	Name string `json:"name"`
	// Category is pod, job or run.
	Category string `json:"cat,omitempty"`
	// Phase is X (a segment), i (a mark), C (counters) or M (a name).
	Phase string `json:"ph"`
	// Time and Length are in microseconds since the run's first apply.
	Time   int64  `json:"ts"`
	Length *int64 `json:"dur,omitempty"`
	// Process is a Job, Thread a pod of it or, with the number of the process, the Job
	// itself. No two threads of a trace have the same number, and none has 0: Perfetto
	// takes a thread's number for unique, as it is on Linux
	// (https://github.com/google/perfetto/issues/363), and 0 for the idle thread.
	Process int `json:"pid"`
	Thread  int `json:"tid"`
	// Scope of a mark: t, its thread, or g, the whole run.
	Scope string         `json:"s,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

// Trace writes a run as Chrome's trace events, in the form of a JSON object: a
// process for each Job with a thread for each of its pods, and one for the pods
// without a Job. What has not ended lasts to the end of what was recorded. about is
// what the trace tells of itself.
func Trace(w io.Writer, v timeline.View, about map[string]string) error {
	b := bufio.NewWriter(w)
	other, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("encode what the trace is about: %w", err)
	}
	fmt.Fprintf(b, "{\"displayTimeUnit\":\"ms\",\"otherData\":%s,\"traceEvents\":[", other)
	first := true
	for _, e := range events(&v) {
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode trace event %s: %w", e.Name, err)
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

// bare is the process of the pods that no Job owns, and of the steps, which are of
// its main thread.
const bare = 1

func events(v *timeline.View) []Event {
	t := tracer{end: v.End(), processes: map[string]int{}, last: bare}
	for _, j := range v.Jobs {
		t.job(j)
	}
	for _, l := range v.Lanes {
		t.pod(l)
	}
	for _, m := range v.Marks {
		t.process("")
		t.add(Event{Name: m.Kind + " " + m.Step, Category: "run", Phase: "i", Time: micro(m.T), Process: bare, Thread: bare, Scope: "g", Args: map[string]any{"text": m.Text, "seq": m.Seq}})
	}
	return t.events
}

type tracer struct {
	end       float64
	events    []Event
	processes map[string]int // by owner, "Job/pi"
	last      int            // the last number that a process or a thread was given
}

func (t *tracer) add(e Event) { t.events = append(t.events, e) }

// process is the process of an owner, which is named when it is asked for first.
func (t *tracer) process(owner string) int {
	if p, ok := t.processes[owner]; ok {
		return p
	}
	p, name := bare, "no Job"
	if owner != "" {
		t.last++
		p, name = t.last, owner
	}
	t.processes[owner] = p
	t.add(Event{Name: "process_name", Phase: "M", Process: p, Thread: p, Args: map[string]any{"name": name}})
	t.add(Event{Name: "process_sort_index", Phase: "M", Process: p, Thread: p, Args: map[string]any{"sort_index": p}})
	return p
}

func (t *tracer) thread(process, thread int, name string) {
	t.add(Event{Name: "thread_name", Phase: "M", Process: process, Thread: thread, Args: map[string]any{"name": name}})
	t.add(Event{Name: "thread_sort_index", Phase: "M", Process: process, Thread: thread, Args: map[string]any{"sort_index": thread}})
}

func (t *tracer) job(j timeline.JobLane) {
	p := t.process("Job/" + j.Name)
	t.thread(p, p, "Job "+j.Name)
	for _, s := range j.Segments {
		args := map[string]any{"seq": s.Seq}
		put(args, "reason", s.Reason)
		put(args, "message", s.Message)
		ended := s.To
		if s.State == timeline.JobDeleted {
			ended = &s.From // nothing lasts; another may have the name next
		}
		t.segment(s.State, "job", p, p, s.From, ended, args)
		t.add(Event{Name: "pods", Category: "job", Phase: "C", Time: micro(s.From), Process: p, Thread: p, Args: map[string]any{
			"active": s.Active, "ready": s.Ready, "succeeded": s.Succeeded, "failed": s.Failed, "terminating": s.Terminating,
		}})
	}
}

func (t *tracer) pod(l timeline.Lane) {
	p := t.process(l.Owner)
	t.last++
	thread := t.last
	name := l.Pod
	if l.Index != nil {
		name = fmt.Sprintf("%s (index %d)", l.Pod, *l.Index)
	}
	t.thread(p, thread, name)
	for _, s := range l.Segments {
		args := map[string]any{"ready": s.Ready, "restarts": s.Restarts, "seq": s.Seq}
		if s.ExitCode != nil {
			args["exitCode"] = *s.ExitCode
		}
		if s.Inferred {
			args["inferred"] = true
		}
		put(args, "message", s.Message)
		t.segment(s.Status, "pod", p, thread, s.From, s.To, args)
	}
	for _, m := range l.Marks {
		args := map[string]any{"seq": m.Seq}
		put(args, "container", m.Container)
		put(args, "text", m.Text)
		if m.ExitCode != nil {
			args["exitCode"] = *m.ExitCode
		}
		t.add(Event{Name: m.Kind, Category: "pod", Phase: "i", Time: micro(m.T), Process: p, Thread: thread, Scope: "t", Args: args})
	}
}

// segment adds a time in which something was so. Both ends are rounded, not the
// length, so that those of a thread follow each other without overlap.
func (t *tracer) segment(name, category string, process, thread int, from float64, ended *float64, args map[string]any) {
	until := max(from, t.end)
	if ended != nil {
		until = *ended
	}
	length := max(0, micro(until)-micro(from))
	t.add(Event{Name: name, Category: category, Phase: "X", Time: micro(from), Length: &length, Process: process, Thread: thread, Args: args})
}

func put(args map[string]any, name, value string) {
	if value != "" {
		args[name] = value
	}
}

func micro(t float64) int64 { return int64(math.Round(t * 1e6)) }
