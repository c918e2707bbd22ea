package explain

// imageRules are about images that cannot be had.
var imageRules = []rule{
	{
		id: "pod/image-pull", on: []string{"ErrImagePull", "RegistryUnavailable", "SignatureValidationFailed"}, actor: Kubelet,
		title: words{"{status}: the image {image} could not be pulled", "{status}: {image} 이미지를 내려받지 못했어요"},
		text: words{
			"The runtime's pull failed: a wrong name or tag, a registry that cannot be reached, or missing credentials. The kubelet tries again after a wait. The container never started, so there is no exit code and no restart, and a Job does not count it as a failure: only `activeDeadlineSeconds` ends it.",
			"런타임이 이미지를 내려받지 못했어요. 이름이나 태그가 틀렸거나, 레지스트리에 닿을 수 없거나, 인증 정보가 없는 경우예요. kubelet은 기다렸다가 다시 시도해요. 컨테이너가 시작된 적이 없기 때문에 종료 코드도 재시작도 없고, 잡도 실패로 세지 않아요. 끝낼 수 있는 것은 `activeDeadlineSeconds`뿐이에요.",
		},
		value:   words{"next pull: {pull}", "다음 시도까지: {pull}"},
		field:   []string{"container.image"},
		sources: []Source{code("pkg/kubelet/images/image_manager.go", "EnsureImageExists", "pullImage"), code("pkg/kubelet/images/types.go", "ErrImagePull"), images},
	},
	{
		id: "pod/image-back-off", on: []string{"ImagePullBackOff"}, actor: Kubelet,
		title: words{"ImagePullBackOff: the kubelet waits before it pulls {image} again", "ImagePullBackOff: {image} 이미지를 다시 내려받기 전에 기다려요"},
		text: words{
			"The last pull failed, and the next one is not due yet. The wait doubles with each failed pull, up to five minutes, and this goes on for ever: the pod stays Pending, and its Job neither fails nor retries.",
			"마지막으로 내려받는 데 실패했고, 다음 시도까지 시간이 남았어요. 실패할 때마다 두 배로, 최대 5분까지 기다리며 끝없이 되풀이돼요. 파드는 계속 Pending 단계이고, 잡은 실패하지도 재시도하지도 않아요.",
		},
		value:   words{"{pull}", "{pull}"},
		field:   []string{"container.image"},
		sources: []Source{code("pkg/kubelet/images/image_manager.go", "EnsureImageExists"), code("pkg/kubelet/kubelet.go", "imageBackOffPeriod", "MaxImageBackOff"), docs("Images, ImagePullBackOff", "containers/images/#imagepullbackoff")},
	},
	{
		id: "pod/image-name", on: []string{"InvalidImageName"}, actor: Kubelet,
		title: words{"InvalidImageName: {image} is no name of an image", "InvalidImageName: {image}라는 이미지 이름은 쓸 수 없어요"},
		text: words{
			"The kubelet cannot read the name, so it does not even try to pull. The API server does not check names of images. An image's name has lower case letters only, and no blanks.",
			"kubelet이 이름을 해석하지 못해서 내려받기를 시도하지도 않아요. API 서버는 이미지 이름을 검사하지 않아요. 이미지 이름에는 소문자만 쓸 수 있고 빈칸이 없어야 해요.",
		},
		field:   []string{"container.image"},
		sources: []Source{code("pkg/kubelet/images/types.go", "ErrInvalidImageName"), images},
	},
	{
		id: "pod/image-never", on: []string{"ErrImageNeverPull"}, actor: Kubelet,
		title: words{"ErrImageNeverPull: {image} is not on the node and must not be pulled", "ErrImageNeverPull: {image} 이미지가 노드에 없고, 내려받는 것도 금지돼 있어요"},
		text: words{
			"`imagePullPolicy: Never` forbids the pull, and the node does not have the image. It stays so until somebody puts the image there.",
			"`imagePullPolicy: Never`가 내려받기를 금지하는데 노드에는 이미지가 없어요. 누군가 이미지를 노드에 넣을 때까지 이 상태예요.",
		},
		field:   []string{"container.imagePullPolicy"},
		sources: []Source{code("pkg/kubelet/images/image_manager.go", "EnsureImageExists"), docs("Images, imagePullPolicy", "containers/images/#image-pull-policy")},
	},
	{
		id: "pod/image-inspect", on: []string{"ImageInspectError"}, actor: Kubelet,
		title:   words{"ImageInspectError: the runtime cannot read {image}", "ImageInspectError: 런타임이 {image} 이미지를 읽지 못해요"},
		text:    words{"The runtime failed when the kubelet asked whether the image is there. This is a fault of the node. It says: {message}", "이미지가 있는지 kubelet이 물었을 때 런타임이 실패했어요. 노드의 문제예요. 런타임의 설명: {message}"},
		field:   []string{"container.image"},
		sources: []Source{code("pkg/kubelet/images/types.go", "ErrImageInspect"), images},
	},
}
