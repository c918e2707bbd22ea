package controlplane

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// runScheduler schedules pods with kube-scheduler's default profile until ctx
// ends. It calls synced once it knows what is in the cluster.
func runScheduler(ctx context.Context, client kubernetes.Interface, synced func()) error {
	config, err := latest.Default()
	if err != nil {
		return fmt.Errorf("default configuration of the scheduler: %w", err)
	}
	broadcaster := events.NewEventBroadcasterAdapterWithContext(ctx, client)
	broadcaster.StartRecordingToSink(ctx.Done())
	defer broadcaster.Shutdown()
	informers := scheduler.NewInformerFactory(client, 0, nil)
	var recorders profile.RecorderFactory = func(name string) events.EventRecorderLogger {
		return broadcaster.NewRecorder(name)
	}
	sched, err := scheduler.New(ctx, client, informers, nil, recorders,
		scheduler.WithComponentConfigVersion(config.TypeMeta.APIVersion),
		scheduler.WithProfiles(config.Profiles...),
		scheduler.WithPercentageOfNodesToScore(config.PercentageOfNodesToScore),
		scheduler.WithPodInitialBackoffSeconds(config.PodInitialBackoffSeconds),
		scheduler.WithPodMaxBackoffSeconds(config.PodMaxBackoffSeconds),
		scheduler.WithParallelism(config.Parallelism),
	)
	if err != nil {
		return fmt.Errorf("build the scheduler: %w", err)
	}
	informers.Start(ctx.Done())
	defer informers.Shutdown()
	informers.WaitForCacheSync(ctx.Done())
	if err := sched.WaitForHandlersSync(ctx); err != nil {
		return fmt.Errorf("wait for the scheduler's caches: %w", err)
	}
	synced()
	sched.Run(ctx)
	return nil
}
