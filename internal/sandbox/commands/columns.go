package commands

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lineReader reads the lines of one of several files in step with the others.
type lineReader struct {
	br   *bufio.Reader
	line string // the current one, without its newline
	ok   bool   // there is a current one
}

func (l *lineReader) next() {
	line, err := l.br.ReadString('\n')
	l.line, l.ok = strings.TrimSuffix(line, "\n"), err == nil || line != ""
}

// openLines opens files that are read in step. When one cannot be opened the
// message has been printed and code is not 0.
func (c *Call) openLines(names []string) (readers []*lineReader, closeAll func(), code int) {
	var closers []io.Closer
	closeAll = func() {
		for _, f := range closers {
			f.Close()
		}
	}
	var stdin *bufio.Reader
	for _, name := range names {
		r, err := c.input(name)
		if err != nil {
			return nil, closeAll, c.fail("%s: %s", name, Reason(err))
		}
		closers = append(closers, r)
		br := bufio.NewReader(r)
		if name == "-" {
			if stdin != nil {
				br = stdin
			}
			stdin = br
		}
		l := &lineReader{br: br}
		readers = append(readers, l)
	}
	return readers, closeAll, 0
}

// paste joins the lines of files side by side, or with -s those of each.
func paste(ctx context.Context, c *Call) int {
	f, code := c.parse("d:sz", map[string]byte{"delimiters": 'd', "serial": 's'})
	if code != 0 {
		return code
	}
	delims, _ := unescape(f.value('d', "\t"), false)
	delim := func(i int) string {
		if delims == "" {
			return ""
		}
		return delims[i%len(delims) : i%len(delims)+1]
	}
	names := f.args
	if len(names) == 0 {
		names = []string{"-"}
	}
	readers, closeAll, code := c.openLines(names)
	defer closeAll()
	if code != 0 {
		return code
	}
	if f.has('s') {
		for _, r := range readers {
			var b strings.Builder
			for i := 0; ; i++ {
				if r.next(); !r.ok {
					break
				}
				if i > 0 {
					b.WriteString(delim(i - 1))
				}
				b.WriteString(r.line)
			}
			if code := c.printf("%s\n", b.String()); code != 0 {
				return code
			}
		}
		return 0
	}
	for ctx.Err() == nil {
		var b strings.Builder
		any := false
		for i, r := range readers {
			r.next()
			any = any || r.ok
			if i > 0 {
				b.WriteString(delim(i - 1))
			}
			b.WriteString(r.line)
		}
		if !any {
			break
		}
		if code := c.printf("%s\n", b.String()); code != 0 {
			return code
		}
	}
	return 0
}

// comm compares two sorted files.
func comm(ctx context.Context, c *Call) int {
	f, code := c.parse("123", nil)
	if code != 0 {
		return code
	}
	switch {
	case len(f.args) == 0:
		return c.usage(1, "missing operand")
	case len(f.args) == 1:
		return c.usage(1, "missing operand after '%s'", f.args[0])
	case len(f.args) > 2:
		return c.usage(1, "extra operand '%s'", f.args[2])
	}
	readers, closeAll, code := c.openLines(f.args)
	defer closeAll()
	if code != 0 {
		return code
	}
	a, b := readers[0], readers[1]
	a.next()
	b.next()
	indent := func(column byte) string {
		n := 0
		for i := byte('1'); i < column; i++ {
			if !f.has(i) {
				n++
			}
		}
		return strings.Repeat("\t", n)
	}
	for ctx.Err() == nil && (a.ok || b.ok) {
		column, line := byte('3'), a.line
		switch {
		case !b.ok || a.ok && a.line < b.line:
			column = '1'
			a.next()
		case !a.ok || b.line < a.line:
			column, line = '2', b.line
			b.next()
		default:
			a.next()
			b.next()
		}
		if f.has(column) {
			continue
		}
		if code := c.printf("%s%s\n", indent(column), line); code != 0 {
			return code
		}
	}
	return 0
}

