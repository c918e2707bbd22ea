package commands

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// outcome of a command of a script.
type sedOutcome int

const (
	goOn      sedOutcome = iota
	endCycle             // print the pattern space, if that is to be, and read the next line
	noPrint              // the same without printing
	sameSpace            // D: a new cycle without reading
)

// cycle runs the script on the pattern space.
func (s *stream) cycle() {
	for again := true; again && s.err == nil && s.ctx.Err() == nil; {
		s.replaced = false
		how := s.run()
		if how <= endCycle && !s.quiet {
			s.writeLine(s.out, s.space, s.unfinished && !s.more())
		}
		for _, print := range s.appended {
			print()
		}
		s.appended = s.appended[:0]
		again = how == sameSpace
	}
	if s.inPlace && !s.quit && s.in != nil && s.last() {
		s.finishFile(false)
	}
}

// more reports whether the output goes on in another file, before which an
// unfinished line is finished.
func (s *stream) more() bool {
	return !s.separate && !s.last()
}

func (s *stream) run() sedOutcome {
	for i := 0; i < len(s.script); i++ {
		cmd := s.script[i]
		if cmd.name == '}' {
			continue
		}
		selected := s.selects(cmd) != cmd.not
		if cmd.name == '{' {
			if !selected {
				i = cmd.jump - 1
			}
			continue
		}
		if !selected {
			continue
		}
		switch cmd.name {
		case 'b':
			i = cmd.jump - 1
		case 't', 'T':
			if s.replaced == (cmd.name == 't') {
				i = cmd.jump - 1
			}
			s.replaced = false
		default:
			if how := s.do(cmd); how != goOn {
				return how
			}
		}
		if s.ctx.Err() != nil {
			return noPrint
		}
	}
	return endCycle
}

func (s *stream) do(cmd *sedCommand) sedOutcome {
	switch cmd.name {
	case '=':
		s.writeLine(s.out, strconv.Itoa(s.number), false)
	case 'a':
		s.appended = append(s.appended, func() { s.writeText(cmd.text) })
	case 'i':
		s.writeText(cmd.text)
	case 'c':
		if cmd.to == nil || cmd.not || !cmd.active {
			s.writeText(cmd.text)
		}
		return noPrint
	case 'd':
		return noPrint
	case 'D':
		if _, rest, ok := strings.Cut(s.space, "\n"); ok {
			s.space = rest
			return sameSpace
		}
		return noPrint
	case 'F':
		s.writeLine(s.out, s.name, false)
	case 'g':
		s.space = s.hold
	case 'G':
		s.space += "\n" + s.hold
	case 'h':
		s.hold = s.space
	case 'H':
		s.hold += "\n" + s.space
	case 'l':
		s.writeLine(s.out, visible(s.space, cmd.number), false)
	case 'n', 'N':
		return s.read(cmd.name == 'N')
	case 'p':
		s.writeLine(s.out, s.space, false)
	case 'P':
		first, _, _ := strings.Cut(s.space, "\n")
		s.writeLine(s.out, first, false)
	case 'q', 'Q':
		s.quit = true
		if cmd.number != 0 {
			s.code = cmd.number & 0xff
		}
		if cmd.name == 'Q' {
			return noPrint
		}
		return endCycle
	case 'r':
		s.appended = append(s.appended, func() {
			if data, err := s.readAll(cmd.file); err == nil { // a file that cannot be read is an empty one
				s.writeText(string(data))
			}
		})
	case 's':
		s.substitute(cmd)
	case 'w':
		if w := s.file(cmd.file); w != nil {
			s.writeLine(w, s.space, false)
		}
	case 'x':
		s.space, s.hold = s.hold, s.space
	case 'y':
		from := []rune(cmd.text)
		s.space = strings.Map(func(r rune) rune {
			for i, f := range from {
				if f == r {
					return cmd.into[i]
				}
			}
			return r
		}, s.space)
	case 'z':
		s.space = ""
	}
	return goOn
}

// read is n, or N with add. Without a next line the script ends, and GNU prints
// the pattern space.
func (s *stream) read(add bool) sedOutcome {
	if s.last() {
		s.quit = !s.separate || len(s.names) == 0
		return endCycle
	}
	before := s.space
	if !add && !s.quiet {
		s.writeLine(s.out, s.space, false)
	}
	for _, print := range s.appended {
		print()
	}
	s.appended = s.appended[:0]
	s.next()
	if add {
		s.space = before + "\n" + s.space
	}
	return goOn
}

// writeText writes text that ends its lines itself.
func (s *stream) writeText(text string) {
	if _, err := io.WriteString(s.out, text); err != nil && s.err == nil {
		s.err = err
	}
}

