package network

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// nothing is a cluster without Services whose name server knows one name.
type nothing struct{}

func (nothing) Query(_ context.Context, _ netip.Addr, q Question) (Answer, error) {
	if q.Name != "name" {
		return Answer{Code: NoSuchName}, nil
	}
	many := make([]Record, 2*maxRecords)
	for i := range many {
		many[i] = Record{Name: strings.Repeat("n", 40), Type: "A", Value: "10.244.255.255"}
	}
	return Answer{Records: many}, nil
}

func (nothing) Route(context.Context, netip.AddrPort) (netip.AddrPort, error) {
	return netip.AddrPort{}, syscall.ETIMEDOUT
}

var (
	nodeAddr = netip.MustParseAddr("10.244.0.1")
	addrA    = netip.MustParseAddr("10.244.0.2")
	addrB    = netip.MustParseAddr("10.244.0.3")
	anyAddr  = netip.IPv4Unspecified()
)

// inside is a container at an address, seen from inside: its client, and the
// socket that it has inherited.
func inside(t *testing.T, h *Host) (*Client, *os.File) {
	t.Helper()
	own, other, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { Serve(t.Context(), own, h) })
	t.Cleanup(func() {
		other.Close()
		serving.Wait()
	})
	fd, err := syscall.Dup(int(other.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(uintptr(fd))
	t.Cleanup(func() {
		if f, err := c.open(); err == nil {
			f.Close()
		}
	})
	return c, other
}

func attached(t *testing.T, f *Fabric, address netip.Addr) *Host {
	h := f.Attach(address)
	t.Cleanup(h.Detach)
	return h
}

func TestConnection(t *testing.T) {
	f := NewFabric(nothing{}, nodeAddr)
	a, _ := inside(t, attached(t, f, addrA))
	b, _ := inside(t, attached(t, f, addrB))
	ctx := t.Context()

	l, err := a.Listen(ctx, netip.AddrPortFrom(anyAddr, 80))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := b.Dial(ctx, netip.AddrPortFrom(addrA, 80))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("request")); err != nil {
		t.Fatal(err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	served, err := l.Accept(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if served.Remote != conn.Local || served.Local != conn.Remote || conn.Local.Addr() != addrB {
		t.Errorf("the client has %v → %v, the server %v → %v", conn.Local, conn.Remote, served.Remote, served.Local)
	}
	if got, err := io.ReadAll(served); string(got) != "request" || err != nil {
		t.Errorf("the server read %q, %v", got, err)
	}
	if _, err := served.Write([]byte("answer")); err != nil {
		t.Errorf("after half of the connection was closed: %v", err)
	}
	served.Close()
	if got, err := io.ReadAll(conn); string(got) != "answer" || err != nil {
		t.Errorf("the client read %q, %v", got, err)
	}
	conn.Close()

	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Dial(ctx, netip.AddrPortFrom(addrA, 80)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial after the listener was closed: got %v, want that it is refused", err)
	}
	again, err := a.Listen(ctx, netip.AddrPortFrom(anyAddr, 80))
	if err != nil {
		t.Fatalf("listen again: %v", err)
	}
	again.Close()
}

func TestDialFails(t *testing.T) {
	f := NewFabric(nothing{}, nodeAddr)
	h := attached(t, f, addrA)
	a, _ := inside(t, h)
	b, _ := inside(t, attached(t, f, addrB))
	local, err := a.Listen(t.Context(), netip.MustParseAddrPort("127.0.0.1:80"))
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	if _, err := b.Dial(t.Context(), netip.AddrPortFrom(addrA, 80)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a port of the loopback interface: got %v from another pod, want that it is refused", err)
	}
	if conn, err := a.Dial(t.Context(), netip.MustParseAddrPort("127.0.0.1:80")); err != nil {
		t.Errorf("a port of the loopback interface: got %v from the same pod", err)
	} else if served, err := local.Accept(t.Context()); err != nil {
		t.Error(err)
	} else {
		conn.Close()
		served.Close()
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.DeadlineExceeded)
	if _, err := a.Dial(ctx, netip.MustParseAddrPort("10.244.9.9:80")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody's address: got %v, want that waiting ends with the context", err)
	}
	if _, err := a.Listen(t.Context(), netip.AddrPortFrom(addrB, 90)); !errors.Is(err, syscall.EADDRNOTAVAIL) {
		t.Errorf("listen on another's address: got %v", err)
	}
	if _, err := a.Listen(t.Context(), netip.AddrPortFrom(anyAddr, 80)); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("listen on a port that is taken: got %v", err)
	}
	h.Detach()
	if _, err := a.Listen(t.Context(), netip.AddrPortFrom(anyAddr, 90)); !errors.Is(err, syscall.ENETDOWN) {
		t.Errorf("listen after the pod has stopped: got %v", err)
	}
	if _, err := local.Accept(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("accept after the pod has stopped: got %v, want the end", err)
	}
	if _, err := f.Dial(t.Context(), netip.AddrPortFrom(addrA, 80)); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("dial after the pod has stopped: got %v, want that nobody answers", err)
	}
}

func TestQuery(t *testing.T) {
	a, _ := inside(t, attached(t, NewFabric(nothing{}, nodeAddr), addrA))
	if got, err := a.Query(t.Context(), nodeAddr, Question{"other", "A"}); got.Code != NoSuchName || err != nil {
		t.Errorf("got %+v, %v, want that there is no such name", got, err)
	}
	got, err := a.Query(t.Context(), nodeAddr, Question{"name", "A"})
	if len(got.Records) != maxRecords || err != nil {
		t.Errorf("got %d records, %v, want the most that there may be: %d", len(got.Records), err, maxRecords)
	}
	if _, err := a.Query(t.Context(), nodeAddr, Question{strings.Repeat("x", maxRequest), "A"}); !errors.Is(err, syscall.EMSGSIZE) {
		t.Errorf("a question that is too long: got %v", err)
	}
}

// TestRequestThatNobodyWaitsFor has the answer to one request arrive after its
// sender gave up.
func TestRequestThatNobodyWaitsFor(t *testing.T) {
	f := NewFabric(nothing{}, nodeAddr)
	a, _ := inside(t, attached(t, f, addrA))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		a.Query(ctx, nodeAddr, Question{"name", "A"})
		if got, err := a.Query(t.Context(), nodeAddr, Question{"other", "A"}); got.Code != NoSuchName || err != nil {
			t.Fatalf("got %+v, %v: the answer to another question", got, err)
		}
	}
}

