package commands

import (
	"errors"
	"strings"
)

// basic rewrites a POSIX basic regular expression as an extended one.
func basic(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; ch {
		case '\\':
			i++
			if i == len(s) {
				return "", errors.New("Trailing backslash")
			}
			switch s[i] {
			case '(', ')', '{', '}', '|', '+', '?':
				b.WriteByte(s[i])
			case '1', '2', '3', '4', '5', '6', '7', '8', '9':
				return "", errors.New("back-references are not supported in the sandbox")
			case '<', '>':
				b.WriteString(`\b`)
			default:
				b.WriteByte('\\')
				b.WriteByte(s[i])
			}
		case '(', ')', '{', '}', '|', '+', '?':
			b.WriteByte('\\')
			b.WriteByte(ch)
		case '*':
			if i == 0 || i == 1 && s[0] == '^' || strings.HasSuffix(s[:i], `\(`) {
				b.WriteByte('\\')
			}
			b.WriteByte(ch)
		case '^', '$':
			// Anchors only where an expression begins or ends.
			begins := i == 0 || strings.HasSuffix(s[:i], `\(`) || strings.HasSuffix(s[:i], `\|`)
			ends := i+1 == len(s) || strings.HasPrefix(s[i+1:], `\)`) || strings.HasPrefix(s[i+1:], `\|`)
			if ch == '^' && !begins || ch == '$' && !ends {
				b.WriteByte('\\')
			}
			b.WriteByte(ch)
		case '[':
			end := bracketEnd(s, i)
			b.WriteString(classText(s[i:end]))
			i = end - 1
		default:
			b.WriteByte(ch)
		}
	}
	return b.String(), nil
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
		if strings.HasPrefix(s[j:], "[:") {
			if k := strings.Index(s[j:], ":]"); k > 0 {
				j += k + 1
			}
		}
		j++
	}
	return min(j+1, len(s))
}

// extended rewrites of a POSIX extended regular expression what package regexp
// writes otherwise.
func extended(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '\\' && i+1 < len(s):
			i++
			if s[i] == '<' || s[i] == '>' {
				b.WriteString(`\b`)
				break
			}
			b.WriteByte('\\')
			b.WriteByte(s[i])
		case ch == '[':
			end := bracketEnd(s, i)
			b.WriteString(classText(s[i:end]))
			i = end - 1
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}

// classText is a bracket expression for package regexp: a backslash is itself
// but in \n and \t, as in GNU's.
func classText(class string) string {
	class = strings.ReplaceAll(class, `\`, `\\`)
	return strings.NewReplacer(`\\n`, `\n`, `\\t`, `\t`).Replace(class)
}
