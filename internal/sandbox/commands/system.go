package commands

import (
	"bytes"
	"context"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

func env(ctx context.Context, c *Call) int {
	f, code := c.parseCode(125, "+iu:0", map[string]byte{"ignore-environment": 'i', "unset": 'u', "null": '0'})
	if code != 0 {
		return code
	}
	vars := c.Env
	if f.has('i') || len(f.args) > 0 && f.args[0] == "-" {
		vars = nil
	}
	if len(f.args) > 0 && f.args[0] == "-" {
		f.args = f.args[1:]
	}
	for _, name := range f.vals['u'] {
		vars = without(vars, name)
	}
	args := f.args
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, _, _ := strings.Cut(args[0], "=")
		vars = append(without(vars, name), args[0])
		args = args[1:]
	}
	if len(args) == 0 {
		end := "\n"
		if f.has('0') {
			end = "\x00"
		}
		for _, kv := range vars {
			if code := c.write([]byte(kv + end)); code != 0 {
				return code
			}
		}
		return 0
	}
	call := *c
	call.Args, call.Env = args, vars
	if _, err := c.Host.Find(&call, args[0]); err != nil {
		c.fail("'%s': No such file or directory", args[0])
		return 127
	}
	return c.Host.Run(ctx, &call)
}

func without(vars []string, name string) []string {
	var out []string
	for _, kv := range vars {
		if !strings.HasPrefix(kv, name+"=") {
			out = append(out, kv)
		}
	}
	return out
}

func printenv(_ context.Context, c *Call) int {
	f, code := c.parse("", nil)
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		for _, kv := range c.Env {
			c.write([]byte(kv + "\n"))
		}
		return 0
	}
	for _, name := range f.args {
		found := false
		for _, kv := range c.Env {
			found = found || strings.HasPrefix(kv, name+"=")
		}
		if !found {
			code = 1
			continue
		}
		c.printf("%s\n", c.getenv(name))
	}
	return code
}

func hostname(_ context.Context, c *Call) int {
	f, code := c.parse("fsid", map[string]byte{"fqdn": 'f', "long": 'f', "short": 's', "ip-address": 'i', "domain": 'd'})
	if code != 0 {
		return code
	}
	if len(f.args) > 0 {
		return c.fail("you must be root to change the host name")
	}
	name := c.Hostname
	address, full := c.hostEntry(name)
	switch {
	case f.has('i') && address == "":
		return c.fail("Name or service not known")
	case f.has('i'):
		name = address
	case f.has('f'):
		name = full
	case f.has('s'):
		name, _, _ = strings.Cut(name, ".")
	case f.has('d'):
		_, name, _ = strings.Cut(full, ".")
	}
	return c.printf("%s\n", name)
}

// hostEntry is the address and the full name that /etc/hosts has for a name;
// the full name is the first of its line.
func (c *Call) hostEntry(name string) (address, full string) {
	hosts, _ := c.FS.ReadFile("/etc/hosts") // without the file no name has an address
	for line := range strings.Lines(string(hosts)) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 1 && slices.Contains(fields[1:], name) {
			return fields[0], fields[1]
		}
	}
	return "", name
}

func nproc(_ context.Context, c *Call) int { return c.printf("%d\n", runtime.NumCPU()) }

func uname(_ context.Context, c *Call) int {
	f, code := c.parse("asnrvmpio", map[string]byte{
		"all": 'a', "kernel-name": 's', "nodename": 'n', "kernel-release": 'r', "kernel-version": 'v', "machine": 'm',
		"processor": 'p', "hardware-platform": 'i', "operating-system": 'o',
	})
	if code != 0 {
		return code
	}
	if len(f.set) == 0 {
		f.set['s'] = true
	}
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if machine == "" {
		machine = runtime.GOARCH
	}
	var out []string
	for _, part := range []struct {
		flag byte
		text string
	}{
		{'s', "Linux"}, {'n', c.Hostname}, {'r', "6.12.0-joblab-sandbox"}, {'v', "#1 SMP"}, {'m', machine}, {'o', "GNU/Linux"},
	} {
		if f.has(part.flag) || f.has('a') {
			out = append(out, part.text)
		}
	}
	if f.has('p') || f.has('i') {
		out = append(out, "unknown")
	}
	return c.printf("%s\n", strings.Join(out, " "))
}

func pwd(_ context.Context, c *Call) int {
	f, code := c.parse("LP", nil)
	if code != 0 {
		return code
	}
	dir := c.FS.Dir
	if !f.has('L') {
		if real, err := c.FS.EvalSymlinks(dir); err == nil {
			dir = real
		}
	}
	return c.printf("%s\n", dir)
}

func basename(_ context.Context, c *Call) int {
	f, code := c.parse("+as:z", map[string]byte{"multiple": 'a', "suffix": 's', "zero": 'z'})
	if code != 0 {
		return code
	}
	names, suffix := f.args, f.value('s', "")
	if len(names) == 0 {
		return c.usage(1, "missing operand")
	}
	if !f.has('a') && !f.has('s') {
		if len(names) > 2 {
			return c.usage(1, "extra operand '%s'", names[2])
		}
		if len(names) == 2 {
			names, suffix = names[:1], names[1]
		}
	}
	for _, name := range names {
		base := path.Base(name)
		if name == "" {
			base = ""
		}
		if base != suffix {
			base = strings.TrimSuffix(base, suffix)
		}
		c.printf("%s\n", base)
	}
	return 0
}

func dirname(_ context.Context, c *Call) int {
	f, code := c.parse("z", map[string]byte{"zero": 'z'})
	if code != 0 {
		return code
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing operand")
	}
	for _, name := range f.args {
		trimmed := strings.TrimRight(name, "/")
		switch i := strings.LastIndexByte(trimmed, '/'); {
		case trimmed == "" && name != "":
			trimmed = "/"
		case i < 0:
			trimmed = "."
		default:
			if trimmed = strings.TrimRight(trimmed[:i], "/"); trimmed == "" {
				trimmed = "/"
			}
		}
		c.printf("%s\n", trimmed)
	}
	return 0
}

func yes(ctx context.Context, c *Call) int {
	line := "y\n"
	if len(c.Args) > 1 {
		line = strings.Join(c.Args[1:], " ") + "\n"
	}
	block := bytes.Repeat([]byte(line), max(1, 4096/len(line)))
	for ctx.Err() == nil {
		if code := c.write(block); code != 0 {
			return code
		}
	}
	return 1
}

func which(_ context.Context, c *Call) int {
	f, code := c.parse("a", map[string]byte{"all": 'a'})
	if code != 0 {
		return code
	}
	for _, name := range f.args {
		found, err := c.Host.Find(c, name)
		if err != nil {
			code = 1
			continue
		}
		c.printf("%s\n", found)
	}
	return code
}

func clear(_ context.Context, c *Call) int { return c.printf("\x1b[H\x1b[2J\x1b[3J") }

func succeed(context.Context, *Call) int { return 0 }

func failure(context.Context, *Call) int { return 1 }

// atLeast reads a whole number that is not negative.
func atLeast(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0
}
