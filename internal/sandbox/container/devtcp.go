package container

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"mvdan.cc/sh/v3/interp"

	"github.com/joblab/joblab/internal/sandbox/commands"
)

// devTCP reports whether a redirection is to one of bash's names for a
// connection, /dev/tcp/HOST/PORT, which no file has.
func devTCP(d dialect, name string) (host, port string, ok bool) {
	rest, ok := strings.CutPrefix(name, "/dev/tcp/")
	if !ok || d != bash {
		return "", "", false
	}
	host, port, ok = strings.Cut(rest, "/")
	return host, port, ok && host != "" && port != "" && !strings.Contains(port, "/")
}

// connect opens a connection as a redirection.
func (s *shell) connect(hc interp.HandlerContext, name, host, port string) (io.ReadWriteCloser, error) {
	prefix := s.prefix(s.lastLine())
	c := &commands.Call{Args: []string{s.name}, FS: s.view(hc), Hostname: s.call.Hostname, Host: s.call.Host}
	ctx := s.current(hc).context()
	conn, err := commands.Dial(ctx, c, host, port)
	switch {
	case err == nil:
		return conn.Unbound(), nil
	case ctx.Err() != nil:
		return readOnly{strings.NewReader("")}, nil // the process is dying: no message, and no command after this
	}
	reason := commands.Reason(err)
	if errors.Is(err, commands.ErrNoName) {
		fmt.Fprintf(hc.Stderr, "%s%s: %s\n", prefix, host, reason)
		reason = "Invalid argument"
	} else {
		fmt.Fprintf(hc.Stderr, "%sconnect: %s\n", prefix, reason)
	}
	return nil, &fs.PathError{Op: strings.TrimSuffix(prefix, " "), Path: name, Err: errors.New(reason)}
}
