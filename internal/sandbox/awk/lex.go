package awk

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// token is a piece of source text. Punctuation and keywords are their own kind.
type token struct {
	kind string // "name", "call" (a name with "(" right after it), "number", "string", "regex", "newline", "eof"
	text string
	line int
}

type lexer struct {
	src  string
	pos  int
	line int
	last string // kind of the token before
}

var keywords = map[string]bool{
	"BEGIN": true, "END": true, "function": true, "func": true, "if": true, "else": true, "while": true, "for": true,
	"do": true, "break": true, "continue": true, "next": true, "nextfile": true, "exit": true, "return": true,
	"delete": true, "in": true, "getline": true, "print": true, "printf": true,
}

// operators, the longest first.
var operators = []string{
	"**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "<=", ">=", "!=", "!~", ">>", "**",
	"{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "=",
}

// operand kinds end an operand, so that a slash after them divides.
var operand = map[string]bool{"name": true, "number": true, "string": true, "regex": true, ")": true, "]": true, "$": true, "++": true, "--": true, "builtin": true}

func (l *lexer) next() (token, error) {
	t, err := l.scan()
	l.last = t.kind
	return t, err
}

func (l *lexer) scan() (token, error) {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ' ' || c == '\t' || c == '\r':
			l.pos++
		case strings.HasPrefix(l.src[l.pos:], "\\\n"):
			l.pos += 2
			l.line++
		case strings.HasPrefix(l.src[l.pos:], "\\\r\n"):
			l.pos += 3
			l.line++
		case c == '#':
			if n := strings.IndexByte(l.src[l.pos:], '\n'); n >= 0 {
				l.pos += n
			} else {
				l.pos = len(l.src)
			}
		default:
			return l.token(c)
		}
	}
	return token{kind: "eof", line: l.line}, nil
}

func (l *lexer) token(c byte) (token, error) {
	line := l.line
	switch {
	case c == '\n':
		l.pos++
		l.line++
		return token{"newline", "newline", line}, nil
	case c == '"':
		s, err := l.quoted('"')
		return token{"string", s, line}, err
	case c == '/' && !operand[l.last]:
		s, err := l.quoted('/')
		return token{"regex", s, line}, err
	case isLetter(c):
		start := l.pos
		for l.pos < len(l.src) && (isLetter(l.src[l.pos]) || isDigit(l.src[l.pos])) {
			l.pos++
		}
		word := l.src[start:l.pos]
		switch {
		case keywords[word]:
			return token{word, word, line}, nil
		case builtins[word] != nil:
			return token{"builtin", word, line}, nil
		case l.pos < len(l.src) && l.src[l.pos] == '(':
			return token{"call", word, line}, nil
		}
		return token{"name", word, line}, nil
	}
	if n := prefixLength(l.src[l.pos:]); n > 0 && c != '+' && c != '-' {
		start := l.pos
		l.pos += n
		return token{"number", l.src[start:l.pos], line}, nil
	}
	for _, op := range operators {
		if strings.HasPrefix(l.src[l.pos:], op) {
			l.pos += len(op)
			return token{op, op, line}, nil
		}
	}
	return token{}, fmt.Errorf("line %d: syntax error at %q", line, l.src[l.pos:min(len(l.src), l.pos+1)])
}

// quoted reads a string, with its escapes replaced, or a regular expression,
// whose escapes stay.
func (l *lexer) quoted(end byte) (string, error) {
	var b strings.Builder
	for i := l.pos + 1; i < len(l.src); i++ {
		c := l.src[i]
		switch {
		case c == '\n':
			return "", fmt.Errorf("line %d: unterminated %s", l.line, map[byte]string{'"': "string", '/': "regular expression"}[end])
		case c == end:
			l.pos = i + 1
			return b.String(), nil
		case c == '\\' && i+1 < len(l.src) && end == '/':
			i++
			if l.src[i] != '/' {
				b.WriteByte('\\')
			}
			b.WriteByte(l.src[i])
		case c == '\\' && i+1 < len(l.src):
			n := unescape(&b, l.src[i+1:])
			i += n
		case c == '[' && end == '/':
			n := bracketEnd(l.src, i)
			if strings.IndexByte(l.src[i:n], '\n') >= 0 {
				n = i + 1
			}
			b.WriteString(l.src[i:n])
			i = n - 1
		default:
			b.WriteByte(c)
		}
	}
	return "", fmt.Errorf("line %d: unterminated %s", l.line, map[byte]string{'"': "string", '/': "regular expression"}[end])
}

// unescape writes what the escape stands for whose text after the backslash s
// begins with, and returns the length of that text.
func unescape(b *strings.Builder, s string) int {
	if n := strings.IndexByte(`"\/abfnrtv`, s[0]); n >= 0 {
		b.WriteByte("\"\\/\a\b\f\n\r\t\v"[n])
		return 1
	}
	n, code := 0, 0
	for n < 3 && n < len(s) && '0' <= s[n] && s[n] <= '7' {
		code = code*8 + int(s[n]-'0')
		n++
	}
	switch {
	case n > 0:
		b.WriteByte(byte(code))
		return n
	case s[0] == '\n':
		return 1
	}
	// Other escapes stay: a regular expression may be made of the string.
	_, size := utf8.DecodeRuneInString(s)
	b.WriteByte('\\')
	b.WriteString(s[:size])
	return size
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
