package commands

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sedCommand is a command of a script.
type sedCommand struct {
	name     byte
	from, to *sedAddress
	not      bool
	active   bool // within the range
	until    int  // the last line of the range, if that is known
	re       *regexp.Regexp
	repl     []replacement
	global   bool
	print    bool
	nth      int
	file     string
	text     string // of a, i and c; a label; what y replaces
	into     []rune
	jump     int // of b, t, T, } and {: the index to go on at
	number   int // exit code
}

// sedAddress selects lines.
type sedAddress struct {
	line  int // -1: the last line
	step  int // line~step
	plus  bool
	align bool // addr,~n
	re    *regexp.Regexp
	again bool // the empty expression: the last one used
}

// errLabel is an error that GNU's sed finds only when it is about to begin.
var errLabel = errors.New("can't find label for jump to")

type sedParser struct {
	extended bool
	quiet    bool // the script begins with #n
	script   []*sedCommand
	open     []int // indexes of {
	labels   map[string]int

	where string
	s     string
	pos   int
	more  bool // an a, i or c goes on in the next expression
}

func (p *sedParser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s %d: %s", p.where, min(p.pos, len(p.s)), fmt.Sprintf(format, args...))
}

// add parses an expression of the command line or a script file.
func (p *sedParser) add(where, text string) error {
	if p.more {
		last := p.script[len(p.script)-1]
		line, rest, _ := strings.Cut(text, "\n")
		last.text, text, p.more = line+"\n", rest, false
	}
	if len(p.script) == 0 && (text == "#n" || strings.HasPrefix(text, "#n\n")) {
		p.quiet = true
	}
	p.where, p.s, p.pos = where, text, 0
	for {
		p.skip(" \t\n;")
		if p.pos == len(p.s) {
			return nil
		}
		if err := p.command(); err != nil {
			return err
		}
	}
}

// finish resolves labels.
func (p *sedParser) finish() error {
	if p.more {
		return p.errorf("expected \\ after `a', `c' or `i'")
	}
	if len(p.open) > 0 {
		p.pos = 0
		return p.errorf("unmatched `{'")
	}
	for _, cmd := range p.script {
		if strings.IndexByte("btT", cmd.name) < 0 {
			continue
		}
		to, ok := p.labels[cmd.text]
		switch {
		case cmd.text == "":
			to = len(p.script)
		case !ok:
			return fmt.Errorf("%w `%s'", errLabel, cmd.text)
		}
		cmd.jump = to
	}
	return nil
}

func (p *sedParser) step() { p.pos = min(p.pos+1, len(p.s)) }

func (p *sedParser) skip(set string) {
	for p.pos < len(p.s) && strings.IndexByte(set, p.s[p.pos]) >= 0 {
		p.step()
	}
}

