package commands

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
)

// compareFiles is cmp: it compares two files byte by byte.
func compareFiles(_ context.Context, c *Call) int {
	f, code := c.parseCode(2, "sl", map[string]byte{"quiet": 's', "silent": 's'})
	if code != 0 {
		return code
	}
	if len(f.args) < 1 {
		return c.usage(2, "missing operand after '%s'", c.name())
	}
	names := append(slices.Clone(f.args), "-")[:2]
	var data [2][]byte
	for i, name := range names {
		var err error
		if data[i], err = c.readAll(name); err != nil {
			if !f.has('s') {
				c.fail("%s: %s", name, Reason(err))
			}
			return 2
		}
	}
	a, b := data[0], data[1]
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		if !f.has('s') {
			c.printf("%s %s differ: char %d, line %d\n", names[0], names[1], i+1, bytes.Count(a[:i], []byte("\n"))+1)
		}
		return 1
	}
	if len(a) == len(b) {
		return 0
	}
	if !f.has('s') {
		short, n := names[0], len(a)
		if len(b) < len(a) {
			short, n = names[1], len(b)
		}
		line := fmt.Sprintf("in line %d", bytes.Count(a[:n], []byte("\n"))+1)
		if n > 0 && a[n-1] == '\n' {
			line = fmt.Sprintf("line %d", bytes.Count(a[:n], []byte("\n")))
		}
		fmt.Fprintf(c.FS.Stderr, "cmp: EOF on %s after byte %d, %s\n", short, n, line)
	}
	return 1
}

// diff compares two files line by line, in the normal format or with -u.
func diff(_ context.Context, c *Call) int {
	f, code := c.parseCode(2, "qusbwiBN", map[string]byte{"brief": 'q', "unified": 'u', "report-identical-files": 's'})
	if code != 0 {
		return code
	}
	for _, b := range []byte("bwiBN") {
		if f.has(b) {
			c.fail("-%c is not supported in the sandbox", b)
			return 2
		}
	}
	if len(f.args) != 2 {
		return c.usage(2, "missing operand after '%s'", strings.Join(slices.Concat([]string{c.name()}, f.args), " "))
	}
	var lines [2][]string
	for i, name := range f.args {
		data, err := c.readAll(name)
		if err != nil {
			c.fail("%s: %s", name, Reason(err))
			return 2
		}
		lines[i] = slices.Collect(strings.Lines(string(data)))
	}
	a, b := lines[0], lines[1]
	switch equal := slices.Equal(a, b); {
	case equal && f.has('s'):
		return c.printf("Files %s and %s are identical\n", f.args[0], f.args[1])
	case equal:
		return 0
	case f.has('q'):
		c.printf("Files %s and %s differ\n", f.args[0], f.args[1])
		return 1
	case len(a)*len(b) > 25_000_000:
		c.fail("the files are too large to compare in the sandbox")
		return 2
	}
	changes := compareLines(a, b)
	if f.has('u') {
		c.unified(f.args, a, b, changes)
	} else {
		c.normalDiff(a, b, changes)
	}
	return 1
}

// change says that lines a[a0:a1] became b[b0:b1].
type change struct{ a0, a1, b0, b1 int }

// compareLines finds the changes around a longest common subsequence.
func compareLines(a, b []string) []change {
	length := make([][]int32, len(a)+1)
	for i := range length {
		length[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var changes []change
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		ch := change{a0: i, b0: j}
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && length[i+1][j] >= length[i][j+1] {
				i++
			} else {
				j++
			}
		}
		ch.a1, ch.b1 = i, j
		changes = append(changes, ch)
	}
	return changes
}

func (c *Call) diffLines(mark string, lines []string) {
	for _, line := range lines {
		body, whole := strings.CutSuffix(line, "\n")
		c.printf("%s%s\n", mark, body)
		if !whole {
			c.printf("\\ No newline at end of file\n")
		}
	}
}

func (c *Call) normalDiff(a, b []string, changes []change) {
	lines := func(from, to int) string {
		if to-from <= 1 {
			return fmt.Sprint(max(to, from))
		}
		return fmt.Sprintf("%d,%d", from+1, to)
	}
	for _, ch := range changes {
		verb := "c"
		switch {
		case ch.a0 == ch.a1:
			verb = "a"
		case ch.b0 == ch.b1:
			verb = "d"
		}
		c.printf("%s%s%s\n", lines(ch.a0, ch.a1), verb, lines(ch.b0, ch.b1))
		c.diffLines("< ", a[ch.a0:ch.a1])
		if verb == "c" {
			c.printf("---\n")
		}
		c.diffLines("> ", b[ch.b0:ch.b1])
	}
}

// unified prints changes with three lines of context around them.
func (c *Call) unified(names []string, a, b []string, changes []change) {
	const context = 3
	for i, name := range names {
		when := ""
		if info, err := c.FS.Stat(name); err == nil {
			when = info.ModTime().UTC().Format("2006-01-02 15:04:05.000000000 +0000")
		}
		c.printf("%s %s\t%s\n", []string{"---", "+++"}[i], name, when)
	}
	span := func(from, to int) string {
		switch to - from {
		case 0:
			return fmt.Sprintf("%d,0", from)
		case 1:
			return fmt.Sprint(from + 1)
		}
		return fmt.Sprintf("%d,%d", from+1, to-from)
	}
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].a0-changes[n-1].a1 <= 2*context {
			n++
		}
		hunk := changes[:n]
		changes = changes[n:]
		first, last := hunk[0], hunk[n-1]
		before, after := min(context, first.a0), min(context, len(a)-last.a1)
		c.printf("@@ -%s +%s @@\n", span(first.a0-before, last.a1+after), span(first.b0-before, last.b1+after))
		at := first.a0 - before
		for _, ch := range hunk {
			c.diffLines(" ", a[at:ch.a0])
			c.diffLines("-", a[ch.a0:ch.a1])
			c.diffLines("+", b[ch.b0:ch.b1])
			at = ch.a1
		}
		c.diffLines(" ", a[at:last.a1+after])
	}
}
