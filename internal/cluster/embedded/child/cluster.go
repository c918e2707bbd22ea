package child

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"

	"github.com/joblab/joblab/internal/cluster/embedded/controlplane"
	"github.com/joblab/joblab/internal/cluster/embedded/node"
	"github.com/joblab/joblab/internal/cluster/embedded/pki"
	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
	"github.com/joblab/joblab/internal/sandbox"
)

// cluster is one generation of the cluster.
type cluster struct {
	dir      protocol.Dir
	keys     pki.Keys
	maxPods  int
	listener net.Listener
	report   *os.File

	privileged bool // pods may be privileged and mount paths of the node
}

// run runs the cluster until ctx ends or a component does, and then stops what
// is left of it.
func (c *cluster) run(ctx context.Context) error {
	tuneForStart()
	if err := configureProcess(c.dir); err != nil {
		return err
	}
	if err := c.step("start etcd and the API server"); err != nil {
		return err
	}
	kubeletPort, err := freePort(ctx)
	if err != nil {
		return err
	}
	plane, err := controlplane.Start(ctx, controlplane.Config{
		EtcdDir:     c.dir.Etcd(),
		Keys:        c.keys,
		Listener:    c.listener,
		KubeletPort: kubeletPort,
		Privileged:  c.privileged,
	})
	if err != nil {
		return err
	}
	return errors.Join(c.runComponents(ctx, plane, kubeletPort), plane.Stop())
}

// runComponents runs all that are clients of the API server until ctx ends or
// one of them does, and returns when all have ended.
func (c *cluster) runComponents(ctx context.Context, plane *controlplane.ControlPlane, kubeletPort int) error {
	if err := c.step("start controllers, scheduler and node"); err != nil {
		return err
	}
	components := newComponents(ctx, c.fail)
	components.start("API server", func(ctx context.Context, up func()) error {
		up()
		return plane.Wait(ctx)
	})
	components.start("controllers", plane.RunControllers)
	components.start("scheduler", plane.RunScheduler)
	components.start("node", func(ctx context.Context, up func()) error { return c.runNode(ctx, kubeletPort, up) })
	components.start("bootstrap", func(ctx context.Context, up func()) error {
		if err := plane.Bootstrap(ctx, up); err != nil {
			return err
		}
		tuneForIdling()
		<-ctx.Done()
		return nil
	})
	return components.wait(func(ctx context.Context) error {
		if err := plane.WaitSchedulable(ctx, pki.NodeName); err != nil {
			return err
		}
		if err := plane.WaitReady(ctx); err != nil {
			return err
		}
		return protocol.Report{Ready: true, Version: controlplane.Version}.Write(c.report)
	})
}

// runNode runs the node until ctx ends.
func (c *cluster) runNode(ctx context.Context, port int, ready func()) error {
	config, err := controlplane.ClientConfig(c.keys, c.keys.Node(), c.listener.Addr(), "kubelet")
	if err != nil {
		return err
	}
	runner, err := sandbox.NewRunner(c.dir.Sandbox())
	if err != nil {
		return fmt.Errorf("prepare the container sandbox: %w", err)
	}
	rootTree := ""
	if c.privileged {
		rootTree = c.dir.NodeRoot()
	}
	return node.Run(ctx, node.Config{
		Dir:            c.dir.Node(),
		Name:           pki.NodeName,
		RESTConfig:     config,
		ServerCertFile: c.keys.Kubelet().Cert,
		ServerKeyFile:  c.keys.Kubelet().Key,
		ClientCAFile:   c.keys.KubeletClientCA(),
		Port:           port,
		Logger:         slog.New(logr.ToSlogHandler(klog.Background())),
		Sandbox:        runner,
		MaxPods:        c.maxPods,
		RootTree:       rootTree,
		Ready:          ready,
	})
}

// fail tells the supervisor why the cluster is about to end, before its end
// makes other components fail.
func (c *cluster) fail(err error) {
	// A supervisor that is gone needs no reason.
	_ = protocol.Report{Error: err.Error()}.Write(c.report)
}

func (c *cluster) step(what string) error {
	return protocol.Report{Step: what}.Write(c.report)
}

// freePort returns a port that nobody listens on at 127.0.0.1.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("choose a port for the kubelet: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
