package awk

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

type kind byte

const (
	unset  kind = iota // "" and 0 at once
	number             // n
	text               // s
	strnum             // s that looks like the number n and came from outside
)

type value struct {
	kind kind
	n    float64
	s    string
}

func num(n float64) value { return value{kind: number, n: n} }
func str(s string) value  { return value{kind: text, s: s} }

func boolean(b bool) value {
	if b {
		return num(1)
	}
	return num(0)
}

// outside is a value from input, which is a number too if it looks like one.
func outside(s string) value {
	if n, ok := looksNumeric(s); ok {
		return value{kind: strnum, n: n, s: s}
	}
	return str(s)
}

func looksNumeric(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\r")
	if s == "" || prefixLength(s) != len(s) {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil || math.IsInf(n, 0)
}

// prefixLength is how many bytes at the start of s are a decimal number.
func prefixLength(s string) int {
	i := 0
	digits := func() int {
		start := i
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		return i - start
	}
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	n := digits()
	if i < len(s) && s[i] == '.' {
		i++
		n += digits()
	}
	if n == 0 {
		return 0
	}
	end := i
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if digits() > 0 {
			end = i
		}
	}
	return end
}

func (v value) num() float64 {
	if v.kind != text {
		return v.n
	}
	s := strings.TrimLeft(v.s, " \t\n\r")
	n, _ := strconv.ParseFloat(s[:prefixLength(s)], 64)
	return n
}

// str is the value as a string; numbers that are not whole are formatted by
// format.
func (v value) str(format string) string {
	if v.kind != number {
		return v.s
	}
	if v.n == math.Trunc(v.n) && math.Abs(v.n) < 1e16 {
		return strconv.FormatInt(int64(v.n), 10)
	}
	return sprintf(format, format, []value{v})
}

func (v value) truth() bool {
	switch v.kind {
	case number, strnum:
		return v.n != 0
	}
	return v.s != ""
}

func compare(a, b value, format string) int {
	if a.kind != text && b.kind != text {
		switch {
		case a.n < b.n:
			return -1
		case a.n > b.n:
			return 1
		}
		return 0
	}
	return strings.Compare(a.str(format), b.str(format))
}

// cell is a variable: a value or an array.
type cell struct {
	v    value
	arr  *array
	from *cell // an argument that may turn out to be an array
}

func (c *cell) array() *array {
	if c.arr == nil {
		if c.v.kind != unset {
			fail("attempt to use a scalar as an array")
		}
		if c.from != nil {
			c.arr = c.from.array()
		} else {
			c.arr = &array{elems: make(map[string]*element)}
		}
	}
	return c.arr
}

// array keeps its elements in the order in which they were made, so that for-in
// is the same each time.
type array struct {
	elems map[string]*element
	made  int
}

type element struct {
	v  value
	at int
}

func (a *array) get(key string) *element {
	e := a.elems[key]
	if e == nil {
		a.made++
		e = &element{at: a.made}
		a.elems[key] = e
	}
	return e
}

func (a *array) set(key string, v value) { a.get(key).v = v }

func (a *array) clear() { a.elems = make(map[string]*element) }

func (a *array) keys() []string {
	keys := make([]string, 0, len(a.elems))
	for k := range a.elems {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y string) int { return a.elems[x].at - a.elems[y].at })
	return keys
}
