package timeline

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// story records changes one second apart and draws them.
type story struct {
	clock *clock
	r     *Recorder
	pod   *corev1.Pod
}

func newStory(containerNames ...string) *story {
	c := newClock()
	s := &story{clock: c, r: NewRecorder(nil, c.Now)}
	s.r.Begin(c.Now())
	s.newPod("u1", containerNames...)
	return s
}

func (s *story) newPod(uid types.UID, containerNames ...string) {
	s.pod = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", UID: uid}, Status: corev1.PodStatus{Phase: "Pending"}}
	containers(containerNames...)(s.pod)
}

func (s *story) change(typ Type, status string, f func(*corev1.Pod)) {
	f(s.pod)
	restarts := 0
	for _, c := range s.pod.Status.ContainerStatuses {
		restarts += int(c.RestartCount)
	}
	s.r.Pod(typ, Row{Ready: "0/1", Status: status, Restarts: fmt.Sprint(restarts)}, s.pod)
	s.clock.add(time.Second)
}

func (s *story) event(typ Type, reason string) {
	s.r.Event(typ, &corev1.Event{Reason: reason, Message: reason + "!", InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "p", UID: s.pod.UID}})
	s.clock.add(time.Second)
}

func (s *story) note(code string) {
	s.r.Note(Note{Code: code, Text: code + "!"})
	s.clock.add(time.Second)
}

// short writes lanes in short: segments as STATUS RESTARTS from-to, marks as
// kind(container, exit code, text)@t, inferred ones in brackets.
func short(v View) []string {
	var out []string
	for _, l := range v.Lanes {
		line := l.UID + ":"
		for _, s := range l.Segments {
			to := "…"
			if s.To != nil {
				to = fmt.Sprint(*s.To)
			}
			text := fmt.Sprintf("%s %d %g-%s", s.Status, s.Restarts, s.From, to)
			if s.ExitCode != nil {
				text += fmt.Sprintf(" exit %d", *s.ExitCode)
			}
			if s.Inferred {
				text = "[" + text + "]"
			}
			line += " " + text + ","
		}
		out = append(out, line)
		line = l.UID + " marks:"
		for _, m := range l.Marks {
			text := m.Kind + "(" + m.Container
			if m.ExitCode != nil {
				text += fmt.Sprint(" ", *m.ExitCode)
			}
			line += fmt.Sprintf(" %s %s)@%g", text, m.Text, m.T)
		}
		out = append(out, line)
	}
	return out
}

func nothing(*corev1.Pod) {}

