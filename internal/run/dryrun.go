package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
)

// checkWithServer asks the API server to check every object as if it created it
// in a namespace, strictly: unknown fields are refused. Its refusals are a
// [*Refused]; any other error means that it could not be asked.
func checkWithServer(ctx context.Context, client kubernetes.Interface, docs []*document, namespace, source string) error {
	var problems, said []Problem
	var printed []string
	for _, d := range docs {
		more, words, err := checkDocument(ctx, client, d, namespace, source)
		if more == nil && err == nil {
			more, err = checkTemplate(ctx, client, d, namespace)
		}
		if err != nil {
			return fmt.Errorf("check %s %q: %w", d.kind, d.name, err)
		}
		problems = append(problems, more...)
		if words != "" {
			printed, said = append(printed, words), append(said, more...)
		}
	}
	if len(problems) > 0 {
		refused := refuse(problems, strings.Join(printed, "\n"))
		refused.Said = said
		return refused
	}
	return nil
}

// checkDocument returns the API server's problems with one object and what
// kubectl would print for them.
func checkDocument(ctx context.Context, client kubernetes.Interface, d *document, namespace, source string) ([]Problem, string, error) {
	if want := kinds[d.kind].apiVersion; d.apiVersion != want {
		return checkKind(client, d, source)
	}
	status, err := dryRun(ctx, client, d, namespace)
	if status == nil {
		return nil, "", err
	}
	printed := printCreate(source, &apierrors.StatusError{ErrStatus: *status})
	var problems []Problem
	for _, f := range invalidFields(status) {
		problems = append(problems, Problem{Path: f.path, Line: d.lineOf(f.path), Message: printInvalid(status) + ": " + f.text})
	}
	if problems == nil {
		for _, c := range complaints(status.Message) {
			one := *status
			one.Message = c.message
			problems = append(problems, Problem{Path: c.path, Line: d.lineOf(c.path), Message: printCreate(source, &apierrors.StatusError{ErrStatus: one})})
		}
	}
	return problems, printed, nil
}

// checkTemplate asks about the pods that a good Job or CronJob would make. The
// API server would refuse them one by one, later, and say so only in events of the
// Job (FailedCreate), whose words these are.
func checkTemplate(ctx context.Context, client kubernetes.Interface, d *document, namespace string) ([]Problem, error) {
	pod, at, err := d.template()
	if pod == nil {
		return nil, err
	}
	status, err := dryRun(ctx, client, pod, namespace)
	if status == nil {
		return nil, err
	}
	const says = "its pods would be refused: Error creating: "
	var problems []Problem
	for _, f := range invalidFields(status) {
		path := at + "." + f.path
		problems = append(problems, Problem{Path: path, Line: d.lineOf(path), Message: says + printInvalid(status) + ": " + f.text})
	}
	if problems == nil {
		problems = []Problem{{Path: at, Line: d.lineOf(at), Message: says + status.Message}}
	}
	return problems, nil
}

// dryRun asks whether the API server would create an object. The status is its
// refusal. It is nil if it would, or if it could not answer, which is the error.
func dryRun(ctx context.Context, client kubernetes.Interface, d *document, namespace string) (*metav1.Status, error) {
	_, err := create(ctx, client, d, namespace, metav1.DryRunAll)
	var refusal apierrors.APIStatus
	if err == nil || !errors.As(err, &refusal) {
		return nil, err
	}
	status := refusal.Status()
	switch {
	case strings.Contains(status.Message, "does not support dry run"):
		// So says the API server of a cluster with an admission webhook that has
		// side effects. It will have its say when the run is applied.
		return nil, nil
	case isRefusal(err, &status):
		return &status, nil
	}
	return nil, err
}

// isRefusal reports whether the API server said that the object is wrong, rather
// than that it could not answer.
func isRefusal(err error, status *metav1.Status) bool {
	return status.Code >= 400 && status.Code < 500 && !isWithoutNamespace(err) && status.Reason != metav1.StatusReasonUnauthorized &&
		status.Reason != metav1.StatusReasonTooManyRequests && status.Reason != metav1.StatusReasonTimeout
}

// isWithoutNamespace reports whether something was not created because its
// namespace is not there, or not for long.
func isWithoutNamespace(err error) bool {
	if apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause) {
		return true
	}
	var refusal apierrors.APIStatus
	if !apierrors.IsNotFound(err) || !errors.As(err, &refusal) {
		return false
	}
	details := refusal.Status().Details
	return details != nil && details.Kind == "namespaces"
}

