package commands

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// HTTP/1.1 as far as pods need it among themselves: one request a connection,
// no TLS. Package net/http would do more, at the price of 120 kB of private
// memory, an eighth, in every container that sleeps, and of an executable of 9 MB
// instead of 5 MB (measured).

// maxHead bounds the first line and the headers of a message, in bytes.
const maxHead = 64 << 10

var errMalformed = errors.New("malformed HTTP message")

// header are a message's header fields in their order, names as they were sent.
type header []field

type field struct{ name, value string }

func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

func (h header) write(w *bufio.Writer) {
	for _, f := range h {
		fmt.Fprintf(w, "%s: %s\r\n", f.name, f.value)
	}
	w.WriteString("\r\n")
}

// readHead reads the first line and the headers.
func readHead(r *bufio.Reader) (first string, h header, err error) {
	size := 0
	line := func() (string, error) {
		text, err := r.ReadSlice('\n')
		if size += len(text); err == nil && size > maxHead || errors.Is(err, bufio.ErrBufferFull) {
			err = errMalformed
		}
		return strings.TrimRight(string(text), "\r\n"), err
	}
	if first, err = line(); err != nil {
		return "", nil, err
	}
	for {
		text, err := line()
		if err != nil || text == "" {
			return first, h, err
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return "", nil, errMalformed
		}
		h = append(h, field{name, strings.TrimSpace(value)})
	}
}

// body is what follows the head: as many bytes as it says, chunks, or, in an
// answer, all until the connection's end.
func body(r *bufio.Reader, h header, answer bool) io.Reader {
	if strings.EqualFold(h.get("Transfer-Encoding"), "chunked") {
		return &chunks{r: r}
	}
	if n, err := strconv.ParseInt(h.get("Content-Length"), 10, 64); err == nil {
		return &exactly{r, n}
	}
	if answer {
		return r
	}
	return strings.NewReader("")
}

// exactly reads n bytes, and fails if there are fewer.
type exactly struct {
	r io.Reader
	n int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.n <= 0 {
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.n)])
	e.n -= int64(n)
	if err == io.EOF && e.n > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// chunks reads a chunked body.
type chunks struct {
	r    *bufio.Reader
	left int64
	done bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.done {
		return 0, io.EOF
	}
	if c.left == 0 {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, errMalformed
		}
		size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
		if c.left, err = strconv.ParseInt(size, 16, 32); err != nil || c.left < 0 {
			return 0, errMalformed
		}
		if c.left == 0 {
			c.done = true
			return 0, io.EOF
		}
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.left == 0 && err == nil {
		_, err = c.r.Discard(len("\r\n"))
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// location is where a URL leads.
type location struct {
	host   string // without port
	port   uint16
	target string // path and query
}

var errScheme = errors.New("not an http URL")

// parseURL reads a URL; a scheme is not needed.
func parseURL(text string) (location, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		scheme, rest = "http", text
	}
	if !strings.EqualFold(scheme, "http") {
		return location{}, errScheme
	}
	rest, _, _ = strings.Cut(rest, "#")
	authority, target := rest, "/"
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, target = rest[:i], rest[i:]
	}
	if strings.HasPrefix(target, "?") {
		target = "/" + target
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	l := location{host: authority, port: 80, target: strings.ReplaceAll(target, " ", "%20")}
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		n, ok := port(authority[i+1:])
		if !ok {
			return location{}, errMalformed
		}
		l.host, l.port = authority[:i], n
	}
	l.host = strings.Trim(l.host, "[]")
	if l.host == "" {
		return location{}, errMalformed
	}
	return l, nil
}

// authority is the host as the Host header has it.
func (l location) authority() string {
	if l.port == 80 {
		return l.host
	}
	return l.host + ":" + strconv.Itoa(int(l.port))
}

// request is a request to send or one that was received.
type request struct {
	method, target string
	header         header
	body           io.Reader      // nil if there is none
	remote         netip.AddrPort // who sent it
}

// response is an answer that was received; its body ends with the connection.
type response struct {
	status string // "HTTP/1.1 404 Not Found"
	code   int
	header header
	body   io.Reader
	conn   *network.Conn
}

// roundTrip sends a request through conn and reads the answer's head.
func roundTrip(conn *network.Conn, req *request) (*response, error) {
	w := bufio.NewWriter(conn)
	fmt.Fprintf(w, "%s %s HTTP/1.1\r\n", req.method, req.target)
	req.header.write(w)
	if req.body != nil {
		if _, err := io.Copy(w, req.body); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	r := bufio.NewReader(conn)
	for {
		status, h, err := readHead(r)
		if err != nil {
			return nil, err
		}
		fields := strings.SplitN(status, " ", 3)
		if len(fields) < 2 || !strings.HasPrefix(fields[0], "HTTP/") {
			return nil, errMalformed
		}
		code, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, errMalformed
		}
		if code == 100 {
			continue
		}
		resp := &response{status: status, code: code, header: h, conn: conn, body: body(r, h, true)}
		if req.method == "HEAD" || code == 204 || code == 304 {
			resp.body = strings.NewReader("")
		}
		return resp, nil
	}
}
