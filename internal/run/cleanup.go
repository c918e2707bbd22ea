package run

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/joblab/joblab/internal/cluster"
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
// latest, and deletes it. The timeline and the logs stay. If the API server does
// not answer, it tries again; once ctx has ended, no more: then the namespace
// stays for the next server.
func (r *Run) cleanUp(ctx context.Context) {
	for wait := r.keep; ; wait = deleteAgain {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		err := deleteIfAnswering(ctx, r.cluster, r.gen.client, &r.space)
		if err == nil {
			break
		}
		r.log.Warn("namespace not deleted", "namespace", r.space.name, "expires", r.space.expires, "err", err)
		if ctx.Err() != nil {
			break
		}
	}
	close(r.cleaned)
	r.logs.close()
}

// deleteIfAnswering deletes a namespace, but does not wait for an API server that
// is known not to answer.
func deleteIfAnswering(ctx context.Context, c cluster.Cluster, client kubernetes.Interface, n *namespace) error {
	if status, _ := c.Status(); status.State == cluster.Unreachable {
		return unreachable(status)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), apiTimeout)
	defer cancel()
	return n.delete(ctx, client)
}

// sweep deletes the namespaces that earlier servers have left behind: those of
// this instance at once, others when they have expired. It goes on until ctx
// ends.
func (m *Manager) sweep(ctx context.Context, gen *generation) {
	for {
		next, err := m.sweepOnce(ctx, gen)
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
func (m *Manager) sweepOnce(ctx context.Context, gen *generation) (time.Duration, error) {
	next := m.cfg.Keep
	if status, _ := m.cfg.Cluster.Status(); status.State == cluster.Unreachable {
		return deleteAgain, nil
	}
	list, err := gen.client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: labelManagedBy + "=" + fieldManager})
	if err != nil {
		return next, err
	}
	for i := range list.Items {
		ns := &list.Items[i]
		_, err := m.Get(ns.Labels[labelRun])
		inUse := err == nil || gen.checks.has(ns.Name)
		left := ns.Labels[labelInstance] == m.cfg.Instance
		expires, err := time.Parse(time.RFC3339, ns.Annotations[annotationExpires])
		remaining := expires.Sub(m.cfg.Now())
		switch {
		case !isOurs(ns), inUse, ns.DeletionTimestamp != nil, err != nil && !left:
		case left, remaining <= 0:
			if err := deleteNamespace(ctx, gen.client, ns.Name, ns.UID); err != nil {
				return next, err
			}
			m.cfg.Logger.Info("left-over namespace deleted", "namespace", ns.Name)
		default:
			next = min(next, remaining)
		}
	}
	return next, nil
}