// checkKind says what is wrong with a kind or an apiVersion other than those in
// which a lab's objects are created. Whether there are such is for the API server
// to say, in its own words.
func checkKind(client kubernetes.Interface, d *document, source string) ([]Problem, string, error) {
	gv, err := schema.ParseGroupVersion(d.apiVersion)
	if err != nil {
		printed := "error: " + err.Error()
		return []Problem{{Path: "apiVersion", Line: d.lineOf("apiVersion"), Message: printed}}, printed, nil
	}
	known, err := client.Discovery().ServerResourcesForGroupVersion(d.apiVersion)
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, "", err
	}
	if known != nil {
		for _, r := range known.APIResources {
			if r.Kind == d.kind {
				path, message := d.unaccepted()
				return []Problem{{Path: path, Line: d.lineOf(path), Message: message}}, "", nil
			}
		}
	}
	printed := printNoMatch(d, source, &meta.NoKindMatchError{
		GroupKind:        schema.GroupKind{Group: gv.Group, Kind: d.kind},
		SearchedVersions: []string{gv.Version},
	})
	// Of two that do not fit each other, the one that is known is taken to be meant.
	path := "apiVersion"
	if _, lab := kinds[d.kind]; known != nil && !lab {
		path = "kind"
	}
	return []Problem{{Path: path, Line: d.lineOf(path), Message: printed}}, printed, nil
}

// unaccepted says why an object is not accepted whose kind the API server has.
func (d *document) unaccepted() (path, message string) {
	if accepted, ok := kinds[d.kind]; ok {
		return "apiVersion", fmt.Sprintf("the %s of %s is not accepted: a lab holds that of %s", d.kind, d.apiVersion, accepted.apiVersion)
	}
	return "kind", fmt.Sprintf("the kind %s is not accepted: a lab holds only Job, CronJob, Pod, ConfigMap, Service and ResourceQuota", d.kind)
}

// create creates an object and returns it as kubectl names it, "job.batch/pi".
// With dryRun it only asks whether that would work.
func create(ctx context.Context, client kubernetes.Interface, d *document, namespace string, dryRun ...string) (string, error) {
	api := client.CoreV1().RESTClient()
	name := strings.ToLower(d.kind)
	if group, _, ok := strings.Cut(d.apiVersion, "/"); ok {
		api = client.BatchV1().RESTClient()
		name += "." + group
	}
	request := api.Post().Namespace(namespace).Resource(kinds[d.kind].plural).
		Param("fieldManager", fieldManager).
		Param("fieldValidation", metav1.FieldValidationStrict).
		SetHeader("Content-Type", runtime.ContentTypeJSON).
		SetHeader("Accept", runtime.ContentTypeJSON).
		Body(d.json)
	for _, option := range dryRun {
		request.Param("dryRun", option)
	}
	result := request.Do(ctx)
	if err := result.Error(); err != nil {
		return "", err
	}
	var object metav1.PartialObjectMetadata
	body, err := result.Raw()
	if err == nil {
		err = json.Unmarshal(body, &object)
	}
	if err != nil {
		return "", fmt.Errorf("read the created object: %w", err)
	}
	return name + "/" + object.Name, nil
}

// The API server's complaints that name a field but not as a cause of their own:
// those of its strict decoder, of which a message may hold several, and those of
// decoding into Go's types.
var (
	strictField = regexp.MustCompile(`(?:unknown|duplicate) field "([^"]+)"`)
	typedField  = regexp.MustCompile(`Go struct field \w+\.(\S+) of type`)
)

// complaint is what a message says about one field.
type complaint struct{ path, message string }

// complaints takes a message apart: one complaint for each field that it names,
// or a single one without a path if it names none.
func complaints(message string) []complaint {
	if m := typedField.FindStringSubmatch(message); m != nil {
		return []complaint{{m[1], message}}
	}
	fields := strictField.FindAllStringSubmatchIndex(message, -1)
	if fields == nil {
		return []complaint{{"", message}}
	}
	before := message[:fields[0][0]]
	var list []complaint
	for _, f := range fields {
		list = append(list, complaint{message[f[2]:f[3]], before + message[f[0]:f[1]]})
	}
	return list
}
