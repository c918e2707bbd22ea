package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Exit codes of curl.
const (
	curlUsage   = 2
	curlScheme  = 1
	curlMalform = 3
	curlResolve = 6
	curlConnect = 7
	curlRefused = 22 // an HTTP error, with -f
	curlWrite   = 23
	curlTimeout = 28
	curlTooMany = 47
	curlNothing = 52
)

// curl has the options of curl(1) that matter between pods, for http only.
func curl(ctx context.Context, c *Call) int {
	f, code := c.parseCode(curlUsage, "sSfLiIvkgo:OX:d:H:A:w:m:t:", map[string]byte{
		"silent": 's', "show-error": 'S', "fail": 'f', "location": 'L', "include": 'i', "head": 'I', "verbose": 'v', "insecure": 'k',
		"globoff": 'g', "output": 'o', "remote-name": 'O', "request": 'X', "data": 'd', "header": 'H', "user-agent": 'A',
		"write-out": 'w', "max-time": 'm', "connect-timeout": 't',
	})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		fmt.Fprint(c.FS.Stderr, "curl: no URL specified!\ncurl: try 'curl --help' for more information\n")
		return curlUsage
	}
	g := curler{call: c, flags: f}
	for option, into := range map[byte]*time.Duration{'m': &g.limit, 't': &g.connectLimit} {
		if text := f.value(option, ""); text != "" {
			sec, err := strconv.ParseFloat(text, 64)
			if err != nil || sec < 0 {
				return c.usage(curlUsage, "option -%c: expected a proper numerical parameter", option)
			}
			*into = time.Duration(sec * float64(time.Second))
		}
	}
	for _, url := range f.args {
		code = g.get(ctx, url)
	}
	return code
}

// connectTime is how long curl tries to connect.
const connectTime = 5 * time.Minute

type curler struct {
	call                *Call
	flags               *flags
	limit, connectLimit time.Duration // 0: none
	started             time.Time
}

// fail prints curl's message, unless it is to be silent, and returns code.
func (g *curler) fail(code int, format string, args ...any) int {
	if !g.flags.has('s') || g.flags.has('S') {
		fmt.Fprintf(g.call.FS.Stderr, "curl: (%d) %s\n", code, fmt.Sprintf(format, args...))
	}
	return code
}

// timedOut is the message for all that takes too long.
func (g *curler) timedOut(what string) int {
	return g.fail(curlTimeout, "%s timed out after %d milliseconds", what, time.Since(g.started).Milliseconds())
}

func (g *curler) get(ctx context.Context, url string) int {
	g.started = time.Now()
	if g.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, g.limit)
		defer cancel()
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	for range maxRedirects {
		to, err := parseURL(url)
		switch {
		case errors.Is(err, errScheme):
			scheme, _, _ := strings.Cut(url, "://")
			return g.fail(curlScheme, "Protocol \"%s\" not supported in the sandbox", scheme)
		case err != nil:
			return g.fail(curlMalform, "URL rejected: Bad hostname")
		}
		resp, code := g.request(ctx, stop, to)
		if code != 0 {
			return code
		}
		next := resp.header.get("Location")
		if g.flags.has('L') && resp.code >= 300 && resp.code < 400 && next != "" {
			resp.conn.Close()
			if strings.HasPrefix(next, "/") {
				next = "http://" + to.authority() + next
			}
			url = next
			continue
		}
		code = g.answer(ctx, resp, to)
		resp.conn.Close()
		return code
	}
	return g.fail(curlTooMany, "Maximum (%d) redirects followed", maxRedirects)
}

