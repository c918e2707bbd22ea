package controlplane

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/controller-manager/pkg/informerfactory"
)

// resync is how often controllers look at everything again, though nothing
// changed; kube-controller-manager's default.
const resync = 12 * time.Hour

// controllerContext is what controllers are built from. The informers that they
// ask for are started after all are built.
type controllerContext struct {
	rest      *rest.Config
	client    kubernetes.Interface
	metadata  metadata.Interface
	typed     informers.SharedInformerFactory
	informers informerfactory.InformerFactory
	mapper    *restmapper.DeferredDiscoveryRESTMapper
	started   chan struct{} // closed when the informers were started
	rootCA    []byte        // PEM
}

// controller runs until its context ends.
type controller func(ctx context.Context)

// runControllers runs the controllers until ctx ends. It calls synced once their
// informers know what is in the cluster.
func runControllers(ctx context.Context, config *rest.Config, rootCA []byte, synced func()) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client of the controllers: %w", err)
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("metadata client of the controllers: %w", err)
	}
	cached := memory.NewMemCacheClient(client.Discovery())
	typed := informers.NewSharedInformerFactory(client, resync)
	metas := metadatainformer.NewSharedInformerFactory(meta, resync)
	c := controllerContext{
		rest:      config,
		client:    client,
		metadata:  meta,
		typed:     typed,
		informers: informerfactory.NewInformerFactory(typed, metas),
		mapper:    restmapper.NewDeferredDiscoveryRESTMapper(cached),
		started:   make(chan struct{}),
		rootCA:    rootCA,
	}
	var running []controller
	for _, build := range builders {
		run, err := build.new(ctx, c)
		if err != nil {
			return fmt.Errorf("build the %s controller: %w", build.name, err)
		}
		running = append(running, run)
	}
	typed.Start(ctx.Done())
	metas.Start(ctx.Done())
	close(c.started)

	var group sync.WaitGroup
	for _, run := range running {
		group.Go(func() { run(ctx) })
	}
	typed.WaitForCacheSync(ctx.Done())
	if ctx.Err() == nil {
		synced()
	}
	group.Wait()
	typed.Shutdown()
	metas.Shutdown()
	return nil
}