func TestDraw(t *testing.T) {
	for _, c := range []struct {
		name string
		tell func(*story)
		want []string
	}{
		{"repeats collapse, readiness too", func(s *story) {
			s.change(Added, "Pending", nothing)
			s.change(Modified, "Pending", bound)
			s.change(Modified, "ContainerCreating", main(waiting("ContainerCreating")))
			s.event(Added, "Pulled")
			s.event(Modified, "Pulled")
			s.change(Modified, "Running", main(runningSince(1)))
			s.change(Modified, "Running", nothing)
		}, []string{
			"u1: Pending 0 0-2, ContainerCreating 0 2-5, Running 0 5-…,",
			"u1 marks: created( )@0 scheduled( n1)@1 pulled( Pulled!)@3 started(main )@5",
		}},
		{"an inferred state takes no time", func(s *story) {
			s.change(Added, "ContainerCreating", main(waiting("ContainerCreating")))
			s.change(Modified, "Error", main(ended(0, "Error", 3, 1, 1)))
		}, []string{
			"u1: ContainerCreating 0 0-1, [Running 0 1-1], Error 0 1-… exit 3,",
			"u1 marks: created( )@0 started(main )@1 exit(main 3 Error)@1",
		}},
		{"restarts", func(s *story) {
			s.change(Added, "Running", main(runningSince(1)))
			s.change(Modified, "Error", restarted(0, ended(0, "Error", 3, 1, 2), corev1.ContainerState{}))
			s.change(Modified, "Running", restarted(1, runningSince(3), ended(0, "Error", 3, 1, 2)))
			s.change(Modified, "CrashLoopBackOff", restarted(1, waiting("CrashLoopBackOff"), ended(1, "Error", 4, 3, 4)))
			s.change(Modified, "Running", restarted(2, runningSince(14), ended(1, "Error", 4, 3, 4)))
		}, []string{
			"u1: [ContainerCreating 0 0-0], Running 0 0-1, Error 0 1-2 exit 3, Running 1 2-3, [Error 1 3-3 exit 4], CrashLoopBackOff 1 3-4, Running 2 4-…,",
			"u1 marks: created( )@0 started(main )@0 exit(main 3 Error)@1 restart( 1)@2 started(main )@2 exit(main 4 Error)@3 restart( 2)@4 started(main )@4",
		}},
		{"a deletion, told twice, stops the container once", func(s *story) {
			s.change(Added, "ContainerCreating", main(waiting("ContainerCreating")))
			s.change(Modified, "Running", main(runningSince(1)))
			s.change(Modified, "Terminating", deleting)
			s.event(Added, "Killing")
			s.change(Modified, "Error", main(ended(0, "Error", 143, 1, 9)))
			s.change(Deleted, "Error", nothing)
		}, []string{
			"u1: ContainerCreating 0 0-1, Running 0 1-2, Terminating 0 2-4, Error 0 4-5 exit 143,",
			"u1 marks: created( )@0 started(main )@1 sigterm( the pod is deleted)@2 exit(main 143 Error)@4 deleted( )@5",
		}},
		{"a probe stops two instances", func(s *story) {
			s.change(Added, "ContainerCreating", main(waiting("ContainerCreating")))
			s.change(Modified, "Running", main(runningSince(1)))
			s.event(Added, "Killing")
			s.change(Modified, "Running", restarted(1, runningSince(3), ended(0, "Error", 137, 1, 2)))
			s.event(Modified, "Killing") // counted up: not shown
			s.event(Added, "Killing")
		}, []string{
			"u1: ContainerCreating 0 0-1, Running 0 1-3, Running 1 3-…,",
			"u1 marks: created( )@0 started(main )@1 sigterm( Killing!)@2 restart( 1)@3 exit(main 137 Error)@3 started(main )@3 sigterm( Killing!)@5",
		}},
		{"what does not run is not stopped", func(s *story) {
			s.change(Added, "ContainerCreating", main(waiting("ContainerCreating")))
			s.change(Modified, "Terminating", deleting)
			s.change(Deleted, "Terminating", nothing)
		}, []string{
			"u1: ContainerCreating 0 0-1, Terminating 0 1-2,",
			"u1 marks: created( )@0 deleted( )@2",
		}},
		{"the same name again, and gaps in lanes that are not over", func(s *story) {
			s.note(NoteGap) // before any lane
			s.change(Added, "Pending", nothing)
			s.change(Deleted, "Pending", nothing)
			s.newPod("u2", "main")
			s.change(Added, "Pending", nothing)
			s.note(NoteGap)
			s.note(NoteLimit)
		}, []string{
			"u1: Pending 0 1-2,",
			"u1 marks: created( )@1 deleted( )@2",
			"u2: Pending 0 3-…,",
			"u2 marks: created( )@3 gap( gap!)@4",
		}},
		{"an init container fails", func(s *story) {
			initContainers("setup")(s.pod)
			s.change(Added, "Init:0/1", initially(runningSince(1)))
			s.change(Modified, "Init:Error", initially(ended(0, "Error", 7, 1, 2)))
		}, []string{
			"u1: Init:0/1 0 0-1, Init:Error 0 1-… exit 7,",
			"u1 marks: created( )@0 started(setup )@0 exit(setup 7 Error)@1",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStory("main")
			c.tell(s)
			if diff := cmp.Diff(c.want, short(Draw(s.r.Log().Records()))); diff != "" {
				t.Errorf("lanes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDrawJobs(t *testing.T) {
	s := newStory("main")
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "pi", UID: "j"}}
	is := func(typ batchv1.JobConditionType, status corev1.ConditionStatus, reason string) {
		job.Status.Conditions = append(job.Status.Conditions, batchv1.JobCondition{Type: typ, Status: status, Reason: reason})
	}
	record := func(typ Type) {
		s.r.Job(typ, job)
		s.clock.add(time.Second)
	}
	is("Suspended", "True", "JobSuspended")
	record(Added)
	job.Status.Conditions[0].Status = "False"
	record(Modified)
	job.Status.Active = 2
	record(Modified)
	record(Modified) // nothing that is drawn has changed
	is("SuccessCriteriaMet", "True", "CompletionsReached")
	job.Status.Active, job.Status.Succeeded = 0, 2
	record(Modified)
	is("Complete", "True", "CompletionsReached")
	record(Modified)
	record(Deleted)
	var got []string
	v := Draw(s.r.Log().Records())
	for _, seg := range v.Jobs[0].Segments {
		to := "…"
		if seg.To != nil {
			to = fmt.Sprint(*seg.To)
		}
		got = append(got, fmt.Sprintf("%g-%s %s %d/%d %s", seg.From, to, seg.State, seg.Active, seg.Succeeded, seg.Reason))
	}
	want := []string{
		"0-1 Suspended 0/0 JobSuspended", "1-2 Active 0/0 ", "2-4 Active 2/0 ",
		"4-5 SuccessCriteriaMet 0/2 CompletionsReached", "5-6 Complete 0/2 CompletionsReached", "6-… Deleted 0/2 CompletionsReached",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(v.Jobs) != 1 {
		t.Errorf("%d Jobs; segments (-want +got):\n%s", len(v.Jobs), diff)
	}
}

// TestViewIsASnapshot goes on drawing after a View was taken.
func TestViewIsASnapshot(t *testing.T) {
	s := newStory("main")
	s.change(Added, "Pending", nothing)
	s.r.Job(Added, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{UID: "j"}})
	var d Drawer
	drawn := 0
	draw := func() View {
		records := s.r.Log().Records()
		for i := range records[drawn:] {
			d.Add(&records[drawn+i].Entry)
		}
		drawn = len(records)
		return d.View()
	}
	view := draw()
	before, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	s.change(Modified, "Running", both(bound, main(runningSince(1))))
	s.r.Job(Modified, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{UID: "j"}, Status: batchv1.JobStatus{Active: 1}})
	s.r.Seal(true)
	later := draw()
	after, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Errorf("a View changed:\n%s", diff)
	}
	if diff := cmp.Diff(Draw(s.r.Log().Records()), later); diff != "" {
		t.Errorf("drawn at once and step by step differ (-at once +in steps):\n%s", diff)
	}
	if later.Verdict == nil || later.Verdict.Outcome != Undecided {
		t.Errorf("verdict = %+v, want the log's last", later.Verdict)
	}
}

// TestOnlyADeletion: a lane without segments is still a list in JSON.
func TestOnlyADeletion(t *testing.T) {
	s := newStory("main")
	s.change(Deleted, "Terminating", nothing)
	got, err := json.Marshal(Draw(s.r.Log().Records()).Lanes)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"pod":"p","uid":"u1","owner":"","index":null,"segments":[],"marks":[{"t":0,"kind":"created","seq":1,"text":""},{"t":0,"kind":"deleted","seq":1,"text":""}]}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("lanes (-want +got):\n%s", diff)
	}
}

func TestEmptyView(t *testing.T) {
	got, err := json.Marshal(Draw(nil))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"run":"","lanes":[],"jobs":[],"entries":[],"verdict":null}`
	if string(got) != want {
		t.Errorf("Draw of nothing = %s, want %s", got, want)
	}
}
