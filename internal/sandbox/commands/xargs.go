package commands

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"syscall"
	"time"
)

// xargs runs a command with arguments from standard input.
func xargs(ctx context.Context, c *Call) int {
	f, code := c.parse("+0n:I:rtL:d:", map[string]byte{
		"null": '0', "max-args": 'n', "replace": 'I', "no-run-if-empty": 'r', "verbose": 't', "max-lines": 'L', "delimiter": 'd',
	})
	if code != 0 {
		return code
	}
	var data []byte
	if c.FS.Stdin != nil {
		var err error
		if data, err = io.ReadAll(c.FS.Stdin); err != nil {
			return c.fail("%s", Reason(err))
		}
	}
	var items []string
	perRun := 0
	switch {
	case f.has('0'), f.has('d'):
		sep, _ := unescape(f.value('d', "\x00"), false)
		items = strings.Split(strings.TrimSuffix(string(data), sep), sep)
		if len(data) == 0 {
			items = nil
		}
	case f.has('I'), f.has('L'):
		for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
			if line = strings.TrimLeft(line, " \t"); line != "" {
				items = append(items, line)
			}
		}
		perRun = 1
	default:
		var ok bool
		if items, ok = splitQuoted(string(data)); !ok {
			return c.fail("unmatched quote; by default quotes are special to xargs unless you use the -0 option")
		}
	}
	if n := f.value('n', ""); n != "" {
		var ok bool
		if perRun, ok = atLeast(n); !ok || perRun == 0 {
			return c.fail("invalid number \"%s\" for -n option", n)
		}
	}
	if perRun == 0 {
		perRun = max(1, len(items))
	}
	command := f.args
	if len(command) == 0 {
		command = []string{"echo"}
	}
	if len(items) == 0 {
		if f.has('r') || f.has('I') {
			return 0
		}
		return c.runOne(ctx, command, f.has('t'))
	}
	for batch := range slices.Chunk(items, perRun) {
		if ctx.Err() != nil {
			return 1
		}
		args := slices.Concat(command, batch)
		if mark := f.value('I', ""); mark != "" {
			args = slices.Clone(command)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], mark, batch[0])
			}
		}
		switch n := c.runOne(ctx, args, f.has('t')); {
		case n == 0:
		case n == 126, n == 127:
			return n
		case n == 255:
			c.fail("%s: exited with status 255; aborting", args[0])
			return 124
		default:
			code = 123
		}
	}
	return code
}

// runOne runs a command of the container for xargs.
func (c *Call) runOne(ctx context.Context, args []string, show bool) int {
	if show {
		io.WriteString(c.FS.Stderr, strings.Join(args, " ")+"\n")
	}
	call := *c
	call.Args = args
	call.FS.Stdin = nil
	if _, err := c.Host.Find(&call, args[0]); err != nil {
		c.fail("%s: No such file or directory", args[0])
		return 127
	}
	return c.Host.Run(ctx, &call)
}

// splitQuoted splits at blanks, with the quotes that xargs knows.
func splitQuoted(s string) (items []string, ok bool) {
	var cur strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case quote != 0 && ch == quote:
			quote = 0
		case quote != 0:
			cur.WriteByte(ch)
		case ch == '\'' || ch == '"':
			quote, in = ch, true
		case ch == '\\' && i+1 < len(s):
			i++
			cur.WriteByte(s[i])
			in = true
		case ch == ' ' || ch == '\t' || ch == '\n':
			if in {
				items = append(items, cur.String())
				cur.Reset()
				in = false
			}
		default:
			cur.WriteByte(ch)
			in = true
		}
	}
	if in {
		items = append(items, cur.String())
	}
	return items, quote == 0
}

// timeout runs a command and ends it after a time: exit code 124.
func timeout(ctx context.Context, c *Call) int {
	f, code := c.parseCode(125, "+s:k:v", map[string]byte{"signal": 's', "kill-after": 'k', "verbose": 'v'})
	if code != 0 {
		return code
	}
	if len(f.args) < 2 {
		return c.usage(125, "missing operand")
	}
	sec, ok := seconds(f.args[0])
	if !ok {
		return c.usage(125, "invalid time interval '%s'", f.args[0])
	}
	sig := syscall.SIGTERM
	if name := f.value('s', ""); name != "" {
		if sig, ok = ParseSignal(name); !ok {
			return c.usage(125, "%s: invalid signal", name)
		}
	}
	call := *c
	call.Args = f.args[1:]
	if _, err := c.Host.Find(&call, call.Args[0]); err != nil {
		c.fail("failed to run command '%s': No such file or directory", call.Args[0])
		return 127
	}
	if sec == 0 {
		return c.Host.Run(ctx, &call)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(sec*float64(time.Second)))
	defer cancel()
	n := c.Host.Run(ctx, &call)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		if sig == syscall.SIGKILL {
			return 137
		}
		return 124
	}
	return n
}
