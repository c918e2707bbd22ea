package cri

import (
	"errors"
	"net/netip"
)

// addresses hands out the pods' addresses, from the range that kind gives to
// its first node. They mean something in the pods' own network only, which the
// host is no part of. An address that was given back is reused only after
// the whole range was.
type addresses struct {
	network netip.Prefix
	last    netip.Addr
	used    map[netip.Addr]bool
}

func newAddresses() addresses {
	network := netip.MustParsePrefix("10.244.0.0/16")
	return addresses{
		network: network,
		last:    network.Addr().Next(), // 10.244.0.1 is the node's own
		used:    make(map[netip.Addr]bool),
	}
}

var errNoAddress = errors.New("no address left in the pods' range")

func (a *addresses) take() (string, error) {
	first := a.network.Addr().Next().Next()
	for next, tried := a.last.Next(), 0; tried < 1<<16; next, tried = next.Next(), tried+1 {
		if !a.network.Contains(next) {
			next = first
		}
		if !a.used[next] {
			a.used[next] = true
			a.last = next
			return next.String(), nil
		}
	}
	return "", errNoAddress
}

func (a *addresses) release(address string) {
	delete(a.used, netip.MustParseAddr(address))
}
