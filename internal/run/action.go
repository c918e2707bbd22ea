package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"

	"github.com/joblab/joblab/internal/lab"
)

// refusal is why a step was not done: the API server, or kubectl in its place,
// said no.
type refusal struct{ text, path string }

func (r *refusal) Error() string { return r.text }

// act does what a step says in the run's namespace, as kubectl does it, and
// returns what that prints. The error is a [*refusal], or why the API server could
// not be asked.
func (r *Run) act(ctx context.Context, a lab.Action) (string, error) {
	switch {
	case a.Verb == lab.Patch:
		return r.patch(ctx, a)
	case a.Verb == lab.Delete:
		return r.deleteOne(ctx, a)
	case a.Verb == lab.Create && a.From != "":
		return r.instantiate(ctx, a)
	}
	docs, err := admit(a.Manifest, r.rules)
	var refused *Refused
	if errors.As(err, &refused) {
		return "", &refusal{text: refused.Error()}
	} else if err != nil {
		return "", err
	}
	var printed []string
	for _, d := range docs {
		text, err := r.bring(ctx, a.Verb, d)
		if err != nil {
			return "", err
		}
		printed = append(printed, text)
	}
	return strings.Join(printed, "\n"), nil
}

// api is the client of a kind that a lab holds, and how kubectl names it.
func (r *Run) api(kind string) (api rest.Interface, resource, name string) {
	e := kinds[kind]
	name = strings.ToLower(kind)
	if group, _, ok := strings.Cut(e.apiVersion, "/"); ok {
		return r.gen.client.BatchV1().RESTClient(), e.plural, name + "." + group
	}
	return r.gen.client.CoreV1().RESTClient(), e.plural, name
}

// patch patches an object as kubectl patch --type=merge does.
func (r *Run) patch(ctx context.Context, a lab.Action) (string, error) {
	name, err := r.object(ctx, a)
	if err != nil {
		return "", err
	}
	api, resource, printed := r.api(a.Kind)
	err = api.Patch(types.MergePatchType).Namespace(r.space.name).Resource(resource).Name(name).
		Param("fieldManager", fieldManager).
		Param("fieldValidation", metav1.FieldValidationStrict).
		Body(a.Merge).Do(ctx).Error()
	if err != nil {
		return "", r.missing(a, refused(err, ""))
	}
	return fmt.Sprintf("%s/%s patched", printed, name), nil
}

// deleteOne deletes an object as kubectl delete --wait=false does.
func (r *Run) deleteOne(ctx context.Context, a lab.Action) (string, error) {
	name, err := r.object(ctx, a)
	if err != nil {
		return "", err
	}
	_, _, printed := r.api(a.Kind)
	if err := r.remove(ctx, a.Kind, name, metav1.DeletionPropagation(a.Propagation)); err != nil {
		return "", r.missing(a, refused(err, ""))
	}
	return fmt.Sprintf("%s %q deleted", printed, name), nil
}

func (r *Run) remove(ctx context.Context, kind, name string, propagation metav1.DeletionPropagation) error {
	api, resource, _ := r.api(kind)
	options, err := json.Marshal(metav1.DeleteOptions{
		TypeMeta:          metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"},
		PropagationPolicy: ptr.To(propagation),
	})
	if err != nil {
		return fmt.Errorf("encode delete options: %w", err)
	}
	return api.Delete().Namespace(r.space.name).Resource(resource).Name(name).
		SetHeader("Content-Type", runtime.ContentTypeJSON).Body(options).Do(ctx).Error()
}

// instantiate creates a Job from a CronJob as kubectl create job --from does:
// createJobFromCronJob in k8s.io/kubectl/pkg/cmd/create/create_job.go, v0.37.2.
func (r *Run) instantiate(ctx context.Context, a lab.Action) (string, error) {
	batch := r.gen.client.BatchV1()
	from, err := batch.CronJobs(r.space.name).Get(ctx, a.From, metav1.GetOptions{})
	if err != nil {
		return "", r.missing(lab.Action{Kind: "CronJob", Name: a.From}, refused(err, ""))
	}
	annotations := map[string]string{"cronjob.kubernetes.io/instantiate": "manual"}
	maps.Copy(annotations, from.Spec.JobTemplate.Annotations)
	_, err = batch.Jobs(r.space.name).Create(ctx, &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Name: a.Name, Annotations: annotations, Labels: from.Spec.JobTemplate.Labels,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: batchv1.SchemeGroupVersion.String(), Kind: "CronJob", Name: from.Name, UID: from.UID, Controller: ptr.To(true),
			}},
		},
		Spec: from.Spec.JobTemplate.Spec,
	}, metav1.CreateOptions{FieldManager: fieldManager, FieldValidation: metav1.FieldValidationStrict})
	if err != nil {
		return "", refused(err, "failed to create job: ")
	}
	return fmt.Sprintf("job.batch/%s created", a.Name), nil
}

