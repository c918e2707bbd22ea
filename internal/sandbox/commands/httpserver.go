package commands

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// answer is what a handler says to a request.
type answer struct {
	code        int // 0 means 200
	contentType string
	header      header
	body        []byte
}

func text(format string, args ...any) answer {
	return answer{contentType: "text/plain; charset=utf-8", body: fmt.Appendf(nil, format, args...)}
}

func (a answer) with(code int) answer {
	a.code = code
	return a
}

const (
	// maxClients is how many connections a server answers at once; others wait.
	maxClients = 64
	// maxBody is how much of a request's body is read.
	maxBody = 1 << 20
	// clientTime is how long a client may take to send its request.
	clientTime = 30 * time.Second
)

// serveHTTP answers the requests that arrive at l until ctx ends, and then
// waits for those that are being answered.
func serveHTTP(ctx context.Context, l *network.Listener, handle func(context.Context, *request) answer) error {
	var clients sync.WaitGroup
	defer clients.Wait()
	slots := make(chan struct{}, maxClients)
	for {
		conn, err := l.Accept(ctx)
		if err != nil {
			return err
		}
		slots <- struct{}{}
		clients.Go(func() {
			defer func() { <-slots }()
			defer conn.Close()
			serveOne(ctx, conn, handle)
		})
	}
}

// serveOne answers the one request of a connection.
func serveOne(ctx context.Context, conn *network.Conn, handle func(context.Context, *request) answer) {
	if err := conn.SetReadDeadline(time.Now().Add(clientTime)); err != nil || ctx.Err() != nil {
		return
	}
	r := bufio.NewReader(conn)
	first, h, err := readHead(r)
	fields := strings.Fields(first)
	if err != nil || len(fields) != 3 || !strings.HasPrefix(fields[2], "HTTP/1.") {
		if err == nil {
			writeAnswer(conn, "", text("400 Bad Request").with(400))
		}
		return
	}
	data, err := io.ReadAll(io.LimitReader(body(r, h, false), maxBody))
	if err != nil {
		return
	}
	req := &request{method: fields[0], target: fields[1], header: h, body: bytes.NewReader(data), remote: conn.Remote}
	writeAnswer(conn, req.method, handle(ctx, req))
}

func writeAnswer(conn *network.Conn, method string, a answer) {
	if a.code == 0 {
		a.code = 200
	}
	w := bufio.NewWriter(conn)
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\n", a.code, statusText(a.code))
	h := append(header{{"Date", time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}, a.header...)
	if a.contentType != "" {
		h = append(h, field{"Content-Type", a.contentType})
	}
	h = append(h, field{"Content-Length", strconv.Itoa(len(a.body))}, field{"Connection", "close"})
	h.write(w)
	if method != "HEAD" {
		w.Write(a.body)
	}
	w.Flush() // a client that went away is no concern of the server's
}

// statusText are the words of RFC 9110.
func statusText(code int) string {
	for _, s := range []struct {
		code int
		text string
	}{
		{200, "OK"}, {201, "Created"}, {204, "No Content"},
		{301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"},
		{307, "Temporary Redirect"}, {308, "Permanent Redirect"},
		{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
		{412, "Precondition Failed"}, {417, "Expectation Failed"}, {429, "Too Many Requests"},
		{500, "Internal Server Error"}, {501, "Not Implemented"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"},
	} {
		if s.code == code {
			return s.text
		}
	}
	return "Status"
}

// path is the path of a request's target, unescaped.
func (r *request) path() string {
	name, _, _ := strings.Cut(r.target, "?")
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// form are the parameters of a request's query and of a form in its body.
func (r *request) form() url.Values {
	_, query, _ := strings.Cut(r.target, "?")
	values, _ := url.ParseQuery(query) // what can be read of it, as net/http does
	if strings.HasPrefix(r.header.get("Content-Type"), "application/x-www-form-urlencoded") && r.body != nil {
		data, _ := io.ReadAll(r.body)
		more, _ := url.ParseQuery(string(data))
		for key, list := range more {
			values[key] = append(list, values[key]...)
		}
	}
	return values
}

// listen listens on a port of all the container's addresses.
func (c *Call) listen(ctx context.Context, number uint16) (*network.Listener, error) {
	return c.Host.Network().Listen(ctx, netip.AddrPortFrom(netip.IPv4Unspecified(), number))
}
