package expect

import (
	"fmt"
	"strings"
)

// syntaxError is what is wrong in an expression, at an offset in bytes.
type syntaxError struct {
	offset  int
	message string
}

func (e *syntaxError) Error() string { return e.message }

// word is a state in an expression.
type word struct {
	text   string
	offset int
}

// maxDepth is how deep groups may nest.
const maxDepth = 100

// parse compiles a regular expression over words of the alphabet. Words stand
// next to each other, separated by blanks; ( ) groups, | separates alternatives,
// and ?, * and + follow what they repeat:
//
//	Pending ContainerCreating? (Running Completed CrashLoopBackOff?)+
//
// Errors are [syntaxError]s.
func (a *alphabet) parse(text string) (*sequence, error) {
	p := &sequenceParser{text: text, alphabet: a}
	root, err := p.alternatives(0)
	if err == nil && p.peek() == ')' {
		err = p.errorf(") without (")
	}
	if err == nil && p.pos < len(p.text) {
		err = p.unexpected()
	}
	if err != nil {
		return nil, err
	}
	return a.compile(text, root, p.words)
}

// fragment is a part of an expression: in which positions it may begin and end,
// whether it may be empty, and which positions follow each other in it.
type fragment struct {
	first, last positions
	nullable    bool
	pairs       []pair
}

// pair says that any position of after may follow any of before.
type pair struct{ before, after positions }

// follow returns, for the positions from 1 to n, which positions may follow.
func (f fragment) follow(n int) []positions {
	follow := make([]positions, n)
	for _, pr := range f.pairs {
		for i := range follow {
			if pr.before.has(i + 1) {
				follow[i] |= pr.after
			}
		}
	}
	return follow
}

// then is f followed by g.
func (f fragment) then(g fragment) fragment {
	h := fragment{
		first:    f.first,
		last:     g.last,
		nullable: f.nullable && g.nullable,
		pairs:    append(append(f.pairs, g.pairs...), pair{f.last, g.first}),
	}
	if f.nullable {
		h.first |= g.first
	}
	if g.nullable {
		h.last |= f.last
	}
	return h
}

type sequenceParser struct {
	text     string
	pos      int
	words    []word
	alphabet *alphabet
}

// alternatives parses sequences separated by |, up to ) or the end.
func (p *sequenceParser) alternatives(depth int) (fragment, error) {
	f, err := p.sequence(depth)
	for err == nil && p.peek() == '|' {
		p.pos++
		var g fragment
		if g, err = p.sequence(depth); err == nil {
			f = fragment{f.first | g.first, f.last | g.last, f.nullable || g.nullable, append(f.pairs, g.pairs...)}
		}
	}
	return f, err
}

// sequence parses repeated items up to |, ) or the end.
func (p *sequenceParser) sequence(depth int) (fragment, error) {
	var f fragment
	for n := 0; ; n++ {
		switch p.peek() {
		case 0, '|', ')':
			if n == 0 {
				return f, p.errorf("want a %s here", p.alphabet.noun)
			}
			return f, nil
		}
		g, err := p.item(depth)
		if err != nil {
			return f, err
		}
		if n == 0 {
			f = g
		} else {
			f = f.then(g)
		}
	}
}

// item parses a word or a group, and the ?, * and + after it.
func (p *sequenceParser) item(depth int) (fragment, error) {
	f, err := p.atom(depth)
	if err != nil {
		return f, err
	}
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case '?':
			f.nullable = true
		case '*':
			f.nullable = true
			f.pairs = append(f.pairs, pair{f.last, f.first})
		case '+':
			f.pairs = append(f.pairs, pair{f.last, f.first})
		default:
			return f, nil
		}
		p.pos++
	}
	return f, nil
}

func (p *sequenceParser) atom(depth int) (fragment, error) {
	switch c := p.peek(); {
	case c == '(':
		if depth == maxDepth {
			return fragment{}, p.errorf("groups nest too deeply")
		}
		open := p.pos
		p.pos++
		f, err := p.alternatives(depth + 1)
		if err == nil && p.peek() != ')' {
			err = &syntaxError{open, "( without )"}
		}
		p.pos++
		return f, err
	case wordByte(c):
		from := p.pos
		for p.pos < len(p.text) && wordByte(p.text[p.pos]) {
			p.pos++
		}
		if len(p.words) == maxStates {
			return fragment{}, &syntaxError{from, fmt.Sprintf("more than %d states", maxStates)}
		}
		w := word{p.text[from:p.pos], from}
		if !p.alphabet.has(w.text) {
			return fragment{}, &syntaxError{from, fmt.Sprintf("%s is no %s: want %s", w.text, p.alphabet.noun, alternatives(p.alphabet.words))}
		}
		p.words = append(p.words, w)
		at := positions(1) << len(p.words)
		return fragment{first: at, last: at}, nil
	case strings.ContainsRune("?*+", rune(c)):
		return fragment{}, p.errorf("%c must stand right after what it repeats", c)
	default:
		return fragment{}, p.unexpected()
	}
}

// peek skips blanks and returns the next byte, 0 at the end.
func (p *sequenceParser) peek() byte {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *sequenceParser) unexpected() error {
	return p.errorf("%q is no part of a %s", p.text[p.pos:p.pos+1], p.alphabet.noun)
}

func (p *sequenceParser) errorf(format string, args ...any) error {
	return &syntaxError{p.pos, fmt.Sprintf(format, args...)}
}

// wordByte reports whether a byte may be part of a STATUS: a container's reason
// is a word in camel case, and kubectl adds Init:, ExitCode:, Signal: and N/M.
func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(":/._-", c) >= 0
}
