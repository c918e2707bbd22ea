package awk

import (
	"regexp"
	"strings"
)

// compile compiles an extended regular expression of POSIX with awk's escapes.
func compile(s string) *regexp.Regexp {
	re, err := regexp.Compile("(?s)" + translate(s))
	if err != nil {
		fail("regular expression /%s/: not valid", s)
	}
	re.Longest()
	return re
}

// translate rewrites what package regexp writes otherwise.
func translate(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case '<', '>', 'y':
				b.WriteString(`\b`)
			case '"', '/', '&':
				b.WriteByte(s[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(s[i])
			}
		case c == '\\':
			b.WriteString(`\\`)
		case c == '[':
			end := bracketEnd(s, i)
			class := s[i:end]
			if !strings.HasSuffix(class, "]") || len(class) < 3 {
				b.WriteString(`\[`) // no bracket expression
				continue
			}
			b.WriteString(bracket(class))
			i = end - 1
		case (c == '*' || c == '+' || c == '?') && (i == 0 || s[i-1] == '(' || s[i-1] == '|'):
			b.WriteByte('\\') // nothing to repeat: the character itself
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// bracket escapes the opening brackets within a bracket expression, but for
// those of [:classes:].
func bracket(class string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := 1; i < len(class); i++ {
		if class[i] == '[' && !strings.HasPrefix(class[i:], "[:") {
			b.WriteByte('\\')
		}
		b.WriteByte(class[i])
	}
	return b.String()
}

// bracketEnd is the index after the bracket expression that begins at i.
func bracketEnd(s string, i int) int {
	j := i + 1
	if j < len(s) && s[j] == '^' {
		j++
	}
	if j < len(s) && s[j] == ']' {
		j++
	}
	for j < len(s) && s[j] != ']' {
		switch {
		case s[j] == '\\':
			j++
		case strings.HasPrefix(s[j:], "[:"):
			if k := strings.Index(s[j:], ":]"); k > 0 {
				j += k + 1
			}
		}
		j++
	}
	return min(j+1, len(s))
}

// regex is the expression that x stands for as the operand of a match.
func (in *interp) regex(x expr) *regexp.Regexp {
	if lit, ok := x.(regexLit); ok {
		return lit.re
	}
	return in.compiled(in.eval(x).str(in.convfmt()))
}

// compiled compiles an expression once.
func (in *interp) compiled(s string) *regexp.Regexp {
	re := in.regexps[s]
	if re == nil {
		re = compile(s)
		if in.regexps == nil || len(in.regexps) > 100 {
			in.regexps = make(map[string]*regexp.Regexp)
		}
		in.regexps[s] = re
	}
	return re
}
