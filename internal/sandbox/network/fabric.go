package network

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"golang.org/x/time/rate"
)

// Cluster is what a fabric asks about that is not a matter of cables.
type Cluster interface {
	// Query answers as the name server with this address, or with ETIMEDOUT if
	// there is none.
	Query(ctx context.Context, server netip.Addr, q Question) (Answer, error)
	// Route says where a connection to an address goes that nobody is attached
	// at, such as a Service's: to the address of somebody who is.
	// ECONNREFUSED means that there is nobody behind it, ETIMEDOUT that nobody
	// answers, ENETUNREACH that no way leads there.
	Route(ctx context.Context, to netip.AddrPort) (netip.AddrPort, error)
}

// Limits of one attached address.
const (
	maxListeners = 32
	// requestRate and requestBurst let a loop of a script through, and keep a
	// container from making whoever answers busy.
	requestRate  = 200
	requestBurst = 200
)

// Fabric connects those who are attached to it.
type Fabric struct {
	cluster Cluster
	node    netip.Addr

	mu    sync.Mutex
	hosts map[netip.Addr]*Host // guarded by mu
}

// NewFabric returns a fabric that nobody is attached to. node is the address
// that connections of [Fabric.Dial] come from.
func NewFabric(cluster Cluster, node netip.Addr) *Fabric {
	return &Fabric{cluster: cluster, node: node, hosts: make(map[netip.Addr]*Host)}
}

