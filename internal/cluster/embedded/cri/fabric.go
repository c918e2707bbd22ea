package cri

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// nodeAddress is where the pods see the node's own connections come from.
var nodeAddress = netip.MustParseAddr("10.244.0.1")

func newFabric(cluster network.Cluster) *network.Fabric {
	return network.NewFabric(cluster, nodeAddress)
}

// DialPod connects the node to a port of a pod or of a Service, in the pods'
// network: nothing else is there.
func (r *Runtime) DialPod(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	file, err := r.fabric.Dial(ctx, to)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: os.NewSyscallError("connect", err)}
	}
	return connOf(file)
}

// connOf takes over a file that is an end of a connection.
func connOf(file *os.File) (*net.UnixConn, error) {
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, fmt.Errorf("take over a connection: %w", err)
	}
	return conn.(*net.UnixConn), nil // there are no others
}

// PodAddress is the address of the pod that a container is in.
func (r *Runtime) PodAddress(containerID string) (netip.Addr, error) {
	c, err := r.container(containerID)
	if err != nil {
		return netip.Addr{}, err
	}
	return netip.ParseAddr(c.pod.address)
}
