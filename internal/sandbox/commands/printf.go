package commands

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

func printf(_ context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.usage(1, "missing operand")
	}
	text, problems := Format(args[0], args[1:])
	for _, p := range problems {
		c.fail("%s", p)
	}
	if code := c.write([]byte(text)); code != 0 {
		return code
	}
	return min(len(problems), 1)
}

// Format is what printf prints: the format is used again until the arguments
// are used up. problems are the messages about arguments that do not fit.
func Format(format string, args []string) (text string, problems []string) {
	f := formatter{args: args}
	for {
		before := len(f.args)
		if stop := f.once(format); stop || len(f.args) == 0 || len(f.args) == before {
			return f.out.String(), f.problems
		}
	}
}

type formatter struct {
	out      strings.Builder
	args     []string
	problems []string
}

func (f *formatter) next() (string, bool) {
	if len(f.args) == 0 {
		return "", false
	}
	arg := f.args[0]
	f.args = f.args[1:]
	return arg, true
}

func (f *formatter) problem(format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
}

// once formats once and reports whether the output is to stop.
func (f *formatter) once(format string) bool {
	for format != "" {
		i := strings.IndexByte(format, '%')
		literal := format
		if i >= 0 {
			literal = format[:i]
		}
		text, stop := unescape(literal, false)
		f.out.WriteString(text)
		if stop || i < 0 {
			return stop
		}
		format = format[i+1:]
		if strings.HasPrefix(format, "%") {
			f.out.WriteByte('%')
			format = format[1:]
			continue
		}
		spec := "%"
		for format != "" && strings.IndexByte("-+ #0123456789.*'", format[0]) >= 0 {
			switch format[0] {
			case '*':
				arg, _ := f.next()
				spec += strconv.Itoa(int(f.integer(arg)))
			case '\'':
			default:
				spec += format[:1]
			}
			format = format[1:]
		}
		format = strings.TrimLeft(format, "hlLjzt")
		if format == "" {
			f.problem("`%s': missing format character", spec)
			return true
		}
		verb := format[0]
		format = format[1:]
		if stop := f.verb(spec, verb); stop {
			return true
		}
	}
	return false
}

func (f *formatter) verb(spec string, verb byte) (stop bool) {
	arg, given := f.next()
	switch verb {
	case 's':
		fmt.Fprintf(&f.out, bytePrecision(spec)+"s", arg)
	case 'b':
		text, stop := unescape(arg, true)
		fmt.Fprintf(&f.out, bytePrecision(spec)+"s", text)
		return stop
	case 'q':
		fmt.Fprintf(&f.out, spec+"s", shellQuote(arg))
	case 'c':
		if arg == "" {
			arg = "\x00"
		}
		arg = arg[:1]
		fmt.Fprintf(&f.out, spec+"s", arg)
	case 'd', 'i':
		fmt.Fprintf(&f.out, zeroPrecision(spec)+"d", f.integer(arg))
	case 'u':
		fmt.Fprintf(&f.out, zeroPrecision(spec)+"d", f.unsigned(arg))
	case 'o', 'x', 'X':
		fmt.Fprintf(&f.out, zeroPrecision(spec)+string(verb), f.unsigned(arg))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		var n float64
		if given && arg != "" {
			var err error
			if n, err = strconv.ParseFloat(strings.TrimSpace(arg), 64); err != nil {
				f.problem("%s: invalid number", arg)
				n = prefixFloat(arg)
			}
		}
		if math.IsInf(n, 0) || math.IsNaN(n) {
			// C writes them in lower case and without a plus sign.
			text := strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(n, 'f', -1, 64), "+"))
			fmt.Fprintf(&f.out, bytePrecision(strings.Split(spec, ".")[0])+"s", text)
			return false
		}
		if (verb == 'g' || verb == 'G') && !strings.Contains(spec, ".") {
			spec += ".6"
		}
		fmt.Fprintf(&f.out, spec+string(verb), n)
	default:
		f.problem("`%c': invalid format character", verb)
		return true
	}
	return false
}

// bytePrecision drops the flag 0, which C ignores for strings and Go does not.
func bytePrecision(spec string) string {
	return "%" + strings.TrimLeft(spec[1:], "0+ #")
}

// zeroPrecision is spec; with a precision C ignores the flag 0.
func zeroPrecision(spec string) string {
	if strings.Contains(spec, ".") {
		return "%" + strings.TrimLeft(spec[1:], "0")
	}
	return spec
}

// integer reads a number as C does: decimal, 0x…, 0… or 'c for a character.
func (f *formatter) integer(arg string) int64 {
	s := strings.TrimSpace(arg)
	if s == "" {
		return 0
	}
	if s[0] == '\'' || s[0] == '"' {
		for _, r := range s[1:] {
			return int64(r)
		}
		return 0
	}
	n, err := strconv.ParseInt(s, 0, 64)
	if err == nil && !strings.Contains(s, "_") {
		return n
	}
	if errors.Is(err, strconv.ErrRange) {
		f.problem("%s: Numerical result out of range", arg)
		return n // the nearest
	}
	f.problem("%s: invalid number", arg)
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	n, _ = strconv.ParseInt(s[:end], 10, 64)
	return n
}

// unsigned is integer for conversions that have no sign.
func (f *formatter) unsigned(arg string) uint64 {
	if n, err := strconv.ParseUint(strings.TrimSpace(arg), 0, 64); err == nil && !strings.Contains(arg, "_") {
		return n
	}
	return uint64(f.integer(arg))
}

func prefixFloat(s string) float64 {
	for end := len(s); end > 0; end-- {
		if n, err := strconv.ParseFloat(s[:end], 64); err == nil {
			return n
		}
	}
	return 0
}

// shellQuote writes s so that a shell reads it back, as bash's %q.
func shellQuote(s string) string {
	if s == "" {
		return "''"
	}
	var b strings.Builder
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return "$'" + strings.NewReplacer("\\", `\\`, "'", `\'`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\a", `\a`, "\x1b", `\E`).Replace(s) + "'"
		}
		if strings.ContainsRune(" !\"#$&'()*,;<>?[\\]^`{|}~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
