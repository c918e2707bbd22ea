package explain

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	countWords   = regexp.MustCompile(`^(\d+) pods?`)
	restartWords = regexp.MustCompile(`^RESTARTS (\d+)`)
	leastWords   = regexp.MustCompile(`^RESTARTS (?:at least |to stay )?(\d+)`)
)

// numberIn is the number that words give by a pattern; ok is false if they are
// others. The words are those of internal/expect; a test judges real runs with it.
func numberIn(text string, pattern *regexp.Regexp) (n int, ok bool) {
	found := pattern.FindStringSubmatch(text)
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

// fewerRestarts reports whether restarts are missing.
func fewerRestarts(m *moment) bool {
	got, ok := numberIn(m.verdict.Got, restartWords)
	want, wanted := numberIn(m.verdict.Expected, leastWords)
	return ok && wanted && got < want && m.entry.Pod != nil
}

// undecided reports whether no entry of an object decided the check.
func (m *moment) undecided() bool {
	e := m.story.entry(m.verdict.Seq)
	return e == nil || e.Pod == nil && e.Job == nil && e.Event == nil
}

func moreRestarts(m *moment) bool {
	_, ok := numberIn(m.verdict.Got, restartWords)
	return ok && m.entry.Pod != nil
}

// divergenceRules say what a divergence means where the entry alone does not.
var divergenceRules = newTable([]rule{
	{
		id: "check/fewer-restarts", actor: Kubelet,
		when:    func(m *moment) bool { return fewerRestarts(m) && m.entry.Pod.Phase == "Succeeded" },
		title:   words{"No restart: the container succeeded, and restartPolicy is {policy}", "재시작 없음: 컨테이너가 성공했고 restartPolicy는 {policy}예요"},
		text:    words{"Expected {expected}, got {got}. Under `restartPolicy: {policy}` the kubelet does not start a container again that ended with exit code 0: only Always does that. So RESTARTS does not grow, and the pod's phase is Succeeded.", "예상은 {expected}, 실제는 {got}. `restartPolicy: {policy}`에서 kubelet은 종료 코드 0으로 끝난 컨테이너를 다시 시작하지 않아요. Always만 그렇게 해요. 그래서 RESTARTS가 올라가지 않고 파드의 단계는 Succeeded예요."},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{restarting, restartPolicy, lifecycle},
	},
	{
		id: "check/fewer-restarts-failed", actor: Kubelet,
		when: func(m *moment) bool {
			return fewerRestarts(m) && m.failedPod() && m.value("pod.restartPolicy") == "Never"
		},
		title:   words{"No restart: restartPolicy is {policy}", "재시작 없음: restartPolicy는 {policy}예요"},
		text:    words{"Expected {expected}, got {got}. Under `restartPolicy: {policy}` the kubelet leaves a failed container as it is: the pod is Failed, and a retry is a new pod with RESTARTS 0, if the owner makes one.", "예상은 {expected}, 실제는 {got}. `restartPolicy: {policy}`에서 kubelet은 실패한 컨테이너를 그대로 둬요. 파드는 Failed가 되고, 재시도는 소유자가 만든다면 RESTARTS가 0인 새 파드예요."},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{restarting, restartPolicy, jobFailures},
	},
	{
		id: "check/fewer-restarts-cut", actor: JobController,
		when:    fewerRestarts,
		title:   words{"Fewer restarts than expected: something ended the pod before", "예상보다 적은 재시작: 그 전에 파드가 끝났어요"},
		text:    words{"Expected {expected}, got {got}. The pod was ended or deleted before the kubelet could start it that often. Why it was, follows.", "예상은 {expected}, 실제는 {got}. kubelet이 그만큼 재시작하기 전에 파드가 끝났거나 삭제됐어요. 이유는 아래에 있어요."},
		field:   []string{"job.backoffLimit", "job.activeDeadlineSeconds", "pod.restartPolicy"},
		sources: []Source{code(jobControllerFile, "pastBackoffLimitOnFailure"), jobBackoff},
	},
	{
		id: "check/more-restarts", actor: Kubelet,
		when:    moreRestarts,
		title:   words{"A restart that was not expected: restartPolicy is {policy}", "예상하지 않은 재시작: restartPolicy는 {policy}예요"},
		text:    words{"Expected {expected}, got {got}. Under `restartPolicy: {policy}` the kubelet starts the container again in the same pod; nobody else raises RESTARTS.", "예상은 {expected}, 실제는 {got}. `restartPolicy: {policy}`에서 kubelet이 같은 파드에서 컨테이너를 다시 시작해요. RESTARTS를 올리는 것은 kubelet뿐이에요."},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{restarting, restartPolicy},
	},
	{
		id: "check/fewer-pods", actor: JobController,
		when: func(m *moment) bool {
			_, ok := numberIn(m.verdict.Got, countWords)
			return ok && m.entry.Job != nil
		},
		title:   words{"Only {got}: the Job ended before there were more", "{got}뿐: 더 생기기 전에 잡이 끝났어요"},
		text:    words{"Expected {expected}, got {got}. A Job makes pods only until it is Complete or Failed. How many it makes follows from completions {completions}, parallelism {parallelism} and, when pods fail, backoffLimit {limit}: one try and as many retries.", "예상은 {expected}, 실제는 {got}. 잡은 Complete나 Failed가 될 때까지만 파드를 만들어요. 몇 개를 만드는지는 completions {completions}, parallelism {parallelism}, 그리고 파드가 실패할 때는 backoffLimit {limit}에서 나와요. 시도 한 번에 재시도를 그만큼 더해요."},
		value:   words{"1 try + backoffLimit {limit}; completions {completions}", "시도 1번 + backoffLimit {limit}, completions {completions}"},
		field:   []string{"job.backoffLimit", "job.completions", "job.parallelism"},
		sources: []Source{code(jobControllerFile, "manageJob", "exceedsBackoffLimit"), jobField("spec.backoffLimit"), jobFailures},
	},
	{
		id: "check/more-pods", actor: JobController,
		when: func(m *moment) bool {
			_, ok := numberIn(m.verdict.Got, countWords)
			return ok && m.entry.Pod != nil && strings.HasPrefix(m.entry.Pod.Owner, "Job/")
		},
		title:   words{"{got}: the Job makes one more than expected", "{got}: 잡이 예상보다 하나 더 만들었어요"},
		text:    words{"Expected {expected}, got {got}. The number of pods follows from completions {completions}, parallelism {parallelism} and, when pods fail, backoffLimit {limit}: one try and as many retries. Why this one was made, follows.", "예상은 {expected}, 실제는 {got}. 파드 수는 completions {completions}, parallelism {parallelism}, 그리고 파드가 실패할 때는 backoffLimit {limit}에서 나와요. 시도 한 번에 재시도를 그만큼 더해요. 이 파드가 만들어진 이유는 아래에 있어요."},
		value:   words{"1 try + backoffLimit {limit}; completions {completions}", "시도 1번 + backoffLimit {limit}, completions {completions}"},
		field:   []string{"job.completions", "job.parallelism", "job.backoffLimit"},
		sources: []Source{code(jobControllerFile, "manageJob", "exceedsBackoffLimit"), jobField("spec.completions"), jobFailures},
	},
	{
		id: "check/kept", actor: JobController,
		when:    func(m *moment) bool { return m.verdict.Expected == "deleted" && m.verdict.Got == "kept" },
		title:   words{"The pod is kept: it had ended by itself", "파드가 남았어요: 스스로 끝났기 때문이에요"},
		text:    words{"Expected {expected}, got {got}. The Job controller deletes only pods that are still *active* when the Job ends. This one's phase was final, {phase}, so it stays for its log.", "예상은 {expected}, 실제는 {got}. 잡 컨트롤러는 잡이 끝날 때 아직 *활성*인 파드만 삭제해요. 이 파드의 단계는 이미 최종 단계({phase})라서 로그를 볼 수 있게 남아요."},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{code(jobControllerFile, "deleteActivePods"), jobTermination},
	},
	{
		id: "check/in-the-end", actor: JobLab,
		when:    (*moment).undecided,
		title:   words{"No single change decided this, but what the run came to", "변화 하나가 아니라, 실행이 어떻게 됐는지로 정해졌어요"},
		text:    words{"Expected `{expected}`, got `{got}`: the time passed, or the run ended, and it was not so. What the run had come to by then, follows.", "예상은 `{expected}`, 실제는 `{got}`. 시간이 지났거나 실행이 끝났는데 예상과 달랐어요. 그때까지 어떻게 됐는지는 아래에 있어요."},
		field:   []string{"job.activeDeadlineSeconds", "job.backoffLimit", "job.completions", "job.parallelism", "pod.restartPolicy", "container.args", "container.command", "container.image"},
		sources: runLife,
	},
})
