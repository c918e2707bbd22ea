package commands

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"path"
	"strings"
)

// httpd is busybox's web server: the files below a directory, in the foreground.
func httpd(ctx context.Context, c *Call) int {
	f, code := c.parse("fvp:h:", nil)
	if code != 0 {
		return code
	}
	if len(f.args) > 0 {
		fmt.Fprint(c.FS.Stderr, "Usage: httpd -f [-v] [-p [IP:]PORT] [-h HOME]\n")
		return 1
	}
	if !f.has('f') {
		return c.fail("only -f is supported in the sandbox: a server in the background would be another process")
	}
	at := netip.AddrPortFrom(netip.IPv4Unspecified(), 80)
	if text := f.value('p', ""); text != "" {
		host, number := "0.0.0.0", text
		if i := strings.LastIndexByte(text, ':'); i >= 0 {
			host, number = text[:i], text[i+1:]
		}
		addr, err := netip.ParseAddr(host)
		n, ok := port(number)
		if err != nil || !ok {
			return c.fail("bad address '%s'", text)
		}
		at = netip.AddrPortFrom(addr, n)
	}
	l, err := c.Host.Network().Listen(ctx, at)
	if err != nil {
		return c.fail("bind: %s", Reason(err))
	}
	defer l.Close()
	home := c.FS.Abs(f.value('h', "."))
	serveHTTP(ctx, l, func(_ context.Context, req *request) answer {
		a := c.file(home, req)
		if f.has('v') {
			fmt.Fprintf(c.FS.Stderr, "%s: url:%s\n%s: response:%d\n", req.remote, req.path(), req.remote, max(a.code, 200))
		}
		return a
	})
	return 1 // only the end of ctx ends it
}

// maxFile is the size of the largest file that is served.
const maxFile = 16 << 20

// file answers with a file below home.
func (c *Call) file(home string, req *request) answer {
	if req.method != "GET" && req.method != "HEAD" {
		return page(501)
	}
	name := path.Join(home, path.Clean("/"+req.path()))
	info, err := c.FS.Stat(name)
	if err == nil && info.IsDir() {
		if !strings.HasSuffix(req.path(), "/") {
			a := page(302)
			a.header = header{{"Location", req.path() + "/"}}
			return a
		}
		name = path.Join(name, "index.html")
		info, err = c.FS.Stat(name)
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return page(404)
	}
	f, err := c.FS.Open(name)
	if err != nil {
		return page(404)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return page(500)
	}
	return answer{contentType: contentType(name), body: data}
}

// page is a page that says no more than a code.
func page(code int) answer {
	title := fmt.Sprintf("%d %s", code, statusText(code))
	return answer{code: code, contentType: "text/html", body: fmt.Appendf(nil,
		"<HTML><HEAD><TITLE>%s</TITLE></HEAD>\n<BODY><H1>%s</H1>\n</BODY></HTML>\n", title, title)}
}

// contentType goes by a file's name, as busybox does.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html", ".htm":
		return "text/html"
	case ".txt", ".conf", ".log", ".sh":
		return "text/plain"
	case ".css":
		return "text/css"
	case ".js":
		return "application/javascript"
	case ".json":
		return "application/json"
	case ".png":
		return "image/png"
	}
	return "application/octet-stream"
}