// file is the output of w; each is opened once.
func (s *stream) file(name string) io.Writer {
	switch name {
	case "/dev/stdout":
		return s.out
	case "/dev/stderr":
		return s.FS.Stderr
	}
	f := s.files[name]
	if f == nil {
		var err error
		if f, err = s.FS.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644); err != nil {
			s.fail("couldn't open file %s: %s", name, Reason(err))
			s.code, s.quit = 4, true
			return nil
		}
		s.files[name] = f
	}
	return filetree.File(f)
}

func (s *stream) selects(cmd *sedCommand) bool {
	switch {
	case cmd.from == nil:
		return true
	case cmd.to == nil:
		return s.matches(cmd.from)
	case cmd.active:
		switch to := cmd.to; {
		case to.re != nil || to.again:
			cmd.active = !s.matches(to)
		case to.line < 0:
			cmd.active = !s.last()
		default:
			cmd.active = s.number < cmd.until
			return s.number <= cmd.until
		}
		return true
	case cmd.from.line == 0 && cmd.from.re == nil && cmd.from.step == 0 && !cmd.from.again:
		// 0,/re/: the range began before the first line.
		if s.number != 1 {
			return false
		}
		cmd.active = !s.matches(cmd.to)
		return true
	case !s.matches(cmd.from):
		return false
	}
	switch to := cmd.to; {
	case to.plus:
		cmd.until = s.number + to.line
	case to.align && to.line > 0:
		cmd.until = (s.number + to.line - 1) / to.line * to.line
	case to.align:
		cmd.until = s.number
	default:
		cmd.until = to.line
	}
	cmd.active = cmd.to.re != nil || cmd.to.again || cmd.to.line < 0 && !s.last() || s.number < cmd.until
	return true
}

func (s *stream) matches(a *sedAddress) bool {
	switch {
	case a.re != nil || a.again:
		re := s.expression(a.re)
		return re != nil && re.MatchString(s.space)
	case a.line < 0:
		return s.last()
	case a.step > 0:
		return s.number >= a.line && (s.number-a.line)%a.step == 0
	}
	return s.number == a.line
}

// expression is re, or the last one used if it is nil.
func (s *stream) expression(re *regexp.Regexp) *regexp.Regexp {
	if re != nil {
		s.lastExpression = re
	}
	return s.lastExpression
}

func (s *stream) substitute(cmd *sedCommand) {
	re := s.expression(cmd.re)
	if re == nil {
		s.code, s.quit = s.fail("no previous regular expression"), true
		return
	}
	var b strings.Builder
	done, seen, changed := 0, 0, false
	for _, at := range re.FindAllStringSubmatchIndex(s.space, -1) {
		if seen++; seen < cmd.nth {
			continue
		}
		b.WriteString(s.space[done:at[0]])
		b.WriteString(expand(cmd.repl, s.space, at))
		done, changed = at[1], true
		if !cmd.global {
			break
		}
	}
	if !changed {
		return
	}
	b.WriteString(s.space[done:])
	s.space, s.replaced = b.String(), true
	if cmd.print {
		s.writeLine(s.out, s.space, false)
	}
	if cmd.file != "" {
		if w := s.file(cmd.file); w != nil {
			s.writeLine(w, s.space, false)
		}
	}
}

// expand is what a match is replaced with.
func expand(parts []replacement, s string, at []int) string {
	var b strings.Builder
	var mode, once byte
	for _, part := range parts {
		switch part.mode {
		case 'L', 'U', 'E':
			mode, once = part.mode, 0
			continue
		case 'l', 'u':
			once = part.mode
			continue
		}
		text := part.text
		if part.group >= 0 {
			text = ""
			if i := 2 * part.group; i+1 < len(at) && at[i] >= 0 {
				text = s[at[i]:at[i+1]]
			}
		}
		switch mode {
		case 'L':
			text = strings.ToLower(text)
		case 'U':
			text = strings.ToUpper(text)
		}
		if once != 0 && text != "" {
			r, size := utf8.DecodeRuneInString(text)
			if once == 'u' {
				r = unicode.ToUpper(r)
			} else {
				r = unicode.ToLower(r)
			}
			text, once = string(r)+text[size:], 0
		}
		b.WriteString(text)
	}
	return b.String()
}

// visible is a line as l prints it, in lines of at most width-1 characters and
// a backslash.
func visible(s string, width int) string {
	if width == 0 {
		width = 70
	}
	var b strings.Builder
	column := 0
	for i := range len(s) {
		text := string(s[i])
		switch c := s[i]; {
		case c == '\\':
			text = `\\`
		case strings.IndexByte("\a\b\f\n\r\t\v", c) >= 0:
			text = `\` + string("abfnrtv"[strings.IndexByte("\a\b\f\n\r\t\v", c)])
		case c < ' ' || c > '~':
			text = fmt.Sprintf(`\%03o`, c)
		}
		if width > 1 && column+len(text) > width-1 {
			b.WriteString("\\\n")
			column = 0
		}
		b.WriteString(text)
		column += len(text)
	}
	return b.String() + "$"
}
