package commands

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
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

// readLast reads r to its end and returns its last num.n lines or bytes. It
// holds little more than those.
func readLast(r io.Reader, num count) ([]byte, error) {
	const slack = 64 << 10
	var data []byte
	kept := 0
	for {
		if len(data) > 2*kept+slack {
			data = slices.Clone(lastOf(data, num))
			kept = len(data)
		}
		data = slices.Grow(data, slack/2)
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return lastOf(data, num), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// lastOf is the last num.n lines or bytes of data.
func lastOf(data []byte, num count) []byte {
	if num.bytes {
		return data[max(0, int64(len(data))-num.n):]
	}
	if num.n == 0 {
		return nil
	}
	end := len(data)
	if end > 0 && data[end-1] == '\n' {
		end--
	}
	for left := num.n; left > 0; left-- {
		i := bytes.LastIndexByte(data[:end], '\n')
		if i < 0 {
			return data
		}
		end = i
	}
	return data[end+1:]
}

// fromOn is data from line or byte num.n on, counted from 1.
func fromOn(data []byte, num count) []byte {
	if num.bytes {
		return data[min(int64(len(data)), max(0, num.n-1)):]
	}
	for left := num.n - 1; left > 0 && len(data) > 0; left-- {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return nil
		}
		data = data[i+1:]
	}
	return data
}

// followInterval is how often tail -f looks for more, as the real one does
// where it cannot be told.
const followInterval = 200 * time.Millisecond

func tail(ctx context.Context, c *Call) int {
	f, num, code := c.parseCount("n:c:qvfFs:", map[string]byte{
		"lines": 'n', "bytes": 'c', "quiet": 'q', "verbose": 'v', "follow": 'f', "sleep-interval": 's',
	})
	if code != 0 {
		return code
	}
	follow := f.has('f') || f.has('F')
	var files []followed
	headers := len(f.args) > 1 && !f.has('q') || f.has('v')
	first := true
	code = 0
	names := f.args
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		r, err := c.input(name)
		if err != nil {
			code = c.fail("cannot open '%s' for reading: %s", name, Reason(err))
			continue
		}
		defer r.Close()
		if headers {
			c.header(name, first)
			first = false
		}
		if follow && endless(r) {
			// A device such as /dev/null has no end to wait for.
			files = append(files, followed{name, r})
			continue
		}
		var data []byte
		if num.sign == '+' {
			if data, err = io.ReadAll(r); err == nil {
				data = fromOn(data, num)
			}
		} else {
			data, err = readLast(r, num)
		}
		if err != nil {
			code = c.fail("error reading '%s': %s", name, Reason(err))
			continue
		}
		if n := c.write(data); n != 0 {
			return n
		}
		if name != "-" {
			files = append(files, followed{name, r})
		}
	}
	if !follow || len(files) == 0 {
		return code
	}
	return c.follow(ctx, files, headers)
}

type followed struct {
	name string
	io.Reader
}

// endless reports whether a file is a device.
func endless(r io.Reader) bool {
	f, ok := r.(fs.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeDevice != 0 && info.Mode()&fs.ModeCharDevice != 0
}

// follow prints what is appended to files, until the context ends.
func (c *Call) follow(ctx context.Context, files []followed, headers bool) int {
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	last := files[len(files)-1].name
	buf := make([]byte, 32<<10)
	for {
		for _, f := range files {
			for {
				n, err := f.Read(buf)
				if n > 0 {
					if headers && f.name != last {
						c.header(f.name, false)
						last = f.name
					}
					if code := c.write(buf[:n]); code != 0 {
						return code
					}
				}
				if err != nil || n == 0 {
					break
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 1
		}
	}
}

// wc counts lines, words, bytes and characters.
func wc(_ context.Context, c *Call) int {
	f, code := c.parse("lwcmL", map[string]byte{"lines": 'l', "words": 'w', "bytes": 'c', "chars": 'm', "max-line-length": 'L'})
	if code != 0 {
		return code
	}
	if len(f.set) == 0 {
		f.set['l'], f.set['w'], f.set['c'] = true, true, true
	}
	var total [5]int
	width := 7
	if len(f.set) == 1 && len(f.args) < 2 {
		width = 1
	}
	if len(f.args) > 0 {
		width = c.countWidth(f)
	}
	print := func(n [5]int, name string) int {
		var cols []string
		for i, b := range []byte("lwmcL") {
			if f.has(b) {
				cols = append(cols, fmt.Sprintf("%*d", width, n[i]))
			}
		}
		if name != "" {
			cols = append(cols, name)
		}
		return c.printf("%s\n", strings.Join(cols, " "))
	}
	code = c.inputs(f.args, func(name string, r io.Reader) int {
		data, err := io.ReadAll(r)
		if err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
		n := [5]int{bytes.Count(data, []byte("\n")), len(bytes.Fields(data)), len([]rune(string(data))), len(data), 0}
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			n[4] = max(n[4], len([]rune(string(line))))
		}
		for i := range n[:4] {
			total[i] += n[i]
		}
		total[4] = max(total[4], n[4])
		if len(f.args) == 0 {
			name = ""
		}
		return print(n, name)
	})
	if len(f.args) > 1 {
		print(total, "total")
	}
	return code
}

// countWidth is the width of wc's columns: that of the largest number possible.
func (c *Call) countWidth(f *flags) int {
	if len(f.set) == 1 && len(f.args) == 1 {
		return 1
	}
	var size int64
	for _, name := range f.args {
		info, err := c.FS.Stat(name)
		if err != nil {
			continue
		}
		if !info.Mode().IsRegular() {
			return 7
		}
		size += info.Size()
	}
	return len(strconv.FormatInt(size, 10))
}
