package commands

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// queryTypes are the types that nslookup can ask for, in the order in which it
// asks when there are several.
var queryTypes = []string{"SOA", "NS", "A", "AAAA", "CNAME", "MX", "TXT", "SRV", "PTR", "ANY"}

// nslookup is busybox's. It does its own asking, by rules of its own: a name
// without a dot is asked for below each domain of the search list and never as
// it is; a name with one only as it is, whatever ndots says.
func nslookup(ctx context.Context, c *Call) int {
	r := c.resolver()
	var kinds []string
	args := c.Args[1:]
	for ; len(args) > 0 && strings.HasPrefix(args[0], "-"); args = args[1:] {
		name, value, _ := strings.Cut(args[0][1:], "=")
		switch {
		case name != "" && (strings.HasPrefix("type", name) && name != "t" || strings.HasPrefix("querytype", name)):
			kind := strings.ToUpper(value)
			if !slices.Contains(queryTypes, kind) {
				return c.fail("invalid query type \"%s\"", value)
			}
			kinds = append(kinds, kind)
		case name == "t" || len(name) > 1 && strings.HasPrefix("timeout", name):
			n, ok := atLeast(value)
			if !ok || n < 1 {
				return c.fail("invalid number '%s'", value)
			}
			r.timeout = time.Duration(n) * time.Second
		default:
			return c.nslookupUsage()
		}
	}
	if len(args) < 1 || len(args) > 2 {
		return c.nslookupUsage()
	}
	if len(args) == 2 {
		h, err := c.lookup(ctx, args[1])
		if err != nil {
			return c.fail("bad address '%s'", args[1])
		}
		r.servers = h.addresses[:1]
	}
	return c.printAnswers(ctx, r, questions(r, args[0], kinds))
}

func (c *Call) nslookupUsage() int {
	fmt.Fprint(c.FS.Stderr, "Usage: nslookup [-type=QUERY_TYPE] [-t=SEC] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n\n"+
		"QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,srv,ptr,any\n")
	return 1
}

// questions are what nslookup asks about a name.
func questions(r *resolver, name string, kinds []string) []network.Question {
	if len(kinds) == 0 {
		if reverse, ok := reverseName(name); ok {
			return []network.Question{{Name: reverse, Type: "PTR"}}
		}
		kinds = []string{"A", "AAAA"}
	}
	slices.SortFunc(kinds, func(a, b string) int { return slices.Index(queryTypes, a) - slices.Index(queryTypes, b) })
	var all []network.Question
	for _, kind := range slices.Compact(kinds) {
		if len(r.search) == 0 || kind == "PTR" || strings.Contains(name, ".") {
			all = append(all, network.Question{Name: strings.TrimSuffix(name, "."), Type: kind})
			continue
		}
		for _, domain := range r.search {
			all = append(all, network.Question{Name: name + "." + domain, Type: kind})
		}
	}
	return all
}

// reverseName is the name by which an address is looked up.
func reverseName(address string) (string, bool) {
	addr, err := netip.ParseAddr(address)
	if err != nil || !addr.Unmap().Is4() {
		return "", false
	}
	b := addr.Unmap().As4()
	return fmt.Sprintf("%d.%d.%d.%d.in-addr.arpa", b[3], b[2], b[1], b[0]), true
}

// printAnswers asks all questions and prints what comes back.
func (c *Call) printAnswers(ctx context.Context, r *resolver, all []network.Question) int {
	r.tries = 1
	code := 0
	for i, q := range all {
		answer, server, err := r.ask(ctx, q.Name, q.Type)
		if err != nil {
			if i == 0 {
				c.printf(";; connection timed out; no servers could be reached\n\n")
			}
			return 1
		}
		if i == 0 {
			r.servers = []netip.Addr{server} // the one that answers
			c.printf("Server:\t\t%s\nAddress:\t%s\n\n", server, netip.AddrPortFrom(server, 53))
		}
		switch answer.Code {
		case network.Success:
			for _, record := range answer.Records {
				c.printf("%s", recordText(record))
			}
		case network.NoSuchName:
			c.printf("** server can't find %s: NXDOMAIN\n", q.Name)
			code = 1
		default:
			c.printf("** server can't find %s: SERVFAIL\n", q.Name)
			code = 1
		}
		c.printf("\n")
	}
	return code
}

// recordText is a record in nslookup's words.
func recordText(r network.Record) string {
	switch r.Type {
	case "A", "AAAA":
		return fmt.Sprintf("Name:\t%s\nAddress: %s\n", r.Name, r.Value)
	case "CNAME":
		return fmt.Sprintf("%s\tcanonical name = %s\n", r.Name, r.Value)
	case "PTR":
		return fmt.Sprintf("%s\tname = %s\n", r.Name, r.Value)
	case "SRV":
		return fmt.Sprintf("%s\tservice = %s\n", r.Name, r.Value)
	}
	return ""
}
