package commands

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// ping is busybox's. No ICMP is sent: the network says whether somebody has the
// address, and the times are those that the question took.
func ping(ctx context.Context, c *Call) int {
	f, code := c.parse("4qc:W:w:i:s:", nil)
	if code != 0 {
		return code
	}
	if len(f.args) != 1 {
		fmt.Fprint(c.FS.Stderr, "Usage: ping [-4q] [-c COUNT] [-s SIZE] [-i SECS] [-W SEC] [-w SEC] HOST\n")
		return 1
	}
	p := pinger{call: c, quiet: f.has('q'), interval: time.Second, wait: 10 * time.Second, size: 56}
	for option, into := range map[byte]*time.Duration{'i': &p.interval, 'W': &p.wait, 'w': &p.limit} {
		if text := f.value(option, ""); text != "" {
			sec, ok := seconds(text)
			if !ok {
				return c.fail("invalid number '%s'", text)
			}
			*into = time.Duration(sec * float64(time.Second))
		}
	}
	for option, into := range map[byte]*int{'c': &p.count, 's': &p.size} {
		if text := f.value(option, ""); text != "" {
			n, ok := atLeast(text)
			if !ok {
				return c.fail("invalid number '%s'", text)
			}
			*into = n
		}
	}
	h, err := c.lookup(ctx, f.args[0])
	if err != nil {
		return c.fail("bad address '%s'", f.args[0])
	}
	return p.run(ctx, f.args[0], h.addresses[0])
}

// pinger is a ping with its options.
type pinger struct {
	call                  *Call
	quiet                 bool
	count, size           int // count 0: for ever
	interval, wait, limit time.Duration

	sent  int
	times []time.Duration // of the answers
}

func (p *pinger) run(ctx context.Context, name string, to netip.Addr) int {
	c := p.call
	if code := c.printf("PING %s (%s): %d data bytes\n", name, to, p.size); code != 0 {
		return code
	}
	limited := ctx
	if p.limit > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, p.limit)
		defer cancel()
	}
	if code := p.loop(limited, to); code != 0 {
		return code
	}
	if ctx.Err() != nil {
		return 1
	}
	return p.summary(name)
}

func (p *pinger) loop(ctx context.Context, to netip.Addr) int {
	for n := 0; (p.count == 0 || n < p.count) && ctx.Err() == nil; n++ {
		p.sent++
		start := time.Now()
		err := p.call.Host.Network().Echo(ctx, to)
		took := time.Since(start)
		pause := p.interval
		switch {
		case err == nil:
			p.times = append(p.times, took)
			if !p.quiet {
				text := "%d bytes from %s: seq=%d ttl=64 time=%s ms\n"
				if code := p.call.printf(text, p.size+8, to, n, milliseconds(took)); code != 0 {
					return code
				}
			}
		case errors.Is(err, syscall.ETIMEDOUT):
			if p.count > 0 && n == p.count-1 {
				pause = p.wait
			}
		case ctx.Err() == nil:
			return p.call.fail("sendto: %s", Reason(err))
		}
		if err == nil && p.count > 0 && n == p.count-1 {
			break
		}
		waitFor(ctx, syscall.ETIMEDOUT, pause)
	}
	return 0
}

func (p *pinger) summary(name string) int {
	lost := 0
	if p.sent > 0 {
		lost = (p.sent - len(p.times)) * 100 / p.sent
	}
	p.call.printf("\n--- %s ping statistics ---\n%d packets transmitted, %d packets received, %d%% packet loss\n", name, p.sent, len(p.times), lost)
	if len(p.times) == 0 {
		return 1
	}
	least, most, sum := p.times[0], p.times[0], time.Duration(0)
	for _, t := range p.times {
		least, most, sum = min(least, t), max(most, t), sum+t
	}
	return p.call.printf("round-trip min/avg/max = %s/%s/%s ms\n",
		milliseconds(least), milliseconds(sum/time.Duration(len(p.times))), milliseconds(most))
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%d.%03d", d.Milliseconds(), d.Microseconds()%1000)
}
