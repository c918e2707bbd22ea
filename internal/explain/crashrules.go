package explain

// crashRules are about the kubelet's wait before a restart.
var crashRules = []rule{
	{
		id: "pod/crash-loop-success", on: []string{"CrashLoopBackOff"}, actor: Kubelet,
		when: func(m *moment) bool { code, ok := m.exit(); return ok && code == 0 },
		title: words{
			"CrashLoopBackOff: the kubelet waits before it starts a container that succeeded",
			"CrashLoopBackOff: 성공한 컨테이너를 다시 시작하기 전에 kubelet이 기다려요",
		},
		text: words{
			"Nothing crashed: the last instance ended with exit code 0. But with `restartPolicy: {policy}` the kubelet starts it again however it ended, and from the second restart on it waits first, twice as long each time, up to five minutes. The wait starts over when a container has run for ten minutes.",
			"아무것도 죽지 않았어요. 마지막 컨테이너는 종료 코드 0으로 끝났어요. 하지만 `restartPolicy: {policy}`에서 kubelet은 어떻게 끝났든 다시 시작하고, 두 번째 재시작부터는 먼저 기다려요. 기다리는 시간은 매번 두 배가 되어 최대 5분이고, 컨테이너가 10분 동안 실행되면 처음으로 돌아가요.",
		},
		value:   words{"{crash}", "{crash}"},
		field:   []string{"pod.restartPolicy"},
		sources: crashSources,
	},
	{
		id: "pod/crash-loop", on: []string{"CrashLoopBackOff"}, actor: Kubelet,
		title: words{
			"CrashLoopBackOff: the kubelet waits before it starts the container again",
			"CrashLoopBackOff: 컨테이너를 다시 시작하기 전에 kubelet이 기다려요",
		},
		text: words{
			"The last instance ended with {reason}, exit code {code}. The first restart was immediate; from then on the kubelet waits first, twice as long each time, up to five minutes, and adds up to half of it by chance. The wait starts over when a container has run for ten minutes.",
			"마지막 컨테이너의 끝: {reason}, 종료 코드 {code}. 첫 재시작은 바로였고, 그다음부터 kubelet은 먼저 기다려요. 기다리는 시간은 매번 두 배가 되어 최대 5분이고, 무작위로 절반까지 더해져요. 컨테이너가 10분 동안 실행되면 처음으로 돌아가요.",
		},
		value:   words{"{crash}", "{crash}"},
		field:   []string{"pod.restartPolicy"},
		sources: crashSources,
	},
}

var crashSources = []Source{
	code(kuberuntimeFile, "doBackOff"), code(podWorkersFile, "completeWork"), code("pkg/kubelet/kubelet.go", "initialCrashLoopBackOff", "MaxCrashLoopBackOff"),
	docs("Pod lifecycle, how Pods handle problems with containers", "workloads/pods/pod-lifecycle/#container-restarts"),
}
