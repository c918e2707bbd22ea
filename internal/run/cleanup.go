package run

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// clear deletes what may still be at work in an ended run.
func (r *Run) clear(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTimeout)
	defer cancel()
	if err := r.space.clear(ctx, r.gen.client); err != nil {
		r.log.Warn("workloads not deleted", "namespace", r.space.name, "err", err)
	}
}

// cleanUp keeps an ended run's namespace for a while, until ctx ends at the
// latest, and deletes it. The timeline and the logs stay.
func (r *Run) cleanUp(ctx context.Context) {
	select {
	case <-time.After(r.keep):
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTimeout)
	defer cancel()
	if err := r.space.delete(ctx, r.gen.client); err != nil {
		r.log.Warn("namespace not deleted", "namespace", r.space.name, "err", err)
	}
	r.logs.close()
}

// sweep deletes the namespaces that earlier servers have left behind: those of
// this instance at once, others when they have expired. It goes on until ctx
// ends.
func (m *Manager) sweep(ctx context.Context, client kubernetes.Interface) {
	for {
		next, err := m.sweepOnce(ctx, client)
		if err != nil && ctx.Err() == nil {
			m.cfg.Logger.Warn("left-over namespaces not deleted", "err", err)
		}
		select {
		case <-time.After(next):
		case <-ctx.Done():
			return
		}
	}
}

// sweepOnce returns after what time there is something to do again.
func (m *Manager) sweepOnce(ctx context.Context, client kubernetes.Interface) (time.Duration, error) {
	next := m.cfg.Keep
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: labelManagedBy + "=" + fieldManager})
	if err != nil {
		return next, err
	}
	for _, ns := range list.Items {
		_, err := m.Get(ns.Labels[labelRun])
		mine := err == nil
		left := ns.Labels[labelInstance] == m.cfg.Instance
		expires, err := time.Parse(time.RFC3339, ns.Annotations[annotationExpires])
		remaining := expires.Sub(m.cfg.Now())
		switch {
		case mine, ns.DeletionTimestamp != nil, err != nil && !left:
		case left, remaining <= 0:
			if err := (namespace{name: ns.Name}).delete(ctx, client); err != nil {
				return next, err
			}
			m.cfg.Logger.Info("left-over namespace deleted", "namespace", ns.Name)
		default:
			next = min(next, remaining)
		}
	}
	return next, nil
}
