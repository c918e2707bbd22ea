package network

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// Client is a container's side: it asks what its process inherited. It costs
// nothing until it is used. A nil Client has no network.
type Client struct {
	open func() (*os.File, error)
	turn chan struct{} // has an element while a request is on its way
	last uint64        // ID of the last request; guarded by turn
}

// NewClient returns the client of the inherited descriptor.
func NewClient(fd uintptr) *Client {
	return &Client{
		open: sync.OnceValues(func() (*os.File, error) {
			// Passing it on made it blocking.
			if err := syscall.SetNonblock(int(fd), true); err != nil {
				return nil, os.NewSyscallError("fcntl", err)
			}
			return os.NewFile(fd, "network"), nil
		}),
		turn: make(chan struct{}, 1),
	}
}

// connectTime is how long the kernel tries to connect to who does not answer.
const connectTime = 127 * time.Second

// Query asks a name server. A server that does not answer is ETIMEDOUT at once:
// it is the caller's to wait and to ask again.
func (c *Client) Query(ctx context.Context, server netip.Addr, q Question) (Answer, error) {
	resp, _, err := c.do(ctx, request{Query: &query{server, q}})
	if err != nil {
		return Answer{}, err
	}
	if resp.Answer == nil {
		return Answer{Code: ServerFailure}, nil
	}
	return *resp.Answer, nil
}

// Dial connects to a port. If nobody answers it waits until ctx ends, as long
// as a kernel would.
func (c *Client) Dial(ctx context.Context, to netip.AddrPort) (*Conn, error) {
	resp, file, err := c.do(ctx, request{Dial: &to})
	if errors.Is(err, syscall.ETIMEDOUT) {
		timer := time.NewTimer(connectTime)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	return newConn(ctx, file, resp.Local, to), nil
}

// Listen listens on a port.
func (c *Client) Listen(ctx context.Context, at netip.AddrPort) (*Listener, error) {
	resp, file, err := c.do(ctx, request{Listen: &at})
	if err != nil {
		return nil, err
	}
	return &Listener{file: file, Addr: resp.Local}, nil
}

// Echo reports whether an address answers; ETIMEDOUT means that it does not.
func (c *Client) Echo(ctx context.Context, to netip.Addr) error {
	_, _, err := c.do(ctx, request{Echo: &to})
	return err
}

// do sends a request and returns its response. The file is not nil if one was
// asked for.
func (c *Client) do(ctx context.Context, req request) (*response, *os.File, error) {
	if c == nil {
		return nil, nil, syscall.ENETUNREACH
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	c.last++
	req.ID = c.last
	packet, err := json.Marshal(req)
	if err != nil {
		return nil, nil, err
	}
	if len(packet) >= maxRequest {
		return nil, nil, syscall.EMSGSIZE
	}
	socket, err := c.open()
	if err == nil {
		_, err = socket.Write(packet)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("ask for the network (%v): %w", err, syscall.ENETDOWN)
	}
	stop := interrupt(ctx, socket)
	defer stop()
	buffer := make([]byte, maxResponse)
	for {
		packet, file, err := receive(socket, buffer)
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil, context.Cause(ctx)
			}
			return nil, nil, fmt.Errorf("ask for the network (%v): %w", err, syscall.ENETDOWN)
		}
		var resp response
		err = json.Unmarshal(packet, &resp)
		if err == nil && resp.ID != req.ID {
			// The answer to a request that nobody waits for any more.
			if file != nil {
				file.Close()
			}
			continue
		}
		wanted := req.Dial != nil || req.Listen != nil
		switch {
		case err != nil:
		case resp.Errno != 0:
			err = resp.Errno
		case wanted && file == nil:
			err = syscall.ENETDOWN
		default:
			return &resp, file, nil
		}
		if file != nil {
			file.Close()
		}
		return nil, nil, err
	}
}

// past is a deadline that has gone by.
var past = time.Unix(1, 0)

// interrupt makes reading from f fail when ctx ends, until stop is called.
func interrupt(ctx context.Context, f *os.File) (stop func()) {
	var mu sync.Mutex
	stopped := false
	cancel := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if !stopped {
			f.SetReadDeadline(past)
		}
	})
	return func() {
		cancel()
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		f.SetReadDeadline(time.Time{})
	}
}

// Conn is one end of a connection. Reading from it and writing to it fail when
// the context ends that it was made with.
type Conn struct {
	*os.File
	Local, Remote netip.AddrPort
	unbind        func() bool
}

func newConn(ctx context.Context, file *os.File, local, remote netip.AddrPort) *Conn {
	return &Conn{
		File: file, Local: local, Remote: remote,
		unbind: context.AfterFunc(ctx, func() { file.SetDeadline(past) }),
	}
}

// Unbound is the file of this end, which lives as long as nobody closes it.
func (c *Conn) Unbound() *os.File {
	c.unbind()
	return c.File
}

// Close closes this end: the other side reads the end.
func (c *Conn) Close() error {
	c.unbind()
	return c.File.Close()
}

// CloseWrite says to the other side that no more bytes follow.
func (c *Conn) CloseWrite() error { return closeWrite(c.File) }

// Listener is where connections to a port arrive. They wait in the kernel, a
// few dozen of them; those that find no room are not answered.
type Listener struct {
	file *os.File
	Addr netip.AddrPort
}

// Accept waits for the next connection.
func (l *Listener) Accept(ctx context.Context) (*Conn, error) {
	stop := interrupt(ctx, l.file)
	defer stop()
	packet, file, err := receive(l.file, make([]byte, maxArrival))
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	var from arrival
	if err := json.Unmarshal(packet, &from); err != nil || file == nil {
		return nil, syscall.ECONNABORTED
	}
	return newConn(ctx, file, from.Local, from.Remote), nil
}

// Close gives the port back. Who waits to be accepted reads the end. The one who
// passed the descriptor on may not have closed its own yet: hence hangUp.
func (l *Listener) Close() error { return errors.Join(hangUp(l.file), l.file.Close()) }