func (p *sedParser) peek() byte {
	if p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

func (p *sedParser) command() error {
	cmd := &sedCommand{}
	var err error
	if cmd.from, err = p.address(false); err != nil {
		return err
	}
	p.skip(" \t")
	if cmd.from != nil && p.peek() == ',' {
		p.step()
		p.skip(" \t")
		if cmd.to, err = p.address(true); err != nil {
			return err
		}
		if cmd.to == nil {
			p.step()
			return p.errorf("unexpected `,'")
		}
		p.skip(" \t")
	}
	for p.peek() == '!' {
		cmd.not = true
		p.step()
		p.skip(" \t")
	}
	if p.pos == len(p.s) {
		return p.errorf("missing command")
	}
	cmd.name = p.s[p.pos]
	p.step()
	if cmd.from != nil && cmd.from.line == 0 && cmd.from.re == nil && cmd.from.step == 0 && !cmd.from.again && (cmd.to == nil || cmd.to.re == nil) {
		return p.errorf("invalid usage of line address 0")
	}
	if err := p.operands(cmd); err != nil {
		return err
	}
	if cmd.name != '#' && cmd.name != ':' {
		p.script = append(p.script, cmd)
	}
	return nil
}

func (p *sedParser) operands(cmd *sedCommand) error {
	switch cmd.name {
	case '#':
		if cmd.from != nil {
			return p.errorf("comments don't accept any addresses")
		}
		p.line()
		return nil
	case '{':
		p.open = append(p.open, len(p.script))
		return nil
	case '}':
		if len(p.open) == 0 {
			return p.errorf("unexpected `}'")
		}
		if cmd.from != nil {
			return p.errorf("} doesn't want any addresses")
		}
		p.script[p.open[len(p.open)-1]].jump = len(p.script) + 1
		p.open = p.open[:len(p.open)-1]
	case ':':
		if cmd.from != nil {
			return p.errorf(": doesn't want any addresses")
		}
		p.skip(" \t")
		label := p.word("; \t")
		if label == "" {
			return p.errorf("\":\" lacks a label")
		}
		if p.labels == nil {
			p.labels = make(map[string]int)
		}
		p.labels[label] = len(p.script)
		return nil
	case 'b', 't', 'T':
		p.skip(" \t")
		cmd.text = p.word(";} \t")
		return p.end()
	case 'a', 'i', 'c':
		return p.text(cmd)
	case 'r', 'w':
		p.skip(" \t")
		if cmd.file = p.line(); cmd.file == "" {
			return p.errorf("missing filename in r/R/w/W commands")
		}
		return nil
	case 's':
		return p.substitute(cmd)
	case 'y':
		return p.transliterate(cmd)
	case 'q', 'Q', 'l':
		p.skip(" \t")
		cmd.number, _ = strconv.Atoi(p.digits())
	case '=', 'd', 'D', 'g', 'G', 'h', 'H', 'n', 'N', 'p', 'P', 'x', 'z', 'F':
	case 'e':
		return p.errorf("e is not supported in the sandbox")
	default:
		return p.errorf("unknown command: `%c'", cmd.name)
	}
	return p.end()
}

// end is the end of a command without text.
func (p *sedParser) end() error {
	p.skip(" \t")
	switch p.peek() {
	case 0, '\n', ';':
		p.step()
	case '}', '#':
	default:
		p.step()
		return p.errorf("extra characters after command")
	}
	return nil
}

func (p *sedParser) word(stop string) string {
	start := p.pos
	for p.pos < len(p.s) && p.s[p.pos] != '\n' && strings.IndexByte(stop, p.s[p.pos]) < 0 {
		p.step()
	}
	return p.s[start:p.pos]
}

func (p *sedParser) line() string {
	s := p.word("")
	p.step()
	return s
}

func (p *sedParser) digits() string {
	start := p.pos
	for p.pos < len(p.s) && '0' <= p.s[p.pos] && p.s[p.pos] <= '9' {
		p.step()
	}
	return p.s[start:p.pos]
}

// text reads the text of a, i and c: on the lines after a backslash, or GNU's
// form on the same line. A backslash before a newline goes on.
func (p *sedParser) text(cmd *sedCommand) error {
	p.skip(" \t")
	if p.pos >= len(p.s) {
		return p.errorf("expected \\ after `a', `c' or `i'")
	}
	if p.s[p.pos] == '\\' {
		p.step()
		start := p.pos
		p.skip(" \t")
		switch {
		case p.pos >= len(p.s):
			p.more = true
			return nil
		case p.peek() == '\n':
			p.step()
		default:
			p.pos = start // GNU's form that keeps leading blanks
		}
	}
	var b strings.Builder
	for p.pos < len(p.s) && p.s[p.pos] != '\n' {
		if p.s[p.pos] == '\\' && p.pos+1 < len(p.s) {
			p.step()
			if p.s[p.pos] == 't' {
				b.WriteByte('\t')
				p.step()
				continue
			}
		}
		b.WriteByte(p.s[p.pos])
		p.step()
	}
	p.step()
	cmd.text = b.String() + "\n"
	return nil
}

func (p *sedParser) address(second bool) (*sedAddress, error) {
	switch c := p.peek(); {
	case '0' <= c && c <= '9':
		n, err := strconv.Atoi(p.digits())
		if err != nil {
			return nil, p.errorf("invalid line number")
		}
		a := &sedAddress{line: n}
		if p.peek() == '~' {
			p.step()
			a.step, _ = strconv.Atoi(p.digits())
			if a.step == 0 && a.line == 0 {
				a.line = 1
			}
		}
		return a, nil
	case c == '$':
		p.step()
		return &sedAddress{line: -1}, nil
	case second && (c == '+' || c == '~'):
		p.step()
		n, err := strconv.Atoi(p.digits())
		if err != nil {
			return nil, p.errorf("expected number")
		}
		return &sedAddress{line: n, plus: c == '+', align: c == '~'}, nil
	case c == '/' || c == '\\':
		p.step()
		delim := byte('/')
		if c == '\\' {
			delim = p.peek()
			p.step()
		}
		text, ok := p.delimited(delim, true)
		if !ok {
			return nil, p.errorf("unterminated address regex")
		}
		flags := ""
		for p.peek() == 'I' || p.peek() == 'M' {
			flags += string(p.peek())
			p.step()
		}
		if text == "" {
			return &sedAddress{again: true}, nil
		}
		re, err := p.compile(text, flags)
		return &sedAddress{re: re}, err
	}
	return nil, nil
}

// delimited reads up to delim. A backslash before delim goes; in an expression
// brackets hide it and \n is left to the compiler.
func (p *sedParser) delimited(delim byte, expression bool) (string, bool) {
	var b strings.Builder
	for p.pos < len(p.s) {
		c := p.s[p.pos]
		switch {
		case c == delim:
			p.step()
			return b.String(), true
		case c == '\\' && p.pos+1 < len(p.s):
			p.step()
			if p.s[p.pos] != delim {
				b.WriteByte('\\')
			}
			b.WriteByte(p.s[p.pos])
		case c == '[' && expression:
			end := bracketEnd(p.s, p.pos)
			if strings.IndexByte(p.s[p.pos:end], '\n') >= 0 || p.s[end-1] != ']' {
				b.WriteByte(c)
				break
			}
			b.WriteString(p.s[p.pos:end])
			p.pos = end - 1
		default:
			b.WriteByte(c)
		}
		p.step()
	}
	return "", false
}

func (p *sedParser) compile(text, flags string) (*regexp.Regexp, error) {
	var err error
	if !p.extended {
		text, err = basic(text)
	} else {
		text = extended(text)
	}
	if err != nil {
		return nil, p.errorf("%v", err)
	}
	mode := "(?s"
	if strings.ContainsAny(flags, "iI") {
		mode += "i"
	}
	if strings.ContainsAny(flags, "mM") {
		mode += "m"
	}
	re, err := regexp.Compile(mode + ")" + text)
	if err != nil {
		return nil, p.errorf("Invalid preceding regular expression")
	}
	re.Longest()
	return re, nil
}
