package explain

import "strings"

// consequence says what follows from the end of a container, which restartPolicy
// and the pod's owner decide. Rules name it {then}; it may name [values] itself.
func (m *moment) consequence() words {
	ofJob := strings.HasPrefix(m.entry.Pod.Owner, "Job/")
	switch {
	case m.dying():
		return words{
			"The pod is being deleted, so nothing in it is started again.",
			"파드가 삭제되는 중이라 안에서 아무것도 다시 시작되지 않아요.",
		}
	case m.failedPod() && ofJob:
		return words{
			"With `restartPolicy: {policy}` the kubelet does not start it again: the pod is Failed and is kept. The Job controller counts it against `backoffLimit` and may make a new pod.",
			"`restartPolicy: {policy}`라서 kubelet은 다시 시작하지 않아요. 파드는 Failed가 되어 남고, 잡 컨트롤러가 `backoffLimit`에 세고 새 파드를 만들 수도 있어요.",
		}
	case m.failedPod():
		return words{
			"The kubelet does not start it again: the pod is Failed and is kept, and nobody makes another.",
			"kubelet은 다시 시작하지 않아요. 파드는 Failed가 되어 남고, 새로 만드는 이도 없어요.",
		}
	case m.entry.Pod.Phase == "Succeeded":
		return words{"", ""}
	case m.place == nil:
		return words{
			"`restartPolicy` decides whether the kubelet starts it again.",
			"kubelet이 다시 시작할지는 `restartPolicy`가 정해요.",
		}
	case m.value("pod.restartPolicy") == "Never":
		return words{
			"With `restartPolicy: Never` the kubelet does not start it again.",
			"`restartPolicy: Never`라서 kubelet은 다시 시작하지 않아요.",
		}
	case m.value("pod.restartPolicy") == "OnFailure":
		return words{
			"With `restartPolicy: OnFailure` the kubelet starts it again in the same pod, at once the first time and after a wait from then on.",
			"`restartPolicy: OnFailure`라서 kubelet이 같은 파드에서 다시 시작해요. 처음에는 바로, 그다음부터는 기다렸다가 시작해요.",
		}
	}
	return words{
		"With `restartPolicy: Always` the kubelet starts it again in the same pod, at once the first time and after a wait from then on.",
		"`restartPolicy: Always`라서 kubelet이 같은 파드에서 다시 시작해요. 처음에는 바로, 그다음부터는 기다렸다가 시작해요.",
	}
}
