package node

import (
	"context"
	"fmt"
	"runtime"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// waitForNamespaces waits until the API server has made its namespaces, which
// it does in the background after it starts to answer.
func waitForNamespaces(ctx context.Context, client clientset.Interface, names ...string) error {
	for _, name := range names {
		err := wait.PollUntilContextCancel(ctx, 10*time.Millisecond, true, func(ctx context.Context) (bool, error) {
			_, err := client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
			return err == nil, nil
		})
		if err != nil {
			return fmt.Errorf("wait for namespace %s: %w", name, err)
		}
	}
	return nil
}

// register makes the Node object with labels as kind gives them, and with
// addresses and capacity, so that pods can be scheduled before the kubelet has
// sent its first status. The kubelet keeps the addresses and measures the rest anew.
func register(ctx context.Context, client clientset.Interface, cfg Config, m *machine) (*corev1.Node, error) {
	nodes := client.CoreV1().Nodes()
	node, err := nodes.Create(ctx, &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: cfg.Name,
			Labels: map[string]string{
				corev1.LabelHostname:                    cfg.Name,
				corev1.LabelOSStable:                    runtime.GOOS,
				corev1.LabelArchStable:                  runtime.GOARCH,
				"node-role.kubernetes.io/control-plane": "",
			},
		},
	}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		node, err = nodes.Get(ctx, cfg.Name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, fmt.Errorf("make the Node object: %w", err)
	}
	node.Status.Addresses = []corev1.NodeAddress{
		{Type: corev1.NodeInternalIP, Address: Address},
		{Type: corev1.NodeHostName, Address: cfg.Name},
	}
	disk, err := m.fileSystem()
	if err != nil {
		return nil, err
	}
	node.Status.Capacity = corev1.ResourceList{
		corev1.ResourceCPU:              *resource.NewQuantity(int64(m.cores), resource.DecimalSI),
		corev1.ResourceMemory:           *resource.NewQuantity(int64(m.memory), resource.BinarySI),
		corev1.ResourcePods:             *resource.NewQuantity(int64(cfg.MaxPods), resource.DecimalSI),
		corev1.ResourceEphemeralStorage: *resource.NewQuantity(int64(disk.capacity), resource.BinarySI),
	}
	node.Status.Allocatable = node.Status.Capacity
	node.ResourceVersion = "" // controllers label and taint the node meanwhile: only the status is ours
	node, err = nodes.UpdateStatus(ctx, node, metav1.UpdateOptions{})
	if err != nil {
		return nil, fmt.Errorf("give the Node object its addresses: %w", err)
	}
	return node, nil
}

// waitUntilReady waits until the API server has the node with condition Ready.
// It returns an error only if ctx ends or the watch breaks.
func waitUntilReady(ctx context.Context, client clientset.Interface, node *corev1.Node) error {
	watcher := &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, node.Name).String()
			return client.CoreV1().Nodes().Watch(ctx, options)
		},
	}
	_, err := watchtools.Until(ctx, node.ResourceVersion, watcher, func(event watch.Event) (bool, error) {
		seen, ok := event.Object.(*corev1.Node)
		if !ok {
			return false, nil
		}
		for _, condition := range seen.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
				return true, nil
			}
		}
		return false, nil
	})
	return err
}