// Attach gives an address to a new host, which must be detached in the end. An
// address that somebody has is taken from them.
func (f *Fabric) Attach(address netip.Addr) *Host {
	h := &Host{
		fabric: f, address: address, requests: rate.NewLimiter(requestRate, requestBurst),
		listeners: make(map[uint16]*listener), lastPort: firstPort - 1,
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hosts[address] = h
	return h
}

// Dial connects the node to a port.
func (f *Fabric) Dial(ctx context.Context, to netip.AddrPort) (*os.File, error) {
	return f.dial(ctx, netip.AddrPortFrom(f.node, 0), to)
}

func (f *Fabric) dial(ctx context.Context, from, to netip.AddrPort) (*os.File, error) {
	if f.host(to.Addr()) == nil {
		routed, err := f.cluster.Route(ctx, to)
		if err != nil {
			return nil, err
		}
		to = routed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.hosts[to.Addr()]
	if h == nil {
		return nil, syscall.ETIMEDOUT
	}
	return h.connectLocked(from, to)
}

func (f *Fabric) host(address netip.Addr) *Host {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hosts[address]
}

// Host is what is attached at one address: a pod, whose containers share it.
// It implements [Network].
type Host struct {
	fabric   *Fabric
	address  netip.Addr
	requests *rate.Limiter
	ends     sync.WaitGroup // of the listeners' goroutines

	// Guarded by fabric.mu.
	detached  bool
	listeners map[uint16]*listener
	lastPort  uint16
}

// Ports that are chosen are between these, as Linux does by default.
const firstPort, lastPort = 32768, 60999

// Detach gives the address back, closes the listeners and waits until they are
// closed. Connections stay until one of their sides ends.
func (h *Host) Detach() {
	h.fabric.mu.Lock()
	h.detached = true
	if h.fabric.hosts[h.address] == h {
		delete(h.fabric.hosts, h.address)
	}
	for _, l := range h.listeners {
		l.file.Close()
	}
	h.fabric.mu.Unlock()
	h.ends.Wait()
}

// Query implements [Network].
func (h *Host) Query(ctx context.Context, server netip.Addr, q Question) (Answer, error) {
	if err := h.requests.Wait(ctx); err != nil {
		return Answer{}, err
	}
	return h.fabric.cluster.Query(ctx, server, q)
}

// Dial implements [Network].
func (h *Host) Dial(ctx context.Context, to netip.AddrPort) (*os.File, netip.AddrPort, error) {
	if err := h.requests.Wait(ctx); err != nil {
		return nil, netip.AddrPort{}, err
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	h.fabric.mu.Lock()
	from := netip.AddrPortFrom(h.address, h.nextPortLocked())
	if to.Addr().IsLoopback() || to.Addr().IsUnspecified() {
		defer h.fabric.mu.Unlock()
		loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
		from = netip.AddrPortFrom(loopback, from.Port())
		file, err := h.connectLocked(from, netip.AddrPortFrom(loopback, to.Port()))
		return file, from, err
	}
	h.fabric.mu.Unlock()
	file, err := h.fabric.dial(ctx, from, to)
	return file, from, err
}

// Echo implements [Network].
func (h *Host) Echo(ctx context.Context, to netip.Addr) error {
	if err := h.requests.Wait(ctx); err != nil {
		return err
	}
	if to = to.Unmap(); to.IsLoopback() || to == h.fabric.node || h.fabric.host(to) != nil {
		return nil
	}
	// A Service's address answers no ping, whoever is behind it.
	if _, err := h.fabric.cluster.Route(ctx, netip.AddrPortFrom(to, 0)); errors.Is(err, syscall.ENETUNREACH) {
		return err
	}
	return syscall.ETIMEDOUT
}

func (h *Host) nextPortLocked() uint16 {
	if h.lastPort++; h.lastPort > lastPort {
		h.lastPort = firstPort
	}
	return h.lastPort
}

// listener is a port that a container listens on.
type listener struct {
	file     *os.File // closing it, or the container's end, ends the listener
	loopback bool     // takes connections of its own host only
}

// Listen implements [Network].
func (h *Host) Listen(ctx context.Context, at netip.AddrPort) (*os.File, netip.AddrPort, error) {
	if err := h.requests.Wait(ctx); err != nil {
		return nil, netip.AddrPort{}, err
	}
	address := at.Addr().Unmap()
	if !address.IsUnspecified() && !address.IsLoopback() && address != h.address {
		return nil, netip.AddrPort{}, syscall.EADDRNOTAVAIL
	}
	h.fabric.mu.Lock()
	defer h.fabric.mu.Unlock()
	port := at.Port()
	switch {
	case h.detached:
		return nil, netip.AddrPort{}, syscall.ENETDOWN
	case len(h.listeners) >= maxListeners:
		return nil, netip.AddrPort{}, syscall.ENOBUFS
	}
	for port == 0 || h.listeners[port] != nil && at.Port() == 0 {
		port = h.nextPortLocked()
	}
	if l := h.listeners[port]; l != nil && !hungUp(l.file) {
		return nil, netip.AddrPort{}, syscall.EADDRINUSE
	}
	own, other, err := backlog()
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	l := &listener{file: own, loopback: address.IsLoopback()}
	h.listeners[port] = l
	h.ends.Go(func() {
		var b [1]byte
		own.Read(b[:]) // nothing is ever sent: it returns at the end
		own.Close()
		h.fabric.mu.Lock()
		defer h.fabric.mu.Unlock()
		if h.listeners[port] == l {
			delete(h.listeners, port)
		}
	})
	return other, netip.AddrPortFrom(address, port), nil
}

// connectLocked connects somebody to a port of h. The returned file is theirs.
func (h *Host) connectLocked(from, to netip.AddrPort) (*os.File, error) {
	l := h.listeners[to.Port()]
	if l == nil || l.loopback && !to.Addr().IsLoopback() {
		return nil, syscall.ECONNREFUSED
	}
	packet, err := json.Marshal(arrival{Local: to, Remote: from})
	if err != nil {
		return nil, err
	}
	theirs, ours, err := connection()
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	if err := send(l.file, packet, ours, false); err != nil {
		theirs.Close()
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ETOOMANYREFS) {
			return nil, syscall.ETIMEDOUT // no room: a full backlog does not answer
		}
		return nil, syscall.ECONNREFUSED // the listener has just ended
	}
	return theirs, nil
}
