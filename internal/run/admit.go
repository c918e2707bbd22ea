package run

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/json"
)

// endpoint is where objects of a kind are created.
type endpoint struct {
	apiVersion string
	plural     string
}

// kinds are what a manifest may hold.
var kinds = map[string]endpoint{
	"Job":       {"batch/v1", "jobs"},
	"CronJob":   {"batch/v1", "cronjobs"},
	"Pod":       {"v1", "pods"},
	"ConfigMap": {"v1", "configmaps"},
	"Service":   {"v1", "services"},
	// It bounds the run further, beside the quota that every run has.
	"ResourceQuota": {"v1", "resourcequotas"},
}

// rules are what a manifest may ask for besides what every run may.
type rules struct {
	maxPods int  // at once
	network bool // containers have a real one, which carries gRPC
}

// admit reads a manifest and checks it against the rules of a run, before the
// API server is asked. All problems are returned at once, in the order of their
// lines.
func admit(manifest []byte, rules rules) ([]*document, error) {
	if len(manifest) > MaxManifest {
		return nil, ErrTooLarge
	}
	docs, problems := parse(manifest)
	a := admission{rules: rules, problems: problems, seen: make(map[string]int)}
	for _, d := range docs {
		a.document(d)
	}
	if len(a.problems) > 0 {
		// YAML knows line ends that are none for an editor.
		lines := bytes.Count(manifest, []byte("\n")) + 1
		for i := range a.problems {
			a.problems[i].Line = min(a.problems[i].Line, lines)
		}
		return nil, refuse(a.problems, "")
	}
	return docs, nil
}

// refuse returns the problems in the order of their lines.
func refuse(problems []Problem, printed string) *Refused {
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return &Refused{Problems: problems, Printed: printed}
}

// admission collects the problems of one manifest.
type admission struct {
	rules    rules
	problems []Problem

	doc  *document // the one at hand
	pods int       // that the documents so far may have at once
	seen map[string]int
}

// problemf adds a problem at a field of the document at hand.
func (a *admission) problemf(path, format string, args ...any) {
	a.problems = append(a.problems, Problem{Path: path, Line: a.doc.lineOf(path), Message: fmt.Sprintf(format, args...)})
}

func (a *admission) document(d *document) {
	a.doc = d
	if d.apiVersion == "" {
		a.problemf("apiVersion", "apiVersion is missing")
	}
	switch {
	case d.kind == "":
		a.problemf("kind", "kind is missing")
		return
	case d.kind == "List":
		a.problemf("kind", `a List is not accepted: write its items as documents of their own, separated by "---"`)
		return
	}
	if d.namespace != "" {
		a.problemf("metadata.namespace", "a run has a namespace of its own: leave the namespace out")
	}
	if d.name != "" {
		key := d.kind + "/" + d.name
		if first, twice := a.seen[key]; twice {
			a.problemf("metadata.name", "%s %q is already in line %d", d.kind, d.name, first)
		} else {
			a.seen[key] = d.lineOf("metadata.name")
		}
	}
	a.object()
}

// object checks what the kinds have to say. A field of the wrong type is left
// to the API server, which refuses it with better words.
func (a *admission) object() {
	switch a.doc.kind {
	case "Pod":
		var pod corev1.Pod
		a.decode(&pod)
		a.metadata(nil, &pod.ObjectMeta)
		a.podSpec(field.NewPath("spec"), &pod.ObjectMeta, &pod.Spec)
		a.count("spec", 1)
	case "Job":
		var job batchv1.Job
		a.decode(&job)
		a.metadata(nil, &job.ObjectMeta)
		a.jobSpec(field.NewPath("spec"), &job.Spec)
	case "CronJob":
		var cronJob batchv1.CronJob
		a.decode(&cronJob)
		a.metadata(nil, &cronJob.ObjectMeta)
		a.metadata(field.NewPath("spec", "jobTemplate"), &cronJob.Spec.JobTemplate.ObjectMeta)
		a.jobSpec(field.NewPath("spec", "jobTemplate", "spec"), &cronJob.Spec.JobTemplate.Spec)
	case "Service":
		var service corev1.Service
		a.decode(&service)
		a.metadata(nil, &service.ObjectMeta)
		a.service(&service.Spec)
	case "ConfigMap":
		var configMap corev1.ConfigMap
		a.decode(&configMap)
		a.metadata(nil, &configMap.ObjectMeta)
	case "ResourceQuota":
		var quota corev1.ResourceQuota
		a.decode(&quota)
		a.metadata(nil, &quota.ObjectMeta)
	}
}

// decode reads the object as the API server does, with the names of fields as
// they are spelt. What cannot be decoded stays empty, and the API server will
// refuse the whole.
func (a *admission) decode(into any) {
	_ = json.UnmarshalCaseSensitivePreserveInts(a.doc.json, into)
}

// metadata refuses what would keep a run's namespace from going away.
func (a *admission) metadata(at *field.Path, meta *metav1.ObjectMeta) {
	if len(meta.Finalizers) > 0 {
		path := field.NewPath("metadata", "finalizers")
		if at != nil {
			path = at.Child("metadata", "finalizers")
		}
		a.problemf(path.String(), "finalizers are not accepted: nobody would remove them when the run is cleaned up")
	}
}

func (a *admission) jobSpec(at *field.Path, spec *batchv1.JobSpec) {
	pods := 1
	if spec.Parallelism != nil {
		pods = int(*spec.Parallelism)
	}
	if spec.Completions != nil {
		pods = min(pods, int(*spec.Completions))
	}
	a.count(at.Child("parallelism").String(), max(pods, 0))
	template := at.Child("template")
	a.metadata(template, &spec.Template.ObjectMeta)
	a.podSpec(template.Child("spec"), &spec.Template.ObjectMeta, &spec.Template.Spec)
}

// count adds pods that may be there at once, and refuses those that cross the
// quota.
func (a *admission) count(path string, pods int) {
	before := a.pods
	a.pods += pods
	if before > a.rules.maxPods || a.pods <= a.rules.maxPods {
		return
	}
	if before > 0 {
		a.problemf(path, "%d pods at once, %d with those before: a run may have at most %d", pods, a.pods, a.rules.maxPods)
	} else {
		a.problemf(path, "%d pods at once: a run may have at most %d", pods, a.rules.maxPods)
	}
}

func (a *admission) service(spec *corev1.ServiceSpec) {
	switch spec.Type {
	case corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer:
		a.problemf("spec.type", "a Service of type %s opens a port of the node: use ClusterIP", spec.Type)
	}
	if len(spec.ExternalIPs) > 0 {
		a.problemf("spec.externalIPs", "external addresses are not accepted: use the cluster's own (ClusterIP)")
	}
}

// hostField says that a field which reaches out of the pod is not accepted.
func (a *admission) hostField(at *field.Path, what string) {
	a.problemf(at.String(), "%s is not accepted: it reaches %s", lastStep(at), what)
}

// lastStep is the name of the field that a path ends with.
func lastStep(at *field.Path) string {
	s := at.String()
	return s[strings.LastIndexByte(s, '.')+1:]
}
