package commands

import (
	"strconv"
	"strings"
)

// replacement is a part of the right side of s: text, or a group. mode is a
// change of case from here on.
type replacement struct {
	text  string
	group int // -1: text
	mode  byte
}

func (p *sedParser) substitute(cmd *sedCommand) error {
	delim := p.peek()
	p.step()
	if delim == 0 || delim == '\n' || delim == '\\' {
		return p.errorf("unterminated `s' command")
	}
	text, ok := p.delimited(delim, true)
	if !ok {
		return p.errorf("unterminated `s' command")
	}
	right, ok := p.delimited(delim, false)
	if !ok {
		return p.errorf("unterminated `s' command")
	}
	flags := ""
	for done := false; !done; {
		switch c := p.peek(); {
		case c == 'g':
			cmd.global = true
		case c == 'p':
			cmd.print = true
		case c != 0 && strings.IndexByte("iImM", c) >= 0:
			flags += string(c)
		case '1' <= c && c <= '9':
			cmd.nth, _ = strconv.Atoi(p.digits())
			continue
		case c == 'w':
			p.step()
			p.skip(" \t")
			if cmd.file = p.line(); cmd.file == "" {
				return p.errorf("missing filename in r/R/w/W commands")
			}
			done = true
			continue
		case c == 'e':
			return p.errorf("the flag e is not supported in the sandbox")
		case strings.IndexByte("\n;}# \t\x00", c) < 0:
			p.step()
			return p.errorf("unknown option to `s'")
		default:
			done = true
			continue
		}
		p.step()
	}
	if text != "" {
		var err error
		if cmd.re, err = p.compile(text, flags); err != nil {
			return err
		}
	}
	cmd.repl = parseReplacement(right)
	for _, r := range cmd.repl {
		if cmd.re != nil && r.group > cmd.re.NumSubexp() {
			return p.errorf("invalid reference \\%d on `s' command's RHS", r.group)
		}
	}
	if cmd.file != "" {
		return nil
	}
	return p.end()
}

func parseReplacement(s string) []replacement {
	var parts []replacement
	var b strings.Builder
	flush := func(next replacement) {
		if b.Len() > 0 {
			parts = append(parts, replacement{text: b.String(), group: -1})
			b.Reset()
		}
		parts = append(parts, next)
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '&':
			flush(replacement{group: 0})
		case c == '\\' && i+1 < len(s):
			i++
			switch c := s[i]; {
			case '0' <= c && c <= '9':
				flush(replacement{group: int(c - '0')})
			case strings.IndexByte("LUluE", c) >= 0:
				flush(replacement{group: -1, mode: c})
			case c == 'n':
				b.WriteByte('\n')
			case c == 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(c)
			}
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() > 0 {
		parts = append(parts, replacement{text: b.String(), group: -1})
	}
	return parts
}

func (p *sedParser) transliterate(cmd *sedCommand) error {
	delim := p.peek()
	p.step()
	from, ok := p.delimited(delim, false)
	to, ok2 := "", false
	if ok {
		to, ok2 = p.delimited(delim, false)
	}
	if !ok || !ok2 {
		return p.errorf("unterminated `y' command")
	}
	plain := strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t")
	cmd.text, cmd.into = plain.Replace(from), []rune(plain.Replace(to))
	if len([]rune(cmd.text)) != len(cmd.into) {
		return p.errorf("strings for `y' command are different lengths")
	}
	return p.end()
}
