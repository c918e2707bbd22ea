package commands

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// tr translates, squeezes or deletes characters.
func tr(_ context.Context, c *Call) int {
	f, code := c.parse("+dscCt", map[string]byte{
		"delete": 'd', "squeeze-repeats": 's', "complement": 'c', "truncate-set1": 't',
	})
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
	set1, err := expandSet(f.args[0], 0)
	if err != nil {
		return c.fail("%v", err)
	}
	if complement {
		set1 = slices.DeleteFunc(everyByte(), func(b byte) bool { return slices.Contains(set1, b) })
	}
	var set2 []byte
	if len(f.args) > 1 {
		if set2, err = expandSet(f.args[1], len(set1)); err != nil {
			return c.fail("%v", err)
		}
		if f.has('t') {
			set1 = set1[:min(len(set1), len(set2))]
		} else if len(set2) == 0 && !remove {
			return c.fail("when not truncating set1, string2 must be non-empty")
		}
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

func everyByte() []byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return all
}

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

// expandSet expands the ranges, classes, repetitions and escapes of a set of tr.
// A repetition without a count makes the set as long as length.
func expandSet(s string, length int) ([]byte, error) {
	s, _ = unescape(s, false)
	var set []byte
	fill := -1 // where in set the byte stands that fills it up
	for s != "" {
		if in, rest, ok := cutClass(s); ok {
			set = append(set, slices.DeleteFunc(everyByte(), func(b byte) bool { return !in(b) })...)
			s = rest
			continue
		}
		if b, n, rest, ok := cutRepeat(s); ok {
			if n == 0 {
				fill = len(set)
				n = 1
			}
			set = append(set, bytes.Repeat([]byte{b}, n)...)
			s = rest
			continue
		}
		if len(s) > 2 && s[1] == '-' {
			if s[2] < s[0] {
				return nil, fmt.Errorf("range-endpoints of '%s' are in reverse collating sequence order", s[:3])
			}
			for b := int(s[0]); b <= int(s[2]); b++ {
				set = append(set, byte(b))
			}
			s = s[3:]
			continue
		}
		set = append(set, s[0])
		s = s[1:]
	}
	if missing := length - len(set); fill >= 0 && missing > 0 {
		set = slices.Insert(set, fill, bytes.Repeat(set[fill:fill+1], missing)...)
	}
	return set, nil
}

// cutClass cuts a class such as [:alpha:] off the front of a set.
func cutClass(s string) (in func(byte) bool, rest string, ok bool) {
	name, ok := strings.CutPrefix(s, "[:")
	if !ok {
		return nil, "", false
	}
	if name, rest, ok = strings.Cut(name, ":]"); !ok {
		return nil, "", false
	}
	in, ok = classes[name]
	return in, rest, ok
}

// maxRepeat is how many bytes a repetition may ask for: there are no more to
// translate.
const maxRepeat = 256

// cutRepeat cuts a repetition, [x*n] or [x*], off the front of a set. n is 0 if
// it has no count.
func cutRepeat(s string) (b byte, n int, rest string, ok bool) {
	if len(s) < 4 || s[0] != '[' || s[2] != '*' {
		return 0, 0, "", false
	}
	count, rest, ok := strings.Cut(s[3:], "]")
	if !ok {
		return 0, 0, "", false
	}
	if count != "" {
		base := 10
		if count[0] == '0' {
			base = 8
		}
		wide, err := strconv.ParseUint(count, base, 31)
		if err != nil {
			return 0, 0, "", false
		}
		n = int(min(wide, maxRepeat))
	}
	return s[1], n, rest, true
}
