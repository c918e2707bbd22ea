package commands

import (
	"context"
	"errors"
	"net/netip"
	"strings"
)

// getent prints entries of the databases that a C library knows: hosts, with
// its variants, passwd and group.
func getent(ctx context.Context, c *Call) int {
	f, code := c.parse("+", nil)
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		c.fail("wrong number of arguments")
		return 1
	}
	switch database, keys := f.args[0], f.args[1:]; database {
	case "hosts", "ahosts", "ahostsv4":
		return c.getHosts(ctx, database, keys)
	case "passwd", "group":
		return c.getUsers("/etc/"+database, keys)
	default:
		c.fail("Unknown database: %s", database)
		return 1
	}
}

// notFound is getent's exit code for a key that is in no database.
const notFound = 2

func (c *Call) getHosts(ctx context.Context, database string, keys []string) int {
	if len(keys) == 0 {
		text, err := c.FS.ReadFile("/etc/hosts")
		if err != nil {
			return notFound
		}
		return c.write(text)
	}
	code := 0
	for _, key := range keys {
		h, err := c.lookup(ctx, key)
		if addr, bad := netip.ParseAddr(key); bad == nil && database == "hosts" {
			h.name, err = c.reverse(ctx, addr)
		}
		if err != nil {
			code = notFound
			continue
		}
		for i, addr := range h.addresses {
			switch {
			case database == "hosts":
				c.printf("%-15s %s\n", addr, h.name)
			case i == 0:
				c.printf("%-15s STREAM %s\n%-15s DGRAM  \n%-15s RAW    \n", addr, h.name, addr, addr)
			default:
				c.printf("%-15s STREAM \n%-15s DGRAM  \n%-15s RAW    \n", addr, addr, addr)
			}
		}
	}
	return code
}

// reverse is the name of an address.
func (c *Call) reverse(ctx context.Context, addr netip.Addr) (string, error) {
	name, ok := reverseName(addr.String())
	if !ok {
		return "", ErrNoName
	}
	answer, _, err := c.resolver().ask(ctx, name, "PTR")
	if err != nil {
		return "", err
	}
	for _, record := range answer.Records {
		if record.Type == "PTR" {
			return record.Value, nil
		}
	}
	return "", ErrNoName
}

// getUsers prints the lines of a file like /etc/passwd that have one of keys as
// name or number, or all.
func (c *Call) getUsers(file string, keys []string) int {
	text, err := c.FS.ReadFile(file)
	if err != nil {
		return notFound
	}
	if len(keys) == 0 {
		return c.write(text)
	}
	code := 0
	for _, key := range keys {
		line, err := userLine(string(text), key)
		if err != nil {
			code = notFound
			continue
		}
		c.printf("%s\n", line)
	}
	return code
}

var errNoUser = errors.New("no such user")

func userLine(text, key string) (string, error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if fields := strings.Split(line, ":"); len(fields) > 2 && (fields[0] == key || fields[2] == key) {
			return line, nil
		}
	}
	return "", errNoUser
}