// join joins the lines of two sorted files that have a field in common.
func join(_ context.Context, c *Call) int {
	f, code := c.parse("1:2:t:a:v:e:o:ij:", map[string]byte{"ignore-case": 'i'})
	if code != 0 {
		return code
	}
	if len(f.args) != 2 {
		return c.usage(1, "missing operand")
	}
	if f.has('o') {
		return c.fail("-o is not supported in the sandbox")
	}
	var files [2][][]string
	var keys [2]int
	for i, name := range f.args {
		var ok bool
		if keys[i], ok = atLeast(f.value("12"[i], f.value('j', "1"))); !ok || keys[i] == 0 {
			return c.fail("invalid field number: '%s'", f.value("12"[i], ""))
		}
		data, err := c.readAll(name)
		if err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSuffix(line, "\n")
			fields := strings.Fields(line)
			if sep := f.value('t', ""); sep != "" {
				fields = strings.Split(line, sep)
			}
			files[i] = append(files[i], fields)
		}
	}
	sep := f.value('t', " ")
	key := func(i int, line []string) string {
		if keys[i] > len(line) {
			return ""
		}
		if f.has('i') {
			return strings.ToLower(line[keys[i]-1])
		}
		return line[keys[i]-1]
	}
	rest := func(i int, line []string) []string {
		if keys[i] > len(line) {
			return line
		}
		return slices.Concat(line[:keys[i]-1], line[keys[i]:])
	}
	alone := func(i int, line []string) {
		if slices.Contains(f.vals['a'], strconv.Itoa(i+1)) || slices.Contains(f.vals['v'], strconv.Itoa(i+1)) {
			c.printf("%s\n", strings.Join(append([]string{key(i, line)}, rest(i, line)...), sep))
		}
	}
	a, b := files[0], files[1]
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && key(0, a[0]) < key(1, b[0]):
			alone(0, a[0])
			a = a[1:]
		case len(a) == 0 || key(1, b[0]) < key(0, a[0]):
			alone(1, b[0])
			b = b[1:]
		default:
			k := key(0, a[0])
			n := 0
			for n < len(b) && key(1, b[n]) == k {
				n++
			}
			for len(a) > 0 && key(0, a[0]) == k {
				for _, line := range b[:n] {
					if !f.has('v') {
						c.printf("%s\n", strings.Join(slices.Concat([]string{a[0][keys[0]-1]}, rest(0, a[0]), rest(1, line)), sep))
					}
				}
				a = a[1:]
			}
			b = b[n:]
		}
	}
	return 0
}

// nl numbers lines: those that are not empty, or all with -b a.
func nl(_ context.Context, c *Call) int {
	f, code := c.parse("b:w:s:v:i:n:", map[string]byte{
		"body-numbering": 'b', "number-width": 'w', "number-separator": 's', "starting-line-number": 'v', "line-increment": 'i', "number-format": 'n',
	})
	if code != 0 {
		return code
	}
	number, err := strconv.Atoi(f.value('v', "1"))
	step, err2 := strconv.Atoi(f.value('i', "1"))
	width, ok := atLeast(f.value('w', "6"))
	style := f.value('b', "t")
	if err = errors.Join(err, err2); err != nil || !ok || width == 0 || !slices.Contains([]string{"a", "t", "n"}, style) {
		return c.usage(1, "invalid option value")
	}
	format := map[string]string{"ln": "%-*d%s%s", "rn": "%*d%s%s", "rz": "%0*d%s%s"}[f.value('n', "rn")]
	if format == "" {
		return c.usage(1, "invalid line numbering format: '%s'", f.value('n', ""))
	}
	sep := f.value('s', "\t")
	return c.inputs(f.args, func(name string, r io.Reader) int {
		return c.lines(name, r, func(line string) int {
			line = strings.TrimSuffix(line, "\n") + "\n"
			if style == "n" || style == "t" && line == "\n" {
				return c.printf("%s%s", strings.Repeat(" ", width+len(sep)), line)
			}
			code := c.printf(format, width, number, sep, line)
			number += step
			return code
		})
	})
}

// fold breaks long lines.
func fold(_ context.Context, c *Call) int {
	f, code := c.parse("bsw:", map[string]byte{"bytes": 'b', "spaces": 's', "width": 'w'})
	if code != 0 {
		return code
	}
	width, ok := atLeast(f.value('w', "80"))
	switch {
	case !ok:
		return c.fail("invalid number of columns: '%s'", f.value('w', ""))
	case width == 0:
		return c.fail("invalid number of columns: '0': Numerical result out of range")
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		return c.lines(name, r, func(line string) int {
			body, newline := strings.CutSuffix(line, "\n")
			for utf8.RuneCountInString(body) > width {
				cut := 0
				for range width {
					_, size := utf8.DecodeRuneInString(body[cut:])
					cut += size
				}
				if i := strings.LastIndexByte(body[:cut], ' '); f.has('s') && i >= 0 {
					cut = i + 1
				}
				if code := c.printf("%s\n", body[:cut]); code != 0 {
					return code
				}
				body = body[cut:]
			}
			if newline {
				body += "\n"
			}
			return c.write([]byte(body))
		})
	})
}

// expand turns tabs into blanks.
func expandTabs(_ context.Context, c *Call) int {
	f, code := c.parse("it:", map[string]byte{"initial": 'i', "tabs": 't'})
	if code != 0 {
		return code
	}
	stop, ok := atLeast(f.value('t', "8"))
	if !ok || stop == 0 {
		return c.fail("tab size contains invalid character(s): '%s'", f.value('t', ""))
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		return c.lines(name, r, func(line string) int {
			var b strings.Builder
			column, initial := 0, true
			for _, r := range line {
				if r == '\t' && (initial || !f.has('i')) {
					n := stop - column%stop
					b.WriteString(strings.Repeat(" ", n))
					column += n
					continue
				}
				initial = initial && r == ' '
				b.WriteRune(r)
				column++
			}
			return c.write([]byte(b.String()))
		})
	})
}
