package explain

import "strings"

// Where the rules are written down. The code is that of the Kubernetes version
// that the program embeds.
const (
	repository  = "https://github.com/kubernetes/kubernetes/blob/v1.37.2/"
	reference   = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/"
	concepts    = "https://kubernetes.io/docs/concepts/"
	enhancement = "https://github.com/kubernetes/enhancements/tree/master/keps/"
)

// code is a file of Kubernetes and the names in it that matter.
func code(file string, names ...string) Source {
	return Source{"Code: " + strings.Join(names, ", ") + ", " + file, repository + file}
}

// jobField and podField are fields in the API's reference.
func jobField(path string) Source {
	anchor := "#JobSpec"
	if strings.HasPrefix(path, "status.") {
		anchor = "#JobStatus"
	}
	return Source{"API: Job, " + path, reference + "job-v1/" + anchor}
}

func cronField(path string) Source {
	return Source{"API: CronJob, " + path, reference + "cron-job-v1/#CronJobSpec"}
}

func podField(path, section string) Source {
	return Source{"API: Pod, " + path, reference + "pod-v1/#" + section}
}

// docs is a page of the documentation.
func docs(title, path string) Source {
	return Source{"Kubernetes documentation: " + title, concepts + path}
}

func kep(number, title, directory string) Source {
	return Source{"KEP-" + number + ": " + title, enhancement + directory}
}

// What several rules need.
const (
	jobControllerFile = "pkg/controller/job/job_controller.go"
	backoffFile       = "pkg/controller/job/backoff_utils.go"
	kuberuntimeFile   = "pkg/kubelet/kuberuntime/kuberuntime_manager.go"
	containerFile     = "pkg/kubelet/kuberuntime/kuberuntime_container.go"
	kubeletPodsFile   = "pkg/kubelet/kubelet_pods.go"
	podWorkersFile    = "pkg/kubelet/pod_workers.go"
	printersFile      = "pkg/printers/internalversion/printers.go"
)

var (
	printed        = code(printersFile, "printPod")
	restartPolicy  = docs("Pod lifecycle, restart policy", "workloads/pods/pod-lifecycle/#restart-policy")
	restarting     = code("pkg/kubelet/container/helpers.go", "ShouldContainerBeRestarted")
	jobFailures    = docs("handling Pod and container failures", "workloads/controllers/job/#handling-pod-and-container-failures")
	jobBackoff     = docs("Pod backoff failure policy", "workloads/controllers/job/#pod-backoff-failure-policy")
	jobTermination = docs("Job termination and cleanup", "workloads/controllers/job/#job-termination-and-cleanup")
	podTermination = docs("Pod lifecycle, termination of Pods", "workloads/pods/pod-lifecycle/#pod-termination")
	podPhases      = docs("Pod lifecycle, Pod phase", "workloads/pods/pod-lifecycle/#pod-phase")
	images         = docs("Images", "containers/images/")
	tracking       = kep("2307", "Job tracking without lingering Pods", "sig-apps/2307-job-tracking-without-lingering-pods")
	lifecycle      = podField("spec.restartPolicy", "lifecycle")
)