// bring brings an object of a manifest into the namespace.
func (r *Run) bring(ctx context.Context, verb lab.Verb, d *document) (string, error) {
	if kinds[d.kind].apiVersion != d.apiVersion {
		problems, _, err := checkKind(r.gen.client, d, "STDIN")
		if err != nil {
			return "", err
		}
		return "", &refusal{text: problems[0].Message, path: problems[0].Path}
	}
	switch verb {
	case lab.Apply:
		return r.serverSideApply(ctx, d)
	case lab.Replace:
		return r.replace(ctx, d)
	}
	created, err := create(ctx, r.gen.client, d, r.space.name)
	if err != nil {
		return "", refused(err, `error when creating "STDIN": `)
	}
	return created + " created", nil
}

// serverSideApply applies an object under the name of the run's own manager.
func (r *Run) serverSideApply(ctx context.Context, d *document) (string, error) {
	if d.name == "" {
		return "", &refusal{text: fmt.Sprintf("error: from %s: cannot use generate name with apply", d.generateName), path: "metadata.generateName"}
	}
	api, resource, printed := r.api(d.kind)
	err := api.Patch(types.ApplyPatchType).Namespace(r.space.name).Resource(resource).Name(d.name).
		Param("fieldManager", fieldManager).
		Param("fieldValidation", metav1.FieldValidationStrict).
		Param("force", "true").
		Body(d.json).Do(ctx).Error()
	if err != nil {
		return "", refused(err, "")
	}
	return fmt.Sprintf("%s/%s serverside-applied", printed, d.name), nil
}

// replace deletes an object, waits until it is gone, and creates it anew.
func (r *Run) replace(ctx context.Context, d *document) (string, error) {
	if d.name == "" {
		return "", &refusal{text: "error: resource name may not be empty", path: "metadata.name"}
	}
	err := r.remove(ctx, d.kind, d.name, metav1.DeletePropagationBackground)
	if err != nil && !apierrors.IsNotFound(err) {
		return "", refused(err, "")
	}
	for {
		created, err := create(ctx, r.gen.client, d, r.space.name)
		if err == nil {
			return created + " replaced", nil
		}
		if !apierrors.IsAlreadyExists(err) {
			return "", refused(err, "")
		}
		select {
		case <-time.After(retryAfter): // as kubectl does
		case <-ctx.Done():
			return "", fmt.Errorf("wait for the end of %s %s: %w", d.kind, d.name, ctx.Err())
		}
	}
}

// object is the name of the object that an action is about: the only one of its
// kind, if the action has no name for it.
func (r *Run) object(ctx context.Context, a lab.Action) (string, error) {
	if a.Name != "" {
		return a.Name, nil
	}
	api, resource, _ := r.api(a.Kind)
	var list metav1.PartialObjectMetadataList
	body, err := api.Get().Namespace(r.space.name).Resource(resource).SetHeader("Accept", runtime.ContentTypeJSON).Do(ctx).Raw()
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("list %s: %w", resource, err)
	case len(list.Items) != 1:
		return "", &refusal{text: fmt.Sprintf("The step is about the only %s of the run, but there are %d.", a.Kind, len(list.Items))}
	}
	return list.Items[0].Name, nil
}

// missing says what it means for the step if the object is not there.
func (r *Run) missing(a lab.Action, err error) error {
	var no *refusal
	if errors.As(err, &no) && strings.HasPrefix(no.text, "Error from server (NotFound)") {
		no.text += fmt.Sprintf("\nThis run has no %s %q: the manifest may have given it another name, or it has been deleted.", a.Kind, a.Name)
	}
	return err
}

// refused turns the API server's no into a refusal in kubectl's words; any other
// error stays as it is.
func refused(err error, doing string) error {
	var says apierrors.APIStatus
	if !errors.As(err, &says) {
		return err
	}
	status := says.Status()
	if !isRefusal(err, &status) {
		return err
	}
	no := &refusal{text: printStatus(&status, doing)}
	// A patch that makes an object with an unknown field is invalid as a whole, in
	// the field "patch".
	no.path = complaints(status.Message)[0].path
	if fields := invalidFields(&status); no.path == "" && len(fields) > 0 {
		no.path = fields[0].path
	}
	return no
}
