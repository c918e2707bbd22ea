// Package embedded is a cluster of real Kubernetes that is part of this program:
// etcd, the API server, controllers, scheduler and kubelet run in a child
// process of the same executable, which this package supervises.
//
//   - Start returns at once; the cluster's Status says when it is ready.
//   - A child that ends is replaced after a short wait, by a new cluster with
//     nothing of the old one in it: Status.Generation grows. Port, keys and
//     tokens stay the same. So is one that hangs: the cluster is Unreachable while
//     its API server does not answer, and if that lasts the child is killed. A child
//     that cannot become ready several times in a
//     row makes the cluster Failed.
//   - No child outlives its supervisor's process, however that ends: its standard
//     input is a pipe that ends with the supervisor and, on Linux, the kernel
//     kills it. No container outlives the child.
//   - The directory belongs to one supervisor at a time, and is readable by its
//     owner only. It keeps keys, the port and logs; all else in it is removed
//     before a child starts and after it ended, whoever left it.
//   - Every listener is on 127.0.0.1 or a unix socket in that directory, and asks
//     who is calling.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded/pki"
	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// backend is the name of this kind of cluster in cluster.Info.
const backend = "embedded"

// Config says how a cluster is started. Only Dir is required.
type Config struct {
	Dir        string       // directory of the cluster, made if needed
	Logger     *slog.Logger // default: none
	Executable string       // path of a program that runs child.Main; default: this one
	MaxPods    int          // how many pods the node takes; default: 500

	// Privileged lets pods be privileged and mount paths of the node, as some of
	// Kubernetes' own tests want: the API server and the node refuse both
	// otherwise. The node's files are then a tree of its own, which is empty at
	// the start of each generation, and never the machine's; a privileged
	// container can do no more than any other. It is not for learners' clusters.
	Privileged bool
}

// Cluster is an embedded cluster that this process supervises.
type Cluster struct {
	dir        protocol.Dir
	executable string
	maxPods    int
	privileged bool
	logger     *slog.Logger

	lock       *os.File
	socket     *os.File // the API server's listening socket; nobody accepts here
	config     *rest.Config
	kubeconfig []byte
	log        *childLog
	status     *board

	stopping context.Context // ends when Close is called
	stop     context.CancelFunc
	killing  context.Context // ends when Close gives up waiting
	kill     context.CancelFunc
	done     chan struct{} // closed when nothing of the cluster is left
}

var _ cluster.Cluster = (*Cluster)(nil)

// Start starts a cluster in cfg.Dir and returns while its child starts. It fails
// if the directory cannot be written or another process holds it (ErrInUse). ctx
// bounds Start only; Close ends the cluster.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("cluster directory: %w", err)
	}
	if cfg.Executable == "" {
		if cfg.Executable, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Cluster{
		dir:        protocol.Dir(dir),
		executable: cfg.Executable,
		maxPods:    cfg.MaxPods,
		privileged: cfg.Privileged,
		logger:     cfg.Logger,
		done:       make(chan struct{}),
	}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	c.stopping, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.killing, c.kill = context.WithCancel(context.WithoutCancel(ctx))
	go c.supervise()
	return c, nil
}

// open takes the directory and prepares all that outlives generations.
func (c *Cluster) open(ctx context.Context) error {
	if err := claim(c.dir); err != nil {
		return fmt.Errorf("cluster directory: %w", err)
	}
	if err := privateDir(string(c.dir)); err != nil {
		return fmt.Errorf("cluster directory: %w", err)
	}
	lock, err := acquire(ctx, c.dir)
	if err != nil {
		return err
	}
	release := func(err error) error { return errors.Join(err, lock.Close()) }
	keys, err := pki.Open(c.dir.Keys())
	if err != nil {
		return release(err)
	}
	listener, err := listen(ctx, c.dir.Port())
	if err != nil {
		return release(err)
	}
	defer listener.Close()
	if c.socket, err = listener.File(); err != nil {
		return release(fmt.Errorf("keep the API server's socket: %w", err))
	}
	admin, err := keys.Read(keys.Admin())
	if err != nil {
		return release(errors.Join(err, c.socket.Close()))
	}
	c.config = restConfig(listener.Addr().(*net.TCPAddr), admin)
	if c.kubeconfig, err = kubeconfig(c.config); err == nil {
		err = writeFile(c.dir.Kubeconfig(), c.kubeconfig)
	}
	if err == nil {
		err = privateDir(filepath.Dir(c.dir.Log()))
	}
	if err != nil {
		return release(errors.Join(err, c.socket.Close()))
	}
	c.lock = lock
	c.log = newChildLog(c.dir.Log())
	c.status = newBoard(c.dir.Status())
	return nil
}

// Info says that the cluster is embedded, and its version.
func (c *Cluster) Info() cluster.Info {
	return cluster.Info{Backend: backend, Version: c.status.version()}
}

// Config returns the configuration of a client with full rights.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.config) }

// Kubeconfig returns what the file of that name in the directory contains.
func (c *Cluster) Kubeconfig() ([]byte, error) { return c.kubeconfig, nil }

// Status returns the status now, and a channel that is closed when it changes.
func (c *Cluster) Status() (cluster.Status, <-chan struct{}) { return c.status.read() }

// Close stops the child, waits for its end and gives the directory back. If ctx
// ends first, the child is killed.
func (c *Cluster) Close(ctx context.Context) error {
	c.stop()
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
	}
	c.kill()
	<-c.done
	return fmt.Errorf("stop the cluster: %w", ctx.Err())
}
