// Package network is the network of pods: what a container's process asks for,
// and the fabric that connects those who ask. No socket of the host's network
// is part of it. A container has one inherited socket, to the process that
// started it; a connection is a pair of connected sockets without a name that
// this process makes, and each side is handed one end of it.
//
// Guarantees:
//   - Only who is attached to a [Fabric] is reached, by its address in the
//     fabric. Neither the host's own ports nor other machines are.
//   - A container gets no descriptors but ends of connections and of its own
//     listeners; descriptors that a container sends are closed unseen.
//   - What a container can take is bounded: requests a second and their size,
//     listeners, connections that wait to be accepted, and bytes on the way.
//   - Between the two ends of a connection is nothing: when one side ends, the
//     other reads the end, as with TCP. Half of it can be closed.
//   - All methods may be called from several goroutines at once.
//
// There is TCP, DNS, and whether an address answers a ping. There is no UDP.
package network

import (
	"context"
	"net/netip"
	"os"
)

// Network is the network as one container has it. What fails fails with a
// [syscall.Errno]: ETIMEDOUT means that nobody answers at all, which who asks
// finds out by waiting.
type Network interface {
	// Query asks the name server with this address.
	Query(ctx context.Context, server netip.Addr, q Question) (Answer, error)
	// Dial connects to a port and returns this side's end of the connection
	// with its address.
	Dial(ctx context.Context, to netip.AddrPort) (*os.File, netip.AddrPort, error)
	// Listen makes connections to a port of this container's address arrive at
	// the returned file; see [Listener]. Port 0 means one that is free.
	Listen(ctx context.Context, at netip.AddrPort) (*os.File, netip.AddrPort, error)
	// Echo reports whether an address answers.
	Echo(ctx context.Context, to netip.Addr) error
}

// Question is a question to a name server.
type Question struct {
	Name string // complete, without the dot at the end
	Type string // of the records asked for: A, AAAA, CNAME, PTR or SRV
}

// Code says how a name server answers.
type Code int

// The codes of RFC 1035 that are in use.
const (
	Success       Code = 0
	ServerFailure Code = 2
	NoSuchName    Code = 3 // NXDOMAIN
)

// Answer is a name server's answer. One without records and with [Success]
// means that the name has records of other types only.
type Answer struct {
	Code    Code     `json:",omitempty"`
	Records []Record `json:",omitempty"`
}

// Record is a record of DNS.
type Record struct {
	Name  string
	Type  string
	Value string // as zone files have it: an address, a name, or "0 100 80 name"
}
