// Package node runs the embedded cluster's only node: the real kubelet over the
// container runtime of package cri. Restart counts, back-offs, probes, grace
// periods, volumes and pod phases are the kubelet's own code.
//
// It needs no root, no network and no cgroups, and writes only below
// Config.Dir. What a node without privileges cannot have is replaced here by
// the least that the kubelet accepts, each with its reason: mounts
// (mounter.go), cgroups (containermanager.go), cAdvisor (cadvisor.go).
//
// The kubelet is made for a process of its own: it starts goroutines that never
// end and exits the process when it cannot start. So a process can run one node
// in its life, and should end soon after Run returns.
package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet"

	"github.com/joblab/joblab/internal/cluster/embedded/cri"
	"github.com/joblab/joblab/internal/cluster/embedded/services"
	"github.com/joblab/joblab/internal/sandbox"
)

// Address is the node's InternalIP, where the kubelet's server listens; the
// server certificate must be valid for it.
const Address = "127.0.0.1"

// stopTime bounds how long Run waits for the containers to be gone, once ctx has ended.
const stopTime = 5 * time.Second

// Config is what a node needs.
type Config struct {
	Dir        string       // all files of the node: the kubelet's, pods' volumes and logs, containers' file trees
	Name       string       // of the Node object
	RESTConfig *rest.Config // the kubelet's client; without rate limit (QPS -1), or many pods wait for each other

	// The kubelet's server, for kubectl logs and exec by way of the API server.
	// It listens on Address and lets in who has a certificate of ClientCAFile:
	// that authority must sign nobody but the API server.
	ServerCertFile, ServerKeyFile, ClientCAFile string
	Port                                        int

	Logger  *slog.Logger
	Sandbox *sandbox.Runner
	MaxPods int

	// RootTree is a directory that plays the node's root directory: what a hostPath
	// volume names is below it, and it is made anew. Empty: pods cannot have
	// hostPath volumes.
	RootTree string

	Ready func() // called once, when the API server has the node as Ready; may be nil
}

// Run runs the node until ctx ends, then kills its containers and returns nil.
// It returns an error if the node cannot be set up or its containers do not die
// in time. The API server must answer when Run is called; a Node object from
// before is taken over.
func Run(ctx context.Context, cfg Config) error {
	if err := run(ctx, cfg); err != nil {
		return fmt.Errorf("node %s: %w", cfg.Name, err)
	}
	return nil
}

func run(ctx context.Context, cfg Config) (err error) {
	ctx = klog.NewContext(ctx, logr.FromSlogHandler(cfg.Logger.Handler()))
	dirs, err := makeDirectories(cfg.Dir)
	if err != nil {
		return err
	}
	if dirs.rootTree, err = makeRootTree(cfg.RootTree); err != nil {
		return err
	}
	pretendUserNamespace()

	client, err := clientset.NewForConfig(cfg.RESTConfig)
	if err != nil {
		return fmt.Errorf("make the kubelet's client: %w", err)
	}
	mounter := newMounter()
	runtime, err := cri.New(cri.Config{
		Dir: dirs.containers, Sandbox: cfg.Sandbox, Logger: cfg.Logger, Cluster: services.New(client), InMemory: mounter.inMemory,
	})
	if err != nil {
		return fmt.Errorf("start the container runtime: %w", err)
	}
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		err = errors.Join(err, runtime.Shutdown(stopping))
	}()

	machine, err := readMachine(dirs.root)
	if err != nil {
		return err
	}
	// The kubelet's first event and its lease need these; without them the event
	// is lost and the lease waits for its next turn.
	if err := waitForNamespaces(ctx, client, "default", "kube-node-lease"); err != nil {
		return err
	}
	registered, err := register(ctx, client, cfg, machine)
	if err != nil {
		return err
	}
	config, err := kubeletConfiguration(cfg, dirs)
	if err != nil {
		return err
	}
	deps, stopEvents, err := dependencies(ctx, cfg, dirs, config, client, runtime, mounter, machine)
	if err != nil {
		return err
	}
	defer stopEvents()

	kubelet.ContainerLogsDir = dirs.logLinks
	k, err := newKubelet(ctx, cfg, dirs, config, deps)
	if err != nil {
		return fmt.Errorf("make the kubelet: %w", err)
	}
	k.BirthCry()
	k.StartGarbageCollection(ctx)
	go k.Run(ctx, withHandlers(ctx, deps.PodConfig.Updates()))
	go k.ListenAndServe(ctx, config, deps.TLSConfig, deps.Auth, deps.TracerProvider)

	if err := waitUntilReady(ctx, client, registered); err == nil && cfg.Ready != nil {
		cfg.Ready()
	}
	<-ctx.Done()
	return nil
}

// directories are the node's directories.
type directories struct {
	root       string // the kubelet's, pods' volumes among it
	podLogs    string // a container's log is podLogs/NAMESPACE_POD_UID/CONTAINER/N.log
	logLinks   string // in place of /var/log/containers
	containers string // file trees
	resolvConf string // the file that pods' DNS settings begin with
	rootTree   string // Config.RootTree without links in it
}

// makeDirectories makes the directories anew: nothing of an earlier node is
// left, because the pods that it was about are gone with their cluster. Their
// paths have no links in them, so that whoever opens a file below need not
// follow any.
func makeDirectories(dir string) (directories, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return directories{}, fmt.Errorf("make the node's directory: %w", err)
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return directories{}, fmt.Errorf("find the node's directory: %w", err)
	}
	d := directories{
		root:       filepath.Join(dir, "kubelet"),
		podLogs:    filepath.Join(dir, "pod-logs"),
		logLinks:   filepath.Join(dir, "log-links"),
		containers: filepath.Join(dir, "containers"),
		resolvConf: filepath.Join(dir, "resolv.conf"),
	}
	for _, dir := range []string{d.root, d.podLogs, d.logLinks, d.containers} {
		if err := os.RemoveAll(dir); err != nil {
			return directories{}, fmt.Errorf("remove what an earlier node left: %w", err)
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return directories{}, fmt.Errorf("make the node's directory: %w", err)
		}
	}
	// An empty file keeps the host's name servers out of the pods.
	if err := os.WriteFile(d.resolvConf, nil, 0o600); err != nil {
		return directories{}, fmt.Errorf("write resolv.conf: %w", err)
	}
	return d, nil
}
