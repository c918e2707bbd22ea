package commands

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// split cuts a file into pieces of so many lines or bytes.
func split(_ context.Context, c *Call) int {
	f, code := c.parse("l:b:a:dn:", map[string]byte{"lines": 'l', "bytes": 'b', "suffix-length": 'a', "numeric-suffixes": 'd', "number": 'n'})
	if code != 0 {
		return code
	}
	name, prefix := "-", "x"
	if len(f.args) > 0 {
		name = f.args[0]
	}
	if len(f.args) > 1 {
		prefix = f.args[1]
	}
	data, err := c.readAll(name)
	if err != nil {
		return c.fail("cannot open '%s' for reading: %s", name, Reason(err))
	}
	length, ok := atLeast(f.value('a', "2"))
	if !ok || length == 0 {
		return c.fail("invalid suffix length: '%s'", f.value('a', ""))
	}
	cuts, problem := pieces(data, f)
	if problem != "" {
		return c.fail("%s", problem)
	}
	for i, piece := range cuts {
		suffix, ok := splitSuffix(i, length, f.has('d'))
		if !ok {
			return c.fail("output file suffixes exhausted")
		}
		out, err := c.create(prefix+suffix, false)
		if err == nil {
			_, err = out.Write(piece)
			out.Close()
		}
		if err != nil {
			return c.fail("%s: %s", prefix+suffix, Reason(err))
		}
	}
	return 0
}

// pieces cuts by lines, bytes or number of pieces.
func pieces(data []byte, f *flags) (cuts [][]byte, problem string) {
	switch {
	case f.has('b'):
		n, err := ddNumber(f.value('b', ""), 1)
		if err != nil {
			return nil, fmt.Sprintf("invalid number of bytes: '%s'", f.value('b', ""))
		}
		for len(data) > 0 {
			k := min(n, int64(len(data)))
			cuts, data = append(cuts, data[:k]), data[k:]
		}
	case f.has('n'):
		n, ok := atLeast(f.value('n', ""))
		if !ok || n == 0 {
			return nil, fmt.Sprintf("invalid number of chunks: '%s'", f.value('n', ""))
		}
		for i := range n {
			cuts = append(cuts, data[i*len(data)/n:(i+1)*len(data)/n])
		}
	default:
		n, ok := atLeast(f.value('l', "1000"))
		switch {
		case !ok:
			return nil, fmt.Sprintf("invalid number of lines: '%s'", f.value('l', ""))
		case n == 0:
			return nil, "invalid number of lines: '0': Numerical result out of range"
		}
		for len(data) > 0 {
			end := 0
			for range n {
				i := bytes.IndexByte(data[end:], '\n')
				if i < 0 {
					end = len(data)
					break
				}
				end += i + 1
			}
			cuts, data = append(cuts, data[:end]), data[end:]
		}
	}
	return cuts, ""
}

func splitSuffix(i, length int, digits bool) (string, bool) {
	base, first := 26, byte('a')
	if digits {
		base, first = 10, '0'
	}
	suffix := make([]byte, length)
	for j := length - 1; j >= 0; j-- {
		suffix[j] = first + byte(i%base)
		i /= base
	}
	return string(suffix), i == 0
}

// shuf prints lines, arguments (-e) or numbers (-i) in random order.
func shuf(ctx context.Context, c *Call) int {
	f, code := c.parse("ei:n:ro:z", map[string]byte{"echo": 'e', "input-range": 'i', "head-count": 'n', "repeat": 'r', "output": 'o'})
	if code != 0 {
		return code
	}
	var items []string
	switch {
	case f.has('e'):
		items = f.args
	case f.has('i'):
		low, high, _ := strings.Cut(f.value('i', ""), "-")
		from, ok := atLeast(low)
		to, ok2 := atLeast(high)
		if !ok || !ok2 || to < from-1 || to-from > 10_000_000 {
			return c.fail("invalid input range: '%s'", f.value('i', ""))
		}
		for n := from; n <= to; n++ {
			items = append(items, strconv.Itoa(n))
		}
	default:
		if len(f.args) > 1 {
			return c.usage(1, "extra operand '%s'", f.args[1])
		}
		code = c.inputs(f.args, func(name string, r io.Reader) int {
			var n int
			items, n = c.readLines(name, r)
			return n
		})
		if code != 0 {
			return code
		}
	}
	out := io.Writer(c.FS.Stdout)
	if name := f.value('o', ""); name != "" {
		file, err := c.create(name, false)
		if err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
		defer file.Close()
		out = file
	}
	count := -1
	if n := f.value('n', ""); n != "" {
		var ok bool
		if count, ok = atLeast(n); !ok {
			return c.fail("invalid line count: '%s'", n)
		}
	}
	if f.has('r') {
		if len(items) == 0 {
			return c.fail("no lines to repeat")
		}
		for i := 0; i != count && ctx.Err() == nil; i++ {
			if _, err := io.WriteString(out, items[rand.IntN(len(items))]+"\n"); err != nil {
				return c.writeError(err)
			}
		}
		return 0
	}
	rand.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	for i, item := range items {
		if i == count {
			break
		}
		if _, err := io.WriteString(out, item+"\n"); err != nil {
			return c.writeError(err)
		}
	}
	return 0
}

// truncate sets the size of files.
func truncate(_ context.Context, c *Call) int {
	f, code := c.parse("s:c", map[string]byte{"size": 's', "no-create": 'c'})
	if code != 0 {
		return code
	}
	size := f.value('s', "")
	if size == "" {
		return c.usage(1, "you must specify either '--size' or '--reference'")
	}
	if len(f.args) == 0 {
		return c.usage(1, "missing file operand")
	}
	digits := strings.TrimLeft(size, "+-")
	n, err := ddNumber(digits, 0)
	if err != nil {
		return c.fail("Invalid number: '%s'", size)
	}
	for _, name := range f.args {
		if _, err := c.FS.Stat(name); err != nil && f.has('c') {
			continue
		}
		file, err := c.create(name, true)
		if err != nil {
			code = c.fail("cannot open '%s' for writing: %s", name, Reason(err))
			continue
		}
		to := n
		if info, serr := file.Stat(); serr == nil && digits != size {
			to = info.Size() + n
			if size[0] == '-' {
				to = max(0, info.Size()-n)
			}
		}
		if t, ok := file.(interface{ Truncate(int64) error }); !ok {
			code = c.fail("cannot truncate '%s': Invalid argument", name)
		} else if err := t.Truncate(to); err != nil {
			code = c.fail("failed to truncate '%s' at %d bytes: %s", name, to, Reason(err))
		}
		file.Close()
	}
	return code
}