// request connects and sends the request. It calls stop, which ends ctx, if
// connecting takes too long.
func (g *curler) request(ctx context.Context, stop context.CancelCauseFunc, to location) (*response, int) {
	c, f := g.call, g.flags
	h, err := c.lookup(ctx, to.host)
	if err != nil {
		if ctx.Err() != nil {
			return nil, g.timedOut("Resolving")
		}
		return nil, g.fail(curlResolve, "Could not resolve host: %s", to.host)
	}
	timer := time.AfterFunc(cmp.Or(g.connectLimit, connectTime), func() { stop(context.DeadlineExceeded) })
	conn, err := c.dial(ctx, h, to.port)
	timer.Stop()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, g.timedOut("Connection")
	case err != nil:
		took := time.Since(g.started).Milliseconds()
		reason := "Could not connect to server"
		if !errors.Is(err, syscall.ECONNREFUSED) {
			reason = Reason(err)
		}
		return nil, g.fail(curlConnect, "Failed to connect to %s port %d after %d ms: %s", to.host, to.port, took, reason)
	}
	req := &request{method: "GET", target: to.target, header: header{{"Host", to.authority()}}}
	data := strings.Join(f.vals['d'], "&")
	if f.has('d') {
		req.method, req.body = "POST", strings.NewReader(data)
	}
	if f.has('I') {
		req.method = "HEAD"
	}
	req.method = f.value('X', req.method)
	req.header = append(req.header, field{"User-Agent", f.value('A', "curl/8.14.1")}, field{"Accept", "*/*"})
	for _, line := range f.vals['H'] {
		name, value, _ := strings.Cut(line, ":")
		req.header = append(req.header, field{name, strings.TrimSpace(value)})
	}
	if f.has('d') {
		req.header = append(req.header, field{"Content-Length", strconv.Itoa(len(data))})
		if req.header.get("Content-Type") == "" {
			req.header = append(req.header, field{"Content-Type", "application/x-www-form-urlencoded"})
		}
	}
	g.verbose("> ", req.method+" "+to.target+" HTTP/1.1", req.header)
	resp, err := roundTrip(conn, req)
	if err != nil {
		conn.Close()
		switch {
		case ctx.Err() != nil:
			return nil, g.timedOut("Operation")
		case errors.Is(err, io.EOF):
			return nil, g.fail(curlNothing, "Empty reply from server")
		}
		return nil, g.fail(56, "Recv failure: %s", Reason(err))
	}
	g.verbose("< ", resp.status, resp.header)
	return resp, 0
}

func (g *curler) verbose(prefix, first string, h header) {
	if !g.flags.has('v') {
		return
	}
	fmt.Fprintf(g.call.FS.Stderr, "%s%s\n", prefix, first)
	for _, field := range h {
		fmt.Fprintf(g.call.FS.Stderr, "%s%s: %s\n", prefix, field.name, field.value)
	}
	fmt.Fprintf(g.call.FS.Stderr, "%s\n", prefix)
}

// answer writes the answer where it belongs.
func (g *curler) answer(ctx context.Context, resp *response, to location) int {
	c, f := g.call, g.flags
	if f.has('f') && resp.code >= 400 {
		return g.fail(curlRefused, "The requested URL returned error: %d", resp.code)
	}
	var out io.Writer = c.FS.Stdout
	name := f.value('o', "-")
	if f.has('O') {
		file, _, _ := strings.Cut(to.target, "?")
		name = path.Base(file)
	}
	if name != "-" {
		file, err := c.FS.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return g.fail(curlWrite, "Failure writing output to destination")
		}
		defer file.Close()
		out = file
	}
	if f.has('i') || f.has('I') {
		fmt.Fprintf(out, "%s\r\n", resp.status)
		for _, field := range resp.header {
			fmt.Fprintf(out, "%s: %s\r\n", field.name, field.value)
		}
		io.WriteString(out, "\r\n")
	}
	n, err := io.Copy(out, resp.body)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return g.timedOut("Operation")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errMalformed):
		return g.fail(18, "transfer closed with outstanding read data remaining")
	default:
		return g.fail(curlWrite, "Failure writing output to destination")
	}
	if format := f.value('w', ""); format != "" {
		c.printf("%s", strings.NewReplacer(
			"%{http_code}", strconv.Itoa(resp.code), "%{response_code}", strconv.Itoa(resp.code),
			"%{size_download}", strconv.FormatInt(n, 10), "%{time_total}", fmt.Sprintf("%.6f", time.Since(g.started).Seconds()),
			"%%", "%", `\n`, "\n", `\t`, "\t", `\r`, "\r",
		).Replace(format))
	}
	return 0
}
