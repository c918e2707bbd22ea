package watch

import (
	"context"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/timeline"
)

// resource is what the Hub must know to follow one resource.
type resource struct {
	name string
	// list returns all objects and the version of the list.
	list func(context.Context, metav1.ListOptions) ([]object, string, error)
	// watch is as in client-go; object makes an object of what its events carry,
	// nil if it is something else.
	watch  func(context.Context, metav1.ListOptions) (watch.Interface, error)
	object func(any) object
	// deleted makes the object of a deletion that was not seen.
	deleted func(namespace, name, uid string) object
	// expires says that deletions mean nothing.
	expires bool
}

type (
	job     struct{ *batchv1.Job }
	cronJob struct{ *batchv1.CronJob }
	event   struct{ *corev1.Event }
)

func (o job) deliver(s Sink, typ timeline.Type)     { s.Job(typ, o.Job) }
func (o cronJob) deliver(s Sink, typ timeline.Type) { s.CronJob(typ, o.CronJob) }
func (o event) deliver(s Sink, typ timeline.Type)   { s.Event(typ, o.Event) }

func jobs(client kubernetes.Interface, namespace string) *resource {
	c := client.BatchV1().Jobs(namespace)
	return &resource{
		name: "jobs",
		list: func(ctx context.Context, opts metav1.ListOptions) ([]object, string, error) {
			l, err := c.List(ctx, opts)
			if err != nil {
				return nil, "", err
			}
			return objects(l.Items, func(j *batchv1.Job) object { return job{j} }), l.ResourceVersion, nil
		},
		watch:   c.Watch,
		object:  as(func(j *batchv1.Job) object { return job{j} }),
		deleted: func(ns, name, uid string) object { return job{&batchv1.Job{ObjectMeta: meta(ns, name, uid)}} },
	}
}

func cronJobs(client kubernetes.Interface, namespace string) *resource {
	c := client.BatchV1().CronJobs(namespace)
	return &resource{
		name: "cronjobs",
		list: func(ctx context.Context, opts metav1.ListOptions) ([]object, string, error) {
			l, err := c.List(ctx, opts)
			if err != nil {
				return nil, "", err
			}
			return objects(l.Items, func(c *batchv1.CronJob) object { return cronJob{c} }), l.ResourceVersion, nil
		},
		watch:  c.Watch,
		object: as(func(c *batchv1.CronJob) object { return cronJob{c} }),
		deleted: func(ns, name, uid string) object {
			return cronJob{&batchv1.CronJob{ObjectMeta: meta(ns, name, uid)}}
		},
	}
}

func events(client kubernetes.Interface, namespace string) *resource {
	c := client.CoreV1().Events(namespace)
	return &resource{
		name: "events",
		list: func(ctx context.Context, opts metav1.ListOptions) ([]object, string, error) {
			l, err := c.List(ctx, opts)
			if err != nil {
				return nil, "", err
			}
			return objects(l.Items, func(e *corev1.Event) object { return event{e} }), l.ResourceVersion, nil
		},
		watch:   c.Watch,
		object:  as(func(e *corev1.Event) object { return event{e} }),
		deleted: func(ns, name, uid string) object { return event{&corev1.Event{ObjectMeta: meta(ns, name, uid)}} },
		expires: true,
	}
}

// objects makes objects of a list's items.
func objects[T any](items []T, f func(*T) object) []object {
	os := make([]object, len(items))
	for i := range items {
		os[i] = f(&items[i])
	}
	return os
}

// as makes an object of a watch event's object if it is a *T.
func as[T any](f func(*T) object) func(any) object {
	return func(v any) object {
		if t, ok := v.(*T); ok {
			return f(t)
		}
		return nil
	}
}

func meta(namespace, name, uid string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(uid)}
}
