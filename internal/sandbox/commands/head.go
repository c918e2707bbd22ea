package commands

import (
	"bufio"
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// count is the value of -n or -c of head and tail.
type count struct {
	n     int64
	sign  byte // '+', '-' or 0
	bytes bool
}

// parseCount reads the options that head and tail share, among them the old
// form -N.
func (c *Call) parseCount(spec string, long map[string]byte) (*flags, count, int) {
	if len(c.Args) > 1 {
		if arg := c.Args[1]; len(arg) > 1 && arg[0] == '-' && strings.Trim(arg[1:], "0123456789") == "" {
			c.Args = slices.Concat(c.Args[:1], []string{"-n", arg[1:]}, c.Args[2:])
		}
	}
	f, code := c.parse(spec, long)
	if code != 0 {
		return nil, count{}, code
	}
	num := count{n: 10}
	val, what := f.value('n', ""), "lines"
	if f.has('c') {
		val, what, num.bytes = f.value('c', ""), "bytes", true
	}
	if val == "" {
		return f, num, 0
	}
	digits := val
	if val[0] == '+' || val[0] == '-' {
		num.sign, digits = val[0], val[1:]
	}
	unit := int64(1)
	if i := strings.IndexAny(digits, "bkKM"); i >= 0 && i == len(digits)-1 {
		unit = map[byte]int64{'b': 512, 'k': 1 << 10, 'K': 1 << 10, 'M': 1 << 20}[digits[i]]
		digits = digits[:i]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return nil, count{}, c.fail("invalid number of %s: '%s'", what, val)
	}
	num.n = n * unit
	return f, num, 0
}

// header prints the line that head and tail put before each of several files.
func (c *Call) header(name string, first bool) int {
	if name == "-" {
		name = "standard input"
	}
	gap := "\n"
	if first {
		gap = ""
	}
	return c.printf("%s==> %s <==\n", gap, name)
}

func head(_ context.Context, c *Call) int {
	f, num, code := c.parseCount("n:c:qv", map[string]byte{"lines": 'n', "bytes": 'c', "quiet": 'q', "verbose": 'v'})
	if code != 0 {
		return code
	}
	first := true
	return c.inputs(f.args, func(name string, r io.Reader) int {
		if len(f.args) > 1 && !f.has('q') || f.has('v') {
			if code := c.header(name, first); code != 0 {
				return code
			}
			first = false
		}
		if num.sign == '-' {
			return c.allBut(name, r, num)
		}
		if num.bytes {
			return c.pass(name, io.LimitReader(r, num.n))
		}
		if num.n == 0 {
			return 0
		}
		left := num.n
		br := bufio.NewReader(r)
		for ; left > 0; left-- {
			line, err := br.ReadBytes('\n')
			if len(line) > 0 {
				if code := c.write(line); code != 0 {
					return code
				}
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return c.fail("error reading '%s': %s", name, Reason(err))
			}
		}
		return 0
	})
}

// pass prints all of r.
func (c *Call) pass(name string, r io.Reader) int {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if code := c.write(buf[:n]); code != 0 {
				return code
			}
		}
		if err == io.EOF {
			return 0
		}
		if err != nil {
			return c.fail("error reading '%s': %s", name, Reason(err))
		}
	}
}

// allBut prints all but the last lines or bytes.
func (c *Call) allBut(name string, r io.Reader, num count) int {
	data, err := io.ReadAll(r)
	if err != nil {
		return c.fail("error reading '%s': %s", name, Reason(err))
	}
	return c.write(data[:len(data)-len(lastOf(data, num))])
}
