package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
)

// The sockets of etcd, relative to the working directory: the process must run
// in a directory that only its owner can enter, for etcd asks nobody who they are.
const (
	etcdClientSocket = "etcd.sock"
	etcdPeerSocket   = "etcd-peer.sock"
)

// startEtcd starts etcd with its data in dir, which must not exist, and returns
// when it serves. The data does not survive a crash of the machine: nothing is
// ever flushed to disk.
func startEtcd(ctx context.Context, dir string) (*embed.Etcd, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make etcd's directory: %w", err)
	}
	cfg := embed.NewConfig()
	cfg.Dir = dir
	cfg.ListenClientUrls = []url.URL{unixURL(etcdClientSocket)}
	cfg.AdvertiseClientUrls = cfg.ListenClientUrls
	cfg.ListenPeerUrls = []url.URL{unixURL(etcdPeerSocket)}
	cfg.AdvertisePeerUrls = cfg.ListenPeerUrls
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.LogLevel = "panic" // its errors are about clusters of several members
	cfg.LogFormat = "console"
	cfg.LogOutputs = []string{"stderr"}
	cfg.UnsafeNoFsync = true
	// There is no other member that could need old entries, in memory or on disk.
	cfg.SnapshotCount = 1000
	cfg.SnapshotCatchUpEntries = 100
	wal.SegmentSizeBytes = 8 << 20 // two of them are allocated at once
	// The only member elects itself: nothing is gained by waiting for others.
	cfg.TickMs = 10
	cfg.ElectionMs = 50
	server, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("start etcd: %w", err)
	}
	select {
	case <-server.Server.ReadyNotify():
		return server, nil
	case <-server.Server.StopNotify():
		err = errors.New("etcd stopped while it started")
	case err = <-server.Err():
		err = fmt.Errorf("start etcd: %w", err)
	case <-ctx.Done():
		err = ctx.Err()
	}
	server.Close()
	return nil, err
}

func unixURL(path string) url.URL { return url.URL{Scheme: "unix", Host: path} }
