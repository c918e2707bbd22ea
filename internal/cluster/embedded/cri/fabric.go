package cri

import (
	"context"
	"net"
	"net/netip"

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
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	defer file.Close()
	return net.FileConn(file)
}
