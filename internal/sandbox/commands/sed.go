package commands

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// sed edits lines by a script. Of GNU's extensions it has -i, -s, -z, -E, the
// addresses 0,/re/, n~step, addr,+n and addr,~n, the flags I and M, \L \U \l \u
// \E in replacements, and the commands F, Q and z. It runs no programs: the
// command e is refused.
func sed(ctx context.Context, c *Call) int {
	c.Args = splitInPlace(c.Args)
	f, code := c.parse("nEre:f:iI:szu", map[string]byte{
		"quiet": 'n', "silent": 'n', "regexp-extended": 'E', "expression": 'e', "file": 'f', "in-place": 'I', "separate": 's',
		"null-data": 'z', "unbuffered": 'u', "posix": 'u',
	})
	if code != 0 {
		return code
	}
	p := &sedParser{extended: f.has('E') || f.has('r')}
	var err error
	for i, text := range f.vals['e'] {
		if err == nil {
			err = p.add(fmt.Sprintf("-e expression #%d, char", i+1), text)
		}
	}
	for _, name := range f.vals['f'] {
		text, rerr := c.readAll(name)
		if rerr != nil {
			return c.fail("couldn't open file %s: %s", name, Reason(rerr))
		}
		if err == nil {
			err = p.add("file "+name+" char", string(text))
		}
	}
	names := f.args
	if len(f.vals['e'])+len(f.vals['f']) == 0 {
		if len(names) == 0 {
			return c.usage(1, "no script specified")
		}
		err = p.add("-e expression #1, char", names[0])
		names = names[1:]
	}
	if err == nil {
		err = p.finish()
	}
	switch {
	case errors.Is(err, errLabel):
		c.fail("%v", err)
		return 4
	case err != nil:
		return c.fail("%v", err)
	}
	s := &stream{
		Call: c, ctx: ctx, script: p.script, quiet: f.has('n') || p.quiet, inPlace: f.has('i') || f.has('I'), suffix: f.value('I', ""),
		end: '\n', files: make(map[string]filetree.File),
	}
	if f.has('z') {
		s.end = 0
	}
	s.separate = f.has('s') || s.inPlace
	return s.edit(names)
}

// splitInPlace turns -i and -iSUFFIX, whose value is optional, into -i and
// -I SUFFIX, which parse knows.
func splitInPlace(args []string) []string {
	out := slices.Clone(args[:1])
	for i, arg := range args[1:] {
		short, suffix, ok := strings.Cut(arg, "i")
		switch {
		case arg == "--":
			return append(out, args[i+1:]...)
		case arg == "--in-place":
			out = append(out, "-i")
		case ok && len(short) > 0 && short[0] == '-' && !strings.HasPrefix(short, "--") && strings.Trim(short[1:], "nErszu") == "" && suffix != "":
			out = append(out, short+"I"+suffix)
		default:
			out = append(out, arg)
		}
	}
	return out
}

