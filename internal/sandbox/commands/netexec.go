package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// netexec is agnhost's HTTP server with endpoints for tests.
type netexec struct {
	call     *Call
	port     int
	udp      bool               // the real one would have a UDP server
	override string             // what every request is taken for, unless empty
	stop     context.CancelFunc // ends the server

	mu       sync.Mutex
	code     int  // guarded by mu; the server's exit code
	stopping bool // guarded by mu; SIGTERM has come
}

func agnhostNetexec(ctx context.Context, c *Call) int {
	flags := flag.NewFlagSet("netexec", flag.ContinueOnError)
	number := flags.Int("http-port", 8080, "HTTP Listen Port")
	udp := flags.Int("udp-port", 8081, "nothing listens there in the sandbox")
	sctp := flags.Int("sctp-port", -1, "not in the sandbox")
	certificate := flags.String("tls-cert-file", "", "not in the sandbox")
	flags.String("tls-private-key-file", "", "not in the sandbox")
	override := flags.String("http-override", "", "Override the HTTP handler to always respond as if it were a GET with this path & params")
	delay := flags.Int("delay-shutdown", 0, "Number of seconds to delay shutdown when receiving SIGTERM.")
	if !c.options(flags) {
		return 1
	}
	if *certificate != "" || *sctp != -1 {
		c.logf("the sandbox's netexec has neither TLS nor SCTP")
		return 1
	}
	terminated := c.Host.Catch(syscall.SIGTERM)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	n := &netexec{call: c, port: *number, udp: *udp != -1, override: *override, stop: stop, code: 1}
	l, err := c.listen(ctx, uint16(*number))
	if err != nil {
		c.logf("listen tcp :%d: bind: %s", *number, strings.ToLower(Reason(err)))
		return 1
	}
	defer l.Close()
	c.logf("Started HTTP server on port %d", *number)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if _, ok := terminated(ctx); !ok {
			return
		}
		n.mu.Lock()
		n.stopping = true
		n.mu.Unlock()
		if *delay > 0 {
			c.logf("Sleeping %d seconds before terminating...", *delay)
			waitFor(ctx, syscall.ETIMEDOUT, time.Duration(*delay)*time.Second)
		}
		n.exit(0)
	})
	serveHTTP(ctx, l, n.handle)
	stop()
	waiting.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.code
}

func (n *netexec) exit(code int) {
	n.mu.Lock()
	n.code = code
	n.mu.Unlock()
	n.stop()
}

func (n *netexec) handle(ctx context.Context, req *request) answer {
	if n.override != "" {
		req = &request{method: "GET", target: n.override, remote: req.remote}
	}
	c, form := n.call, req.form()
	switch name := req.path(); name {
	case "/clientip":
		c.logf("GET /clientip")
		return text("%s", req.remote)
	case "/serverport":
		c.logf("GET /serverport")
		return text("%d", n.port)
	case "/header":
		return n.header(req, form)
	case "/dial":
		return n.dial(ctx, form)
	case "/echo":
		return n.echo(form)
	case "/exit":
		return n.exitLater(ctx, form)
	case "/healthz", "/readyz":
		c.logf("GET %s", name)
		n.mu.Lock()
		defer n.mu.Unlock()
		switch {
		case name == "/readyz" && n.stopping:
			return text("shutting down").with(503)
		case !n.udp:
			return text("").with(412)
		case name == "/readyz":
			return text("ok")
		}
		return text("")
	case "/hostname", "/hostName":
		c.logf("GET %s", name)
		return text("%s", c.Hostname)
	case "/envvar":
		return n.variable(form.Get("var"))
	case "/redirect":
		code, err := strconv.Atoi(form.Get("code"))
		if err != nil {
			code = 302
		}
		return redirect(form.Get("location"), code)
	case "/shell":
		return n.shell(ctx, form)
	case "/shutdown":
		c.logf("GET /shutdown")
		n.exit(0)
		return text("")
	}
	c.logf("GET /")
	return text("NOW: %v", time.Now())
}

func (n *netexec) header(req *request, form url.Values) answer {
	if key := form.Get("key"); key != "" {
		n.call.logf("GET /header?key=%s", key)
		return text("%s", req.header.get(key))
	}
	n.call.logf("GET /header")
	all := make(map[string][]string)
	for _, f := range req.header {
		all[f.name] = append(all[f.name], f.value)
	}
	return inJSON(all)
}

func inJSON(v any) answer {
	data, err := json.Marshal(v)
	if err != nil {
		return text("%v", err).with(500)
	}
	return answer{contentType: "text/plain; charset=utf-8", body: data}
}

