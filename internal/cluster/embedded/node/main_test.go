package node_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster/embedded/controlplane"
	"github.com/joblab/joblab/internal/cluster/embedded/node"
	"github.com/joblab/joblab/internal/cluster/embedded/pki"
	"github.com/joblab/joblab/internal/sandbox"
)

// These are of the cluster that all tests of this package share: a
// process can have only one.
var (
	config         *rest.Config
	client         kubernetes.Interface
	nodeDir        string
	kubeletAddress string
	testdata       string // absolute: the tests' working directory is another
)

func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		sandbox.Main()
	}
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runTests runs the tests against a control plane with a node.
func runTests(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "node")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if testdata, err = filepath.Abs("testdata"); err != nil {
		return 1, err
	}
	if err := os.Chdir(dir); err != nil { // etcd's sockets are in the working directory
		return 1, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := controlplane.SetVersion(); err != nil {
		return 1, err
	}
	keys, err := pki.Open(filepath.Join(dir, "pki"))
	if err != nil {
		return 1, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1, err
	}
	port, err := freePort()
	if err != nil {
		return 1, err
	}
	plane, err := controlplane.Start(ctx, controlplane.Config{
		EtcdDir: filepath.Join(dir, "etcd"), Keys: keys, Listener: listener, KubeletPort: port,
	})
	if err != nil {
		return 1, err
	}
	if config, err = controlplane.ClientConfig(keys, keys.Admin(), listener.Addr(), "test"); err != nil {
		return 1, err
	}
	if client, err = kubernetes.NewForConfig(config); err != nil {
		return 1, err
	}
	kubelet, err := controlplane.ClientConfig(keys, keys.Node(), listener.Addr(), "kubelet")
	if err != nil {
		return 1, err
	}
	runner, err := sandbox.NewRunner(filepath.Join(dir, "sandbox"))
	if err != nil {
		return 1, err
	}
	kubeletAddress = net.JoinHostPort(node.Address, strconv.Itoa(port))
	nodeDir = filepath.Join(dir, "node")

	ready := make(chan struct{})
	var components errgroup.Group
	nothing := func() {}
	components.Go(func() error { return plane.RunControllers(ctx, nothing) })
	components.Go(func() error { return plane.RunScheduler(ctx, nothing) })
	components.Go(func() error { return plane.Bootstrap(ctx, nothing) })
	components.Go(func() error {
		return node.Run(ctx, node.Config{
			Dir: nodeDir, Name: pki.NodeName, RESTConfig: kubelet,
			ServerCertFile: keys.Kubelet().Cert, ServerKeyFile: keys.Kubelet().Key, ClientCAFile: keys.KubeletClientCA(), Port: port,
			Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), Sandbox: runner, MaxPods: 1000,
			Ready: func() { close(ready) },
		})
	})
	<-ready
	code = m.Run()
	cancel()
	return code, errors.Join(components.Wait(), plane.Stop())
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
