package web

import (
	"net"
	"net/http"
	"sync"
	"testing"
)

// house is where a server lives that can go and come back.
type house struct {
	t       *testing.T
	address string
	server  *http.Server
	gone    chan struct{}

	mu sync.Mutex
	// sockets are the connections that have become WebSockets, which the server
	// leaves alone when it is closed.
	sockets []net.Conn
}

// newHouse serves a handler until it is closed, or the test ends.
func newHouse(t *testing.T, h http.Handler) *house {
	t.Helper()
	b := &house{t: t, address: "127.0.0.1:0"}
	b.open(h)
	t.Cleanup(b.close)
	return b
}

func (b *house) open(h http.Handler) {
	b.t.Helper()
	listener, err := net.Listen("tcp", b.address)
	if err != nil {
		b.t.Fatal(err)
	}
	b.address = listener.Addr().String()
	b.server, b.gone = &http.Server{Handler: h, ConnState: b.hijacked}, make(chan struct{})
	go func() {
		defer close(b.gone)
		_ = b.server.Serve(listener) // ends with Close
	}()
}

func (b *house) hijacked(conn net.Conn, state http.ConnState) {
	if state != http.StateHijacked {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sockets = append(b.sockets, conn)
}

// close ends the server and its connections, as a crash does.
func (b *house) close() {
	b.server.Close()
	<-b.gone
	b.hangUp()
}

// hangUp ends the connections that are WebSockets.
func (b *house) hangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range b.sockets {
		conn.Close()
	}
}
