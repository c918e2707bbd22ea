package watch

import (
	"context"
	"errors"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ErrNoRoute says that a namespace has no sink (any more).
var ErrNoRoute = errors.New("namespace is not routed")

// Barrier lists the pods and Jobs of a routed namespace, from the API server's
// newest state, and returns them when its sink has been given everything that
// they show: each object in its listed version or a later one, and the deletion
// of each object that is not listed any more.
func (h *Hub) Barrier(ctx context.Context, namespace string) (pods []corev1.Pod, jobs []batchv1.Job, err error) {
	podList, err := h.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, nil, fmt.Errorf("list pods: %w", err)
	}
	jobList, err := h.client.BatchV1().Jobs(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, nil, fmt.Errorf("list jobs: %w", err)
	}
	podVersions := versions(podList.Items, func(p *corev1.Pod) metav1.Object { return p })
	jobVersions := versions(jobList.Items, func(j *batchv1.Job) metav1.Object { return j })
	caughtUp := func(r *route) bool {
		for res, s := range r.seen {
			switch res.name {
			case "pods":
				if !s.caughtUp(podVersions, podList.ResourceVersion) {
					return false
				}
			case "jobs":
				if !s.caughtUp(jobVersions, jobList.ResourceVersion) {
					return false
				}
			}
		}
		return true
	}
	for {
		r := h.route(namespace)
		if r == nil {
			return nil, nil, fmt.Errorf("barrier in %s: %w", namespace, ErrNoRoute)
		}
		r.mu.Lock()
		done, changed := caughtUp(r), r.changedLocked()
		r.mu.Unlock()
		if done {
			return podList.Items, jobList.Items, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("barrier in %s: %w", namespace, ctx.Err())
		}
	}
}

// versions maps the uids of a list's items to their resource versions.
func versions[T any](items []T, object func(*T) metav1.Object) map[string]string {
	m := make(map[string]string, len(items))
	for i := range items {
		o := object(&items[i])
		m[string(o.GetUID())] = o.GetResourceVersion()
	}
	return m
}
