package embedded_test

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// limit bounds waiting in tests; what is waited for comes much sooner.
const limit = 2 * time.Minute

// waitFor watches the resources of a namespace until done says that they, all
// that there are, are as they should be, and returns them.
func waitFor[T any, PT interface {
	*T
	runtime.Object
}](t testing.TB, client rest.Interface, resource, namespace string, done func([]PT) bool) []PT {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	changed := make(chan struct{}, 1)
	changes := func(any) {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	store, informer := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: cache.NewListWatchFromClient(client, resource, namespace, fields.Everything()),
		ObjectType:    PT(new(T)),
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc: changes, UpdateFunc: func(_, o any) { changes(o) }, DeleteFunc: changes,
		},
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		informer.RunWithContext(ctx)
	}()
	defer func() { cancel(); <-ended }()
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		t.Fatalf("list %s in %q: %v", resource, namespace, ctx.Err())
	}
	for {
		var all []PT
		for _, object := range store.List() {
			all = append(all, object.(PT))
		}
		if done(all) {
			return all
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("wait for %s in %q: %v; there are %v", resource, namespace, ctx.Err(), all)
		}
	}
}
