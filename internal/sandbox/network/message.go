package network

import (
	"net/netip"
	"syscall"
)

// request is a packet from a container. Exactly one of the fields after ID is set.
type request struct {
	ID     uint64
	Query  *query          `json:",omitempty"`
	Dial   *netip.AddrPort `json:",omitempty"`
	Listen *netip.AddrPort `json:",omitempty"`
	Echo   *netip.Addr     `json:",omitempty"`
}

type query struct {
	Server netip.Addr
	Question
}

// response is the packet that answers the request with the same ID. A file
// comes with it if a dial or a listen succeeded.
type response struct {
	ID     uint64
	Errno  syscall.Errno  `json:",omitempty"`
	Local  netip.AddrPort `json:",omitzero"`
	Answer *Answer        `json:",omitempty"`
}

// arrival is the packet that comes with a connection to a listener.
type arrival struct{ Local, Remote netip.AddrPort }

const (
	// maxRequest is enough for the longest name of DNS. A container that sends
	// more is not ours any more.
	maxRequest = 1 << 10
	// maxResponse is enough for maxRecords.
	maxResponse = 64 << 10
	// maxRecords is how many records an answer has at most; DNS itself has
	// such a limit, in bytes.
	maxRecords = 500
	maxArrival = 256
)
