package explain

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

const inventedManifest = `apiVersion: batch/v1
kind: Job
metadata:
  name: pi
spec:
  backoffLimit: 3
  completions: 2
  parallelism: 2
  activeDeadlineSeconds: 5
  template:
    spec:
      restartPolicy: OnFailure
      terminationGracePeriodSeconds: 7
      initContainers:
      - name: first
        image: bash
        command: [sh]
      containers:
      - name: main
        image: perl
        command: [perl, -e, "exit 3"]
---
apiVersion: v1
kind: Pod
metadata:
  name: bare
spec:
  containers:
  - name: main
    image: bash
    command: [sleep, "5"]
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: bash
`

var day = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func at(seconds int) *time.Time {
	t := day.Add(time.Duration(seconds) * time.Second)
	return &t
}

// stories collects entries.
type invention struct{ entries []timeline.Entry }

func (v *invention) add(e timeline.Entry) {
	e.Seq = timeline.Seq(len(v.entries) + 1)
	e.T = float64(e.Seq)
	e.At = day.Add(time.Duration(e.Seq) * time.Second)
	if e.Type == "" {
		e.Type = timeline.Modified
	}
	v.entries = append(v.entries, e)
}

// pod adds a pod's first and only state; change may change it.
func (v *invention) pod(owner, status string, change func(*timeline.Pod)) {
	p := &timeline.Pod{Ready: "0/1", Status: status, Phase: "Pending", Owner: owner, Node: "node-1", Containers: []timeline.Container{{Name: "first", Init: true}, {Name: "main"}}}
	name := fmt.Sprintf("pi-%02d", len(v.entries))
	if owner == "" {
		name = "bare"
		p.Containers = p.Containers[1:]
	}
	if change != nil {
		change(p)
	}
	uid := fmt.Sprintf("pod-%d", len(v.entries))
	v.add(timeline.Entry{Kind: timeline.KindPod, Type: timeline.Added, Name: name, UID: uid, Pod: p})
}

func (v *invention) job(name string, change func(*timeline.Job)) {
	two, three := 2, 3
	j := &timeline.Job{Completions: &two, Parallelism: &two, BackoffLimit: &three, StartTime: at(0)}
	change(j)
	v.add(timeline.Entry{Kind: timeline.KindJob, Name: name, UID: name, Job: j})
}

func waiting(reason, message string) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		c := &p.Containers[len(p.Containers)-1]
		c.State, c.Reason, c.Message = timeline.Waiting, reason, message
	}
}

func ended(reason string, code int32, phase string) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		c := &p.Containers[len(p.Containers)-1]
		c.State, c.Reason, c.ExitCode, c.StartedAt, c.FinishedAt = timeline.Terminated, reason, &code, at(1), at(4)
		p.Phase = phase
	}
}

func dying(then func(*timeline.Pod)) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		then(p)
		p.DeletionTimestamp = at(9)
	}
}

// first turns what is said of the main container into the same of the init one.
func first(then func(*timeline.Pod)) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		then(p)
		last := len(p.Containers) - 1
		init := p.Containers[last]
		init.Name, init.Init = "first", true
		p.Containers = []timeline.Container{init, {Name: "main"}}
	}
}

func crashed(reason string, code int32, restarts int) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		waiting("CrashLoopBackOff", "back-off 20s restarting failed container=main pod=pi")(p)
		c := &p.Containers[len(p.Containers)-1]
		c.Restarts, p.Restarts = restarts, restarts
		c.Last = &timeline.Termination{Reason: reason, ExitCode: code}
	}
}

func unplaced(reason, message string) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		p.Conditions = []timeline.Condition{{Type: "PodScheduled", Status: "False", Reason: reason, Message: message}}
	}
}

func ofReason(reason, message string) func(*timeline.Pod) {
	return func(p *timeline.Pod) { p.Phase, p.Reason, p.Message = "Failed", reason, message }
}

func disrupted(reason string) func(*timeline.Pod) {
	return dying(func(p *timeline.Pod) {
		p.Conditions = []timeline.Condition{{Type: "DisruptionTarget", Status: "True", Reason: reason, Message: "it had to go"}}
	})
}

func running(p *timeline.Pod) {
	c := &p.Containers[len(p.Containers)-1]
	c.State, c.Ready, c.StartedAt, p.Phase, p.Ready = timeline.Running, true, at(1), "Running", "1/1"
}

