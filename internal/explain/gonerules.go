package explain

import (
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// goneRules are about a pod that leaves the API: "deleting" of one that had ended
// already, "deleted" of one that is gone.
var goneRules = newTable([]rule{
	{
		id: "pod/gone-ttl", on: []string{"deleting", "deleted"}, actor: GarbageCollector,
		when:  func(m *moment) bool { return m.jobDeleted() && m.says("job.ttlSecondsAfterFinished") },
		title: words{"{name} goes with its Job, whose time to live is over", "잡의 보존 시간이 끝나 {name} 파드도 함께 삭제돼요"},
		text: words{
			"The TTL controller deletes a finished Job `ttlSecondsAfterFinished` {ttl} after it ended, and the garbage collector deletes what the Job owns. The log goes with the pod.",
			"TTL 컨트롤러는 잡이 끝나고 `ttlSecondsAfterFinished` {ttl} 뒤에 잡을 삭제하고, 가비지 컬렉터가 잡이 소유한 것을 삭제해요. 로그도 파드와 함께 사라져요.",
		},
		field:   []string{"job.ttlSecondsAfterFinished"},
		sources: []Source{code("pkg/controller/ttlafterfinished/ttlafterfinished_controller.go", "processJob"), code("pkg/controller/garbagecollector/garbagecollector.go", "attemptToDeleteItem"), docs("Automatic Cleanup for Finished Jobs", "workloads/controllers/ttlafterfinished/")},
	},
	{
		id: "pod/gone-with-job", on: []string{"deleting", "deleted"}, actor: GarbageCollector,
		when:    (*moment).jobDeleted,
		title:   words{"{name} is deleted because its Job is", "잡이 삭제되어 {name} 파드도 삭제돼요"},
		text:    words{"The pod's owner, the Job, is deleted, so the garbage collector deletes the pod. It was {status} until then.", "파드를 소유한 잡이 삭제되어 가비지 컬렉터가 파드를 삭제해요. 그 전까지 상태: {status}."},
		field:   []string{"job.ttlSecondsAfterFinished"},
		sources: []Source{code("pkg/controller/garbagecollector/garbagecollector.go", "attemptToDeleteItem"), docs("Garbage Collection", "architecture/garbage-collection/")},
	},
	{
		id: "pod/gone-by-job", on: []string{"deleted"}, actor: JobController,
		when: func(m *moment) bool { return m.endReason() != "" },
		title: words{
			"{name} is gone: the Job controller deleted it ({endReason})",
			"{name} 파드가 사라졌어요: 잡 컨트롤러가 삭제했어요 ({endReason})",
		},
		text: words{
			"The Job controller deletes the *active* pods of a Job that ends or is suspended; one that has ended already is kept. After the containers stopped and the controller had counted the pod, the API server removed it. Its log is gone with it, except on this page.",
			"잡 컨트롤러는 끝나거나 일시 중지된 잡의 *활성* 파드를 삭제하고, 이미 끝난 파드는 남겨 둬요. 컨테이너가 멈추고 컨트롤러가 파드를 센 다음 API 서버가 파드를 지웠어요. 로그도 함께 사라졌지만 이 페이지에는 남아 있어요.",
		},
		field:   []string{"job.suspend", "job.activeDeadlineSeconds", "job.backoffLimit"},
		sources: []Source{code(jobControllerFile, "deleteActivePods"), jobTermination, tracking},
	},
	{
		id: "pod/gone-scaled", on: []string{"deleted"}, actor: JobController,
		when:    (*moment).scaledDown,
		title:   words{"{name} is gone: the lowered parallelism had no place for it", "{name} 파드가 사라졌어요: 줄어든 parallelism에는 자리가 없었어요"},
		text:    words{"The Job controller deleted it because fewer pods were to be active. It took its finalizer off the pod first, so the pod is not counted as failed.", "활성 파드가 더 적어야 해서 잡 컨트롤러가 삭제했어요. 먼저 파이널라이저를 지웠기 때문에 실패로 세지 않아요."},
		field:   []string{"job.parallelism"},
		sources: []Source{code(jobControllerFile, "manageJob", "activePodsForRemoval", "deleteJobPods"), docs("controlling parallelism", "workloads/controllers/job/#controlling-parallelism")},
	},
	{
		id: "pod/gone", on: []string{"deleting", "deleted"}, actor: Learner,
		title: words{"{name} is deleted: somebody asked for it", "{name} 파드가 삭제돼요: 누군가 요청했어요"},
		text: words{
			"Neither its Job nor its node explains why the pod is deleted, so somebody did, as with `kubectl delete pod`. It was {status} until then.{owned}",
			"잡에도 노드에도 파드를 삭제할 이유가 없으므로, 누군가 `kubectl delete pod` 같은 요청을 한 거예요. 그 전까지 상태: {status}.{owned}",
		},
		value:   words{"{act}", "{act}"},
		sources: []Source{code("pkg/registry/core/pod/strategy.go", "CheckGracefulDelete"), podTermination},
	},
})

// act is the step of the lab with which the learner just acted, or empty.
func (m *moment) act() string {
	for _, e := range slices.Backward(m.story.acts) {
		if e.Seq < m.entry.Seq {
			if m.entry.T-e.T > lag {
				break
			}
			w := words{" (the step: " + e.Note.Text + ")", " (단계: " + e.Note.Text + ")"}
			return w.in(m.lang)
		}
	}
	return ""
}

// owned says what the owner does about a deleted pod.
func (m *moment) owned() string {
	if !strings.HasPrefix(m.entry.Pod.Owner, "Job/") || m.entry.Pod.Phase == "Succeeded" || m.entry.Pod.Phase == "Failed" {
		return ""
	}
	w := words{
		" The Job controller counts it as failed as soon as its deletion is asked for, and makes another if `backoffLimit` allows, after the same wait as after any failure.",
		" 잡 컨트롤러는 삭제가 요청되자마자 이것을 실패로 세고, `backoffLimit`이 허용하면 여느 실패와 똑같이 기다린 뒤 새 파드를 만들어요.",
	}
	if m.story.waitsForEnd(m.entry.Pod.Owner) {
		w = words{
			" With `podReplacementPolicy: Failed` the Job controller waits until it has ended: only then it makes another, and it counts this one as failed if its phase is Failed.",
			" `podReplacementPolicy: Failed`라서 잡 컨트롤러는 이것이 끝날 때까지 기다렸다가 새 파드를 만들고, 단계가 Failed일 때 실패로 세요.",
		}
	}
	return w.in(m.lang)
}

// reasonOfEnd is why the pod's Job ends, for titles.
func (m *moment) reasonOfEnd() string {
	if m.job != nil && m.job.Type == timeline.Deleted && m.endReason() == "" {
		return "deleted"
	}
	return m.endReason()
}
