package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// ErrNotRunning is why Attach fails on a directory that nobody holds.
var ErrNotRunning = errors.New("no cluster runs there")

// livenessInterval is how often an attached cluster's supervisor is looked at: a
// process that was killed writes nothing.
const livenessInterval = time.Second

var errSupervisorGone = errors.New("the joblab that ran the cluster has ended")

// Attached is an embedded cluster that another process supervises. Closing it
// does nothing to the cluster.
type Attached struct {
	dir        protocol.Dir
	config     *rest.Config
	kubeconfig []byte

	mu      sync.Mutex
	last    published
	changed chan struct{}

	stop context.CancelFunc
	done chan struct{}
}

var _ cluster.Cluster = (*Attached)(nil)

// Attach returns the cluster that another process runs in dir, ErrNotRunning if
// none does. If the process ends, the cluster becomes Failed.
func Attach(dir string) (*Attached, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("cluster directory: %w", err)
	}
	a := &Attached{dir: protocol.Dir(path), changed: make(chan struct{}), done: make(chan struct{})}
	running, err := held(a.dir)
	if err != nil {
		return nil, err
	}
	if !running {
		return nil, fmt.Errorf("%s: %w", path, ErrNotRunning)
	}
	if a.kubeconfig, err = os.ReadFile(a.dir.Kubeconfig()); err != nil {
		return nil, fmt.Errorf("read the cluster's kubeconfig: %w", err)
	}
	if a.config, err = clientcmd.RESTConfigFromKubeConfig(a.kubeconfig); err != nil {
		return nil, fmt.Errorf("parse the cluster's kubeconfig: %w", err)
	}
	a.config.QPS = -1
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the cluster's status: %w", err)
	}
	if err := watcher.Add(path); err != nil {
		return nil, errors.Join(fmt.Errorf("watch the cluster's status: %w", err), watcher.Close())
	}
	a.refresh()
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	go a.follow(ctx, watcher)
	return a, nil
}

// Info says that the cluster is embedded, and its version.
func (a *Attached) Info() cluster.Info {
	a.mu.Lock()
	defer a.mu.Unlock()
	return cluster.Info{Backend: backend, Version: a.last.Version}
}

// Config returns the configuration of a client with full rights.
func (a *Attached) Config() *rest.Config { return rest.CopyConfig(a.config) }

// Kubeconfig returns what the file of that name in the directory contains.
func (a *Attached) Kubeconfig() ([]byte, error) { return a.kubeconfig, nil }

// Status returns the supervisor's status, as it was published last.
func (a *Attached) Status() (cluster.Status, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last.status(), a.changed
}

// Close lets go of the cluster, which runs on.
func (a *Attached) Close(context.Context) error {
	a.stop()
	<-a.done
	return nil
}

// follow keeps the status up to date until ctx ends.
func (a *Attached) follow(ctx context.Context, watcher *fsnotify.Watcher) {
	defer close(a.done)
	defer watcher.Close()
	tick := time.NewTicker(livenessInterval)
	defer tick.Stop()
	for {
		select {
		case event := <-watcher.Events:
			if event.Name == a.dir.Status() {
				a.refresh()
			}
		case <-watcher.Errors:
			a.refresh()
		case <-tick.C:
			if running, err := held(a.dir); err == nil && !running {
				a.publish(published{State: cluster.Failed, Err: errSupervisorGone.Error(), Since: time.Now()})
			}
		case <-ctx.Done():
			a.publish(published{State: cluster.Closed, Since: time.Now()})
			return
		}
	}
}

// refresh reads the status file. If it cannot be read, the status stays; follow
// finds out if the supervisor is gone.
func (a *Attached) refresh() {
	data, err := os.ReadFile(a.dir.Status())
	if err != nil {
		return
	}
	var p published
	if json.Unmarshal(data, &p) == nil {
		a.publish(p)
	}
}

// publish makes p the status, which keeps the version, generation and restarts
// of the last one if p is not the supervisor's.
func (a *Attached) publish(p published) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.PID == 0 {
		p.Version, p.Generation, p.Restarts = a.last.Version, a.last.Generation, a.last.Restarts
		if p.State == a.last.State {
			return
		}
	}
	a.last = p
	close(a.changed)
	a.changed = make(chan struct{})
}
