package awk

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sprintf formats args; convfmt formats numbers where a string is asked for.
func sprintf(convfmt, format string, args []value) string {
	var b strings.Builder
	next := func() value {
		if len(args) == 0 {
			return value{}
		}
		v := args[0]
		args = args[1:]
		return v
	}
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		start := i
		for i++; i < len(format) && strings.IndexByte("-+ #0123456789.*lhqL", format[i]) >= 0; i++ {
		}
		if i == len(format) {
			b.WriteString(format[start:])
			break
		}
		verb := format[i]
		if verb == '%' {
			b.WriteByte('%')
			continue
		}
		flags := strings.Map(func(r rune) rune {
			if strings.ContainsRune("lhqL", r) {
				return -1
			}
			return r
		}, format[start:i])
		for strings.Contains(flags, "*") {
			flags = strings.Replace(flags, "*", strconv.Itoa(int(next().num())), 1)
		}
		switch verb {
		case 'd', 'i':
			n := math.Trunc(next().num())
			if math.IsNaN(n) || math.IsInf(n, 0) {
				fmt.Fprintf(&b, plain(flags)+"s", strings.ToLower(strings.TrimPrefix(fmt.Sprint(n), "+")))
				break
			}
			if math.Abs(n) < 1<<63 {
				fmt.Fprintf(&b, integer(flags)+"d", int64(n))
			} else {
				fmt.Fprintf(&b, plain(flags)+".0f", n)
			}
		case 'o', 'x', 'X', 'u':
			n := math.Trunc(next().num())
			u := uint64(n)
			if n < 0 {
				u = uint64(int64(n))
			}
			if verb == 'u' {
				verb = 'd'
			}
			fmt.Fprintf(&b, integer(flags)+string(verb), u)
		case 'e', 'E', 'f', 'F', 'g', 'G':
			if !strings.Contains(flags, ".") {
				flags += ".6"
			}
			n := next().num()
			if math.IsNaN(n) || math.IsInf(n, 0) {
				fmt.Fprintf(&b, plain(flags)+"s", strings.ToLower(strings.TrimPrefix(fmt.Sprint(n), "+")))
				break
			}
			fmt.Fprintf(&b, flags+string(verb), n)
		case 'c':
			v := next()
			s := v.str(convfmt)
			if v.kind == number || v.kind == strnum {
				s = string(rune(v.n))
			} else if s != "" {
				_, size := utf8.DecodeRuneInString(s)
				s = s[:size]
			}
			fmt.Fprintf(&b, plain(flags)+"s", s)
		case 's':
			fmt.Fprintf(&b, strings.ReplaceAll(flags, "0-", "-")+"s", next().str(convfmt))
		default:
			b.WriteString(format[start : i+1])
		}
	}
	return b.String()
}

// plain is the flags without a precision.
func plain(flags string) string {
	flags, _, _ = strings.Cut(flags, ".")
	return flags
}

// integer drops the flag 0 beside a precision, as C does.
func integer(flags string) string {
	width, precision, ok := strings.Cut(flags, ".")
	if !ok {
		return flags
	}
	if precision == "" {
		precision = "0"
	}
	return "%" + strings.TrimLeft(width[1:], "0") + "." + precision
}

// replace replaces up to limit matches from the first-th on. In repl & is the
// match, and with groups set \1 a group.
func replace(re *regexp.Regexp, s, repl string, first, limit int, groups bool) (string, int) {
	var b strings.Builder
	done, seen, n := 0, 0, 0
	for _, at := range re.FindAllStringSubmatchIndex(s, -1) {
		if seen++; seen < first {
			continue
		}
		if n == limit {
			break
		}
		n++
		b.WriteString(s[done:at[0]])
		done = at[1]
		for i := 0; i < len(repl); i++ {
			switch c := repl[i]; {
			case c == '\\' && i+1 < len(repl) && (repl[i+1] == '&' || repl[i+1] == '\\'):
				i++
				b.WriteByte(repl[i])
			case c == '\\' && groups && i+1 < len(repl) && isDigit(repl[i+1]):
				i++
				if g := 2 * int(repl[i]-'0'); g+1 < len(at) && at[g] >= 0 {
					b.WriteString(s[at[g]:at[g+1]])
				}
			case c == '&':
				b.WriteString(s[at[0]:at[1]])
			default:
				b.WriteByte(c)
			}
		}
	}
	b.WriteString(s[done:])
	return b.String(), n
}