// states are what the labs and Kubernetes' own code let a pod show.
var states = []struct {
	status string
	change func(*timeline.Pod)
}{
	{"Pending", nil},
	{"Pending", unplaced("Unschedulable", "0/1 nodes are available")},
	{"Pending", unplaced("SchedulerError", "it failed")},
	{"SchedulingGated", unplaced("SchedulingGated", "gated")},
	{"ContainerCreating", waiting("ContainerCreating", "")},
	{"PodInitializing", waiting("PodInitializing", "")},
	{"Init:0/1", first(running)},
	{"Running", running},
	{"NotReady", running},
	{"ErrImagePull", waiting("ErrImagePull", "no such host")},
	{"ImagePullBackOff", waiting("ImagePullBackOff", "Back-off pulling image")},
	{"InvalidImageName", waiting("InvalidImageName", "couldn't parse image name")},
	{"ErrImageNeverPull", waiting("ErrImageNeverPull", "never")},
	{"ImageInspectError", waiting("ImageInspectError", "broken")},
	{"RegistryUnavailable", waiting("RegistryUnavailable", "")},
	{"CreateContainerConfigError", waiting("CreateContainerConfigError", `configmap "settings" not found`)},
	{"CreateContainerError", waiting("CreateContainerError", "broken")},
	{"RunContainerError", waiting("RunContainerError", "not found in $PATH")},
	{"PostStartHookError", waiting("PostStartHookError", "")},
	{"PreStartHookError", waiting("PreStartHookError", "")},
	{"CrashLoopBackOff", crashed("Error", 3, 2)},
	{"CrashLoopBackOff", crashed("StartError", 128, 2)},
	{"CrashLoopBackOff", crashed("Completed", 0, 2)},
	{"CrashLoopBackOff", crashed("OOMKilled", 137, 2)},
	{"Completed", ended("Completed", 0, "Succeeded")},
	{"StartError", ended("StartError", 128, "Failed")},
	{"ContainerCannotRun", ended("ContainerCannotRun", 127, "Failed")},
	{"Error", ended("Error", 1, "Failed")},
	{"Error", ended("Error", 3, "Failed")},
	{"Error", ended("Error", 42, "Failed")},
	{"Error", ended("Error", 126, "Failed")},
	{"Error", ended("Error", 127, "Failed")},
	{"Error", ended("Error", 134, "Failed")},
	{"Error", ended("Error", 137, "Failed")},
	{"Error", ended("Error", 139, "Failed")},
	{"Error", ended("Error", 143, "Failed")},
	{"OOMKilled", ended("OOMKilled", 137, "Failed")},
	{"ContainerStatusUnknown", ended("ContainerStatusUnknown", 137, "Failed")},
	{"ExitCode:5", ended("", 5, "Failed")},
	{"Signal:9", ended("", 9, "Failed")},
	{"Init:Error", first(ended("Error", 1, "Pending"))},
	{"Init:Error", first(ended("Error", 137, "Pending"))},
	{"Init:StartError", first(ended("StartError", 128, "Pending"))},
	{"Init:OOMKilled", first(ended("OOMKilled", 137, "Pending"))},
	{"Init:CrashLoopBackOff", first(crashed("Error", 1, 2))},
	{"Init:ErrImagePull", first(waiting("ErrImagePull", "no such host"))},
	{"Init:ImagePullBackOff", first(waiting("ImagePullBackOff", "Back-off pulling image"))},
	{"Init:RunContainerError", first(waiting("RunContainerError", "not found in $PATH"))},
	{"Init:CreateContainerConfigError", first(waiting("CreateContainerConfigError", `configmap "settings" not found`))},
	{"Init:ContainerStatusUnknown", first(ended("ContainerStatusUnknown", 137, "Pending"))},
	{"Init:ExitCode:5", first(ended("", 5, "Pending"))},
	{"Terminating", dying(running)},
	{"Terminating", disrupted("EvictionByEvictionAPI")},
	{"Terminating", disrupted("DeletionByTaintManager")},
	{"Terminating", disrupted("PreemptionByScheduler")},
	{"Evicted", ofReason("Evicted", "The node was low on resource: memory.")},
	{"DeadlineExceeded", ofReason("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")},
	{"Error", func(p *timeline.Pod) { ended("Error", 137, "Failed")(p); p.Reason = "DeadlineExceeded" }},
	{"ContainerStatusUnknown", func(p *timeline.Pod) {
		ended("ContainerStatusUnknown", 137, "Failed")(p)
		p.Reason = "DeadlineExceeded"
	}},
	{"NodeLost", ofReason("NodeLost", "Node was lost")},
	{"Unknown", dying(ofReason("NodeLost", "Node was lost"))},
	{"Terminated", ofReason("Terminated", "Pod was terminated in response to imminent node shutdown.")},
	{"NodeShutdown", ofReason("NodeShutdown", "Pod was rejected")},
	{"Preempting", ofReason("Preempting", "Preempted in order to admit critical pod")},
	{"OutOfcpu", ofReason("OutOfcpu", "Node didn't have enough resource: cpu")},
	{"NodeAffinity", ofReason("NodeAffinity", "Predicate NodeAffinity failed")},
	{"UnexpectedAdmissionError", ofReason("UnexpectedAdmissionError", "Allocate failed")},
	{"Failed", ofReason("", "")},
	{"Succeeded", func(p *timeline.Pod) { p.Phase = "Succeeded" }},
}

