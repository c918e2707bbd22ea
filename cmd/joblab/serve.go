package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"k8s.io/klog/v2"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/residency"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/store"
	"github.com/joblab/joblab/internal/stream"
	"github.com/joblab/joblab/web"
)

// shutdownTimeout bounds how long the server waits for requests, runs and the
// cluster when it ends.
const shutdownTimeout = 15 * time.Second

// restAfter is how long after it is ready the server is over with starting: its
// first watches, and the pages that asked while it started.
const restAfter = 5 * time.Second

// clusterFlags choose the cluster and the labs; serve and try have them.
type clusterFlags struct {
	backendFlags
	labs    string
	maxPods int
}

func (c *clusterFlags) register(flags *flag.FlagSet) {
	c.backendFlags.register(flags)
	flags.StringVar(&c.labs, "labs", "", "directory of labs (default: those built in)")
	flags.IntVar(&c.maxPods, "max-pods", 20, "pods that one run may have")
}

func (c *clusterFlags) check() error {
	if c.maxPods < 1 {
		return fmt.Errorf("-max-pods %d: at least 1", c.maxPods)
	}
	return c.backendFlags.check()
}

// newLogger returns the program's logger. What client-go has to say goes there
// too, if it is a warning at least.
func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	klog.SetSlogLogger(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn})))
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// defaultDataDir is where a person's programs keep their data, or empty if the
// environment does not say.
func defaultDataDir() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "joblab")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "joblab")
	}
	return ""
}

func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var (
		c     clusterFlags
		addr  string
		hosts []string
		mib   int64
		flags = newFlags("serve", "[flags]", stderr)
	)
	flags.StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on")
	flags.Func("host", "a `name` by which browsers call the server, besides localhost and its addresses; may be given again", func(name string) error {
		hosts = append(hosts, strings.ToLower(name))
		return nil
	})
	flags.Int64Var(&mib, "history", 512, "`MiB` of ended runs to keep; the oldest make room for new ones")
	c.register(flags)
	if _, err := parse(flags, args, 0, ""); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if mib < 1 || mib > 1<<20 {
		return fmt.Errorf("-history %d: 1 to %d MiB", mib, 1<<20)
	}
	log := newLogger(stderr, slog.LevelInfo)

	read, err := c.readLabs()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w (another server? choose another port with -addr)", err)
	}
	defer listener.Close()
	if tcp, ok := listener.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		log.Warn("everyone who reaches this address can run pods: there is no login", "addr", listener.Addr().String())
	}
	limits := run.Config{MaxPods: c.maxPods}
	if c.backend = cmp.Or(c.backend, onEmbedded); c.backend != onEmbedded {
		announced, file, err := c.announce()
		if err != nil {
			return err
		}
		defer file.Close()
		limits.Instance = announced.Instance
	}
	kube, err := c.start(ctx, log)
	if err != nil {
		return err
	}
	// The cluster has made the directory its own by now.
	history, err := store.Open(ctx, store.Config{Path: filepath.Join(c.data, store.File), MaxBytes: mib << 20, Logger: log})
	if err != nil {
		return errors.Join(err, closeInTime(kube.Close))
	}
	return serveOn(ctx, listener, kube, history, &shelf{flags: c, read: read, log: log}, hosts, limits, stdout)
}

// closeInTime closes something when the server ends.
func closeInTime(close func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	return close(ctx)
}

// serveOn serves the labs until ctx ends, then stops everything in the order in
// which data flows: streams, requests, runs, history, cluster.
func serveOn(ctx context.Context, listener net.Listener, kube cluster.Cluster, history *store.Store, labs *shelf, hosts []string, limits run.Config, stdout io.Writer) error {
	log := labs.log
	closeBoth := func() error { return errors.Join(closeInTime(history.Close), closeInTime(kube.Close)) }
	limits.Cluster, limits.Logger = kube, log
	limits.Store = func(r *run.Run, stored func()) { history.Keep(r, stored) }
	runs, err := run.New(limits)
	if err != nil {
		return errors.Join(err, closeBoth())
	}
	streams := stream.New(log)
	pages, err := web.New(web.Config{Version: ownVersion(), Labs: labs.read, Hosts: hosts, Runs: runs, History: history, Cluster: kube, Stream: streams, Logger: log})
	if err != nil {
		return errors.Join(err, closeBoth())
	}
	server := &http.Server{
		Handler:           pages,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}

	runsCtx, stopRuns := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRuns()
	managing := make(chan error, 1)
	go func() { managing <- runs.Run(runsCtx) }()
	resting := make(chan struct{})
	go func() {
		defer close(resting)
		if err := runs.WaitReady(runsCtx); err != nil {
			if runsCtx.Err() == nil {
				log.Error("no run can start", "err", err)
			}
			return
		}
		select {
		case <-time.After(restAfter):
			rest(log)
		case <-runsCtx.Done():
		}
	}()
	reloading := make(chan struct{})
	go func() {
		defer close(reloading)
		labs.follow(runsCtx, pages.SetLabs)
	}()
	serving := make(chan error, 1)
	go func() { serving <- server.Serve(listener) }()
	fmt.Fprintf(stdout, "listening on http://%s\n", listener.Addr())

	select {
	case <-ctx.Done():
	case err = <-serving:
	}
	log.Info("shutting down")
	stop, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	streamsDone := make(chan error, 1)
	server.RegisterOnShutdown(pages.Close)
	server.RegisterOnShutdown(func() { streamsDone <- streams.Shutdown(stop) })
	err = errors.Join(err, server.Shutdown(stop), <-streamsDone, runs.Close(stop))
	stopRuns()
	<-resting
	<-reloading
	return errors.Join(err, <-managing, closeBoth())
}

// rest gives back the memory that starting took.
func rest(log *slog.Logger) {
	debug.FreeOSMemory()
	if err := residency.Release(); err != nil {
		log.Warn("memory not given back", "err", err)
	}
}
