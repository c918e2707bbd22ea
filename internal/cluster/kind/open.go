package kind

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	toolswatch "k8s.io/client-go/tools/watch"

	"github.com/joblab/joblab/internal/cluster/remote"
)

const (
	apiLimit  = 2 * time.Minute // for the API server of a node that was started
	nodeLimit = 3 * time.Minute // for a node to become ready
)

// open makes the cluster usable, whatever is there of it, and returns the way in.
func (b *backend) open(ctx context.Context, step func(string)) (remote.Access, error) {
	b.step = step
	step("look for kind cluster " + b.Name)
	journal, err := openJournal(ctx, b.Name, step)
	if err != nil {
		return remote.Access{}, err
	}
	defer journal.close()
	nodes, err := b.nodes(ctx)
	if err != nil {
		return remote.Access{}, err
	}
	if journal.unfinished && len(nodes) > 0 {
		step("remove what an interrupted creation has left")
		if err := b.remove(); err != nil {
			return remote.Access{}, err
		}
		nodes = nil
	}
	if len(nodes) == 0 {
		return b.create(ctx, journal)
	}
	return b.reuse(ctx, nodes)
}

// reuse starts the nodes that do not run, and waits until the cluster can be used.
func (b *backend) reuse(ctx context.Context, nodes nodes) (remote.Access, error) {
	if b.NodeImage != "" || b.File != "" {
		b.Logger.Warn("the cluster exists: the node image and the kind configuration count only when it is created", "cluster", b.Name)
	}
	for _, action := range []struct {
		verb  string
		nodes []string
	}{{"unpause", nodes.in(paused)}, {"start", nodes.in(stopped)}} {
		if len(action.nodes) == 0 {
			continue
		}
		b.step(fmt.Sprintf("%s kind cluster %s, which was there", action.verb, b.Name))
		if _, err := b.runtime.run(ctx, append([]string{action.verb}, action.nodes...)...); err != nil {
			return remote.Access{}, fmt.Errorf("%s kind cluster %s: %w (%s)", action.verb, b.Name, err, remedy)
		}
	}
	allRan := len(nodes.in(running)) == len(nodes)
	var loading sync.WaitGroup
	if allRan { // so that it is quick
		loading.Go(func() { b.loadImages(ctx) })
	}
	access, err := b.usable(ctx)
	loading.Wait()
	if err != nil {
		return access, fmt.Errorf("kind cluster %s is there, but cannot be used: %w (%s)", b.Name, err, remedy)
	}
	if !allRan {
		b.loadImages(ctx)
	}
	return access, nil
}

// remedy is what to do about a cluster that was there and is of no use.
const remedy = "joblab cluster delete removes it, so that the next start makes a new one"

// usable waits until the cluster whose nodes run can be used.
func (b *backend) usable(ctx context.Context) (remote.Access, error) {
	access, err := b.access(ctx)
	if err == nil {
		err = b.waitUsable(ctx, access.Config)
	}
	return access, err
}

// access returns the way in: as the cluster's file says, if that still leads to
// its API server, which is quick; otherwise as the node says, in the file anew.
func (b *backend) access(ctx context.Context) (remote.Access, error) {
	if file, err := os.ReadFile(b.kubeconfig()); err == nil {
		config, err := clientcmd.RESTConfigFromKubeConfig(file)
		if err == nil && remote.Check(ctx, config) == nil {
			return remote.Access{Config: config, Kubeconfig: file}, nil
		}
	}
	file, err := b.kind.KubeConfig(b.Name, false)
	if err != nil {
		return remote.Access{}, fmt.Errorf("read the kubeconfig of its node: %w", b.reason(err))
	}
	config, err := clientcmd.RESTConfigFromKubeConfig([]byte(file))
	if err != nil {
		return remote.Access{}, fmt.Errorf("read the kubeconfig of its node: %w", err)
	}
	err = os.MkdirAll(b.Dir, 0o700)
	if err == nil {
		err = os.WriteFile(b.kubeconfig(), []byte(file), 0o600)
	}
	if err != nil {
		return remote.Access{}, fmt.Errorf("keep its kubeconfig: %w", err)
	}
	return remote.Access{Config: config, Kubeconfig: []byte(file)}, nil
}

// waitUsable waits until the API server answers and a node takes pods. A cluster
// that was just created does so already.
func (b *backend) waitUsable(ctx context.Context, config *rest.Config) error {
	b.step("wait for the API server")
	waiting, cancel := context.WithTimeout(ctx, apiLimit)
	defer cancel()
	var last error
	retry := wait.Backoff{Duration: 100 * time.Millisecond, Factor: 1.5, Steps: 8, Cap: 2 * time.Second}
	err := retry.DelayFunc().Until(waiting, true, true, func(ctx context.Context) (bool, error) {
		err := remote.Check(ctx, config)
		if ctx.Err() == nil {
			last = err
		}
		if errors.Is(err, remote.ErrTooOld) {
			return false, err
		}
		return err == nil, nil
	})
	if err != nil {
		return b.explain(ctx, cmp.Or(last, err))
	}
	b.step("wait for a node that takes pods")
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	waiting, cancel = context.WithTimeout(ctx, nodeLimit)
	defer cancel()
	nodes := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "nodes", corev1.NamespaceAll, fields.Everything())
	_, err = toolswatch.UntilWithSync(waiting, nodes, &corev1.Node{}, nil, func(e watch.Event) (bool, error) {
		node, ok := e.Object.(*corev1.Node)
		return ok && e.Type != watch.Deleted && takesPods(node), nil
	})
	if err != nil {
		return fmt.Errorf("none of its nodes takes pods: %w", err)
	}
	return nil
}

func takesPods(node *corev1.Node) bool {
	if node.Spec.Unschedulable {
		return false
	}
	for _, taint := range node.Spec.Taints {
		if taint.Effect != corev1.TaintEffectPreferNoSchedule {
			return false
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
