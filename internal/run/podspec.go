package run

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// podSpec refuses what reaches out of a pod: the baseline of Kubernetes' Pod
// Security Standards, with the path of each field where the learner will meet
// it, and no capability added at all.
func (a *admission) podSpec(at *field.Path, meta *metav1.ObjectMeta, spec *corev1.PodSpec) {
	if spec.HostNetwork {
		a.hostField(at.Child("hostNetwork"), "the node's network")
	}
	if spec.HostPID {
		a.hostField(at.Child("hostPID"), "the node's processes")
	}
	if spec.HostIPC {
		a.hostField(at.Child("hostIPC"), "the node's memory")
	}
	for i, v := range spec.Volumes {
		if v.HostPath != nil {
			a.hostField(at.Child("volumes").Index(i).Child("hostPath"), "the node's files")
		}
	}
	for i := range spec.InitContainers {
		a.container(at.Child("initContainers").Index(i), &spec.InitContainers[i])
	}
	for i := range spec.Containers {
		a.container(at.Child("containers").Index(i), &spec.Containers[i])
	}
	for _, result := range baseline.EvaluatePod(api.LevelVersion{Level: api.LevelBaseline, Version: api.LatestVersion()}, meta, spec) {
		if !result.Allowed {
			a.problemf(at.String(), "%s is not accepted: %s", result.ForbiddenReason, result.ForbiddenDetail)
		}
	}
}

func (a *admission) container(at *field.Path, c *corev1.Container) {
	for i, p := range c.Ports {
		if p.HostPort != 0 {
			a.hostField(at.Child("ports").Index(i).Child("hostPort"), "a port of the node")
		}
	}
	a.resources(at.Child("resources", "requests"), c.Resources.Requests)
	a.resources(at.Child("resources", "limits"), c.Resources.Limits)
	if !a.rules.network {
		a.withoutGRPC(at, c)
	}
	if c.SecurityContext == nil {
		return
	}
	at = at.Child("securityContext")
	if c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged {
		a.hostField(at.Child("privileged"), "the whole node")
	}
	if c.SecurityContext.Capabilities != nil && len(c.SecurityContext.Capabilities.Add) > 0 {
		a.problemf(at.Child("capabilities", "add").String(), "added capabilities are not accepted: %v", c.SecurityContext.Capabilities.Add)
	}
}

// maxResources is what a container may use.
var maxResources = corev1.ResourceList{
	corev1.ResourceCPU:    resource.MustParse("2"),
	corev1.ResourceMemory: resource.MustParse("1Gi"),
}

func (a *admission) resources(at *field.Path, list corev1.ResourceList) {
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		most := maxResources[name]
		if q, ok := list[name]; ok && q.Cmp(most) > 0 {
			a.problemf(at.Child(string(name)).String(), "%s of %s: a container may have at most %s", q.String(), name, most.String())
		}
	}
}

// withoutGRPC refuses the probes that the network of the embedded cluster's
// pods does not carry.
func (a *admission) withoutGRPC(at *field.Path, c *corev1.Container) {
	for name, p := range map[string]*corev1.Probe{"livenessProbe": c.LivenessProbe, "readinessProbe": c.ReadinessProbe, "startupProbe": c.StartupProbe} {
		if p != nil && p.GRPC != nil {
			a.problemf(at.Child(name, "grpc").String(), "grpc is not accepted: no container serves gRPC on this cluster; use exec, httpGet or tcpSocket")
		}
	}
}

// baseline evaluates the checks of the baseline that the rules above, which
// name a path, do not cover.
var baseline = newBaseline(
	"hostNamespaces", "hostPathVolumes", "hostPorts", "privileged", "capabilities_baseline",
)

func newBaseline(covered ...policy.CheckID) policy.Evaluator {
	checks := slices.DeleteFunc(policy.DefaultChecks(), func(c policy.Check) bool {
		return slices.Contains(covered, c.ID)
	})
	evaluator, err := policy.NewEvaluator(checks, nil)
	if err != nil {
		// The checks are the library's own.
		panic(err)
	}
	return evaluator
}
