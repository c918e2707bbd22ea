package commands

import (
	"fmt"
	"strings"
)

// usage prints a message with the hint that GNU commands add, and returns code.
func (c *Call) usage(code int, format string, args ...any) int {
	fmt.Fprintf(c.FS.Stderr, "%s: %s\nTry '%s --help' for more information.\n", c.name(), fmt.Sprintf(format, args...), c.name())
	return code
}

// badOption refuses an option in GNU's words and returns exit code 1.
func (c *Call) badOption(arg string) int { return c.badOptionCode(1, arg) }

func (c *Call) badOptionCode(code int, arg string) int {
	if strings.HasPrefix(arg, "--") {
		return c.usage(code, "unrecognized option '%s'", arg)
	}
	return c.usage(code, "invalid option -- '%s'", strings.TrimLeft(arg, "-")[:1])
}

// flags are the parsed options of a call.
type flags struct {
	set  map[byte]bool
	vals map[byte][]string
	args []string
}

func (f *flags) has(b byte) bool { return f.set[b] }

// value is the value of the last occurrence of an option.
func (f *flags) value(b byte, otherwise string) string {
	if v := f.vals[b]; len(v) > 0 {
		return v[len(v)-1]
	}
	return otherwise
}

// parse parses options as getopt(3) does: spec lists the letters, each
// followed by ":" if it takes a value; long maps long names to letters.
// Options may stand between arguments unless spec begins with "+". When
// parsing fails the message has been printed and code is not 0.
func (c *Call) parse(spec string, long map[string]byte) (f *flags, code int) {
	return c.parseCode(1, spec, long)
}

func (c *Call) parseCode(bad int, spec string, long map[string]byte) (f *flags, code int) {
	f = &flags{set: make(map[byte]bool), vals: make(map[byte][]string)}
	spec, inOrder := strings.CutPrefix(spec, "+")
	takes := func(b byte) (known, value bool) {
		i := strings.IndexByte(spec, b)
		if i < 0 || b == ':' {
			return false, false
		}
		return true, i+1 < len(spec) && spec[i+1] == ':'
	}
	args := c.Args[1:]
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			f.args = append(f.args, args...)
			return f, 0
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			f.args = append(f.args, arg)
			if inOrder {
				f.args = append(f.args, args...)
				return f, 0
			}
		case strings.HasPrefix(arg, "--"):
			name, val, hasVal := strings.Cut(arg[2:], "=")
			b, ok := long[name]
			if !ok {
				return nil, c.badOptionCode(bad, "--"+name)
			}
			if _, value := takes(b); value && !hasVal {
				if len(args) == 0 {
					return nil, c.usage(bad, "option '--%s' requires an argument", name)
				}
				val, args = args[0], args[1:]
			} else if !value && hasVal {
				return nil, c.usage(bad, "option '--%s' doesn't allow an argument", name)
			}
			f.set[b] = true
			f.vals[b] = append(f.vals[b], val)
		default:
			for i := 1; i < len(arg); i++ {
				known, value := takes(arg[i])
				if !known {
					return nil, c.badOptionCode(bad, "-"+arg[i:])
				}
				b := arg[i]
				f.set[b] = true
				if !value {
					continue
				}
				val := arg[i+1:]
				if val == "" {
					if len(args) == 0 {
						return nil, c.usage(bad, "option requires an argument -- '%c'", b)
					}
					val, args = args[0], args[1:]
				}
				f.vals[b] = append(f.vals[b], val)
				break
			}
		}
	}
	return f, 0
}
