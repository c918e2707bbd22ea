package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"
)

// agnhostServers are the sub-commands of agnhost that use the network, as far
// as Kubernetes' tests of pods and Jobs need them. Of their servers only those
// for HTTP and TCP are there.
var agnhostServers = map[string]Func{
	"connect":        agnhostConnect,
	"liveness":       agnhostLiveness,
	"netexec":        agnhostNetexec,
	"serve-hostname": agnhostServeHostname,
	"test-webserver": agnhostTestWebserver,
}

// options parses the flags of a sub-command of agnhost. When that fails the
// message has been printed and ok is false.
func (c *Call) options(flags *flag.FlagSet) (ok bool) {
	flags.SetOutput(c.FS.Stderr)
	return flags.Parse(c.Args[2:]) == nil
}

// logf prints a line as Go's package log does.
func (c *Call) logf(format string, args ...any) {
	fmt.Fprintf(c.FS.Stderr, "%s %s\n", time.Now().Format("2006/01/02 15:04:05"), fmt.Sprintf(format, args...))
}

// serveOn runs an HTTP server on a port until SIGTERM, which ends a program in
// Go with exit code 2 also as PID 1.
func (c *Call) serveOn(ctx context.Context, number int, handle func(context.Context, *request) answer) int {
	terminated := c.Host.Catch(syscall.SIGTERM)
	ctx, stop := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer stop()
	waiting.Go(func() {
		terminated(ctx)
		stop()
	})
	l, err := c.listen(ctx, uint16(number))
	if err != nil {
		c.logf("listen tcp :%d: bind: %s", number, strings.ToLower(Reason(err)))
		return 1
	}
	defer l.Close()
	serveHTTP(ctx, l, handle)
	return 2
}

func agnhostConnect(ctx context.Context, c *Call) int {
	flags := flag.NewFlagSet("connect", flag.ContinueOnError)
	timeout := flags.Duration("timeout", 0, "Maximum time before returning an error")
	protocol := flags.String("protocol", "tcp", "only tcp in the sandbox")
	// As with agnhost itself, the address may stand before the flags.
	dest := ""
	if len(c.Args) > 2 && !strings.HasPrefix(c.Args[2], "-") {
		call := *c
		dest, call.Args = c.Args[2], append(c.Args[:2:2], c.Args[3:]...)
		c = &call
	}
	if !c.options(flags) {
		return 1
	}
	if dest == "" {
		dest = flags.Arg(0)
	}
	if *protocol != "tcp" && *protocol != "" {
		fmt.Fprintf(c.FS.Stderr, "Unsupported protocol in the sandbox: %s\n", *protocol)
		return 1
	}
	i := strings.LastIndexByte(dest, ':')
	number, ok := port(dest[i+1:])
	if i < 0 || !ok {
		fmt.Fprintf(c.FS.Stderr, "UNKNOWN: address %s: missing port in address\n", dest)
		return 1
	}
	h, err := c.lookup(ctx, strings.Trim(dest[:i], "[]"))
	if err != nil {
		fmt.Fprintf(c.FS.Stderr, "DNS: lookup %s: no such host\n", dest[:i])
		return 1
	}
	if *timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *timeout)
		defer cancel()
	}
	conn, err := c.dial(ctx, h, number)
	switch {
	case err == nil:
		conn.Close()
		return 0
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		fmt.Fprintln(c.FS.Stderr, "TIMEOUT")
	case errors.Is(err, syscall.ECONNREFUSED):
		fmt.Fprintln(c.FS.Stderr, "REFUSED")
	default:
		fmt.Fprintf(c.FS.Stderr, "OTHER: dial tcp %s: connect: %s\n", netip.AddrPortFrom(h.addresses[0], number), strings.ToLower(Reason(err)))
	}
	return 1
}

// agnhostLiveness is alive for ten seconds.
func agnhostLiveness(ctx context.Context, c *Call) int {
	started := time.Now()
	return c.serveOn(ctx, 8080, func(_ context.Context, req *request) answer {
		since := time.Since(started)
		switch req.path() {
		case "/started":
			return text("%v", since)
		case "/healthz":
			if since > 10*time.Second {
				return text("error: %v", since.Seconds()).with(500)
			}
			return text("ok")
		case "/redirect":
			return redirect(req.form().Get("loc"), 302)
		}
		return text("404 page not found\n").with(404)
	})
}

func redirect(to string, code int) answer {
	return answer{code: code, header: header{{"Location", to}}}
}

func agnhostServeHostname(ctx context.Context, c *Call) int {
	flags := flag.NewFlagSet("serve-hostname", flag.ContinueOnError)
	overTCP := flags.Bool("tcp", false, "Serve raw over TCP.")
	overHTTP := flags.Bool("http", true, "Serve HTTP.")
	flags.Bool("close", false, "Close connection per each HTTP request, which the sandbox does anyway.")
	number := flags.Int("port", 9376, "Port number.")
	if !c.options(flags) {
		return 1
	}
	if *overHTTP && *overTCP {
		c.logf("Can't server TCP/UDP mode and HTTP mode at the same time")
		return 1
	}
	c.logf("Serving on port %d.\n", *number)
	// The real one catches SIGTERM and waits a minute; so it ends by SIGKILL.
	l, err := c.listen(ctx, uint16(*number))
	if err != nil {
		c.logf("Error from net.Listen(): %s", Reason(err))
		return 1
	}
	defer l.Close()
	if *overHTTP {
		serveHTTP(ctx, l, func(_ context.Context, req *request) answer {
			c.logf("HTTP request from %s", req.remote)
			return text("%s", c.Hostname)
		})
		return 1
	}
	for {
		conn, err := l.Accept(ctx)
		if err != nil {
			return 1
		}
		c.logf("TCP request from %s", conn.Remote)
		conn.WriteString(c.Hostname)
		conn.Close()
	}
}

// agnhostTestWebserver serves the container's files.
func agnhostTestWebserver(ctx context.Context, c *Call) int {
	flags := flag.NewFlagSet("test-webserver", flag.ContinueOnError)
	number := flags.Int("port", 80, "Port number.")
	if !c.options(flags) {
		return 1
	}
	return c.serveOn(ctx, *number, func(_ context.Context, req *request) answer {
		a := c.file("/", req)
		if info, err := c.FS.Stat(path.Clean("/" + req.path())); err == nil && info.IsDir() {
			a = c.listing(path.Clean("/" + req.path()))
		}
		a.header = append(a.header, field{"Cache-Control", "private"})
		return a
	})
}

// listing is a directory as Go's file server shows it.
func (c *Call) listing(dir string) answer {
	entries, err := c.FS.ReadDir(dir)
	if err != nil {
		return page(404)
	}
	var b strings.Builder
	b.WriteString("<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n")
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		fmt.Fprintf(&b, "<a href=\"%s\">%s</a>\n", name, name)
	}
	b.WriteString("</pre>\n")
	return answer{contentType: "text/html; charset=utf-8", body: []byte(b.String())}
}
