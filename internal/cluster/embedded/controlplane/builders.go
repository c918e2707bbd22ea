package controlplane

import (
	"context"
	"sync"
	"time"
	_ "time/tzdata" // for spec.timeZone of CronJobs, whatever the machine has

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/quota/v1/generic"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-controller-manager/names"
	kubecontroller "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/nodelifecycle"
	"k8s.io/kubernetes/pkg/controller/podgc"
	"k8s.io/kubernetes/pkg/controller/resourcequota"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controller/tainteviction"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
	quota "k8s.io/kubernetes/pkg/quota/v1/install"
)

// builders are the controllers, with the settings of kube-controller-manager:
// numbers of workers and periods below are its defaults. They are built by their
// constructors, because the command would parse flags of its own, reset klog's
// and wait a second before it looks at the API server.
var builders = []struct {
	name string
	new  func(context.Context, controllerContext) (controller, error)
}{
	{names.JobController, newJob},
	{names.CronJobController, newCronJob},
	{names.TTLAfterFinishedController, newTTLAfterFinished},
	{names.ServiceAccountController, newServiceAccount},
	{names.RootCACertificatePublisherController, newRootCAPublisher},
	{names.NamespaceController, newNamespace},
	{names.ResourceQuotaController, newResourceQuota},
	{names.GarbageCollectorController, newGarbageCollector},
	{names.PodGarbageCollectorController, newPodGC},
	{names.NodeLifecycleController, newNodeLifecycle},
	{names.TaintEvictionController, newTaintEviction},
	{names.EndpointSliceController, newEndpointSlice},
}

// syncPeriod is how often the garbage collector and the quota controller ask the
// API server which resources there are.
const syncPeriod = 30 * time.Second

func newJob(ctx context.Context, c controllerContext) (controller, error) {
	jobs, err := job.NewController(ctx, c.client, c.typed.Core().V1().Pods(), c.typed.Batch().V1().Jobs(), nil, nil)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) { jobs.Run(ctx, 5) }, nil
}

func newCronJob(ctx context.Context, c controllerContext) (controller, error) {
	batch := c.typed.Batch().V1()
	cronJobs, err := cronjob.NewControllerV2(ctx, batch.Jobs(), batch.CronJobs(), c.client)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) { cronJobs.Run(ctx, 5) }, nil
}

func newTTLAfterFinished(ctx context.Context, c controllerContext) (controller, error) {
	ttl := ttlafterfinished.New(ctx, c.typed.Batch().V1().Jobs(), c.client)
	return func(ctx context.Context) { ttl.Run(ctx, 5) }, nil
}

func newServiceAccount(ctx context.Context, c controllerContext) (controller, error) {
	core := c.typed.Core().V1()
	accounts, err := serviceaccount.NewServiceAccountsController(klog.FromContext(ctx), core.ServiceAccounts(), core.Namespaces(),
		c.client, serviceaccount.DefaultServiceAccountsControllerOptions())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) { accounts.Run(ctx, 1) }, nil
}

func newRootCAPublisher(_ context.Context, c controllerContext) (controller, error) {
	core := c.typed.Core().V1()
	publisher, err := rootcacertpublisher.NewPublisher(core.ConfigMaps(), core.Namespaces(), c.client, c.rootCA)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) { publisher.Run(ctx, 1) }, nil
}

func newNamespace(ctx context.Context, c controllerContext) (controller, error) {
	namespaces := namespace.NewNamespaceController(ctx, c.client, c.metadata, c.client.Discovery().ServerPreferredNamespacedResources,
		c.typed.Core().V1().Namespaces(), 5*time.Minute, corev1.FinalizerKubernetes)
	return func(ctx context.Context) { namespaces.Run(ctx, 10) }, nil
}

func newResourceQuota(ctx context.Context, c controllerContext) (controller, error) {
	discover := c.client.Discovery().ServerPreferredNamespacedResources
	configuration, err := quota.NewQuotaConfigurationForControllers(generic.ListerFuncForResourceFunc(c.typed.ForResource), c.typed)
	if err != nil {
		return nil, err
	}
	quotas, err := resourcequota.NewController(ctx, &resourcequota.ControllerOptions{
		QuotaClient:               c.client.CoreV1(),
		ResourceQuotaInformer:     c.typed.Core().V1().ResourceQuotas(),
		ResyncPeriod:              kubecontroller.StaticResyncPeriodFunc(5 * time.Minute),
		ReplenishmentResyncPeriod: kubecontroller.StaticResyncPeriodFunc(resync),
		InformerFactory:           c.informers,
		InformersStarted:          c.started,
		DiscoveryFunc:             discover,
		IgnoredResourcesFunc:      configuration.IgnoredResources,
		Registry:                  generic.NewRegistry(configuration.Evaluators()),
		UpdateFilter:              quota.DefaultUpdateFilter(),
	})
	if err != nil {
		return nil, err
	}
	return together(
		func(ctx context.Context) { quotas.Run(ctx, 5) },
		func(ctx context.Context) { quotas.Sync(ctx, discover, syncPeriod) },
	), nil
}

func newGarbageCollector(ctx context.Context, c controllerContext) (controller, error) {
	collector, err := garbagecollector.NewGarbageCollector(ctx, c.client, c.metadata, c.mapper,
		garbagecollector.DefaultIgnoredResources(), c.informers, c.started)
	if err != nil {
		return nil, err
	}
	return together(
		func(ctx context.Context) { collector.Run(ctx, 20, syncPeriod) },
		func(ctx context.Context) { collector.Sync(ctx, c.client.Discovery(), syncPeriod) },
	), nil
}

func newPodGC(ctx context.Context, c controllerContext) (controller, error) {
	const terminatedPods = 12500
	pods := podgc.NewPodGC(ctx, c.client, c.typed.Core().V1().Pods(), c.typed.Core().V1().Nodes(), terminatedPods)
	return pods.Run, nil
}

func newNodeLifecycle(ctx context.Context, c controllerContext) (controller, error) {
	core := c.typed.Core().V1()
	nodes, err := nodelifecycle.NewNodeLifecycleController(ctx, c.typed.Coordination().V1().Leases(), core.Pods(), core.Nodes(),
		c.typed.Apps().V1().DaemonSets(), c.client,
		5*time.Second,  // how often nodes are looked at
		60*time.Second, // how long a node may take to start
		50*time.Second, // how long a node may be silent
		0.1, 0.01, 50, 0.55)
	if err != nil {
		return nil, err
	}
	return nodes.Run, nil
}

func newTaintEviction(ctx context.Context, c controllerContext) (controller, error) {
	core := c.typed.Core().V1()
	evictions, err := tainteviction.New(ctx, c.client, core.Pods(), core.Nodes(), names.TaintEvictionController)
	if err != nil {
		return nil, err
	}
	return evictions.Run, nil
}

func newEndpointSlice(ctx context.Context, c controllerContext) (controller, error) {
	core := c.typed.Core().V1()
	slices := endpointslice.NewController(ctx, core.Pods(), core.Services(), core.Nodes(), c.typed.Discovery().V1().EndpointSlices(),
		100, c.client, 0)
	return func(ctx context.Context) { slices.Run(ctx, 5) }, nil
}

// together is a controller that runs all of them at once.
func together(all ...controller) controller {
	return func(ctx context.Context) {
		var group sync.WaitGroup
		for _, run := range all {
			group.Go(func() { run(ctx) })
		}
		group.Wait()
	}
}
