package commands

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

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