func TestLimits(t *testing.T) {
	f := NewFabric(nothing{}, nodeAddr)
	a, _ := inside(t, attached(t, f, addrA))
	var listeners []*Listener
	for {
		l, err := a.Listen(t.Context(), netip.AddrPortFrom(anyAddr, 0))
		if err != nil {
			if !errors.Is(err, syscall.ENOBUFS) || len(listeners) != maxListeners {
				t.Errorf("listener %d: got %v, want the first %d to succeed", len(listeners)+1, err, maxListeners)
			}
			break
		}
		listeners = append(listeners, l)
		defer l.Close()
	}
	// Nobody accepts: connections wait until there is no room.
	port := listeners[0].Addr.Port()
	const most = 200
	for n := range most + 1 {
		conn, err := f.Dial(t.Context(), netip.AddrPortFrom(addrA, port))
		if err != nil {
			if !errors.Is(err, syscall.ETIMEDOUT) || n < 10 {
				t.Errorf("connection %d: got %v, want the first ten to succeed and no answer then", n+1, err)
			}
			return
		}
		defer conn.Close()
	}
	t.Errorf("over %d connections wait to be accepted", most)
}

// TestBytesOnTheWayAreBounded writes what nobody reads.
func TestBytesOnTheWayAreBounded(t *testing.T) {
	a, b, err := connection()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	raw, err := a.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	if err := raw.Write(func(fd uintptr) bool {
		for {
			n, err := unix.Write(int(fd), make([]byte, 4096))
			if err != nil {
				return true
			}
			total += n
		}
	}); err != nil {
		t.Fatal(err)
	}
	if total > 2*connectionBuffer {
		t.Errorf("%d bytes are on the way, want at most %d", total, 2*connectionBuffer)
	}
}

// TestHostileContainer says what no container of ours says.
func TestHostileContainer(t *testing.T) {
	for name, packet := range map[string]string{
		"not JSON":   "x",
		"too large":  strings.Repeat(" ", maxRequest),
		"wrong type": `{"Dial": 5}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, socket := inside(t, attached(t, NewFabric(nothing{}, nodeAddr), addrA))
			if _, err := socket.Write([]byte(packet)); err != nil {
				t.Fatal(err)
			}
			var b [64]byte
			if n, err := socket.Read(b[:]); err != io.EOF {
				t.Errorf("got %q, %v, want that nobody listens any more", b[:n], err)
			}
		})
	}
	t.Run("a descriptor", func(t *testing.T) {
		_, socket := inside(t, attached(t, NewFabric(nothing{}, nodeAddr), addrA))
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := unix.Sendmsg(int(socket.Fd()), []byte(`{"ID":1,"Echo":"10.244.0.2"}`), unix.UnixRights(int(w.Fd())), nil, 0); err != nil {
			t.Fatal(err)
		}
		w.Close()
		if _, err := r.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read %v, want the end of the pipe: somebody keeps the descriptor", err)
		}
		var b [64]byte
		if n, err := socket.Read(b[:]); string(b[:n]) != `{"ID":1}` || err != nil {
			t.Errorf("got %q, %v, want the answer", b[:n], err)
		}
	})
}
