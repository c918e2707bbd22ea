package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// births are the explanations of how the pods of a run came to be.
func births(r *told, lang string) []Explanation {
	var list []Explanation
	s := r.story()
	for _, e := range r.entries {
		all, _ := s.Entry(e.Seq, lang)
		for _, x := range all {
			if strings.HasPrefix(x.Rule, "pod/created") || strings.HasPrefix(x.Rule, "pod/replaces") {
				list = append(list, x)
			}
		}
	}
	return list
}

// TestRecordedWaits finds from when the Job controller counted in recorded runs,
// and that what it deleted itself is no failure.
func TestRecordedWaits(t *testing.T) {
	for _, c := range []struct{ run, rule, said string }{
		{"13-init-container-fails", "pod/replaces-after-failure", ", when its condition Ready became False: not all of its main containers ended"},
		{"08-never-with-limit", "pod/replaces-after-failure", ", when its last container ended"},
		{"19-live-scaling", "pod/created-beside", ""},
		{"28-suspend-resume", "pod/created-after-resume", ""},
	} {
		for _, r := range records(t) {
			if r.name != c.run {
				continue
			}
			all := births(&r, "en")
			if last := all[len(all)-1]; last.Rule != c.rule || !strings.Contains(last.Text, c.said) {
				t.Errorf("%s: the last pod by %s, want %s with %q: %s", c.run, last.Rule, c.rule, c.said, last.Text)
			}
		}
	}
}

// states adds several states of one pod; then another pod appears.
func (v *invention) states(job string, changes ...func(*timeline.Pod)) {
	first := len(v.entries)
	for _, change := range changes {
		p := &timeline.Pod{Ready: "0/1", Status: "Running", Phase: "Running", Owner: "Job/" + job, Containers: []timeline.Container{{Name: "helper", Init: true}, {Name: "main"}}}
		change(p)
		v.add(timeline.Entry{Kind: timeline.KindPod, Name: fmt.Sprintf("%s-%d", job, first), UID: fmt.Sprint("pod-", first), Pod: p})
	}
	v.pod("Job/"+job, "Pending", nil)
}

// deleted is a pod of which the deletion was asked for.
func deleted(change func(*timeline.Pod)) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		change(p)
		p.DeletionTimestamp = at(99)
	}
}

// notReady gives a pod the condition Ready=False.
func notReady(second int, change func(*timeline.Pod)) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		change(p)
		p.Conditions = append(p.Conditions, timeline.Condition{Type: "Ready", Status: "False", LastTransitionTime: *at(second)})
	}
}

// finishing ends the last container, or the helper, at a second.
func finishing(container, second int, change func(*timeline.Pod)) func(*timeline.Pod) {
	return func(p *timeline.Pod) {
		change(p)
		c := &p.Containers[container]
		c.State, c.FinishedAt = timeline.Terminated, at(second)
	}
}

func TestWhatCountsAsAFailure(t *testing.T) {
	failed := ended("Error", 1, "Failed")
	const policy = "  podReplacementPolicy: Failed\n"
	const sidecar = "  template: {spec: {initContainers: [{name: helper, restartPolicy: Always}]}}\n"
	for _, c := range []struct {
		name, spec string
		pod        []func(*timeline.Pod)
		// said are words about the next pod; none if it is no retry.
		said []string
	}{
		{"fails", "", []func(*timeline.Pod){running, finishing(1, 42, failed)}, []string{"pi-1 failed", "12:00:42, when its last container ended"}},
		{"init container fails", "", []func(*timeline.Pod){notReady(31, finishing(0, 42, func(p *timeline.Pod) { p.Phase = "Failed" }))}, []string{"pi-1 failed", "12:00:31, when its condition Ready"}},
		{"sidecar ends last", sidecar, []func(*timeline.Pod){finishing(0, 47, finishing(1, 42, failed))}, []string{"12:00:47, when its last container ended"}},
		{"sidecar has not ended", sidecar, []func(*timeline.Pod){notReady(44, finishing(1, 42, failed))}, []string{"12:00:44, when its condition Ready"}},
		{"deleted while it runs", "", []func(*timeline.Pod){running, deleted(running)}, []string{"pi-1 was deleted before it had succeeded", "12:00:03, when its deletion was asked for"}},
		{"deleted and ended later", "", []func(*timeline.Pod){running, deleted(running), deleted(finishing(1, 42, failed))}, []string{"pi-1 was deleted before", "12:00:03, when its deletion"}},
		{"deleted before it was ready", "", []func(*timeline.Pod){deleted(notReady(1, running))}, []string{"pi-1 was deleted", "12:00:01, when its condition Ready"}},
		{"deleted when it had succeeded", "", []func(*timeline.Pod){deleted(ended("Completed", 0, "Succeeded"))}, nil},
		{"waits for the end, which is failure", policy, []func(*timeline.Pod){deleted(running), deleted(finishing(1, 42, failed))}, []string{"pi-1 failed", "12:00:42, when its last container"}},
		{"waits for the end, which is success", policy, []func(*timeline.Pod){deleted(running), deleted(ended("Completed", 0, "Succeeded"))}, nil},
	} {
		v := &invention{}
		v.job("pi", func(*timeline.Job) {})
		v.states("pi", c.pod...)
		r := told{c.name, "kind: Job\nmetadata: {name: pi}\nspec:\n  parallelism: 2\n" + c.spec, v.entries}
		all := births(&r, "en")
		last := all[len(all)-1]
		if (last.Rule == "pod/replaces-after-failure") != (c.said != nil) || c.said != nil && last.Value != "first failure in a row: 10 s" {
			t.Errorf("%s: the next pod by %s, %s", c.name, last.Rule, last.Value)
		}
		for _, said := range c.said {
			if !strings.Contains(last.Text, said) {
				t.Errorf("%s: want %q in %s", c.name, said, last.Text)
			}
		}
		korean := births(&r, "ko")
		if x := korean[len(korean)-1]; x.Rule != last.Rule || strings.Contains(x.Text, "when") {
			t.Errorf("%s in Korean: %s", c.name, x.Text)
		}
	}
}

// TestWhoDeletes tells the learner's deletion from that of a Job which was scaled
// down: only the first leaves no more pods active than parallelism allows.
func TestWhoDeletes(t *testing.T) {
	for _, c := range []struct {
		name        string
		parallelism int
		rule, next  string
	}{
		{"learner", 2, "pod/terminating", "pod/replaces-after-failure"},
		{"scaled down", 1, "pod/terminating-scaled", "pod/created-next"},
	} {
		v := &invention{}
		v.job("pi", func(*timeline.Job) {})
		v.pod("Job/pi", "Running", running)
		v.job("pi", func(j *timeline.Job) { j.Parallelism = &c.parallelism })
		dying := func(p *timeline.Pod) { deleted(running)(p); p.Status = "Terminating" }
		v.states("pi", running, dying)
		r := told{c.name, inventedManifest, v.entries}
		if x := statusOf(t, r.story(), 5, "en"); x.Rule != c.rule {
			t.Errorf("%s: %s", c.name, x.Rule)
		}
		all := births(&r, "en")
		if x := all[len(all)-1]; x.Rule != c.next {
			t.Errorf("%s: the next pod by %s, %s", c.name, x.Rule, x.Text)
		}
		if c.rule == "pod/terminating" {
			if x := statusOf(t, r.story(), 5, "en"); !strings.Contains(x.Text, "counts it as failed as soon as its deletion is asked for") {
				t.Errorf("%s: %s", c.name, x.Text)
			}
		}
	}
}
