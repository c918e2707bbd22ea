package commands

import (
	"context"
	"io"
	"math"
	"strconv"
	"strings"
)

// span is a range of positions from 1, both ends included.
type span struct{ from, to int }

// parseSpans parses a list as "1,3-5,7-".
func parseSpans(s string) ([]span, bool) {
	var spans []span
	for part := range strings.SplitSeq(s, ",") {
		lo, hi, ranged := strings.Cut(part, "-")
		sp := span{1, math.MaxInt}
		var err error
		if lo != "" {
			if sp.from, err = strconv.Atoi(lo); err != nil || sp.from < 1 {
				return nil, false
			}
		}
		switch {
		case !ranged && lo == "", ranged && lo == "" && hi == "":
			return nil, false
		case !ranged:
			sp.to = sp.from
		case hi != "":
			if sp.to, err = strconv.Atoi(hi); err != nil || sp.to < sp.from {
				return nil, false
			}
		}
		spans = append(spans, sp)
	}
	return spans, true
}

func selected(spans []span, n int) bool {
	for _, s := range spans {
		if s.from <= n && n <= s.to {
			return true
		}
	}
	return false
}

// cut prints parts of lines.
func cut(_ context.Context, c *Call) int {
	f, code := c.parse("f:c:b:d:s", map[string]byte{
		"fields": 'f', "characters": 'c', "bytes": 'b', "delimiter": 'd', "only-delimited": 's', "output-delimiter": 'O', "complement": 'C',
	})
	if code != 0 {
		return code
	}
	if f.has('O') || f.has('C') {
		return c.fail("--output-delimiter and --complement are not supported in the sandbox")
	}
	list, kinds := "", 0
	for _, b := range []byte("fcb") {
		if f.has(b) {
			list = f.value(b, "")
			kinds++
		}
	}
	switch {
	case kinds == 0:
		return c.usage(1, "you must specify a list of bytes, characters, or fields")
	case kinds > 1:
		return c.usage(1, "only one list may be specified")
	}
	spans, ok := parseSpans(list)
	if !ok {
		return c.usage(1, "invalid field range")
	}
	delim := f.value('d', "\t")
	if len([]rune(delim)) != 1 {
		return c.usage(1, "the delimiter must be a single character")
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		return c.lines(name, r, func(line string) int {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case f.has('b'):
				return c.printf("%s\n", pick([]byte(line), spans))
			case f.has('c'):
				return c.printf("%s\n", string(pick([]rune(line), spans)))
			case !strings.Contains(line, delim):
				if f.has('s') {
					return 0
				}
				return c.printf("%s\n", line)
			}
			return c.printf("%s\n", strings.Join(pick(strings.Split(line, delim), spans), delim))
		})
	})
}

func pick[T any](all []T, spans []span) []T {
	var out []T
	for i, v := range all {
		if selected(spans, i+1) {
			out = append(out, v)
		}
	}
	return out
}

// tr translates, squeezes or deletes characters.
func tr(_ context.Context, c *Call) int {
	f, code := c.parse("+dscC", map[string]byte{"delete": 'd', "squeeze-repeats": 's', "complement": 'c'})
	if code != 0 {
		return code
	}
	remove, squeeze, complement := f.has('d'), f.has('s'), f.has('c') || f.has('C')
	want := 2
	if remove != squeeze {
		want = 1
	}
	switch {
	case len(f.args) == 0:
		return c.usage(1, "missing operand")
	case len(f.args) < want && !(squeeze && !remove):
		return c.usage(1, "missing operand after '%s'", f.args[0])
	case len(f.args) > 2 || remove && !squeeze && len(f.args) > 1:
		return c.usage(1, "extra operand '%s'", f.args[len(f.args)-1])
	}
	set1 := expandSet(f.args[0])
	var set2 []byte
	if len(f.args) > 1 {
		set2 = expandSet(f.args[1])
	}
	if complement {
		var rest []byte
		for b := range 256 {
			if !containsByte(set1, byte(b)) {
				rest = append(rest, byte(b))
			}
		}
		set1 = rest
	}
	var mapping [256]byte
	var drop, squeezed [256]bool
	for b := range mapping {
		mapping[b] = byte(b)
	}
	switch {
	case remove:
		for _, b := range set1 {
			drop[b] = true
		}
	case len(set2) > 0:
		for i, b := range set1 {
			mapping[b] = set2[min(i, len(set2)-1)]
		}
	}
	if squeeze {
		last := set1
		if len(f.args) > 1 {
			last = set2
		}
		for _, b := range last {
			squeezed[b] = true
		}
	}
	buf := make([]byte, 32<<10)
	prev := -1
	for c.FS.Stdin != nil {
		n, err := c.FS.Stdin.Read(buf)
		out := make([]byte, 0, n)
		for _, b := range buf[:n] {
			if drop[b] {
				continue
			}
			b = mapping[b]
			if squeezed[b] && prev == int(b) {
				continue
			}
			prev = int(b)
			out = append(out, b)
		}
		if code := c.write(out); code != 0 {
			return code
		}
		if err != nil {
			break
		}
	}
	return 0
}

func containsByte(set []byte, b byte) bool { return strings.IndexByte(string(set), b) >= 0 }

// classes are the named classes of bytes.
var classes = map[string]func(b byte) bool{
	"alpha":  func(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' },
	"digit":  func(b byte) bool { return '0' <= b && b <= '9' },
	"alnum":  func(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' },
	"upper":  func(b byte) bool { return 'A' <= b && b <= 'Z' },
	"lower":  func(b byte) bool { return 'a' <= b && b <= 'z' },
	"space":  func(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' },
	"blank":  func(b byte) bool { return b == ' ' || b == '\t' },
	"cntrl":  func(b byte) bool { return b < ' ' || b == 0x7f },
	"print":  func(b byte) bool { return ' ' <= b && b < 0x7f },
	"graph":  func(b byte) bool { return ' ' < b && b < 0x7f },
	"punct":  func(b byte) bool { return ' ' < b && b < 0x7f && strings.IndexByte(punctNot, b) < 0 },
	"xdigit": func(b byte) bool { return digit(b) < 16 },
}

const punctNot = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// expandSet expands the ranges, classes and escapes of a set of tr.
func expandSet(s string) []byte {
	s, _ = unescape(s, false)
	var set []byte
	for i := 0; i < len(s); i++ {
		if rest := s[i:]; strings.HasPrefix(rest, "[:") {
			if end := strings.Index(rest, ":]"); end > 0 {
				if in, ok := classes[rest[2:end]]; ok {
					for b := range 256 {
						if in(byte(b)) {
							set = append(set, byte(b))
						}
					}
					i += end + 1
					continue
				}
			}
		}
		if i+2 < len(s) && s[i+1] == '-' && s[i+2] >= s[i] {
			for b := int(s[i]); b <= int(s[i+2]); b++ {
				set = append(set, byte(b))
			}
			i += 2
			continue
		}
		set = append(set, s[i])
	}
	return set
}
