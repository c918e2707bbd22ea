// Package awk is the AWK language as POSIX has it, with what scripts commonly
// use of gawk: nextfile, delete of a whole array, length of an array, tolower
// and toupper, regular expressions as RS and as FS, strftime, systime, gensub.
//
// It exists because no library lets its user decide what a program's files and
// commands are: here [Config] has a function for each, and a program can reach
// nothing else.
//
// Guarantees:
//   - A program reads and writes only what the functions of its Config open.
//   - Output is written when it is printed; nothing is kept back.
//   - Run returns when its context ends, and after the commands that it started.
package awk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"sync/atomic"
	"time"
)

// Config is what a program runs with.
type Config struct {
	Stdin   io.Reader
	Stdout  io.Writer
	Args    []string // ARGV, with the name of the program first
	Vars    []string // assignments of -v, name=value
	Environ []string // ENVIRON, name=value

	Open   func(name string) (io.ReadCloser, error)
	Create func(name string, add bool) (io.WriteCloser, error)
	// Strftime formats a time, as strftime(3).
	Strftime func(format string, t time.Time) string
	// Command runs a shell command to its end and returns its exit code. stdin
	// and stdout may be nil, which means the program's own.
	Command func(ctx context.Context, command string, stdin io.Reader, stdout io.Writer) int
}

// Program is a parsed program. It may be run once only: it holds the values of
// its variables.
type Program struct {
	begin, end [][]stmt
	rules      []rule
	funcs      map[string]*function
	globals    map[string]*cell
}

type rule struct {
	pattern, until expr // until is set in a range
	body           []stmt
	hasBody        bool
	in             bool // within the range
}

type function struct {
	name   string
	params []string
	body   []stmt
	known  bool // defined, not only called
}

// Run runs the program and returns its exit code. The error is the program's
// fault, or that of its standard output.
func (p *Program) Run(ctx context.Context, cfg Config) (code int, err error) {
	in := newInterp(ctx, p, cfg)
	stop := context.AfterFunc(ctx, func() { in.stopped.Store(true) })
	defer stop()
	defer func() {
		if e := in.closeAll(); err == nil {
			err = e
		}
	}()
	return in.run()
}

// errStopped is why a program ends whose context has ended.
var errStopped = errors.New("interrupted")

// failure is an error of the program, which ends it.
type failure struct{ error }

func fail(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// run runs BEGIN, the rules for each record, and END.
func (in *interp) run() (code int, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			code, err = 2, r.error
		default:
			panic(r)
		}
	}()
	end := in.blocks(in.prog.begin) == exiting
	if !end && (len(in.prog.rules) > 0 || len(in.prog.end) > 0) {
		end = in.records() == exiting
	}
	in.ending = true
	if !end || !in.exitInEnd {
		in.exitInEnd = true
		if !end || len(in.prog.end) > 0 {
			in.blocks(in.prog.end)
		}
	}
	return in.code, nil
}

func (in *interp) blocks(blocks [][]stmt) control {
	for _, b := range blocks {
		if c := in.rule(b); c == exiting {
			return c
		}
	}
	return normal
}

// records applies the rules to the main input.
func (in *interp) records() control {
	for {
		record, ok := in.nextRecord()
		if !ok {
			return normal
		}
		in.setRecord(record)
		for i := range in.prog.rules {
			r := &in.prog.rules[i]
			if !in.selects(r) {
				continue
			}
			if !r.hasBody {
				in.print(in.stdout, in.record()+in.ors.v.str(in.convfmt()))
				continue
			}
			switch c := in.rule(r.body); c {
			case exiting:
				return c
			case nextFile:
				in.skipFile()
			}
			if in.skip {
				in.skip = false
				break
			}
		}
	}
}

func (in *interp) selects(r *rule) bool {
	switch {
	case r.pattern == nil:
		return true
	case r.until == nil:
		return in.eval(r.pattern).truth()
	case !r.in && !in.eval(r.pattern).truth():
		return false
	}
	r.in = !in.eval(r.until).truth()
	return true
}

// interp is a program that runs.
type interp struct {
	prog    *Program
	cfg     Config
	ctx     context.Context
	stopped atomic.Bool

	fields
	input
	outputs map[string]*outStream
	readers map[string]*inStream
	stdout  *outStream

	frame     []*cell // of the function that runs
	depth     int
	result    value // of the function that returned
	code      int
	skip      bool // next or nextfile
	ending    bool
	exitInEnd bool
	random    *rand.Rand
	seed      float64
	regexps   map[string]*regexp.Regexp

	fs, ofs, ors, rs, subsep, convFmt, ofmt, nr, fnr, filename, rstart, rlength, argc, argv *cell
}
