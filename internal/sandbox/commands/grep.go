package commands

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// grep prints lines that match. It exits with 0 if a line was selected, 1 if
// none, 2 after an error.
func grep(_ context.Context, c *Call) int {
	f, code := c.parseCode(2, "EFGivqcnorRHhlLwxse:m:", map[string]byte{
		"extended-regexp": 'E', "fixed-strings": 'F', "ignore-case": 'i', "invert-match": 'v', "quiet": 'q', "silent": 'q',
		"count": 'c', "line-number": 'n', "only-matching": 'o', "recursive": 'r', "with-filename": 'H', "no-filename": 'h',
		"files-with-matches": 'l', "files-without-match": 'L', "word-regexp": 'w', "line-regexp": 'x', "no-messages": 's',
		"regexp": 'e', "max-count": 'm',
	})
	if code != 0 {
		return code
	}
	patterns := f.vals['e']
	if len(patterns) == 0 {
		if len(f.args) == 0 {
			c.usage(2, "a pattern is required")
			return 2
		}
		patterns, f.args = f.args[:1], f.args[1:]
	}
	g := &grepper{Call: c, flags: f, limit: -1}
	switch c.name() {
	case "egrep":
		f.set['E'] = true
	case "fgrep":
		f.set['F'] = true
	}
	var err error
	if g.re, err = compilePatterns(patterns, f); err != nil {
		c.fail("%v", err)
		return 2
	}
	if m := f.value('m', ""); m != "" {
		if g.limit, err = strconv.Atoi(m); err != nil {
			c.fail("invalid max count")
			return 2
		}
	}
	names := f.args
	recursive := f.has('r') || f.has('R')
	if len(names) == 0 {
		names = []string{"-"}
		if recursive {
			names = []string{"."}
		}
	}
	g.names = (len(names) > 1 || recursive || f.has('H')) && !f.has('h')
	for _, name := range names {
		if recursive && name != "-" {
			g.walk(name)
		} else {
			g.file(name)
		}
		if g.pipe {
			return ExitPipe
		}
	}
	switch {
	case g.matched && (f.has('q') || !g.failed):
		return 0
	case g.failed:
		return 2
	}
	return 1
}

// compilePatterns makes one expression of the patterns.
func compilePatterns(patterns []string, f *flags) (*regexp.Regexp, error) {
	var alternatives []string
	for _, p := range patterns {
		for part := range strings.SplitSeq(p, "\n") {
			switch {
			case f.has('F'):
				part = regexp.QuoteMeta(part)
			case f.has('E'):
			default:
				var err error
				if part, err = basic(part); err != nil {
					return nil, err
				}
			}
			alternatives = append(alternatives, "(?:"+part+")")
		}
	}
	expr := strings.Join(alternatives, "|")
	if f.has('w') {
		expr = `\b(?:` + expr + `)\b`
	}
	if f.has('x') {
		expr = "^(?:" + expr + ")$"
	}
	if f.has('i') {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, errors.New("invalid regular expression")
	}
	re.Longest()
	return re, nil
}

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
		case '[':
			end := bracketEnd(s, i)
			b.WriteString(strings.ReplaceAll(s[i:end], `\`, `\\`))
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

type grepper struct {
	*Call
	*flags
	re      *regexp.Regexp
	limit   int // of lines in a file, -1: none
	names   bool
	matched bool
	failed  bool
	pipe    bool
}

func (g *grepper) problem(name string, err error) {
	g.failed = true
	if !g.has('s') {
		g.fail("%s: %s", name, Reason(err))
	}
}

func (g *grepper) walk(name string) {
	info, err := g.FS.Stat(name)
	if err != nil {
		g.problem(name, err)
		return
	}
	if !info.IsDir() {
		g.file(name)
		return
	}
	entries, err := g.FS.ReadDir(name)
	if err != nil {
		g.problem(name, err)
		return
	}
	for _, e := range entries {
		sub := path.Join(name, e.Name())
		if strings.HasPrefix(name, "./") || name == "." && len(g.args) > 0 {
			sub = "./" + sub
		}
		switch {
		case e.IsDir():
			g.walk(sub)
		case e.Type() == 0 || e.Type()&fs.ModeSymlink != 0 && g.has('R'):
			g.file(sub)
		}
	}
}

func (g *grepper) file(name string) {
	if info, err := g.FS.Stat(name); name != "-" && err == nil && info.IsDir() {
		g.fail("%s: Is a directory", name)
		g.failed = true
		return
	}
	r, err := g.input(name)
	if err != nil {
		g.problem(name, err)
		return
	}
	defer r.Close()
	label := name
	if name == "-" {
		label = "(standard input)"
	}
	prefix := ""
	if g.names {
		prefix = label + ":"
	}
	number, selected := 0, 0
	code := g.lines(name, r, func(line string) int {
		number++
		line = strings.TrimSuffix(line, "\n")
		if g.re.MatchString(line) == g.has('v') {
			return 0
		}
		selected++
		g.matched = true
		code := 0
		switch {
		case g.has('q'), g.has('l'), g.has('L'):
			return -1
		case g.has('c'):
		case g.has('o'):
			if !g.has('v') {
				code = g.onlyMatches(prefix, number, line)
			}
		default:
			code = g.write([]byte(g.numbered(prefix, number) + line + "\n"))
		}
		if code == 0 && selected == g.limit {
			return -1
		}
		return code
	})
	if code == ExitPipe {
		g.pipe = true
	}
	if code > 0 {
		g.failed = true
	}
	switch {
	case g.has('q'):
	case g.has('l') && selected > 0, g.has('L') && selected == 0:
		g.printf("%s\n", label)
	case g.has('c') && !g.has('l') && !g.has('L'):
		g.printf("%s%d\n", prefix, selected)
	}
}

func (g *grepper) numbered(prefix string, number int) string {
	if g.has('n') {
		return prefix + strconv.Itoa(number) + ":"
	}
	return prefix
}

func (g *grepper) onlyMatches(prefix string, number int, line string) int {
	for _, m := range g.re.FindAllString(line, -1) {
		if m == "" {
			continue
		}
		if code := g.write([]byte(g.numbered(prefix, number) + m + "\n")); code != 0 {
			return code
		}
	}
	return 0
}
