package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// wget is busybox's, for http only.
func wget(ctx context.Context, c *Call) int {
	f, code := c.parse("qScO:T:P:U:h:d:B:s", map[string]byte{
		"quiet": 'q', "server-response": 'S', "continue": 'c', "output-document": 'O', "timeout": 'T',
		"directory-prefix": 'P', "user-agent": 'U', "header": 'h', "post-data": 'd', "body-data": 'B', "spider": 's',
	})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		fmt.Fprint(c.FS.Stderr, "Usage: wget [-cqS] [--spider] [-O FILE] [--header STR] [--post-data STR] [-P DIR] [-U AGENT] [-T SEC] URL...\n")
		return 1
	}
	w := wgetter{call: c, flags: f, timeout: 900 * time.Second}
	if text := f.value('T', ""); text != "" {
		n, ok := atLeast(text)
		if !ok {
			return c.fail("invalid number '%s'", text)
		}
		w.timeout = time.Duration(n) * time.Second
	}
	for _, url := range f.args {
		if code := w.get(ctx, url); code != 0 {
			return code
		}
	}
	return 0
}

type wgetter struct {
	call    *Call
	flags   *flags
	timeout time.Duration
}

// maxRedirects is how often busybox follows a redirection.
const maxRedirects = 20

// say prints progress, unless it is to be quiet.
func (w *wgetter) say(format string, args ...any) {
	if !w.flags.has('q') {
		fmt.Fprintf(w.call.FS.Stderr, format, args...)
	}
}

func (w *wgetter) get(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	c := w.call
	for range maxRedirects {
		to, err := parseURL(url)
		if err != nil {
			if errors.Is(err, errScheme) {
				return c.fail("%s: only http is supported in the sandbox", url)
			}
			return c.fail("bad address '%s'", url)
		}
		resp, code := w.request(ctx, to)
		if code != 0 {
			return code
		}
		code, next := w.answer(ctx, resp, to)
		resp.conn.Close()
		if next == "" {
			return code
		}
		if strings.HasPrefix(next, "/") {
			next = "http://" + to.authority() + next
		}
		url = next
	}
	return c.fail("too many redirections")
}

// request connects and sends the request.
func (w *wgetter) request(ctx context.Context, to location) (*response, int) {
	c, f := w.call, w.flags
	h, err := c.lookup(ctx, to.host)
	if err != nil {
		return nil, c.fail("bad address '%s'", to.authority())
	}
	w.say("Connecting to %s (%s)\n", to.authority(), netip.AddrPortFrom(h.addresses[0], to.port))
	conn, err := c.dial(ctx, h, to.port)
	if err != nil {
		return nil, w.failed(ctx, "can't connect to remote host (%s): %s", h.addresses[0], Reason(err))
	}
	req := &request{method: "GET", target: to.target, header: header{
		{"Host", to.authority()}, {"User-Agent", f.value('U', "Wget")}, {"Connection", "close"},
	}}
	if f.has('s') {
		req.method = "HEAD"
	}
	for _, line := range f.vals['h'] {
		name, value, _ := strings.Cut(line, ":")
		req.header = append(req.header, field{name, strings.TrimSpace(value)})
	}
	if data := f.value('d', f.value('B', "")); f.has('d') || f.has('B') {
		req.method = "POST"
		if req.header.get("Content-Type") == "" {
			req.header = append(req.header, field{"Content-Type", "application/x-www-form-urlencoded"})
		}
		req.header = append(req.header, field{"Content-Length", strconv.Itoa(len(data))})
		req.body = strings.NewReader(data)
	}
	resp, err := roundTrip(conn, req)
	if err != nil {
		conn.Close()
		return nil, w.failed(ctx, "error getting response")
	}
	return resp, 0
}

// failed prints why something failed: busybox has one message for all that
// takes too long.
func (w *wgetter) failed(ctx context.Context, format string, args ...any) int {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return w.call.fail("download timed out")
	}
	return w.call.fail(format, args...)
}

// answer handles an answer: next is where it redirects to.
func (w *wgetter) answer(ctx context.Context, resp *response, to location) (code int, next string) {
	c := w.call
	if w.flags.has('S') {
		fmt.Fprintf(c.FS.Stderr, "  %s\n", resp.status)
		for _, field := range resp.header {
			fmt.Fprintf(c.FS.Stderr, "  %s: %s\n", field.name, field.value)
		}
	}
	switch {
	case resp.code >= 300 && resp.code < 400 && resp.header.get("Location") != "":
		return 0, resp.header.get("Location")
	case resp.code < 200 || resp.code >= 300:
		return c.fail("server returned error: %s", resp.status), ""
	case w.flags.has('s'):
		w.say("remote file exists\n")
		return 0, ""
	}
	return w.save(ctx, resp, to), ""
}

// save writes the body to the file or to standard output.
func (w *wgetter) save(ctx context.Context, resp *response, to location) int {
	c := w.call
	name := w.flags.value('O', "")
	var out io.Writer = c.FS.Stdout
	if name == "-" {
		w.say("writing to stdout\n")
	} else {
		mode := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		if name == "" {
			file, _, _ := strings.Cut(to.target, "?")
			if name = path.Base(file); strings.HasSuffix(file, "/") {
				name = "index.html"
			}
			name = path.Join(w.flags.value('P', ""), name)
			mode = os.O_WRONLY | os.O_CREATE | os.O_EXCL
		}
		file, err := c.FS.OpenFile(name, mode, 0o644)
		if err != nil {
			return c.fail("can't open '%s': %s", name, Reason(err))
		}
		defer file.Close()
		w.say("saving to '%s'\n", name)
		out = file
	}
	n, err := io.Copy(out, resp.body)
	if err != nil {
		if name == "-" && ctx.Err() == nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errMalformed) {
			return c.writeError(err)
		}
		return w.failed(ctx, "connection closed prematurely")
	}
	w.say("%-20.20s 100%% |********************************| %5d  0:00:00 ETA\n", path.Base(name), n)
	if name == "-" {
		w.say("written to stdout\n")
	} else {
		w.say("'%s' saved\n", name)
	}
	return 0
}
