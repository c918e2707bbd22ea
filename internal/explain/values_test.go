package explain

import (
	"slices"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// TestComputedValues finds what was computed, and the way to it, in recorded runs.
func TestComputedValues(t *testing.T) {
	all := records(t)
	for _, c := range []struct{ run, rule, en, ko string }{
		{"08-never-with-limit", "pod/replaces-after-failure", "first failure in a row: 10 s", "연속 1번째 실패: 10초"},
		{"08-never-with-limit", "pod/replaces-after-failure", "third failure in a row: 10 s · 2² = 40 s", "연속 3번째 실패: 10초 · 2² = 40초"},
		{"08-never-with-limit", "job/failed-limit", "1 try + 3 retries = 4; 4 failed, and 4 > 3", "시도 1번 + 재시도 3번 = 4번. 실패 4개 > 3"},
		{"06-on-failure", "job/failed-limit-restarts", "3 restarts ≥ 3", "재시작 3번 ≥ 3"},
		{"01-bare-pod", "pod/crash-loop-success", "10 s, and up to half as much again: 10 s to 15 s", "10초, 여기에 절반까지 더해져요: 10초에서 15초 사이"},
		{"06-on-failure", "pod/crash-loop", "10 s · 2¹ = 20 s, and up to half as much again: 20 s to 30 s", "10초 · 2¹ = 20초, 여기에 절반까지 더해져요: 20초에서 30초 사이"},
		{"noimage-hub", "pod/image-back-off", "10 s · 2¹ = 20 s", "10초 · 2¹ = 20초"},
		{"completions3", "job/complete", "3 of 3", "3개 중 3개"},
		{"24-active-deadline", "pod/terminating-deadline", "", ""},
		{
			"17-parallelism-without-completions", "job/created",
			"completions not set (a work queue: done when one pod has succeeded and all have ended), parallelism 3, backoffLimit 6",
			"completions 없음(작업 큐: 파드 하나가 성공하고 모두 끝나면 완료), parallelism 3, backoffLimit 6",
		},
		{
			"17-parallelism-without-completions", "pod/created-for-queue",
			"3 active until one has succeeded; done when one pod has succeeded and all have ended",
			"하나가 성공할 때까지 활성 3개, 하나가 성공하고 모두 끝나면 완료",
		},
		{
			"17-parallelism-without-completions", "job/complete",
			"3 succeeded, 0 active; done with one success and none active",
			"성공 3개, 활성 0개. 하나가 성공하고 활성 파드가 없으면 완료",
		},
	} {
		for lang, want := range map[string]string{"en": c.en, "ko": c.ko} {
			var got []string
			for _, r := range all {
				if r.name != c.run {
					continue
				}
				s := r.story()
				for _, e := range r.entries {
					list, _ := s.Entry(e.Seq, lang)
					for _, x := range list {
						if x.Rule == c.rule {
							got = append(got, x.Value)
						}
					}
				}
			}
			if len(got) == 0 || want != "" && !slices.Contains(got, want) {
				t.Errorf("%s, %s in %s: computed %q, want %q among them", c.run, c.rule, lang, got, want)
			}
		}
	}
}

func TestWaitsHaveALimit(t *testing.T) {
	m := &moment{lang: "en"}
	if text, wait := m.power(firstWait, 7, longestJob); text != "10 s · 2⁷ = 1280 s, but at most 10 min" || wait != longestJob {
		t.Errorf("the eighth wait is %g s: %s", wait, text)
	}
	m.birth = &birth{failures: 1000000}
	if text := m.retry(); text != "10 min" {
		t.Errorf("after a million failures: %s", text)
	}
	for n, want := range map[int]string{1: "first", 10: "tenth", 11: "11th", 21: "21st", 112: "112th"} {
		if got := m.ordinal(n); got != want {
			t.Errorf("ordinal %d is %s", n, got)
		}
	}
}

// TestWorkQueue tells a Job without completions from one that nothing is known of,
// before the Job itself is seen.
func TestWorkQueue(t *testing.T) {
	const unset = "not set (a work queue: done when one pod has succeeded and all have ended)"
	for _, c := range []struct{ spec, want string }{
		{"  parallelism: 2\n", unset},
		{"  parallelism: 2\n  completions: 4\n", "4"},
		{"  backoffLimit: 2\n", "1"},
	} {
		s := New("kind: Job\nmetadata: {name: queue}\nspec:\n"+c.spec, "")
		m := &moment{story: s, lang: "en", place: s.manifest.ofJob("queue", "")}
		if got := m.completions(); got != c.want || m.workQueue() != (c.want == unset) {
			t.Errorf("%q: completions %s, a work queue %t", c.spec, got, m.workQueue())
		}
	}
	if got := (&moment{lang: "en"}).completions(); got != "?" {
		t.Errorf("of a Job that nobody knows: completions %s", got)
	}
}

// TestWhoActs tells a learner's step from what the cluster does by itself.
func TestWhoActs(t *testing.T) {
	v := &invention{}
	v.job("pi", func(*timeline.Job) {})
	v.pod("Job/pi", "Running", running)
	v.add(timeline.Entry{Kind: timeline.KindNote, Note: &timeline.Note{Code: timeline.NoteStep, Text: "kubectl patch job pi", Step: "scale-down"}})
	v.job("pi", func(j *timeline.Job) { none := 0; j.Parallelism = &none })
	pod := v.entries[1]
	dying := *pod.Pod
	dying.Status, dying.DeletionTimestamp = "Terminating", at(9)
	pod.Pod, pod.Type = &dying, timeline.Modified
	v.add(pod)
	s := (&told{"steps", inventedManifest, v.entries}).story()
	list, _ := s.Entry(4, "en")
	if x := list[0]; x.Rule != "job/changed" || x.Actor != Learner || x.Value != "parallelism 2 → 0 (the step: kubectl patch job pi)" {
		t.Errorf("%s by %s: %s", x.Rule, x.Actor, x.Value)
	}
	if x := statusOf(t, s, 5, "en"); x.Rule != "pod/terminating-scaled" || x.Actor != JobController {
		t.Errorf("the pod: %s by %s", x.Rule, x.Actor)
	}
}
