package explain

// startRules are about containers that could not be created or started.
var startRules = []rule{
	{
		id: "pod/run-container-error", on: []string{"RunContainerError"}, actor: Kubelet,
		title: words{"RunContainerError: the container could not be started just now", "RunContainerError: 방금 컨테이너를 시작하지 못했어요"},
		text: words{
			"The runtime refused to start {program}: {message}. The kubelet shows the error of its own attempt; when it has looked at the runtime again, the same failure reads StartError. {then}",
			"런타임이 {program} 프로그램을 시작하지 못했어요: {message}. 이것은 kubelet 자신이 겪은 오류예요. kubelet이 런타임을 다시 살펴본 뒤에는 같은 실패가 StartError로 나타나요. {then}",
		},
		field:   []string{"container.command", "container.args", "container.image"},
		sources: []Source{code(containerFile, "startContainer"), code("pkg/kubelet/container/sync_result.go", "ErrRunContainer"), code(kubeletPodsFile, "convertToAPIContainerStatuses")},
	},
	{
		id: "pod/start-error", on: []string{"StartError"}, actor: Kubelet,
		title: words{"StartError: the program could not be started, exit code {code}", "StartError: 프로그램을 시작하지 못했어요, 종료 코드 {code}"},
		text: words{
			"The runtime made the container but could not start {program} in it: most often the program does not exist in the image. Nothing ran, so there is no log and no start time, and Running never shows. The exit code 128 is the runtime's, not the program's. {then}",
			"런타임이 컨테이너는 만들었지만 {program} 프로그램을 시작하지 못했어요. 이미지에 그런 프로그램이 없는 경우가 대부분이에요. 아무것도 실행되지 않아서 로그도 시작 시각도 없고, Running도 나타나지 않아요. 종료 코드 128은 프로그램이 아니라 런타임이 붙인 값이에요. {then}",
		},
		value:   words{"exit code {code}", "종료 코드 {code}"},
		field:   []string{"container.command", "container.args", "container.image"},
		sources: []Source{code(containerFile, "startContainer"), podField("spec.containers.command", "entrypoint"), printed},
	},
	{
		id: "pod/cannot-run", on: []string{"ContainerCannotRun"}, actor: Kubelet,
		title:   words{"ContainerCannotRun: the runtime cannot run the program", "ContainerCannotRun: 런타임이 프로그램을 실행할 수 없어요"},
		text:    words{"Some runtimes say so where others say StartError: {program} could not be executed. {then}", "다른 런타임이 StartError라고 하는 것을 이렇게 말하는 런타임도 있어요. {program} 프로그램을 실행할 수 없었어요. {then}"},
		field:   []string{"container.command", "container.args", "container.image"},
		sources: []Source{code(containerFile, "startContainer"), podField("spec.containers.command", "entrypoint")},
	},
	{
		id: "pod/config-error", on: []string{"CreateContainerConfigError"}, actor: Kubelet,
		title: words{"CreateContainerConfigError: something that the container refers to is missing", "CreateContainerConfigError: 컨테이너가 참조하는 것이 없어요"},
		text: words{
			"The kubelet cannot put the container's configuration together, most often because a ConfigMap or Secret named in `env` or `envFrom` does not exist. It looks again about every ten seconds and goes on as soon as it is there. Nothing ran, so a Job does not count it as a failure. The kubelet says: {message}",
			"kubelet이 컨테이너 설정을 완성하지 못해요. `env`나 `envFrom`에 적힌 컨피그맵이나 시크릿이 없는 경우가 대부분이에요. 10초쯤마다 다시 확인하고, 생기면 바로 이어서 진행해요. 아무것도 실행되지 않았기 때문에 잡은 실패로 세지 않아요. kubelet의 설명: {message}",
		},
		field:   []string{"container.envFrom", "container.env", "container.securityContext", "pod.securityContext"},
		sources: []Source{code(containerFile, "ErrCreateContainerConfig", "generateContainerConfig"), docs("ConfigMaps", "configuration/configmap/")},
	},
	{
		id: "pod/create-error", on: []string{"CreateContainerError"}, actor: Kubelet,
		title:   words{"CreateContainerError: the runtime could not create the container", "CreateContainerError: 런타임이 컨테이너를 만들지 못했어요"},
		text:    words{"The configuration is complete, but the runtime refused to create the container, before anything could be started. The kubelet tries again. It says: {message}", "설정은 갖춰졌지만, 시작하기도 전에 런타임이 컨테이너를 만들지 못했어요. kubelet이 다시 시도해요. 설명: {message}"},
		field:   []string{"container.command", "container.volumeMounts", "container.image"},
		sources: []Source{code(containerFile, "ErrCreateContainer", "startContainer")},
	},
	{
		id: "pod/post-start", on: []string{"PostStartHookError"}, actor: Kubelet,
		title:   words{"PostStartHookError: the hook after the start failed", "PostStartHookError: 시작 직후의 훅이 실패했어요"},
		text:    words{"The container had started, but its `postStart` hook failed, so the kubelet stopped the container. {then}", "컨테이너는 시작됐지만 `postStart` 훅이 실패해서 kubelet이 컨테이너를 멈췄어요. {then}"},
		field:   []string{"container.lifecycle.postStart"},
		sources: []Source{code(containerFile, "ErrPostStartHook", "startContainer"), docs("Container Lifecycle Hooks", "containers/container-lifecycle-hooks/")},
	},
	{
		id: "pod/before-start", on: []string{"PreCreateHookError", "PreStartHookError"}, actor: Kubelet,
		title:   words{"{status}: the node could not prepare the container", "{status}: 노드가 컨테이너를 준비하지 못했어요"},
		text:    words{"The kubelet's own preparation on the node failed before the start: {message}", "시작하기 전에 노드에서 kubelet이 하는 준비가 실패했어요: {message}"},
		field:   []string{"container.resources"},
		sources: []Source{code(containerFile, "ErrPreCreateHook", "ErrPreStartHook")},
	},
}