func (n *netexec) echo(form url.Values) answer {
	msg, codeText := form.Get("msg"), form.Get("code")
	n.call.logf("GET /echo?msg=%s&code=%s", msg, codeText)
	if codeText == "" {
		return text("%s", msg)
	}
	code, err := strconv.Atoi(codeText)
	if err != nil {
		return text("argument 'code' must be an integer or empty, got %q\n", codeText)
	}
	return text("%s", msg).with(code)
}

func (n *netexec) exitLater(ctx context.Context, form url.Values) answer {
	wait, err := time.ParseDuration(form.Get("wait"))
	if err != nil && form.Get("wait") != "" {
		return text("argument 'wait' must be a valid golang duration or empty, got %q\n", form.Get("wait"))
	}
	code, err := strconv.Atoi(form.Get("code"))
	if err != nil && form.Get("code") != "" {
		return text("argument 'code' must be an integer [0-127] or empty, got %q\n", form.Get("code"))
	}
	n.call.logf("GET /exit?code=%s&timeout=%s&wait=%s", form.Get("code"), form.Get("timeout"), form.Get("wait"))
	waitFor(ctx, syscall.ETIMEDOUT, wait)
	n.exit(code)
	return text("")
}

func (n *netexec) variable(name string) answer {
	if name == "" {
		return text("'var' query parameter is required\n").with(400)
	}
	n.call.logf("GET /envvar?var=%s", name)
	if !slices.ContainsFunc(n.call.Env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") }) {
		return text("env var %q is not set\n", name).with(500)
	}
	return text("%s", n.call.getenv(name))
}

// shell runs a command of the container.
func (n *netexec) shell(ctx context.Context, form url.Values) answer {
	command := form.Get("shellCommand")
	if command == "" {
		command = form.Get("cmd")
	}
	n.call.logf("GET /shell?cmd=%s", command)
	var out bytes.Buffer
	call := *n.call
	call.Args = []string{"/bin/sh", "-c", command}
	call.FS.Stdin, call.FS.Stdout, call.FS.Stderr = nil, &out, &out
	result := map[string]string{}
	if code := call.Host.Run(ctx, &call); code != 0 {
		result["error"] = fmt.Sprintf("exit status %d", code)
	}
	if out.Len() > 0 {
		result["output"] = out.String()
	}
	n.call.logf("Output: %s", result)
	return inJSON(result)
}

// maxTries bounds what one request makes the server do.
const maxTries = 100

// dial makes requests to another server and says how they went.
func (n *netexec) dial(ctx context.Context, form url.Values) answer {
	host, number, target, protocol := form.Get("host"), form.Get("port"), form.Get("request"), form.Get("protocol")
	n.call.logf("GET /dial?host=%s&protocol=%s&port=%s&request=%s&tries=%s", host, protocol, number, target, form.Get("tries"))
	tries := 1
	if given := form.Get("tries"); given != "" {
		var err error
		if tries, err = strconv.Atoi(given); err != nil {
			return text("tries parameter is invalid. %v\n", err).with(400)
		}
	}
	if target == "" {
		return text("request parameter not specified. \n").with(400)
	}
	if protocol != "" && protocol != "http" {
		return text("unsupported protocol in the sandbox. %s\n", protocol).with(400)
	}
	to, ok := port(number)
	if !ok {
		return text("host and/or port param are invalid. %s\n", number).with(400)
	}
	result := map[string][]string{}
	for range min(tries, maxTries) {
		response, err := n.fetch(ctx, location{host: host, port: to, target: "/" + target})
		if err != nil {
			result["errors"] = append(result["errors"], err.Error())
		} else {
			result["responses"] = append(result["responses"], response)
		}
	}
	return inJSON(result)
}

// fetch gets a page from another server.
func (n *netexec) fetch(ctx context.Context, to location) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	where := fmt.Sprintf("Get \"http://%s%s\"", to.authority(), to.target)
	h, err := n.call.lookup(ctx, to.host)
	if err != nil {
		return "", fmt.Errorf("%s: lookup %s: %w", where, to.host, err)
	}
	conn, err := n.call.dial(ctx, h, to.port)
	if err != nil {
		return "", fmt.Errorf("%s: dial tcp: connect: %w", where, err)
	}
	defer conn.Close()
	resp, err := roundTrip(conn, &request{method: "GET", target: to.target, header: header{
		{"Host", to.authority()}, {"User-Agent", "Go-http-client/1.1"}, {"Connection", "close"},
	}})
	if err != nil {
		return "", fmt.Errorf("%s: %w", where, err)
	}
	data, err := io.ReadAll(io.LimitReader(resp.body, maxBody))
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("%s: %w", where, err)
	}
	return string(data), nil
}
