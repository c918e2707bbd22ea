package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// nc is busybox's: it connects to a port or listens on one, and copies standard
// input to the other side and what comes from there to standard output.
func nc(ctx context.Context, c *Call) int {
	n := netcat{call: c}
	args, ok := n.program(c.Args)
	if !ok {
		return c.ncUsage()
	}
	call := *c
	call.Args = args
	f, code := call.parse("lknvzp:s:w:i:", nil)
	if code != 0 {
		return code
	}
	n.verbose, n.again = f.has('v'), f.has('k')
	if text := f.value('w', ""); text != "" {
		sec, ok := atLeast(text)
		if !ok {
			return c.fail("invalid number '%s'", text)
		}
		n.wait = time.Duration(sec) * time.Second
	}
	var local uint16
	if text := f.value('p', ""); text != "" {
		if local, ok = port(text); !ok {
			return c.fail("invalid port '%s'", text)
		}
	}
	if f.has('l') {
		if local == 0 || len(f.args) > 0 || n.again && n.exec == nil {
			return c.ncUsage()
		}
		return n.serve(ctx, f.value('s', "0.0.0.0"), local)
	}
	if len(f.args) != 2 {
		return c.ncUsage()
	}
	remote, ok := port(f.args[1])
	if !ok {
		return c.fail("invalid port '%s'", f.args[1])
	}
	return n.connect(ctx, f.args[0], remote, f.has('z'))
}

func (c *Call) ncUsage() int {
	fmt.Fprint(c.FS.Stderr, "Usage: nc [-vz] [-w SEC] HOST PORT [-e PROG ARGS]  - connect\n"+
		"nc -l[k] [-v] [-s ADDR] -p PORT [-e PROG ARGS]  - listen; -k is for -e\n")
	return 1
}

// netcat is an nc with its options.
type netcat struct {
	call           *Call
	verbose, again bool
	wait           time.Duration // for a connection; 0: as long as it takes
	exec           []string      // what talks to the other side, instead of the standard streams
}

// program takes the option -e, and all that follows, out of args.
func (n *netcat) program(args []string) (rest []string, ok bool) {
	for i, arg := range args {
		if i == 0 || !strings.HasPrefix(arg, "-") || !strings.HasSuffix(arg, "e") || strings.HasPrefix(arg, "--") {
			continue
		}
		n.exec = args[i+1:]
		if rest = args[:i:i]; arg != "-e" {
			rest = append(rest, strings.TrimSuffix(arg, "e"))
		}
		return rest, len(n.exec) > 0
	}
	return args, true
}

// limited is ctx for what must not take longer than -w says. It has no limit
// any more once stop was called.
func (n *netcat) limited(ctx context.Context) (limited context.Context, stop func()) {
	if n.wait == 0 {
		return ctx, func() {}
	}
	limited, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(n.wait, func() { cancel(context.DeadlineExceeded) })
	return limited, func() { timer.Stop() }
}

func (n *netcat) connect(ctx context.Context, name string, number uint16, scan bool) int {
	c := n.call
	h, err := c.lookup(ctx, name)
	if err != nil {
		return c.fail("bad address '%s'", name)
	}
	limited, stop := n.limited(ctx)
	conn, err := c.dial(limited, h, number)
	stop()
	where := fmt.Sprintf("%s (%s)", name, netip.AddrPortFrom(h.addresses[0], number))
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return 1
	case errors.Is(err, context.DeadlineExceeded):
		return c.fail("timed out")
	case n.verbose:
		return c.fail("%s: %s", where, Reason(err))
	default:
		return 1
	}
	defer conn.Close()
	if n.verbose {
		fmt.Fprintf(c.FS.Stderr, "%s open\n", where)
	}
	if scan {
		return 0
	}
	return n.talk(ctx, conn)
}

func (n *netcat) serve(ctx context.Context, address string, number uint16) int {
	c := n.call
	at, err := netip.ParseAddr(address)
	if err != nil {
		return c.fail("bad address '%s'", address)
	}
	l, err := c.Host.Network().Listen(ctx, netip.AddrPortFrom(at, number))
	if err != nil {
		return c.fail("bind: %s", Reason(err))
	}
	defer l.Close()
	if n.verbose {
		fmt.Fprintf(c.FS.Stderr, "listening on %s ...\n", netip.AddrPortFrom(at, number))
	}
	for {
		limited, stop := n.limited(ctx)
		conn, err := l.Accept(limited)
		stop()
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return c.fail("timed out")
		}
		if err != nil {
			return 1
		}
		if !n.again {
			l.Close()
		}
		if n.verbose {
			fmt.Fprintf(c.FS.Stderr, "connect to %s from %s (%s)\n", conn.Local, conn.Remote.Addr(), conn.Remote)
		}
		code := n.talk(ctx, conn)
		conn.Close()
		if !n.again || ctx.Err() != nil {
			return code
		}
	}
}

// lingerTime is how long standard input is sent on after the other side said
// that it has no more to say: long enough for what is on its way in a pipe.
const lingerTime = time.Second

// talk connects the other side to a program or to the standard streams.
func (n *netcat) talk(ctx context.Context, conn *network.Conn) int {
	c := n.call
	if n.exec != nil {
		call := *c
		call.Args = n.exec
		call.FS.Stdin, call.FS.Stdout = conn.File, conn.File
		if _, err := c.Host.Find(&call, n.exec[0]); err != nil {
			return c.fail("can't execute '%s': No such file or directory", n.exec[0])
		}
		return c.Host.Run(ctx, &call)
	}
	sent := make(chan struct{})
	stdin := c.interruptible()
	go func() {
		defer close(sent)
		io.Copy(conn.File, stdin)
		conn.CloseWrite()
	}()
	_, err := io.Copy(struct{ io.Writer }{c.FS.Stdout}, conn.File)
	timer := time.NewTimer(lingerTime)
	defer timer.Stop()
	select {
	case <-sent:
	case <-timer.C:
	case <-ctx.Done():
	}
	conn.SetWriteDeadline(time.Unix(1, 0))
	if stdin.interrupt() {
		<-sent
		stdin.restore()
	}
	if err != nil && ctx.Err() == nil {
		return c.fail("%s", Reason(err))
	}
	return 0
}

// interruptible is standard input, which can be told to end.
func (c *Call) interruptible() *stdin {
	s := &stdin{r: emptyReader{}}
	switch in := c.FS.Stdin.(type) {
	case nil:
	case interface{ Unwrap() *os.File }:
		s.r, s.file = in.Unwrap(), in.Unwrap()
	case *os.File:
		s.r, s.file = in, in
	default:
		s.r = in
	}
	return s
}

type stdin struct {
	r    io.Reader
	file *os.File // nil if it is something else, which ends by itself
}

func (s *stdin) Read(p []byte) (int, error) { return s.r.Read(p) }

// interrupt makes Read return, which it reports. Input that waits in the
// kernel, such as a terminal's, cannot be interrupted: Read then returns with
// whatever comes next.
func (s *stdin) interrupt() bool {
	return s.file == nil || s.file.SetReadDeadline(time.Unix(1, 0)) == nil
}

// restore makes what was interrupted readable for others.
func (s *stdin) restore() {
	if s.file != nil {
		s.file.SetReadDeadline(time.Time{})
	}
}