// jobEnds are the reasons for which a Job ends.
var jobEnds = []struct{ target, end, reason string }{
	{"FailureTarget", "Failed", "BackoffLimitExceeded"},
	{"FailureTarget", "Failed", "DeadlineExceeded"},
	{"FailureTarget", "Failed", "PodFailurePolicy"},
	{"FailureTarget", "Failed", "FailedIndexes"},
	{"FailureTarget", "Failed", "MaxFailedIndexesExceeded"},
	{"SuccessCriteriaMet", "Complete", "CompletionsReached"},
	{"SuccessCriteriaMet", "Complete", "SuccessPolicy"},
}

// invented is a run in which everything happens that is known to happen.
func invented(t *testing.T) told {
	t.Helper()
	v := &invention{}
	for _, s := range states {
		v.pod("Job/pi", s.status, s.change)
	}
	v.pod("", "Pending", nil)
	v.pod("", "Completed", ended("Completed", 0, "Running"))
	v.pod("Job/pi", "Error", dying(ended("Error", 143, "Failed")))
	v.pod("Job/pi", "Completed", dying(ended("Completed", 0, "Succeeded")))
	condition := func(typ, status, reason string) timeline.Condition {
		return timeline.Condition{Type: typ, Status: status, Reason: reason, Message: "because", LastTransitionTime: *at(6)}
	}
	for i, e := range jobEnds {
		name := fmt.Sprintf("end-%d", i)
		v.job(name, func(j *timeline.Job) { j.Active, j.Ready = 2, 1 })
		v.job(name, func(j *timeline.Job) { j.Conditions = []timeline.Condition{condition(e.target, "True", e.reason)} })
		v.pod("Job/"+name, "Terminating", dying(running))
		v.job(name, func(j *timeline.Job) {
			j.Conditions = []timeline.Condition{condition(e.target, "True", e.reason), condition(e.end, "True", e.reason)}
			j.Failed, j.Succeeded, j.Terminating = 4, 2, 1
		})
	}
	v.job("pi", func(j *timeline.Job) {})
	v.job("pi", func(j *timeline.Job) { j.Suspend = true })
	v.job("pi", func(j *timeline.Job) {
		j.Suspend, j.Conditions = true, []timeline.Condition{condition("Suspended", "True", "JobSuspended")}
	})
	v.job("pi", func(j *timeline.Job) {
		j.Conditions = []timeline.Condition{condition("Suspended", "False", "JobResumed")}
	})
	v.cron(func(*timeline.CronJob) {})
	v.cron(func(c *timeline.CronJob) { c.Active = []string{"nightly-1"} })
	v.cron(func(*timeline.CronJob) {})
	v.cron(func(c *timeline.CronJob) { c.LastScheduleTime = at(5) })
	v.cron(func(c *timeline.CronJob) { c.Suspend = true })
	v.cron(func(*timeline.CronJob) {})
	for _, r := range allRules() {
		if strings.HasPrefix(r.id, "event/") {
			for _, kind := range []string{"Pod", "Job/pi", "CronJob/nightly", "Service/pi"} {
				v.event(r.on[0], kind)
			}
		}
		if strings.HasPrefix(r.id, "note/") {
			v.add(timeline.Entry{Kind: timeline.KindNote, Note: &timeline.Note{Code: r.on[0], Text: "so"}})
		}
	}
	return told{"invented", inventedManifest, v.entries}
}

func (v *invention) cron(change func(*timeline.CronJob)) {
	c := &timeline.CronJob{Schedule: "* * * * *", Active: []string{}}
	change(c)
	v.add(timeline.Entry{Kind: timeline.KindCronJob, Name: "nightly", UID: "nightly", CronJob: c})
}

func (v *invention) event(reason, object string) {
	e := &timeline.Event{Type: "Normal", Reason: reason, Message: "so it went", Object: object, Count: 1}
	if object == "Pod" {
		e.Object, e.ObjectUID = "Pod/pi-00", "pod-0"
	}
	v.add(timeline.Entry{Kind: timeline.KindEvent, Type: timeline.Added, Event: e})
}
