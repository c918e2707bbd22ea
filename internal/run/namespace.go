package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// The labels and the annotation of a namespace that a server makes: each has
// labelManagedBy and labelInstance, and one of labelRun and labelCheck.
const (
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelRun       = "joblab.dev/run"
	labelCheck     = "joblab.dev/check"
	labelLab       = "joblab.dev/lab"
	labelInstance  = "joblab.dev/instance"
	// annotationExpires is a time, RFC 3339, after which nobody needs the
	// namespace any more, whatever has become of the server that made it.
	annotationExpires = "joblab.dev/expires"

	fieldManager = "joblab"
)

// rootCA is the name of the ConfigMap that every pod mounts.
const rootCA = "kube-root-ca.crt"

// namespace is a namespace that this server makes, for a run or for checks.
type namespace struct {
	name    string
	labels  map[string]string
	expires time.Time
	maxPods int
	// uid tells it from another of the same name; empty until it is known that
	// it was made.
	uid types.UID
}

// create makes the namespace such that pods can be created in it at once: with a
// quota that counts, limits, and what controllers of the cluster would otherwise
// add a little later and pods wait for, the ServiceAccount "default" and the
// ConfigMap kube-root-ca.crt.
func (n *namespace) create(ctx context.Context, client kubernetes.Interface) error {
	labels := maps.Clone(n.labels)
	// What the rules for manifests forbid, the API server refuses as well: the
	// learner's own kubectl does not come by those rules.
	labels["pod-security.kubernetes.io/enforce"] = "baseline"
	made, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name:        n.name,
		Labels:      labels,
		Annotations: map[string]string{annotationExpires: n.expires.UTC().Format(time.RFC3339)},
	}}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return fmt.Errorf("create namespace %s: %w", n.name, err)
	}
	n.uid = made.UID
	// Reading comes in between, since the API server takes 50 ms over what is
	// created in a namespace that its own cache has not got yet.
	published, err := publishedRootCA(ctx, client)
	if err != nil {
		return err
	}
	steps := []func(context.Context, kubernetes.Interface) error{n.quota, n.limits, n.serviceAccount}
	if published != nil {
		steps = append(steps, func(ctx context.Context, client kubernetes.Interface) error { return n.rootCA(ctx, client, published) })
	}
	errs := make([]error, len(steps))
	var creating sync.WaitGroup
	for i, step := range steps {
		creating.Go(func() { errs[i] = step(ctx, client) })
	}
	creating.Wait()
	return errors.Join(errs...)
}

// quota bounds the pods. The quota controller reports the usage only a little
// later, and until then the quota does not count: report that there is none.
func (n *namespace) quota(ctx context.Context, client kubernetes.Interface) error {
	hard := corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(int64(n.maxPods), resource.DecimalSI)}
	quotas := client.CoreV1().ResourceQuotas(n.name)
	quota, err := quotas.Create(ctx, &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "run"},
		Spec:       corev1.ResourceQuotaSpec{Hard: hard},
	}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return fmt.Errorf("create quota: %w", err)
	}
	quota.Status = corev1.ResourceQuotaStatus{Hard: hard, Used: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}}
	_, err = quotas.UpdateStatus(ctx, quota, metav1.UpdateOptions{FieldManager: fieldManager})
	if err != nil && !apierrors.IsConflict(err) { // the controller was faster
		return fmt.Errorf("report the quota's usage: %w", err)
	}
	return nil
}

// limits bounds what a container may use; one that says nothing may use that
// much. The admission refuses more, so that nobody waits for pods that are never
// made.
func (n *namespace) limits(ctx context.Context, client kubernetes.Interface) error {
	_, err := client.CoreV1().LimitRanges(n.name).Create(ctx, &corev1.LimitRange{
		ObjectMeta: metav1.ObjectMeta{Name: "run"},
		Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
			Type: corev1.LimitTypeContainer,
			DefaultRequest: corev1.ResourceList{
				corev1.ResourceCPU:    resource.MustParse("10m"),
				corev1.ResourceMemory: resource.MustParse("16Mi"),
			},
			Default: maxResources,
			Max:     maxResources,
		}}},
	}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil {
		return fmt.Errorf("create limits: %w", err)
	}
	return nil
}

func (n *namespace) serviceAccount(ctx context.Context, client kubernetes.Interface) error {
	_, err := client.CoreV1().ServiceAccounts(n.name).Create(ctx,
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create service account: %w", err)
	}
	return nil
}

// publishedRootCA returns the ConfigMap that the root CA publisher puts into
// every namespace, as it is in kube-system. It is nil if it is not there yet;
// then pods wait for it as they do in any new namespace.
func publishedRootCA(ctx context.Context, client kubernetes.Interface) (*corev1.ConfigMap, error) {
	published, err := client.CoreV1().ConfigMaps(metav1.NamespaceSystem).Get(ctx, rootCA, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read the root CA: %w", err)
	}
	return published, nil
}

func (n *namespace) rootCA(ctx context.Context, client kubernetes.Interface, published *corev1.ConfigMap) error {
	_, err := client.CoreV1().ConfigMaps(n.name).Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: rootCA, Annotations: published.Annotations},
		Data:       published.Data,
	}, metav1.CreateOptions{FieldManager: fieldManager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create %s: %w", rootCA, err)
	}
	return nil
}
