package commands

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// Why a name has no address.
var (
	ErrNoName   = errors.New("Name does not resolve")
	errTryAgain = errors.New("Try again")
)

// resolver is how names are looked up, as /etc/resolv.conf says.
type resolver struct {
	call    *Call
	servers []netip.Addr
	search  []string
	ndots   int
	timeout time.Duration // for each server and each attempt
	tries   int
}

func (c *Call) resolver() *resolver {
	r := &resolver{call: c, ndots: 1, timeout: 5 * time.Second, tries: 2}
	text, _ := c.FS.ReadFile("/etc/resolv.conf") // without one there are the defaults
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "nameserver":
			if addr, err := netip.ParseAddr(fields[1]); err == nil {
				r.servers = append(r.servers, addr)
			}
		case "search":
			r.search = fields[1:]
		case "options":
			for _, option := range fields[1:] {
				r.option(option)
			}
		}
	}
	if len(r.servers) == 0 {
		r.servers = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	}
	return r
}

func (r *resolver) option(text string) {
	name, value, _ := strings.Cut(text, ":")
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 30 {
		return
	}
	switch name {
	case "ndots":
		r.ndots = n
	case "timeout":
		r.timeout = time.Duration(n) * time.Second
	case "attempts":
		r.tries = n
	}
}

// names are what is asked for in turn: a name with fewer dots than ndots first
// below each domain of the search list.
func (r *resolver) names(name string) []string {
	if full, ok := strings.CutSuffix(name, "."); ok {
		return []string{full}
	}
	var names []string
	for _, domain := range r.search {
		names = append(names, name+"."+strings.Trim(domain, "."))
	}
	if strings.Count(name, ".") >= r.ndots {
		return slices.Insert(names, 0, name)
	}
	return append(names, name)
}

// ask asks the servers in turn until one answers. No answer is errTryAgain.
func (r *resolver) ask(ctx context.Context, name, kind string) (network.Answer, netip.Addr, error) {
	for range r.tries {
		for _, server := range r.servers {
			answer, err := r.call.Host.Network().Query(ctx, server, network.Question{Name: name, Type: kind})
			if err == nil {
				return answer, server, nil
			}
			if err := waitFor(ctx, err, r.timeout); err != nil {
				return network.Answer{}, server, err
			}
		}
	}
	return network.Answer{}, netip.Addr{}, errTryAgain
}

// waitFor waits for d if err says that nobody answers. The error is ctx's.
func waitFor(ctx context.Context, err error, d time.Duration) error {
	if !errors.Is(err, syscall.ETIMEDOUT) {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// host is what a name leads to.
type host struct {
	name      string // the full one
	addresses []netip.Addr
}

// lookup finds the addresses of a host as a C library does: it may be an
// address itself, be in /etc/hosts, or be known to a name server.
func (c *Call) lookup(ctx context.Context, name string) (host, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		return host{name, []netip.Addr{addr.Unmap()}}, nil
	}
	if h := c.hostsFile(name); len(h.addresses) > 0 {
		return h, nil
	}
	r := c.resolver()
	failure := ErrNoName
	for _, full := range r.names(name) {
		answer, _, err := r.ask(ctx, full, "A")
		if err != nil {
			return host{}, err
		}
		if answer.Code == network.ServerFailure {
			failure = errTryAgain
		}
		h := host{name: full}
		for _, record := range answer.Records {
			if addr, err := netip.ParseAddr(record.Value); err == nil && record.Type == "A" {
				h.addresses = append(h.addresses, addr)
				h.name = record.Name
			}
		}
		if len(h.addresses) > 0 {
			return h, nil
		}
	}
	return host{}, failure
}

// hostsFile looks a name up in /etc/hosts.
func (c *Call) hostsFile(name string) (h host) {
	text, err := c.FS.ReadFile("/etc/hosts")
	if err != nil {
		return h
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) < 2 || !slices.ContainsFunc(fields[1:], func(s string) bool { return strings.EqualFold(s, name) }) {
			continue
		}
		if addr, err := netip.ParseAddr(fields[0]); err == nil && addr.Is4() {
			h.name = fields[1]
			h.addresses = append(h.addresses, addr)
		}
	}
	return h
}

// Dial connects to a port of a host, both as text.
func Dial(ctx context.Context, c *Call, name, number string) (*network.Conn, error) {
	n, ok := port(number)
	if !ok {
		return nil, syscall.EINVAL
	}
	h, err := c.lookup(ctx, name)
	if err != nil {
		return nil, err
	}
	return c.dial(ctx, h, n)
}

// dial connects to a port of the first address of h that takes it.
func (c *Call) dial(ctx context.Context, h host, port uint16) (conn *network.Conn, err error) {
	for _, addr := range h.addresses {
		conn, err = c.Host.Network().Dial(ctx, netip.AddrPortFrom(addr, port))
		if err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// port reads a port's number.
func port(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0
}