// readAll reads an operand; "-" is standard input.
func (c *Call) readAll(name string) ([]byte, error) {
	r, err := c.input(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// stream is a script that runs.
type stream struct {
	*Call
	ctx                      context.Context
	script                   []*sedCommand
	quiet, separate, inPlace bool
	suffix                   string
	end                      byte // of lines
	files                    map[string]filetree.File

	names  []string
	name   string // of the file that is read
	in     io.ReadCloser
	lines  *bufio.Reader
	ahead  *string // the next line, if it has been read
	out    io.Writer
	temp   string // what out writes to, if it edits in place
	code   int
	number int
	unfinished,
	nextUnfinished bool // the line had no newline at its end

	space    string // the pattern space
	hold     string
	appended []func() // output for the end of the cycle
	replaced bool     // since the last line or t
	quit     bool
	err      error // of output

	lastExpression *regexp.Regexp
}

func (s *stream) edit(names []string) int {
	s.names, s.out = names, s.FS.Stdout
	if len(names) == 0 {
		s.names, s.inPlace = []string{"-"}, false
	}
	defer func() {
		for _, f := range s.files {
			f.Close()
		}
	}()
	for !s.quit && s.err == nil && s.ctx.Err() == nil && s.next() {
		s.cycle()
	}
	s.finishFile(s.quit)
	switch {
	case s.err == nil:
		return s.code
	case errors.Is(s.err, syscall.EPIPE):
		return ExitPipe
	}
	s.fail("couldn't write to output: %s", Reason(s.err))
	return 4
}

// next reads the next line into the pattern space.
func (s *stream) next() bool {
	line, ok := s.peek()
	if !ok {
		return false
	}
	s.space, s.unfinished, s.ahead = *line, s.nextUnfinished, nil
	s.number++
	return true
}

// peek is the next line, of the next file if need be.
func (s *stream) peek() (*string, bool) {
	for s.ahead == nil {
		if s.in == nil && !s.openNext() {
			return nil, false
		}
		line, err := s.lines.ReadString(s.end)
		if err != nil && err != io.EOF {
			s.fail("couldn't read %s: %s", s.name, Reason(err))
			s.code = 4
		}
		if line == "" {
			if s.inPlace {
				return nil, false // the file is finished at the end of the cycle
			}
			s.finishFile(false)
			continue
		}
		body, whole := strings.CutSuffix(line, string(s.end))
		s.ahead, s.nextUnfinished = &body, !whole
	}
	return s.ahead, true
}

// openNext opens the next file that can be read.
func (s *stream) openNext() bool {
	for len(s.names) > 0 {
		s.name, s.names = s.names[0], s.names[1:]
		in, err := s.input(s.name)
		if err == nil {
			if f, ok := in.(fs.File); ok {
				if info, serr := f.Stat(); serr == nil && info.IsDir() {
					err = errDirectory
					in.Close()
				}
			}
		}
		switch {
		case errors.Is(err, errDirectory) && s.inPlace:
			s.fail("couldn't edit %s: not a regular file", s.name)
			s.code = 4
			continue
		case errors.Is(err, errDirectory):
			s.fail("read error on %s: Is a directory", s.name)
			s.code = 4
			continue
		case err != nil:
			s.fail("can't read %s: %s", s.name, Reason(err))
			s.code = 2
			continue
		}
		s.in, s.lines = in, bufio.NewReader(in)
		if s.separate {
			s.number = 0
		}
		if s.inPlace && !s.openTemp() {
			continue
		}
		return true
	}
	return false
}

var errDirectory = errors.New("is a directory")

// openTemp opens the file that takes the place of the one that is edited.
func (s *stream) openTemp() bool {
	perm := fs.FileMode(0o644)
	if info, err := s.FS.Stat(s.name); err == nil {
		perm = info.Mode().Perm()
	}
	s.temp = s.name + ".sed-new"
	f, err := s.FS.OpenFile(s.temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		s.fail("couldn't open temporary file %s: %s", s.temp, Reason(err))
		s.code = 4
		s.in.Close()
		s.in = nil
		return false
	}
	s.out = f
	return true
}

// finishFile closes the file that is read; rest copies what has not been read
// to the file that takes its place.
func (s *stream) finishFile(rest bool) {
	if s.in == nil {
		return
	}
	if s.inPlace {
		if rest {
			if s.ahead != nil {
				s.writeLine(s.out, *s.ahead, s.nextUnfinished)
				s.ahead = nil
			}
			io.Copy(s.out, s.lines)
		}
		err := s.out.(filetree.File).Close()
		if err == nil && s.suffix != "" {
			err = s.FS.Rename(s.name, backupName(s.name, s.suffix))
		}
		if err == nil {
			err = s.FS.Rename(s.temp, s.name)
		}
		if err != nil {
			s.fail("cannot rename %s: %s", s.temp, Reason(err))
			s.code = 4
		}
	}
	s.in.Close()
	s.in = nil
}

func backupName(name, suffix string) string {
	dir, base := "", name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i+1], name[i+1:]
	}
	if strings.Contains(suffix, "*") {
		return dir + strings.ReplaceAll(suffix, "*", base)
	}
	return dir + base + suffix
}

// last reports whether the pattern space has the last line.
func (s *stream) last() bool {
	if s.separate {
		if s.ahead != nil {
			return false
		}
		_, err := s.lines.Peek(1)
		return err != nil
	}
	_, more := s.peek()
	return !more
}

func (s *stream) writeLine(w io.Writer, line string, unfinished bool) {
	if !unfinished {
		line += string(s.end)
	}
	if _, err := io.WriteString(w, line); err != nil && s.err == nil {
		s.err = err
	}
}
