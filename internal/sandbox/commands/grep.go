package commands

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// grep prints lines that match. It exits with 0 if a line was selected, 1 if
// none, 2 after an error.
func grep(_ context.Context, c *Call) int {
	// There is no terminal here to colour for.
	c.Args = slices.DeleteFunc(slices.Clone(c.Args), func(arg string) bool {
		return arg == "--color" || strings.HasPrefix(arg, "--color=")
	})
	f, code := c.parseCode(2, "EFGivqcnorRHhlLwxsae:m:A:B:C:", map[string]byte{
		"extended-regexp": 'E', "fixed-strings": 'F', "ignore-case": 'i', "invert-match": 'v', "quiet": 'q', "silent": 'q',
		"count": 'c', "line-number": 'n', "only-matching": 'o', "recursive": 'r', "with-filename": 'H', "no-filename": 'h',
		"files-with-matches": 'l', "files-without-match": 'L', "word-regexp": 'w', "line-regexp": 'x', "no-messages": 's',
		"regexp": 'e', "max-count": 'm',
		"text": 'a', "after-context": 'A', "before-context": 'B', "context": 'C',
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
	for b, lines := range map[byte]*int{'A': &g.after, 'B': &g.before} {
		val := f.value(b, f.value('C', "0"))
		if *lines, err = strconv.Atoi(val); err != nil || *lines < 0 {
			c.fail("%s: invalid context length argument", val)
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

type grepper struct {
	*Call
	*flags
	re      *regexp.Regexp
	limit   int // of lines in a file, -1: none
	before  int // how many lines of context to print
	after   int
	groups  bool // a group of lines with context has been printed
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
	near := surroundings{grepper: g, label: label}
	code := g.lines(name, r, func(line string) int {
		number++
		line = strings.TrimSuffix(line, "\n")
		if selected == g.limit || g.re.MatchString(line) == g.has('v') {
			return near.other(number, line, selected == g.limit)
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
			if code = near.lead(number); code == 0 {
				code = g.write([]byte(g.numbered(prefix, number) + line + "\n"))
			}
		}
		if code == 0 && selected == g.limit && near.left == 0 {
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
