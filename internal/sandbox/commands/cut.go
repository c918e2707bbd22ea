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
