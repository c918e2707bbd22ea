package stream

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
)

// closeFrame is the first byte of a close frame (RFC 6455, section 5.2): the
// last fragment of opcode 8.
const closeFrame = 0x88

// wire is a viewer's connection below the WebSocket library, which answers the
// viewer's answer to a close with another close frame. Browsers take that for a
// broken connection and report 1006 instead of the code that was sent, so wire
// lets only the first one through.
type wire struct {
	net.Conn
	// closing says that from now on only control frames are written.
	closing atomic.Bool
	// closed says that a close frame was written. Frames are written one at a
	// time, so it needs no lock.
	closed bool
}

// Write writes a frame, or a part of one.
func (w *wire) Write(b []byte) (int, error) {
	if w.closing.Load() && len(b) > 0 && b[0] == closeFrame {
		if w.closed {
			return len(b), nil
		}
		w.closed = true
	}
	return w.Conn.Write(b)
}

// hijacker gives the library a wire in place of the connection.
type hijacker struct {
	http.ResponseWriter
	wire *wire
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.wire.Conn = conn
	return h.wire, bufio.NewReadWriter(rw.Reader, bufio.NewWriter(h.wire)), nil
}
