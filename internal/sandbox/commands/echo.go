package commands

import (
	"context"
	"strings"
)

// echo prints its arguments. Escapes are interpreted with -e.
func echo(_ context.Context, c *Call) int {
	text, _ := Echo(c.Args[1:], false)
	return c.write([]byte(text))
}

// Echo is what echo prints for args. With posix set, escapes are interpreted
// without -e and only the option -n is known, as in dash. stop reports that a
// \c ended the output.
func Echo(args []string, posix bool) (text string, stop bool) {
	newline, escapes := true, posix
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		letters := "neE"
		if posix {
			letters = "n"
		}
		if strings.Trim(args[0][1:], letters) != "" {
			break
		}
		for _, b := range args[0][1:] {
			switch b {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	text = strings.Join(args, " ")
	if escapes {
		if text, stop = unescape(text, true); stop {
			return text, true
		}
	}
	if newline {
		text += "\n"
	}
	return text, false
}

// unescape interprets backslash escapes. In echo octal numbers are written
// \0nnn, in formats \nnn. stop reports a \c.
func unescape(s string, echo bool) (text string, stop bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, false
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'a':
			b.WriteByte('\a')
		case 'b':
			b.WriteByte('\b')
		case 'c':
			return b.String(), true
		case 'e', 'E':
			b.WriteByte(0x1b)
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'v':
			b.WriteByte('\v')
		case '\\':
			b.WriteByte('\\')
		case 'x':
			n, used := number(s[i+1:], 16, 2)
			if used == 0 {
				b.WriteString(`\x`)
				break
			}
			b.WriteByte(byte(n))
			i += used
		case 'u', 'U':
			width := 4
			if s[i] == 'U' {
				width = 8
			}
			n, used := number(s[i+1:], 16, width)
			if used == 0 {
				b.WriteByte('\\')
				b.WriteByte(s[i])
				break
			}
			b.WriteRune(rune(n))
			i += used
		case '0', '1', '2', '3', '4', '5', '6', '7':
			start := i
			if echo {
				if s[i] != '0' {
					b.WriteByte('\\')
					b.WriteByte(s[i])
					break
				}
				start++
			}
			n, used := number(s[start:], 8, 3)
			b.WriteByte(byte(n))
			i = start + used - 1
		case '"':
			if !echo {
				b.WriteByte('"')
				break
			}
			fallthrough
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String(), false
}

// number parses up to width digits at the start of s.
func number(s string, base, width int) (n, used int) {
	for used < len(s) && used < width {
		d := digit(s[used])
		if d >= base {
			break
		}
		n = n*base + d
		used++
	}
	return n, used
}

func digit(b byte) int {
	switch {
	case '0' <= b && b <= '9':
		return int(b - '0')
	case 'a' <= b && b <= 'f':
		return int(b-'a') + 10
	case 'A' <= b && b <= 'F':
		return int(b-'A') + 10
	}
	return 99
}
