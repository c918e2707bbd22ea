package stream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/timeline"
)

// TestOneCloseFrame speaks the protocol itself, since clients of the library
// drop what comes after the first close frame, which browsers do not.
func TestOneCloseFrame(t *testing.T) {
	r := timeline.NewRecorder(nil, time.Now)
	r.Seal(true)
	_, address := serve(t, r.Log())
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s?after=1 HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", u.RequestURI(), u.Host)
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("handshake: %v, %v", resp, err)
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(in, head); err != nil {
		t.Fatal(err)
	}
	if code := int(head[2])<<8 | int(head[3]); head[0] != closeFrame || code != 1000 {
		t.Fatalf("got frame %#x with code %d, want a close frame with 1000", head[0], code)
	}
	if _, err := in.Discard(int(head[1]) - 2); err != nil {
		t.Fatal(err)
	}
	// The answer: a close frame with 1000, masked with zeros.
	if _, err := conn.Write([]byte{closeFrame, 0x82, 0, 0, 0, 0, 1000 >> 8, 1000 & 0xff}); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
		t.Errorf("after the close frames came %#x, %v", rest, err)
	}
}
