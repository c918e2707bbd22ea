package explain

// exitRules are about containers that ended.
var exitRules = []rule{
	{
		id: "pod/ended-by-deadline", on: []string{"Error", "ContainerStatusUnknown", "Completed"}, actor: Kubelet,
		when:  func(m *moment) bool { return m.entry.Pod.Reason == "DeadlineExceeded" },
		title: words{"{status}: the pod's own deadline has passed, exit code {code}", "{status}: 파드 자신의 기한이 지났어요, 종료 코드 {code}"},
		text: words{
			"`activeDeadlineSeconds` stands in the pod's spec, so the kubelet ended the pod {podDeadline} after it had started: STATUS shows what became of the container, and status.reason says DeadlineExceeded. The pod is Failed and kept; its Job counts one failure and may try again.",
			"`activeDeadlineSeconds`가 파드의 spec에 있어서, 시작한 지 {podDeadline} 만에 kubelet이 파드를 끝냈어요. STATUS는 컨테이너가 어떻게 됐는지 보여 주고, status.reason은 DeadlineExceeded예요. 파드는 Failed로 남고, 잡은 실패 하나로 세고 다시 시도할 수 있어요.",
		},
		value:   words{"pod's startTime + {podDeadline}", "파드의 startTime + {podDeadline}"},
		field:   []string{"pod.activeDeadlineSeconds"},
		sources: []Source{code("pkg/kubelet/active_deadline.go", "pastActiveDeadline"), podField("spec.activeDeadlineSeconds", "lifecycle")},
	},
	{
		id: "pod/completed-dying", on: []string{"Completed"}, actor: Program,
		when:  (*moment).dying,
		title: words{"Completed: the program ended with exit code 0 while the pod was being deleted", "Completed: 파드가 삭제되는 동안 프로그램이 종료 코드 0으로 끝났어요"},
		text: words{
			"kubectl prints Terminating only until the pod's phase is final. The program ended by itself within the grace period, so the phase is Succeeded and Completed shows for the short time before the pod is gone. Whether the Job counts it as a success was decided before: what its controller deletes at a failure it has counted as failed.",
			"kubectl은 파드의 단계가 최종 단계가 될 때까지만 Terminating을 출력해요. 프로그램이 유예 기간 안에 스스로 끝나 단계가 Succeeded가 됐고, 파드가 사라지기 전 짧은 동안 Completed가 보여요. 잡이 이것을 성공으로 셀지는 그 전에 정해졌어요. 실패 때문에 컨트롤러가 삭제한 파드는 이미 실패로 셌어요.",
		},
		value:   words{"exit code 0, grace period {grace}", "종료 코드 0, 유예 기간 {grace}"},
		field:   []string{"pod.terminationGracePeriodSeconds"},
		sources: []Source{printed, podTermination, code(jobControllerFile, "isPodFailed")},
	},
	{
		id: "pod/completed-again", on: []string{"Completed"}, actor: Program,
		when:  (*moment).always,
		title: words{"Completed: the program ended with exit code 0, and will be started again", "Completed: 프로그램이 종료 코드 0으로 끝났고, 다시 시작돼요"},
		text: words{
			"The container ended with success. That is no reason to stop for `restartPolicy: {policy}`: under Always the kubelet starts a container again however it ended. The phase of the pod stays Running.",
			"컨테이너가 성공하며 끝났어요. 하지만 `restartPolicy: {policy}`에서는 그만둘 이유가 되지 않아요. Always라면 kubelet은 컨테이너가 어떻게 끝났든 다시 시작해요. 파드의 단계는 계속 Running이에요.",
		},
		value:   words{"ran for {lived}, exit code 0", "{lived} 동안 실행, 종료 코드 0"},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{restarting, restartPolicy, lifecycle},
	},
	{
		id: "pod/completed", on: []string{"Completed"}, actor: Program,
		title: words{"Completed: the program ended with exit code 0", "Completed: 프로그램이 종료 코드 0으로 끝났어요"},
		text: words{
			"{command} ended by itself with success. With `restartPolicy: {policy}` success is no reason to start it again, so the pod's phase is Succeeded and it stays as it is. READY {ready} only says that nothing runs any more; the log can still be read.",
			"{command} 명령이 스스로 성공하며 끝났어요. `restartPolicy: {policy}`에서 성공은 다시 시작할 이유가 아니기 때문에, 파드의 단계는 Succeeded가 되고 그대로 남아요. READY({ready})는 이제 실행 중인 것이 없다는 뜻일 뿐이고, 로그는 계속 읽을 수 있어요.",
		},
		value:   words{"ran for {lived}, exit code 0", "{lived} 동안 실행, 종료 코드 0"},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{restarting, code(kubeletPodsFile, "getPhase"), restartPolicy},
	},
	{
		id: "pod/killed-after-grace", on: []string{"Error"}, actor: Kubelet,
		when:  func(m *moment) bool { code, _ := m.exit(); return code == 137 && m.dying() },
		title: words{"Error: killed when the grace period was over, exit code 137", "Error: 유예 기간이 끝나 강제로 종료됐어요, 종료 코드 137"},
		text: words{
			"The pod is being deleted. The program was sent SIGTERM and still ran when the grace period of {grace} was over, so the kubelet had it killed with SIGKILL, which no program can catch. A shell that is process 1 ignores SIGTERM unless it sets a trap.",
			"파드가 삭제되는 중이에요. 프로그램은 SIGTERM을 받았지만 유예 기간({grace})이 지나도 끝나지 않았고, kubelet이 SIGKILL로 강제 종료했어요. SIGKILL은 어떤 프로그램도 막을 수 없어요. 1번 프로세스인 셸은 trap을 걸지 않으면 SIGTERM을 무시해요.",
		},
		value:   words{"128 + {signal} = 137, after {grace}", "128 + {signal} = 137, {grace} 뒤"},
		field:   []string{"pod.terminationGracePeriodSeconds"},
		sources: []Source{code(containerFile, "killContainer"), podTermination, podField("spec.terminationGracePeriodSeconds", "lifecycle")},
	},
	{
		id: "pod/stopped-by-sigterm", on: []string{"Error"}, actor: Program,
		when:  func(m *moment) bool { return m.ended() && m.dying() },
		title: words{"Error: the program ended with exit code {code} while the pod was being deleted", "Error: 파드가 삭제되는 동안 프로그램이 종료 코드 {code}번으로 끝났어요"},
		text: words{
			"The kubelet sent SIGTERM, and the program ended within the grace period of {grace}. Exit code {code} is what it ended with; 143 is 128 + 15, a program that SIGTERM ended. Error shows for the short time before the pod is gone.",
			"kubelet이 SIGTERM을 보냈고, 프로그램이 유예 기간 {grace} 안에 끝났어요. 종료 코드: {code}. 143은 128 + 15, 곧 SIGTERM으로 끝난 프로그램이에요. 파드가 사라지기 전 짧은 동안 Error가 보여요.",
		},
		value:   words{"exit code {code}, grace period {grace}", "종료 코드 {code}, 유예 기간 {grace}"},
		field:   []string{"pod.terminationGracePeriodSeconds", "container.command"},
		sources: []Source{code(containerFile, "killContainer"), podTermination},
	},
	{
		id: "pod/not-executable", on: []string{"Error"}, actor: Program,
		when:  func(m *moment) bool { code, ok := m.exit(); return ok && (code == 126 || code == 127) },
		title: words{"Error: the shell could not run a command, exit code {code}", "Error: 셸이 명령을 실행하지 못했어요, 종료 코드 {code}"},
		text: words{
			"The shell itself was started, so this is no StartError: inside the script a command was not found (127) or could not be executed (126), and the script ended with that exit code, {code}. {then}",
			"셸 자체는 시작됐기 때문에 StartError가 아니에요. 스크립트 안의 명령을 찾지 못했거나(127) 실행할 수 없었고(126), 스크립트가 그 코드로 끝났어요. 종료 코드: {code}. {then}",
		},
		value:   words{"exit code {code}", "종료 코드 {code}"},
		field:   []string{"container.command", "container.args"},
		sources: []Source{{"POSIX: Shell Command Language, exit status for commands", "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02"}, code(kubeletPodsFile, "convertToAPIContainerStatuses")},
	},
	{
		id: "pod/killed-by-signal", on: []string{"Error"}, actor: Program,
		when:  (*moment).bySignal,
		title: words{"Error: the program was ended by signal {signal}, exit code {code}", "Error: 신호 {signal}에 의해 끝났어요, 종료 코드 {code}"},
		text: words{
			"An exit code above 128 is 128 plus the number of a signal. Nobody deleted the pod: the program sent the signal to itself, another process did, or a liveness probe failed and the kubelet stopped the container. {then}",
			"128보다 큰 종료 코드는 128에 신호 번호를 더한 값이에요. 파드를 삭제한 사람은 없어요. 프로그램이 스스로에게 신호를 보냈거나, 다른 프로세스가 보냈거나, liveness 프로브가 실패해서 kubelet이 컨테이너를 멈춘 거예요. {then}",
		},
		value:   words{"128 + {signal} = {code}", "128 + {signal} = {code}"},
		field:   []string{"container.livenessProbe", "container.command", "container.args"},
		sources: []Source{{"Linux: signal(7)", "https://man7.org/linux/man-pages/man7/signal.7.html"}, restarting, restartPolicy},
	},
	{
		id: "pod/error", on: []string{"Error"}, actor: Program,
		title: words{"Error: the program ended with exit code {code}", "Error: 프로그램이 종료 코드 {code}번으로 끝났어요"},
		text: words{
			"{command} ran for {lived} and ended by itself. Any exit code but 0 is a failure, and the runtime's reason for it is Error; Kubernetes gives the number {code} no further meaning unless a policy names it. {then}",
			"{command} 명령이 {lived} 동안 실행되고 스스로 끝났어요. 0이 아닌 종료 코드는 모두 실패이고, 런타임은 이유를 Error라고 적어요. 정책에서 따로 정하지 않으면 쿠버네티스는 {code}라는 숫자에 다른 뜻을 두지 않아요. {then}",
		},
		value:   words{"exit code {code}", "종료 코드 {code}"},
		field:   []string{"container.command", "container.args", "container.image"},
		sources: []Source{code(kubeletPodsFile, "convertToAPIContainerStatuses"), restarting, printed},
	},
	{
		id: "pod/oom", on: []string{"OOMKilled"}, actor: Kubelet,
		title: words{"OOMKilled: the container used more memory than its limit, exit code {code}", "OOMKilled: 컨테이너가 메모리 제한보다 많이 썼어요, 종료 코드 {code}"},
		text: words{
			"The kernel killed a process of the container with SIGKILL because the container reached its memory limit; the runtime says so with this reason, where any other SIGKILL reads Error. Resources: {resources}. {then}",
			"컨테이너가 메모리 제한에 이르러 커널이 SIGKILL로 프로세스를 죽였어요. 다른 SIGKILL은 Error로 나타나지만, 이 경우는 런타임이 이 이유로 알려 줘요. 자원 설정: {resources}. {then}",
		},
		value:   words{"128 + 9 (SIGKILL) = 137; this exit code: {code}", "128 + 9 (SIGKILL) = 137, 이번 종료 코드: {code}"},
		field:   []string{"container.resources.limits.memory", "container.resources"},
		sources: []Source{docs("Resource Management for Pods and Containers", "configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run"), code(kubeletPodsFile, "convertToAPIContainerStatuses")},
	},
	{
		id: "pod/status-unknown", on: []string{"ContainerStatusUnknown"}, actor: Kubelet,
		title: words{"ContainerStatusUnknown: nobody knows how the container ended, exit code {code}", "ContainerStatusUnknown: 컨테이너가 어떻게 끝났는지 알 수 없어요, 종료 코드 {code}"},
		text: words{
			"The container was there and is gone from the runtime, as after a restart of the node or when it was removed behind the kubelet's back. The kubelet has no exit code and writes 137 in its place. {then}",
			"있던 컨테이너가 런타임에서 사라졌어요. 노드가 다시 시작됐거나 kubelet이 모르게 제거된 경우예요. kubelet에는 종료 코드가 없어서 그 자리에 137을 적어요. {then}",
		},
		field:   []string{"pod.restartPolicy"},
		sources: []Source{code("pkg/kubelet/container/runtime.go", "ContainerReasonStatusUnknown"), code(kubeletPodsFile, "convertToAPIContainerStatuses")},
	},
	{
		// kubectl prints these when the runtime gives no reason.
		id: "pod/exit-code", on: []string{"ExitCode", "Signal"}, actor: Program,
		title:   words{"{status}: the container ended, and the runtime gave no reason", "{status}: 컨테이너가 끝났고, 런타임이 이유를 알리지 않았어요"},
		text:    words{"kubectl prints the bare exit code ({code}) or signal when the runtime does not say Completed or Error. {then}", "런타임이 Completed나 Error라고 알리지 않으면 kubectl은 종료 코드({code})나 신호를 그대로 출력해요. {then}"},
		field:   []string{"container.command", "container.args"},
		sources: []Source{printed, restarting},
	},
}
