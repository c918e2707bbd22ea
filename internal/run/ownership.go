package run

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"
)

// A cluster may have other users. Nothing is deleted, neither a namespace nor
// anything in it, before it is known that this program made the namespace.

// find returns the UID of the namespace if it is there and is the one that create
// made: with its labels, and its UID if create was told one. The run's label alone
// proves it too, since nobody else knows a run's ID; that is needed where the
// answer to create was lost.
func (n *namespace) find(ctx context.Context, client kubernetes.Interface) (uid types.UID, ours bool, err error) {
	found, err := client.CoreV1().Namespaces().Get(ctx, n.name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("look up namespace %s: %w", n.name, err)
	case n.uid != "" && found.UID != n.uid:
		return "", false, nil
	}
	for _, key := range []string{labelManagedBy, labelRun, labelCheck} {
		if found.Labels[key] != n.labels[key] {
			return "", false, nil
		}
	}
	return found.UID, true, nil
}

// clear deletes what is at work in the namespace; the rest stays.
func (n *namespace) clear(ctx context.Context, client kubernetes.Interface) error {
	if _, ours, err := n.find(ctx, client); err != nil || !ours {
		return err
	}
	background := metav1.DeleteOptions{PropagationPolicy: ptr.To(metav1.DeletePropagationBackground)}
	var errs []error
	for _, deleteAll := range []func(context.Context, metav1.DeleteOptions, metav1.ListOptions) error{
		client.BatchV1().CronJobs(n.name).DeleteCollection,
		client.BatchV1().Jobs(n.name).DeleteCollection,
		client.CoreV1().Pods(n.name).DeleteCollection,
	} {
		errs = append(errs, deleteAll(ctx, background, metav1.ListOptions{}))
	}
	return errors.Join(errs...)
}

// delete deletes the namespace and everything in it. One that is not there, or is
// somebody else's by now, is as good as deleted.
func (n *namespace) delete(ctx context.Context, client kubernetes.Interface) error {
	uid, ours, err := n.find(ctx, client)
	if err != nil || !ours {
		return err
	}
	return deleteNamespace(ctx, client, n.name, uid)
}

// deleteNamespace deletes a namespace if it still has that UID. One that is going
// already is as good as deleted.
func deleteNamespace(ctx context.Context, client kubernetes.Interface, name string, uid types.UID) error {
	err := client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(uid))})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return nil
	}
	return err
}

// isOurs reports whether a namespace says that a server of this program made it.
func isOurs(ns *corev1.Namespace) bool {
	return ns.Labels[labelManagedBy] == fieldManager && (ns.Labels[labelRun] != "" || ns.Labels[labelCheck] != "")
}
